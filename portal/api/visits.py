"""Visits: when and where, and of a report that was sent its judgement, scores, recommendations."""

from typing import Any

from marshmallow import fields

from portal.access import Permission, current_viewer
from portal.api.fields import Moment, Told, a_list, one_of, word
from portal.api.paging import PagedQuery, paged
from portal.api.routes import reads
from portal.api.shared import NamedSchema, named
from portal.followups.models import OwnerSide
from portal.people.scopes import Scope
from portal.visits import policy, queries, report
from portal.visits.models import Visit
from portal.visits.models_report import VisitRecommendation
from portal.visits.report import MatterLine
from portal.web import or_404
from scoring.stages import VisitStage

TAG = "Visits"


class JudgementSchema(Told):
    """What the team concluded."""

    key = fields.String()
    title = fields.String()
    reason = fields.String()


class MatterSchema(Told):
    """One matter of the framework, and the scores in the words of their scales."""

    key = fields.String()
    title = fields.String()
    officers = fields.String()
    young = fields.String(metadata={"description": "Empty where no young person scored it"})
    weak = fields.Boolean()


class RecommendationSchema(Told):
    """What a home is asked to do."""

    ref = fields.String()
    matter = fields.String(metadata={"description": "Empty: of the whole home"})
    text = fields.String()
    owner_side = fields.String(metadata={"enum": [one.value for one in OwnerSide]})
    owner_post = fields.String()
    due_on = fields.Date()
    from_young_people = fields.Boolean()
    follow_up = fields.String(metadata={"description": "Its reference among the follow-ups"})


class VisitLineSchema(Told):
    """A visit."""

    ref = fields.String()
    stage = fields.String(metadata={"enum": [one.value for one in VisitStage]})
    council = fields.Nested(NamedSchema)
    home = fields.Nested(NamedSchema)
    provider = fields.Nested(NamedSchema)
    starts_at = Moment()
    finished_at = Moment(allow_none=True)


class VisitSchema(VisitLineSchema):
    """A visit with what its report says, from the day on which the provider was sent it."""

    judgement = fields.Nested(JudgementSchema, allow_none=True)
    matters = fields.List(fields.Nested(MatterSchema))
    recommendations = fields.List(fields.Nested(RecommendationSchema))


class VisitsQuery(PagedQuery):
    """What the list is narrowed to."""

    stage = one_of([one.value for one in VisitStage], load_default=None)
    words = word(load_default="")
    home = word(20, load_default="", metadata={"description": "The reference of a home"})


@reads(
    "/visits",
    a_list(VisitLineSchema, "VisitLine"),
    tag=TAG,
    asks=VisitsQuery,
    scope=Scope.VISITS_READ,
    permission=Permission.VISIT_READ,
)
def visits(query: dict[str, Any]) -> dict[str, Any]:
    """The visits that you may read of, the newest first."""
    stage = query["stage"]
    found, _ = queries.visits_page(
        current_viewer(),
        stage=VisitStage(stage) if stage else None,
        words=query["words"],
        setting_ref=query["home"],
        cursor=query.get("cursor"),
    )
    return paged(found, line_told)


@reads(
    "/visits/<ref>",
    VisitSchema,
    tag=TAG,
    scope=Scope.VISITS_READ,
    permission=Permission.VISIT_READ,
)
def visit(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """One visit, with its judgement, scores and recommendations."""
    viewer = current_viewer()
    found: Visit = or_404(queries.report_visit(ref, viewer))
    told: dict[str, Any] = {"judgement": None, "matters": [], "recommendations": []}
    if found.stage in policy.SENT:
        told = _of_report(report.told(found, viewer))
    return line_told(found) | told


def line_told(one: Visit) -> dict[str, Any]:
    """A visit as `VisitLineSchema` has it."""
    return {
        "ref": one.ref,
        "stage": one.stage.value,
        "council": named(one.council),
        "home": named(one.setting),
        "provider": named(one.setting.provider),
        "starts_at": one.starts_at,
        "finished_at": one.finished_at,
    }


def _of_report(told: dict[str, Any]) -> dict[str, Any]:
    judged, kept = told["judgement"], told["report"]
    reason = kept.judgement_reason if kept else ""
    return {
        "judgement": {"key": judged["key"], "title": judged["title"], "reason": reason}
        if judged
        else None,
        "matters": [_matter(line) for line in told["lines"]],
        "recommendations": [_recommendation(one) for one in told["recommendations"]],
    }


def _matter(line: MatterLine) -> dict[str, Any]:
    return {
        "key": line.key,
        "title": line.title,
        "officers": line.officers,
        "young": line.young,
        "weak": line.weak,
    }


def _recommendation(one: VisitRecommendation) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "matter": one.matter,
        "text": one.text,
        "owner_side": one.owner_side.value,
        "owner_post": one.owner_post,
        "due_on": one.due_on,
        "from_young_people": one.young,
        "follow_up": one.followup_ref,
    }
