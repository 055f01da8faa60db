"""A draft's own questions, documents, prices and scheme: each change is a version of its own.

What ships is never touched. The first change of a part makes a copy that belongs to the round;
every further one adds a version, so that nothing that was written is lost.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.access import Viewer
from portal.audit import Event
from portal.content import actions as content
from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.db import db
from portal.rounds import policy, scheme_edit
from portal.rounds.models import Round
from portal.rounds.parts import record
from scoring.rules import RuleBroken

EDITABLE = {
    "question_set": Kind.QUESTION_SET,
    "checklist": Kind.CHECKLIST,
    "rate_card": Kind.RATE_CARD,
    "scheme": Kind.SCHEME,
}
"""The parts of which a round may have its own copy."""


def change_content(
    bid_round: Round, part: str, body: Mapping[str, Any], *, actor: Viewer, now: datetime
) -> ContentVersion:
    """Give a draft its own version of a part. What must fit beside it is found at publishing.

    Args:
        part: one of `EDITABLE`.

    Raises:
        RuleBroken: `round:edit-refused`; `content:…` or `scheme:…`, with every fault by path.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    before: ContentVersion = getattr(bid_round, part)
    if {**body, "key": before.key} == before.body:
        return before
    version = content.publish_for_round(
        EDITABLE[part], body, round_ref=bid_round.root.ref, actor=actor, now=now
    )
    setattr(bid_round, part, version)
    db.session.flush()
    record(
        Event.ROUND_CHANGED,
        bid_round,
        actor,
        now,
        part=part,
        before=[before.ref, before.sha256],
        after=[version.ref, version.sha256],
    )
    return version


def fit_scheme(bid_round: Round, *, actor: Viewer, now: datetime) -> None:
    """Take out of a draft's scheme what it says of lots that are not open any more.

    What is bought in a lot that was opened is for people to state; a finding asks for it.
    """
    body = bid_round.scheme.body
    fitting = scheme_edit.for_lots(body, [lot.code for lot in bid_round.lots])
    empty = fitting.get("price") is not None and not fitting["price"]["baskets"]
    if fitting != body and not empty:
        change_content(bid_round, "scheme", fitting, actor=actor, now=now)


def change_eligibility(
    bid_round: Round, keys: Sequence[str], *, actor: Viewer, now: datetime
) -> None:
    """Choose the questions of the two-minute check, from those that pass or fail.

    Raises:
        RuleBroken: `round:edit-refused`, `round:not-pass-fail`.
    """
    policy.may_edit(actor, bid_round).or_refuse("round:edit-refused")
    known = {question["key"] for question in eligibility_choices(bid_round)}
    for key in keys:
        if key not in known:
            raise RuleBroken("round:not-pass-fail", "Choose from the questions here.", "questions")
    before, after = list(bid_round.eligibility), known_order(bid_round, keys)
    if before == after:
        return
    bid_round.eligibility = after
    db.session.flush()
    record(
        Event.ROUND_CHANGED, bid_round, actor, now, part="eligibility", before=before, after=after
    )


def eligibility_choices(bid_round: Round) -> list[Mapping[str, Any]]:
    """The yes-or-no questions that pass or fail and hang on no other, in their order."""
    return [
        question
        for section in bid_round.question_set.body["sections"]
        for question in section["questions"]
        if question["role"] == "pass-fail" and question["kind"] == "yes-no" and not question["when"]
    ]


def known_order(bid_round: Round, keys: Sequence[str]) -> list[str]:
    return [one["key"] for one in eligibility_choices(bid_round) if one["key"] in keys]
