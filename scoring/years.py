"""Financial years: from 1 April to 31 March, named by the two years that they touch.

Days are counted as ordinals (`date.toordinal()`), ends are exclusive: the day of arrival counts and
the day of departure does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from scoring.rules import RuleBroken


def year_of(day: date) -> int:
    """Return the calendar year in which the financial year of a day begins: 31 March 2021 is 2020."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def first_day(year: int) -> date:
    """Return 1 April of a financial year."""
    return date(year, 4, 1)


def last_day(year: int) -> date:
    """Return 31 March of a financial year."""
    return date(year + 1, 3, 31)


def days_of(year: int) -> int:
    """Return the number of days of a financial year: 365, or 366 with a 29 February in it."""
    return (first_day(year + 1) - first_day(year)).days


def year_text(year: int) -> str:
    """Return a financial year in words: 2020 is "2020/21"."""
    return f"{year}/{(year + 1) % 100:02d}"


def year_named(text: str) -> int:
    """Return the financial year that "2020/21" or "2020-21" names.

    Raises:
        RuleBroken: `year:unknown`.
    """
    first, _, second = text.strip().replace("-", "/").partition("/")
    if len(first) == 4 and first.isdecimal() and second in {"", f"{(int(first) + 1) % 100:02d}"}:
        return int(first)
    raise RuleBroken("year:unknown", "Write a financial year like 2020/21.", "year")


@lru_cache(maxsize=512)
def bounds(year: int) -> tuple[int, int]:
    """Return the first day of a financial year and the first day after it, as ordinals."""
    return first_day(year).toordinal(), first_day(year + 1).toordinal()


@lru_cache(maxsize=65_536)
def year_of_ordinal(day: int) -> int:
    """Return the financial year of a day that is given as an ordinal."""
    return year_of(date.fromordinal(day))


def cut(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (financial year, start, end) for each year that a stretch of days touches.

    Args:
        start, end: ordinals, the end exclusive. No day yields nothing.
    """
    while start < end:
        year = year_of_ordinal(start)
        edge = min(end, bounds(year)[1])
        yield year, start, edge
        start = edge
