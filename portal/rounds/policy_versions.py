"""Who changes a round after publishing, until when, and why not."""

from datetime import datetime

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.rounds.models import Round
from portal.rounds.policy import leads
from scoring.stages import RoundStage, words

OPEN = frozenset({RoundStage.PUBLISHED, RoundStage.OPEN_FOR_QUESTIONS, RoundStage.QUESTIONS_CLOSED})
"""The stages in which a version can come: nothing changes after the deadline."""


def may_prepare(viewer: Viewer, bid_round: Round, now: datetime) -> Decision:
    """A commissioner of the lead council, from publishing until the deadline."""
    if not viewer.may(Permission.ROUND_PUBLISH) or not leads(viewer, bid_round):
        return denied("Only a commissioner of the lead council can change this round.")
    return _in_time(bid_round, now)


def may_publish(viewer: Viewer, draft: Round, now: datetime) -> Decision:
    """The same person may prepare and publish, as with a round itself."""
    if not draft.is_version:
        return denied("This is a round of its own, and no version of another.")
    return may_prepare(viewer, draft.root, now)


def may_discard(viewer: Viewer, draft: Round) -> Decision:
    """What was prepared can be thrown away at any time."""
    if not draft.is_version:
        return denied("This is a round of its own, and no version of another.")
    if not viewer.may(Permission.ROUND_PUBLISH) or not leads(viewer, draft.root):
        return denied("Only a commissioner of the lead council can discard this version.")
    return allowed


def _in_time(bid_round: Round, now: datetime) -> Decision:
    stage = bid_round.stage_at(now)
    if stage in OPEN:
        return allowed
    if stage is RoundStage.DRAFT:
        return denied("This round is not published yet. Change the draft itself.")
    if stage is RoundStage.DEADLINE_PASSED:
        return denied("The deadline has passed. Nothing of the round can be changed after it.")
    return denied(f"This round is {words(stage)}. Nothing of it can be changed any more.")
