"""A document's state, derived from facts on a day, never typed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scoring.stages import CheckStage, ScanStage

WARNING_DAYS = (60, 30, 14)


class DocumentState(StrEnum):
    """What a document is good for on a day."""

    MISSING = "missing"
    WAITING_FOR_SCAN = "waiting-for-scan"
    INFECTED = "infected"
    WAITING_FOR_CHECK = "waiting-for-check"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRING = "expiring"
    EXPIRED = "expired"


HOLDS = frozenset({DocumentState.ACCEPTED, DocumentState.EXPIRING})
"""The states of a document that was accepted and is still valid."""

MAY_BE_SUBMITTED = HOLDS | {DocumentState.WAITING_FOR_SCAN, DocumentState.WAITING_FOR_CHECK}
"""The states that do not stop a submission: a slow scanner must not cost a provider its bid."""


@dataclass(frozen=True)
class DocumentFacts:
    """What is known of one version of a document. It is valid to the end of `valid_until_on`."""

    scan: ScanStage = ScanStage.WAITING
    check: CheckStage = CheckStage.WAITING
    valid_until_on: date | None = None


def document_state(
    facts: DocumentFacts | None, on: date, warning_days: Sequence[int] = WARNING_DAYS
) -> DocumentState:
    """Return the state of a document on a day.

    Args:
        facts: of the newest version, or None when there is no document.
        on: the day, in the council's time zone.
        warning_days: days before the end at which people are told; the largest begins EXPIRING.
    """
    if facts is None:
        return DocumentState.MISSING
    end = facts.valid_until_on
    in_order = (
        (facts.scan is ScanStage.INFECTED, DocumentState.INFECTED),
        (facts.check is CheckStage.REJECTED, DocumentState.REJECTED),
        (end is not None and end < on, DocumentState.EXPIRED),
        (facts.scan is ScanStage.WAITING, DocumentState.WAITING_FOR_SCAN),
        (facts.check is CheckStage.WAITING, DocumentState.WAITING_FOR_CHECK),
        (expiry_warning(end, on, warning_days) is not None, DocumentState.EXPIRING),
    )
    return next((state for holds, state in in_order if holds), DocumentState.ACCEPTED)


def days_left(valid_until_on: date, on: date) -> int:
    """Return whole days to the last valid day: 0 on that day, below zero after it."""
    return (valid_until_on - on).days


def expiry_warning(
    valid_until_on: date | None, on: date, warning_days: Sequence[int] = WARNING_DAYS
) -> int | None:
    """Return the nearest warning that has been reached (60, 30 or 14), or None."""
    if valid_until_on is None:
        return None
    left = days_left(valid_until_on, on)
    return min((days for days in warning_days if left <= days), default=None) if left >= 0 else None


def warnings_due(
    valid_until_on: date, warning_days: Sequence[int] = WARNING_DAYS
) -> tuple[tuple[int, date], ...]:
    """Return the days on which each warning is sent, earliest first: (60, 2 January 2027) …"""
    return tuple(
        (days, valid_until_on - timedelta(days=days)) for days in sorted(warning_days, reverse=True)
    )


@dataclass(frozen=True)
class Standing:
    """Which of several versions of a document counts on a day.

    Args:
        counts: its place among the versions; None where there are none.
        newer: the place of a newer version that does not count: it waits, or was not accepted.
        state: of the version that counts.
    """

    counts: int | None
    newer: int | None
    state: DocumentState


def standing(versions: Sequence[DocumentFacts], on: date) -> Standing:
    """Return which version counts.

    The newest that was accepted and is still valid counts, so that a new version takes nothing
    away while it waits for its check, or when it is refused. Where none holds, it is the newest.

    Args:
        versions: oldest first. on: the day, in the council's time zone.
    """
    states = [document_state(facts, on) for facts in versions]
    if not states:
        return Standing(None, None, DocumentState.MISSING)
    last = len(states) - 1
    holding = [place for place, state in enumerate(states) if state in HOLDS]
    counts = holding[-1] if holding else last
    return Standing(counts, None if counts == last else last, states[counts])


RUN_OUT = frozenset({DocumentState.EXPIRED, DocumentState.REJECTED, DocumentState.INFECTED})
"""The states of a version that did not hold, or does not any more."""


def stops_placements(versions: Sequence[DocumentFacts], on: date) -> bool:
    """Return whether a required document stops new placements: none of its versions holds, and
    one ran out or was refused. One that nobody has decided on yet replaces none that ran out."""
    states = {document_state(facts, on) for facts in versions}
    return not states & HOLDS and bool(states & RUN_OUT)
