"""Vacancies of a home: how many places are free, from which day on, and when somebody last said so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.rules import RuleBroken

MOST_DAYS_AHEAD = 180
"""A place that is free later than this is a plan, not a vacancy."""


@dataclass(frozen=True)
class Statement:
    """What somebody said of a home.

    Args:
        free: places that nobody lives in and nobody was promised.
        from_on: the day from which it holds.
        said_on: the day on which it was said.
        number: counts statements in the order in which they were made.
    """

    free: int
    from_on: date
    said_on: date
    number: int = 0


def standing(statements: Iterable[Statement], on: date) -> Statement | None:
    """Return what holds on a day: the last day to have come decides, then the last word on it."""
    come = [one for one in statements if one.from_on <= on]
    return max(come, key=lambda one: (one.from_on, one.number), default=None)


def coming(statements: Iterable[Statement], on: date) -> list[Statement]:
    """Return what was said of later days, earliest first; the last word on each day alone."""
    last: dict[date, Statement] = {}
    for one in sorted(statements, key=lambda one: one.number):
        if one.from_on > on:
            last[one.from_on] = one
    return [last[day] for day in sorted(last)]


def is_old(statement: Statement | None, on: date, days: int) -> bool:
    """Return whether nobody has said for `days` whole days what is free; nothing said is old."""
    return statement is None or on - statement.said_on >= timedelta(days=days)


def check_statement(free: int, places: int, from_on: date, on: date) -> None:
    """Refuse what cannot be free.

    Args:
        free, places: of the same home.
        from_on: the day from which it holds. on: today.

    Raises:
        RuleBroken: `vacancy:more-than-places`, `vacancy:below-zero`, `vacancy:long-ago`,
            `vacancy:far-ahead`.
    """
    if free < 0:
        raise RuleBroken("vacancy:below-zero", "Enter 0 or more free places.", "free")
    if free > places:
        words = f"This home has {places} {'place' if places == 1 else 'places'} altogether."
        raise RuleBroken("vacancy:more-than-places", words, "free")
    if from_on < on - timedelta(days=MOST_DAYS_AHEAD):
        raise RuleBroken("vacancy:long-ago", "This day is too long ago.", "from_on")
    if from_on > on + timedelta(days=MOST_DAYS_AHEAD):
        words = f"Enter a day in the next {MOST_DAYS_AHEAD} days."
        raise RuleBroken("vacancy:far-ahead", words, "from_on")
