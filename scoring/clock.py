"""What time alone brings about, derived from facts and a moment that is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scoring.life import words
from scoring.rules import RuleBroken
from scoring.stage_names import InvitationStage, RoundStage


@dataclass(frozen=True)
class RoundFacts:
    """What the clock needs to know of a round. Times are aware; None is not set (yet)."""

    stage: RoundStage
    questions_open_at: datetime | None = None
    questions_close_at: datetime | None = None
    deadline_at: datetime | None = None


def round_stage_at(facts: RoundFacts, now: datetime) -> RoundStage:
    """Return the stage that a round shows at this moment.

    Only a published round moves by the clock. Every boundary belongs to what follows it:
    at the deadline itself the deadline has passed.
    """
    if facts.stage is not RoundStage.PUBLISHED:
        return facts.stage
    if facts.deadline_at is not None and now >= facts.deadline_at:
        return RoundStage.DEADLINE_PASSED
    if facts.questions_close_at is not None and now >= facts.questions_close_at:
        return RoundStage.QUESTIONS_CLOSED
    if facts.questions_open_at is None or now >= facts.questions_open_at:
        return RoundStage.OPEN_FOR_QUESTIONS
    return RoundStage.PUBLISHED


def is_late(received_at: datetime, deadline_at: datetime) -> bool:
    """Say whether a submission is late. One received at exactly the deadline is."""
    return received_at >= deadline_at


def opens_at(deadline_at: datetime, wait_minutes: int) -> datetime:
    """Return the first moment at which a round may be opened."""
    return deadline_at + timedelta(minutes=wait_minutes)


def opening_refusal(
    facts: RoundFacts, now: datetime, *, wait_minutes: int, in_flight: int
) -> RuleBroken | None:
    """Return why the round may not be opened now, or None when it may.

    Args:
        facts: the stored stage and the deadline.
        now: an aware moment.
        wait_minutes: minutes after the deadline that submissions already received may need.
        in_flight: submissions received in time that are not yet stored.
    """
    if facts.stage is not RoundStage.PUBLISHED:
        return RuleBroken(
            "round:open:not-allowed", f"This round is {words(facts.stage)}. It cannot be opened."
        )
    if facts.deadline_at is None or now < facts.deadline_at:
        return RuleBroken("round:open:before-deadline", "The deadline has not passed yet.")
    if now < opens_at(facts.deadline_at, wait_minutes):
        return RuleBroken(
            "round:open:too-early",
            f"A round can be opened {wait_minutes} minutes after its deadline. Try again shortly.",
        )
    if in_flight:
        return RuleBroken(
            "round:open:in-flight",
            "A submission that came in on time is still being stored. Try again in a minute.",
        )
    return None


def may_open(facts: RoundFacts, now: datetime, *, wait_minutes: int, in_flight: int) -> bool:
    """Say whether the round may be opened now; `opening_refusal` says why not."""
    return opening_refusal(facts, now, wait_minutes=wait_minutes, in_flight=in_flight) is None


def invitation_stage_at(
    stage: InvitationStage, expires_at: datetime, now: datetime
) -> InvitationStage:
    """Return the stage that an invitation shows: one not answered in time has expired."""
    if stage is InvitationStage.SENT and now >= expires_at:
        return InvitationStage.EXPIRED
    return stage
