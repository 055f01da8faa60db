"""What of follow-ups waits for a person: theirs to do by date, and answers to look at."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for

from portal.access import Permission, Viewer
from portal.days import end_of, today
from portal.followups import policy_forums, queries, queries_forums as forums, queries_plan as plans
from portal.followups.models import FollowUp, OwnerSide
from portal.followups.queries import Narrowing
from portal.web import Due
from scoring.followups import SOON_DAYS, is_due_soon, is_overdue
from scoring.stages import FollowUpStage

MOST = 5
"""How many are named one by one; the rest is counted."""


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """The viewer's own by date; for a commissioner, answers that wait and owners who are late."""
    if viewer.may(Permission.FOLLOW_UP_ANSWER):
        yield from _own(viewer, now)
        yield from _forums(viewer, now)
    if viewer.may(Permission.FOLLOW_UP_RAISE):
        yield from _of_others(viewer, now)
        yield from _reviews(viewer, now)


def _own(viewer: Viewer, now: datetime) -> Iterator[Due]:
    on = today(now)
    side = OwnerSide.PROVIDER if viewer.provider_ids else OwnerSide.COUNCIL
    wanted = Narrowing(owner=side, stage=FollowUpStage.OPEN)
    mine = [
        one
        for one in queries.everything(viewer, wanted, on)
        if is_overdue(one.stage, one.due_on, on) or is_due_soon(one.stage, one.due_on, on)
    ]
    for one in mine[:MOST]:
        yield _named(one)
    if len(mine) > MOST:
        more = url_for("followups.index", stage=FollowUpStage.OPEN.value, owner=side.value)
        yield Due("More to do", more, tag="Follow-up", count=len(mine) - MOST)


def _named(one: FollowUp) -> Due:
    words = one.text if len(one.text) <= 90 else f"{one.text[:87].rstrip()}…"
    end = end_of(one.due_on)
    address = url_for("followups.show", ref=one.ref)
    return Due(words, address, due_at=end, note=one.source_label, tag="Follow-up")


def _of_others(viewer: Viewer, now: datetime) -> Iterator[Due]:
    answered = queries.number_of(viewer, FollowUp.stage == FollowUpStage.ANSWERED)
    if answered:
        words = "1 answer waits" if answered == 1 else f"{answered} answers wait"
        address = url_for("followups.index", stage=FollowUpStage.ANSWERED.value)
        note = "Close what is done, or send it back."
        yield Due(f"{words} for you", address, note=note, tag="Follow-up", count=answered)
    late = queries.number_of(
        viewer,
        FollowUp.stage == FollowUpStage.OPEN,
        FollowUp.owner_side == OwnerSide.PROVIDER,
        FollowUp.due_on < today(now),
    )
    if late:
        words = "1 provider action is" if late == 1 else f"{late} provider actions are"
        address = url_for("followups.index", when=queries.OVERDUE, owner=OwnerSide.PROVIDER.value)
        yield Due(f"{words} overdue", address, tag="Follow-up", count=late)


def _forums(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """An invitation without a reply; a forum that is over and has no minutes."""
    for forum in forums.waiting(viewer):
        address = url_for("followups.forum", ref=forum.ref)
        unanswered = [one for one in forums.own_invitations(forum, viewer) if one.reply is None]
        if unanswered and now < forum.held_at:
            words = f"Say whether you come: {forum.title}"
            yield Due(words, address, due_at=forum.held_at, tag="Forum")
        if now >= forum.held_at and policy_forums.may_run(viewer, forum):
            yield Due(f"Write the minutes: {forum.title}", address, tag="Forum")


def _reviews(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """A quarterly review that is due within a fortnight, or under way."""
    for plan in plans.plans(viewer):
        address = url_for("followups.plan", ref=plan.ref)
        review = plan.open_review
        left = (plan.next_review_on - today(now)).days
        if review is not None or left <= SOON_DAYS:
            end = end_of(plan.next_review_on)
            words = "Finish the review" if review is not None else "Quarterly review"
            yield Due(f"{words}: {plan.title}", address, due_at=end, tag="Action plan")
