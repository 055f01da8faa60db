"""The standstill between an award and its contract: what is due, from which day, to which day.

A period is counted in days of London. It begins and ends with whole days; nothing is signed before
the day after the last one. Bank holidays are handed in: an evidence pack carries them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scoring.rules import RuleBroken

ONE_DAY = timedelta(days=1)
SATURDAY = 5
MOST_DAYS = 60
"""A longer period is a slip of the pen."""


class Law(StrEnum):
    """The law under which an award is made."""

    PCR_2015 = "pcr-2015"
    PCR_2015_LIGHT_TOUCH = "pcr-2015-light-touch"
    PA_2023_LIGHT_TOUCH = "pa-2023-light-touch"
    PA_2023 = "pa-2023"


class Counting(StrEnum):
    """Which days count.

    WORKING: working days; the first is the day of the notice, or the next working day after it.
    CALENDAR: all days from the day after sending; a last day that is not a working day moves on.
    """

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Duty:
    """What a law asks for. `source` names the place where it says so."""

    mandatory: bool
    least_days: int
    counting: Counting
    source: str


_REGULATION_87 = "Public Contracts Regulations 2015, regulation 87 (sent electronically)"
DUTIES = {
    Law.PCR_2015: Duty(True, 10, Counting.CALENDAR, _REGULATION_87),
    # Regulation 86(5) and (6) name who is spared the notice; light touch is not among them.
    Law.PCR_2015_LIGHT_TOUCH: Duty(True, 10, Counting.CALENDAR, _REGULATION_87),
    Law.PA_2023_LIGHT_TOUCH: Duty(
        False,
        8,
        Counting.WORKING,
        "Procurement Act 2023, section 51(3) and (4): voluntary for light touch contracts; one "
        "that the award notice states is kept, and is no shorter than a mandatory one",
    ),
    Law.PA_2023: Duty(True, 8, Counting.WORKING, "Procurement Act 2023, section 51(1) and (2)"),
}


@dataclass(frozen=True)
class Day:
    """One day of the calendar: its number in the count, or why it does not count."""

    on: date
    number: int | None
    why: str = ""


@dataclass(frozen=True)
class Standstill:
    """A period, day by day.

    Args:
        from_on: the day of the notice, or of sending.
        days: from `from_on` to `last_on`, each with its number or why it has none.
    """

    duty: Duty
    from_on: date
    days: tuple[Day, ...]

    @property
    def first_on(self) -> date:
        """The first day that counts."""
        return next(day.on for day in self.days if day.number is not None)

    @property
    def last_on(self) -> date:
        """The last day of the period; it ends at midnight at the end of it."""
        return self.days[-1].on

    @property
    def free_on(self) -> date:
        """The first day on which the contract may be made."""
        return self.last_on + ONE_DAY

    def is_over(self, on: date) -> bool:
        """Say whether the period is over on a day."""
        return on > self.last_on


def duty_of(law: str) -> Duty:
    """Return what a law asks for.

    Raises:
        RuleBroken: `standstill:unknown-law`.
    """
    try:
        return DUTIES[Law(law)]
    except ValueError:
        raise RuleBroken(
            "standstill:unknown-law", f"There is no rule on standstill for “{law}”."
        ) from None


def standstill(
    law: str, from_on: date, holidays: Collection[date], days: int | None = None
) -> Standstill:
    """Count a standstill period.

    Args:
        law: one of `Law`.
        from_on: the day (of London) on which the award notice was published; under the
            Regulations of 2015 the day on which the last of the letters was sent.
        holidays: the bank holidays; those of the following twenty weeks are enough.
        days: how many days the notice states, where it states more than the law asks for.

    Raises:
        RuleBroken: `standstill:unknown-law`, `standstill:too-short`, `standstill:too-long`.

    Source: as `Duty.source` says for each law; working days: Procurement Act 2023, section 123.
    """
    duty = duty_of(law)
    wanted = duty.least_days if days is None else days
    if wanted < duty.least_days:
        raise RuleBroken(
            "standstill:too-short",
            f"A standstill has at least {duty.least_days} {duty.counting} days.",
            "days",
        )
    if wanted > MOST_DAYS:
        raise RuleBroken(
            "standstill:too-long", f"A standstill has at most {MOST_DAYS} days.", "days"
        )
    count = _working if duty.counting is Counting.WORKING else _calendar
    return Standstill(duty, from_on, tuple(count(from_on, frozenset(holidays), wanted)))


def is_working(day: date, holidays: Collection[date]) -> bool:
    """Say whether a day is neither of a weekend nor a bank holiday."""
    return not _why_not(day, holidays)


def _why_not(day: date, holidays: Collection[date]) -> str:
    if day.weekday() >= SATURDAY:
        return "weekend"
    return "bank holiday" if day in holidays else ""


def _working(from_on: date, holidays: Collection[date], wanted: int) -> Iterator[Day]:
    day, number = from_on, 0
    while number < wanted:
        why = _why_not(day, holidays)
        number += not why
        yield Day(day, None if why else number, why)
        day += ONE_DAY


def _calendar(from_on: date, holidays: Collection[date], wanted: int) -> Iterator[Day]:
    yield Day(from_on, None, "day of sending")
    day = from_on
    for number in range(1, wanted + 1):
        day += ONE_DAY
        yield Day(day, number)
    while _why_not(day, holidays):  # the period runs on to the end of the next working day
        why = _why_not(day, holidays)
        day += ONE_DAY
        yield Day(day, None, f"the period ran on: the day before is a {_named(why)}")


def _named(why: str) -> str:
    return f"day of a {why}" if why == "weekend" else why
