"""Of which period a KPI is told, and by when: months, quarters, halves and years from April."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scoring.rules import RuleBroken

FIRST_MONTH = 4
"""A financial year of English councils begins in April."""


class Frequency(StrEnum):
    """How often a KPI is told."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SIX_MONTHLY = "six-monthly"
    YEARLY = "yearly"

    @property
    def months(self) -> int:
        """Return how many months a period has."""
        return _MONTHS[self]


_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.SIX_MONTHLY: 6,
    Frequency.YEARLY: 12,
}


@dataclass(frozen=True, order=True)
class Period:
    """From a first to a last day, both included."""

    starts_on: date
    ends_on: date

    @property
    def words(self) -> str:
        """Return it as people say it: "April to June 2026"."""
        first, last = self.starts_on, self.ends_on
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%B %Y}"
        if first.year == last.year:
            return f"{first:%B} to {last:%B %Y}"
        return f"{first:%B %Y} to {last:%B %Y}"


def period_of(frequency: Frequency, on: date) -> Period:
    """Return the period of the financial year in which a day lies."""
    months = frequency.months
    number = on.year * 12 + on.month - FIRST_MONTH
    first = number - number % months
    return Period(_first_day(first), _first_day(first + months) - timedelta(days=1))


def periods(frequency: Frequency, from_on: date, until_on: date) -> Iterator[Period]:
    """Yield every whole period that holds a day of the time from a first to a last day.

    The first may have begun before: what is told of it counts from `from_on`.
    """
    period = period_of(frequency, from_on)
    while period.starts_on <= until_on:
        yield period
        period = period_of(frequency, period.ends_on + timedelta(days=1))


def due_on(period: Period, days: int) -> date:
    """Return the last day on which a return is in time.

    Args:
        days: that a provider has after the period's last day, one or more.

    Raises:
        RuleBroken: `kpi:due-days`.
    """
    if days < 1:
        raise RuleBroken("kpi:due-days", "Give providers at least one day.", "due_days")
    return period.ends_on + timedelta(days=days)


def financial_year(on: date) -> int:
    """Return the year in which the financial year of a day begins: 2026 for 31 March 2027."""
    return on.year if on.month >= FIRST_MONTH else on.year - 1


def year_period(year: int) -> Period:
    """Return the financial year that begins in a year."""
    return period_of(Frequency.YEARLY, date(year, FIRST_MONTH, 1))


def year_words(year: int) -> str:
    """Return a financial year as people write it: "2026–27"."""
    return f"{year}–{(year + 1) % 100:02d}"


def _first_day(number: int) -> date:
    """Return the first day of a month that is counted from April of the year 0."""
    year, month = divmod(number + FIRST_MONTH - 1, 12)
    return date(year, month + 1, 1)
