"""Recommendations and actions: the list, one with its history, and what is done to it."""

from typing import Any

from marshmallow import fields

from portal.access import Permission, current_viewer
from portal.api.fields import Asked, Moment, Told, a_list, one_of, text, word
from portal.api.paging import PagedQuery, paged
from portal.api.routes import expect, reads, writes
from portal.api.shared import NamedSchema, named, on_today
from portal.followups import actions, queries
from portal.followups.models import FollowUp, FollowUpKind, FollowUpStep, OwnerSide
from portal.followups.queries import OVERDUE, SOON, Narrowing
from portal.people.scopes import Scope
from portal.web import clock, or_404
from scoring.followups import is_overdue
from scoring.stages import FollowUpStage

TAG = "Follow-ups"
MOST_TEXT = 4_000
SIZE = 100


class StepSchema(Told):
    """One step of its life."""

    verb = fields.String()
    at = Moment()
    side = fields.String(metadata={"enum": [one.value for one in OwnerSide]})
    text = fields.String()
    due_on = fields.Date()


class FollowUpLineSchema(Told):
    """Something that is to be done."""

    ref = fields.String()
    kind = fields.String(metadata={"enum": [one.value for one in FollowUpKind]})
    stage = fields.String(metadata={"enum": [one.value for one in FollowUpStage]})
    overdue = fields.Boolean()
    text = fields.String()
    due_on = fields.Date()
    owner_side = fields.String(metadata={"enum": [one.value for one in OwnerSide]})
    owner = fields.String(metadata={"description": "Who is to do it, in words"})
    council = fields.Nested(NamedSchema)
    provider = fields.Nested(NamedSchema, allow_none=True)
    home = fields.Nested(NamedSchema, allow_none=True)
    source = fields.String(metadata={"description": "What raised it: visit, kpi, forum, plan …"})
    source_ref = fields.String()


class FollowUpSchema(FollowUpLineSchema):
    """The same with its history."""

    steps = fields.List(fields.Nested(StepSchema))


class FollowUpsQuery(PagedQuery):
    """What the list is narrowed to."""

    provider = word(20, load_default="", metadata={"description": "The reference of a provider"})
    source = word(40, load_default="")
    stage = one_of([one.value for one in FollowUpStage], load_default=None)
    when = one_of((OVERDUE, SOON), load_default="")
    words = word(load_default="")


class ReasonSchema(Asked):
    """Why it is closed: how somebody knows that it is done."""

    reason = text(MOST_TEXT, required=True)


class SentAnswerSchema(Asked):
    """What was done, and how that can be seen."""

    text = text(MOST_TEXT, required=True)


@reads(
    "/follow-ups",
    a_list(FollowUpLineSchema, "FollowUpLine"),
    tag=TAG,
    asks=FollowUpsQuery,
    scope=Scope.FOLLOW_UPS_READ,
    permission=Permission.FOLLOW_UP_READ,
)
def follow_ups(query: dict[str, Any]) -> dict[str, Any]:
    """What is to be done, the first due first."""
    cursor, stage = query.pop("cursor", None), query.pop("stage")
    wanted = Narrowing(stage=FollowUpStage(stage) if stage else None, **query)
    found, _ = queries.page_of(current_viewer(), wanted, on_today(), cursor=cursor, size=SIZE)
    return paged(found, line_told)


@reads(
    "/follow-ups/<ref>",
    FollowUpSchema,
    tag=TAG,
    scope=Scope.FOLLOW_UPS_READ,
    permission=Permission.FOLLOW_UP_READ,
)
def follow_up(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """One of them, with everything that was done and said."""
    return _told(_one(ref))


@writes(
    "/follow-ups/<ref>/close",
    FollowUpSchema,
    tag=TAG,
    asks=ReasonSchema,
    if_match=True,
    scope=Scope.FOLLOW_UPS_WRITE,
    permission=Permission.FOLLOW_UP_RAISE,
)
def close(sent: dict[str, Any], ref: str) -> Any:
    """Close it: it is done, and somebody has seen how."""
    one = _as_it_was_read(ref)
    actions.close(one, sent["reason"], actor=current_viewer(), now=clock())
    return lambda: _told(_one(ref))


@writes(
    "/follow-ups/<ref>/answer",
    FollowUpSchema,
    tag=TAG,
    asks=SentAnswerSchema,
    if_match=True,
    scope=Scope.FOLLOW_UPS_WRITE,
    permission=Permission.FOLLOW_UP_ANSWER,
)
def answer(sent: dict[str, Any], ref: str) -> Any:
    """Answer it: what was done. The councils are told by email."""
    one = _as_it_was_read(ref)
    actions.answer(one, sent["text"], actor=current_viewer(), now=clock())
    return lambda: _told(_one(ref))


def _as_it_was_read(ref: str) -> FollowUp:
    one = _one(ref)
    expect(FollowUpSchema, _told(one))
    return one


def _one(ref: str) -> FollowUp:
    found: FollowUp = or_404(queries.follow_up(ref, current_viewer()))
    return found


def line_told(one: FollowUp) -> dict[str, Any]:
    """It as `FollowUpLineSchema` has it."""
    return {
        "ref": one.ref,
        "kind": one.kind.value,
        "stage": one.stage.value,
        "overdue": is_overdue(one.stage, one.due_on, on_today()),
        "text": one.text,
        "due_on": one.due_on,
        "owner_side": one.owner_side.value,
        "owner": one.owner,
        "council": named(one.council),
        "provider": named(one.provider) if one.provider else None,
        "home": named(one.setting) if one.setting else None,
        "source": one.source_kind,
        "source_ref": one.source_ref,
    }


def _told(one: FollowUp) -> dict[str, Any]:
    return line_told(one) | {"steps": [_step(step) for step in one.steps]}


def _step(step: FollowUpStep) -> dict[str, Any]:
    """Who wrote it is told by side alone: a name is for the page."""
    return {
        "verb": step.verb,
        "at": step.at,
        "side": step.side.value,
        "text": step.text,
        "due_on": step.due_on,
    }
