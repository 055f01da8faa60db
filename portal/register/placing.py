"""May we place with them today? One line, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.contracts.models import ListMembership
from scoring.stages import MembershipStage


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of the register, and what it rests on."""

    kind: str  # "yes", "care", "no"
    words: str
    reason: str


def may_place(places: Sequence[ListMembership], blocking: Sequence[str], on: date) -> Answer:
    """Answer from the places on lists and from the documents that stop new placements.

    Args:
        places: of one provider, on any list.
        blocking: titles of required documents that have run out.
    """
    holding = [one for one in places if one.starts_on <= on <= one.ends_on]
    active = [one for one in holding if one.stage is MembershipStage.ACTIVE]
    if not holding:
        coming = [one for one in places if one.starts_on > on]
        reason = "Its place on the list has not started." if coming else "It is on no list today."
        return Answer("no", "No, not from a list", reason)
    if not active:
        return Answer("no", "No, not today", "Its places on the list are suspended.")
    if blocking:
        return Answer("no", "No new placements today", f"Out of date: {', '.join(blocking)}.")
    lots = sorted({one.agreement_lot.code for one in active})
    return Answer("yes", "Yes, you may place today", f"Lots {', '.join(lots)}.")
