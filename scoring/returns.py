"""SSDA903 returns as they really come: several years, replaced episodes, open ones that vanish.

An episode is council, child and first day (DECOM). A later return replaces all its fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scoring.rules import RuleBroken
from scoring.years import first_day, last_day, year_of, year_text

RETURN_RULES = (
    "An episode is council, child and first day; a later return replaces all its fields.",
    (
        "An open episode that is missing from one return and present in a later one was there "
        "throughout. One that never comes back ends after 31 March of the last return that had it "
        "(counting that day), and is listed."
    ),
    "Years before the first return, and years without one, are incomplete.",
)


@dataclass(frozen=True, slots=True)
class ReturnedEpisode:
    """A line of an episodes file, as one return tells it. Codes as they were written."""

    child: str
    arrival: date
    departure: date | None
    legal_status: str = ""
    place: str = ""
    provider_code: str = ""
    urn: str = ""
    ref: str = ""
    distance_tenths: int | None = None  # of a mile
    outside: bool | None = None  # the council's area


@dataclass(frozen=True, slots=True)
class Life:
    """An episode over all returns.

    Args:
        ended_by_rule: it was open, and never came back; its end is the rule's and no return's.
    """

    episode: ReturnedEpisode
    last_return: int
    ended_by_rule: bool = False


def return_year(episodes: Iterable[ReturnedEpisode]) -> int:
    """Return the financial year of a return: that of its latest arrival or last day in care.

    Raises:
        RuleBroken: `return:empty`.
    """
    latest = max((latest_day(one) for one in episodes), default=None)
    if latest is None:
        raise RuleBroken("return:empty", "There is no episode in this return.")
    return year_of(latest)


def latest_day(one: ReturnedEpisode) -> date:
    """Return the arrival, or the last day before the departure if that is later."""
    if one.departure is None or one.departure <= one.arrival:
        return one.arrival
    return date.fromordinal(one.departure.toordinal() - 1)


def lives(returns: Mapping[int, Iterable[ReturnedEpisode]]) -> list[Life]:
    """Return every episode once, as its latest return tells it.

    Args:
        returns: the episodes of each return by its financial year; the order in which they came
            in never matters.
    """
    latest: dict[tuple[str, date], Life] = {}
    for year in sorted(returns):
        for one in returns[year]:
            latest[one.child, one.arrival] = Life(one, year)
    newest = max(returns, default=0)
    return [_ended(life, newest) for _, life in sorted(latest.items())]


def _ended(life: Life, newest: int) -> Life:
    if life.episode.departure is not None or life.last_return >= newest:
        return life
    # one that began after that 31 March has no day that any return vouches for
    end = max(first_day(life.last_return + 1), life.episode.arrival)
    return replace(life, episode=replace(life.episode, departure=end), ended_by_rule=True)


def incomplete_years(returned: Iterable[int], years: Sequence[int]) -> dict[int, str]:
    """Return the years that the returns do not tell whole, each with the reason in words."""
    known = set(returned)
    if not known:
        return {}
    first = min(known)
    found = {}
    for year in years:
        if year < first:
            found[year] = f"before the first return, which is that of {year_text(first)}"
        elif year not in known:
            found[year] = f"no return for {year_text(year)}"
    return found


def covered_until(returned: Iterable[int]) -> date | None:
    """Return the last day that the returns tell of; None without one."""
    newest = max(returned, default=None)
    return None if newest is None else last_day(newest)
