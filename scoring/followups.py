"""Follow-ups: recommendations and actions with an owner and a date, whoever asked for them.

A visit, a figure of a return, a forum or a person puts them into one list; a quarterly review looks
at each of them. That one is overdue follows from its date and is never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.rules import RuleBroken
from scoring.stages import FollowUpStage
from scoring.text import cleaned, meaningful_words

MOST_WORDS = 300
SOON_DAYS = 14
"""How long before its date a follow-up counts as due soon, in days."""
REMIND_DAYS = 7
"""How long before its date an owner is reminded, in days."""
QUARTER_MONTHS = 3


@dataclass(frozen=True)
class Standing:
    """What of one follow-up is counted: its stage, and the day by which it is due."""

    stage: FollowUpStage
    due_on: date


def is_overdue(stage: FollowUpStage, due_on: date, today: date) -> bool:
    """Say whether its owner is late: still open after its last day. An answer stops the clock."""
    return stage is FollowUpStage.OPEN and due_on < today


def is_due_soon(stage: FollowUpStage, due_on: date, today: date) -> bool:
    """Say whether its owner has at most `SOON_DAYS` days left."""
    left = (due_on - today).days
    return stage is FollowUpStage.OPEN and 0 <= left <= SOON_DAYS


def days_late(due_on: date, today: date) -> int:
    """Return the whole days since the last day; 0 on that day and before it."""
    return max((today - due_on).days, 0)


def check_text(text: str, field: str = "text") -> str:
    """Return what is to be done, tidied.

    Raises:
        RuleBroken: `follow-up:no-text`, when no word is in it; `follow-up:too-long`, above 300
            words; `text:…`.
    """
    tidy = cleaned(text, field)
    if not meaningful_words(tidy):
        raise RuleBroken("follow-up:no-text", "Say what is to be done.", field)
    if len(tidy.split()) > MOST_WORDS:
        raise RuleBroken("follow-up:too-long", f"Use {MOST_WORDS} words or fewer.", field)
    return tidy


def check_reason(text: str, message: str, field: str = "reason") -> str:
    """Return a reason or an answer, tidied.

    Args:
        message: what to say when there is none.

    Raises:
        RuleBroken: `follow-up:no-reason`, `text:…`.
    """
    tidy = cleaned(text, field)
    if not meaningful_words(tidy):
        raise RuleBroken("follow-up:no-reason", message, field)
    return tidy


def check_due(due_on: date, today: date) -> None:
    """Nothing is asked for by a day that is over.

    Raises:
        RuleBroken: `follow-up:due-past`.
    """
    if due_on < today:
        raise RuleBroken("follow-up:due-past", "The date must be today or later.", "due_on")


def counts(standings: Iterable[Standing], today: date) -> Mapping[str, int]:
    """Count follow-ups for a report: `open`, of which `overdue`; `answered`, `closed`, `withdrawn`."""
    found = {stage.value: 0 for stage in FollowUpStage} | {"overdue": 0}
    for one in standings:
        found[one.stage.value] += 1
        found["overdue"] += is_overdue(one.stage, one.due_on, today)
    return found


def quarter_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the calendar quarter that holds a day."""
    month = day.month - (day.month - 1) % QUARTER_MONTHS
    first = date(day.year, month, 1)
    return first, _months_later(first, QUARTER_MONTHS) - timedelta(days=1)


def quarter_words(day: date) -> str:
    """Return a quarter as people say it: `October to December 2026`."""
    first, last = quarter_of(day)
    return f"{first:%B} to {last:%B %Y}"


def next_review_on(reviewed_on: date) -> date:
    """Return the day by which the next quarterly review falls due: three months on.

    A day that the month does not have becomes its last day: 30 November to 28 February.
    """
    first = _months_later(reviewed_on.replace(day=1), QUARTER_MONTHS)
    last = _months_later(first, 1) - timedelta(days=1)
    return last if reviewed_on.day > last.day else first.replace(day=reviewed_on.day)


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
