"""A late application that a bidder asks to be taken all the same.

The server refuses what is late, whatever a page showed. A late case is a record beside that: the
request, what the portal recorded of the failure, and the decision of two people, before anything is
opened. What counts is what was written before the deadline; nobody gains time by asking.

Source: equal treatment of suppliers, Procurement Act 2023, section 12; Public Contracts Regulations
2015, regulation 18.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from scoring.rules import RuleBroken
from scoring.text import cleaned, count_words, meaningful_words

LEAST_WORDS, MOST_WORDS = 10, 400
LEAST_REASON, MOST_REASON = 5, 400


class Cause(StrEnum):
    """What kept the application from being submitted in time."""

    PORTAL = "portal"
    BIDDER = "bidder"
    OTHER = "other"

    @property
    def words(self) -> str:
        """What it means, as people say it."""
        return _CAUSES[self]


_CAUSES = {
    Cause.PORTAL: "The portal failed, or showed something that was wrong",
    Cause.BIDDER: "Something at the bidder's end, such as starting too late",
    Cause.OTHER: "Something that neither could help",
}


def asking_refusal(
    deadline_at: datetime | None, opened_at: datetime | None, received_at: datetime
) -> RuleBroken | None:
    """Return why nobody may ask at this moment, or None.

    Codes: `late-case:not-late` (it can still be submitted), `late-case:opened`.
    """
    if deadline_at is None or received_at < deadline_at:
        return RuleBroken("late-case:not-late", "The deadline has not passed. Submit it instead.")
    if opened_at is not None:
        return RuleBroken("late-case:opened", "The round is opened. A late case came too late.")
    return None


def checked_story(text: str, field: str) -> str:
    """Return what a bidder says, cleaned.

    Raises:
        RuleBroken: `late-case:story-missing` (fewer than 10 words), `late-case:too-long`.
    """
    return _words(text, field, LEAST_WORDS, MOST_WORDS, "late-case:story-missing")


def checked_grounds(text: str) -> str:
    """Return the reason of an officer, cleaned.

    Raises:
        RuleBroken: `late-case:reason-missing` (fewer than 5 words), `late-case:too-long`.
    """
    return _words(text, "reason", LEAST_REASON, MOST_REASON, "late-case:reason-missing")


def check_acceptance(cause: Cause, *, accept: bool) -> None:
    """Refuse to take a late application whose lateness was the bidder's own.

    Raises:
        RuleBroken: `late-case:own-fault`.
    """
    if accept and cause is Cause.BIDDER:
        raise RuleBroken(
            "late-case:own-fault",
            "If the cause lay with the bidder, taking it would be unfair to those who were in time. "
            "Refuse it, or name another cause.",
            "cause",
        )


def _words(text: str, field: str, least: int, most: int, code: str) -> str:
    words = cleaned(text, field)
    if meaningful_words(words) < least:
        raise RuleBroken(code, f"Write at least {least} words.", field)
    if count_words(words) > most:
        raise RuleBroken("late-case:too-long", f"Use {most} words or fewer.", field)
    return words
