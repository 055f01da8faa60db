"""A round's dates: whether they follow each other, and how they are written for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scoring.rules import Finding

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MIDNIGHT, NOON = time(0), time(12)


@dataclass(frozen=True)
class Step:
    """One date of a timetable. `at` is an aware moment, or None while it is not set."""

    key: str
    title: str
    at: datetime | None
    required: bool = True


def order_findings(steps: Sequence[Step], now: datetime | None = None) -> list[Finding]:
    """Return what is wrong with a timetable.

    Args:
        steps: in the order in which they must come, each later than the one before.
        now: when handed in (at publishing), every step must still lie ahead.
    """
    found = []
    before: Step | None = None
    for step in steps:
        if step.at is None:
            if step.required:
                found.append(
                    _finding("missing", f"Enter a date and time for “{step.title}”.", step)
                )
            continue
        if now is not None and step.at <= now:
            found.append(_finding("in-the-past", f"“{step.title}” must be in the future.", step))
        if before is not None and before.at is not None and step.at <= before.at:
            found.append(
                _finding("order", f"“{step.title}” must be later than “{before.title}”.", step)
            )
        before = step
    return found


def date_words(day: date) -> str:
    """Return a date as it is written: `4 March 2027`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def time_words(moment: time) -> str:
    """Return a time of day as it is written: `12 noon`, `midnight`, `9:30am`, `5pm`."""
    clock = moment.replace(second=0, microsecond=0, tzinfo=None)
    if clock == NOON:
        return "12 noon"
    if clock == MIDNIGHT:
        return "midnight"
    minutes = f":{clock.minute:02}" if clock.minute else ""
    return f"{(clock.hour + 11) % 12 + 1}{minutes}{'am' if clock.hour < 12 else 'pm'}"


def moment_words(local: datetime) -> str:
    """Return a moment as it is written: `5pm on 4 March 2027`. Hand in local time."""
    return f"{time_words(local.time())} on {date_words(local.date())}"


def before_words(local: datetime) -> str:
    """Return a deadline, which is itself too late: `before 12 noon on 4 March 2027`.

    Args:
        local: the deadline, already converted to the time zone of the reader. A deadline at
            midnight is the end of the day before, so nobody takes it for a day later.
    """
    if local.time().replace(second=0, microsecond=0) == MIDNIGHT:
        return f"before the end of {date_words(local.date() - timedelta(days=1))}"
    return f"before {moment_words(local)}"


def _finding(problem: str, message: str, step: Step) -> Finding:
    return Finding(f"timetable:{problem}", message, step.key)
