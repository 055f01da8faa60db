"""Rounds and their lots: the published ones for anybody, a council's own with their stage."""

from typing import Any

from marshmallow import fields

from portal.access import Permission, current_viewer
from portal.api.fields import Moment, Told, a_list, one_of
from portal.api.paging import PagedQuery, paged, whole
from portal.api.routes import address_of, reads, viewer_with
from portal.api.shared import AgreementSchema, NamedSchema, agreement_told, councils_told, named
from portal.people.scopes import Scope
from portal.rounds import queries
from portal.rounds.models import Round
from portal.rounds.queries import Group
from portal.web import clock

TAG = "Rounds"
OPEN, PAST = "open", "past"


class RoundLotSchema(Told):
    """A lot for which bids are taken in this round."""

    code = fields.String()
    title = fields.String()
    withdrawn = fields.Boolean()


class RoundSchema(Told):
    """One opening of an agreement, or one tender."""

    ref = fields.String()
    title = fields.String()
    summary = fields.String()
    agreement = fields.Nested(AgreementSchema)
    regime = fields.String(metadata={"description": "The law under which it is run"})
    stage = fields.String()
    version = fields.Integer()
    lead_council = fields.Nested(NamedSchema)
    councils = fields.List(fields.Nested(NamedSchema))
    lots = fields.List(fields.Nested(RoundLotSchema))
    opens_at = Moment(allow_none=True)
    questions_until_at = Moment(allow_none=True)
    deadline_at = Moment(allow_none=True)
    notice_number = fields.String()
    notice_published_at = Moment(allow_none=True)
    cancelled_at = Moment(allow_none=True)
    page = fields.String(metadata={"description": "Where people read it"})


RoundPage = a_list(RoundSchema, "Round")


class RoundsQuery(PagedQuery):
    """Which of the published rounds."""

    state = one_of((OPEN, PAST), load_default=OPEN)


class CouncilRoundsQuery(PagedQuery):
    """Which of one's councils' rounds."""

    group = one_of([one.value for one in Group])


@reads("/rounds", RoundPage, tag=TAG, asks=RoundsQuery)
def rounds(query: dict[str, Any]) -> dict[str, Any]:
    """Published rounds: those that are open, or those that are over."""
    if query["state"] == OPEN:
        return whole(queries.open_rounds(clock()), round_told)
    return paged(queries.past_rounds(clock(), cursor=query.get("cursor")), round_told)


@reads(
    "/council-rounds",
    RoundPage,
    tag=TAG,
    asks=CouncilRoundsQuery,
    scope=Scope.ROUNDS_READ,
    permission=Permission.ROUND_READ,
)
def council_rounds(query: dict[str, Any]) -> dict[str, Any]:
    """The rounds of your councils, drafts among them where you are a commissioner."""
    group = Group(query["group"]) if query.get("group") else None
    found = queries.rounds_for(
        current_viewer(), now=clock(), group=group, cursor=query.get("cursor")
    )
    return paged(found, round_told)


@reads("/rounds/<ref>", RoundSchema, tag=TAG)
def one_round(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """One published round; a draft for its commissioners, with the scope rounds:read."""
    return round_told(queries.round_by_ref(ref, viewer_with(Scope.ROUNDS_READ)))


def round_told(one: Round) -> dict[str, Any]:
    """A round as `RoundSchema` has it."""
    return {
        **{name: getattr(one, name) for name in _AS_THEY_ARE},
        "agreement": agreement_told(one.agreement),
        "regime": one.regime.value,
        "stage": one.stage_at(clock()).value,
        "lead_council": named(one.lead_council),
        "councils": councils_told(one.councils),
        "lots": [
            {"code": lot.code, "title": lot.title, "withdrawn": lot.cancelled_at is not None}
            for lot in one.lots
        ],
        "page": address_of(f"/rounds/{one.ref}"),
    }


_AS_THEY_ARE = (
    "ref",
    "title",
    "summary",
    "version",
    "opens_at",
    "questions_until_at",
    "deadline_at",
    "notice_number",
    "notice_published_at",
    "cancelled_at",
)
