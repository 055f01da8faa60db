"""What placements cost: days cut at financial years, exact pence, averages weighted by child-days.

A stretch is a run of days of one child at one weekly price. All figures of a report are sums over
stretches, so they can be kept for each council, type and year and added up later: child-days,
priced child-days, pence × days (the cost times seven), different children, spells without a price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from scoring.years import bounds, cut

DAYS_OF_A_WEEK = 7
OVERALL = "overall"
Run = tuple[int, int]
"""Days as ordinals, from the first to before the second."""
RULES = (
    "The day of arrival counts and the day of departure does not. A spell is cut at 1 April.",
    (
        "Cost = weekly price × days ÷ 7, exact; added up first and rounded once, half away from zero. "
        "So printed parts may differ from a printed total by pennies."
    ),
    "Average weekly cost = total cost ÷ (priced child-days ÷ 7), never a mean of means.",
    (
        "A child has one day for each date in a placement type and one in the overall line, however "
        "many rows overlap; every row's cost counts."
    ),
    "A blank or £0 price is missing: the child counts, its days leave the average.",
    (
        "Children looked after: different children with at least one day in the year, without short "
        "breaks (legal status V3, V4) and without care leavers from the 18th birthday."
    ),
    (
        "Variance = change of the exact average on the year before, in whole percent, half away from "
        "zero."
    ),
)


class Standing(StrEnum):
    """What a day of a placement counts as."""

    LOOKED_AFTER = "looked-after"
    CARE_LEAVER = "care-leaver"  # from the 18th birthday
    SHORT_BREAK = "short-break"  # legal status V3 or V4


class PriceSource(StrEnum):
    """Where a price comes from, best first."""

    LEDGER = "ledger"
    CONTRACT = "contract"  # estimated
    MISSING = "missing"


class Stretch(NamedTuple):
    """Days of one child in one type of placement at one weekly price.

    Args:
        start, end: ordinals of days, the end exclusive; None while it is open.
        weekly_pence: None or 0 when the price is missing.
        spell: which row or episode it is part of.
    """

    child: str
    type: str
    start: int
    end: int | None
    weekly_pence: int | None
    spell: str = ""
    source: PriceSource = PriceSource.LEDGER
    standing: Standing = Standing.LOOKED_AFTER

    @property
    def is_priced(self) -> bool:
        """Return whether there is a price: a blank or £0 is missing."""
        return bool(self.weekly_pence)


@dataclass(slots=True)
class Cell:
    """The additive figures of one type (or of all) in one financial year.

    Args:
        children: different children with at least one day.
        at_year_end: children there on 31 March.
        child_days: different dates of each child. priced_days: those with a price.
        sevenths: Σ weekly pence × days; the cost in pence is a seventh of it.
        missing: spells without a price, where one is expected.
        estimated_days: priced child-days whose price is a contract's.
    """

    children: int = 0
    at_year_end: int = 0
    child_days: int = 0
    priced_days: int = 0
    sevenths: int = 0
    missing: int = 0
    estimated_days: int = 0

    def add(self, other: Cell) -> None:
        """Add the figures of other children (of another council, or of another part)."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def pence(self) -> Fraction:
        """Return the exact cost."""
        return Fraction(self.sevenths, DAYS_OF_A_WEEK)

    @property
    def average_weekly(self) -> Fraction | None:
        """Return the exact average weekly cost in pence; None without a priced day."""
        return Fraction(self.sevenths, self.priced_days) if self.priced_days else None


Cells = dict[tuple[int, str], Cell]
"""Figures by financial year and type; `OVERALL` is the line of all types."""


def cost_of(weekly_pence: int, days: int) -> Fraction:
    """Return the exact cost in pence of a weekly price over some days: pence × days ÷ 7."""
    return Fraction(weekly_pence * days, DAYS_OF_A_WEEK)


def variance(now: Fraction | None, before: Fraction | None) -> Fraction | None:
    """Return the change on the year before as a share of it; None against nothing.

    Exact: printing rounds it to whole percent, once. A price that is not applicable is None.
    """
    if now is None or not before:
        return None
    return (now - before) / before


def end_of(stretch: Stretch, after_last: int) -> int:
    """Return where a stretch ends for a report: an open one runs to its last day, that day included."""
    return after_last if stretch.end is None else min(stretch.end, after_last)


def measure(
    stretches: Iterable[Stretch],
    *,
    as_at: date,
    unpaid: frozenset[str] = frozenset(),
    standing: Standing = Standing.LOOKED_AFTER,
    first: date | None = None,
) -> Cells:
    """Return the figures of every financial year and type, up to the as-at date and with it.

    Args:
        stretches: in an order in which those of one child stand together.
        as_at: the last day that counts; later days are forecast and never part of this.
        unpaid: types for which no price is expected. Their children and days count; their days
            and costs stand outside the overall average.
        standing: what the days must count as.
        first: days before it do not count.
    """
    return measure_each(stretches, as_at=as_at, unpaid=unpaid, first=first).get(standing, {})


def measure_each(
    stretches: Iterable[Stretch],
    *,
    as_at: date,
    unpaid: frozenset[str] = frozenset(),
    first: date | None = None,
) -> dict[Standing, Cells]:
    """Return the figures of each standing, in one pass; see `measure`."""
    after_last = as_at.toordinal() + 1
    earliest = first.toordinal() if first else 0
    found: dict[Standing, Cells] = {}
    for _child, group in groupby(stretches, key=_BY_CHILD):
        own = list(group)
        for standing in {one.standing for one in own}:
            mine = [one for one in own if one.standing is standing]
            days = _days_of_child(mine, after_last, earliest)
            _count_child(found.setdefault(standing, {}), days, unpaid)
    return found


def _count_child(cells: Cells, days: dict[tuple[int, str], _Days], unpaid: frozenset[str]) -> None:
    years: dict[int, list[tuple[str, _Days]]] = {}
    for (year, kind), mine in days.items():
        years.setdefault(year, []).append((kind, mine))
        _count(cells, (year, kind), [mine], [mine])
        if kind in unpaid:
            cells[year, kind].missing = 0  # none is expected
    for year, everything in years.items():
        paid = [mine for kind, mine in everything if kind not in unpaid]
        _count(cells, (year, OVERALL), [mine for _, mine in everything], paid)


@dataclass(slots=True)
class _Days:
    """The days of one child in one type and financial year, as runs; nearly always one run."""

    runs: list[Run]
    priced: list[Run]
    estimated: list[Run]
    missing: set[str]
    sevenths: int = 0


def _days_of_child(
    own: Iterable[Stretch], after_last: int, earliest: int
) -> dict[tuple[int, str], _Days]:
    days: dict[tuple[int, str], _Days] = {}
    for one in own:
        for year, start, edge in cut(max(one.start, earliest), end_of(one, after_last)):
            mine = days.get((year, one.type))
            if mine is None:
                mine = days[year, one.type] = _Days([], [], [], set())
            _add(mine, one, (start, edge))
    return days


def _add(mine: _Days, one: Stretch, run: Run) -> None:
    mine.runs.append(run)
    if not one.weekly_pence:
        mine.missing.add(one.spell)
        return
    mine.sevenths += one.weekly_pence * (run[1] - run[0])
    mine.priced.append(run)
    if one.source is PriceSource.CONTRACT:
        mine.estimated.append(run)


def _count(
    cells: Cells, place: tuple[int, str], mine: Sequence[_Days], paid: Sequence[_Days]
) -> None:
    """Add one child's days to a cell: of one type, or of all its types in that year."""
    cell = cells.setdefault(place, Cell())
    runs = [run for one in mine for run in one.runs]
    last = bounds(place[0])[1] - 1
    cell.children += 1
    cell.at_year_end += any(start <= last < end for start, end in runs)
    cell.child_days += length_of(runs)
    cell.priced_days += length_of([run for one in paid for run in one.priced])
    cell.estimated_days += length_of([run for one in paid for run in one.estimated])
    cell.sevenths += sum(one.sevenths for one in paid)
    if any(one.missing for one in paid):
        cell.missing += len(set[str]().union(*(one.missing for one in paid)))


def length_of(runs: Sequence[Run]) -> int:
    """Return how many different days lie in runs of days (ends exclusive), however they overlap."""
    if len(runs) < 2:
        return runs[0][1] - runs[0][0] if runs else 0
    days, reached = 0, 0
    for start, end in sorted(runs):
        days += max(0, end - max(start, reached))
        reached = max(reached, end)
    return days


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two stretches of one child that have days in common: from `start` on, `days` of them."""

    one: Stretch
    other: Stretch
    start: int
    days: int


def overlaps(stretches: Iterable[Stretch], *, as_at: date) -> Iterator[Overlap]:
    """Yield each pair of stretches of one child that share days, each pair once.

    Args:
        stretches: in an order in which those of one child stand together.
    """
    after_last = as_at.toordinal() + 1
    for _child, own in groupby(stretches, key=_BY_CHILD):
        ordered = sorted(own, key=lambda one: (one.start, one.spell))
        if not _touch(ordered, after_last):
            continue
        for at, one in enumerate(ordered):
            end = end_of(one, after_last)
            for other in ordered[at + 1 :]:
                if other.start >= end:
                    break
                days = min(end, end_of(other, after_last)) - other.start
                if days > 0:
                    yield Overlap(one, other, other.start, days)


def _touch(ordered: Sequence[Stretch], after_last: int) -> bool:
    """Whether any of them begins before an earlier one has ended: nearly always none does."""
    reached = 0
    for one in ordered:
        if one.start < reached:
            return True
        reached = max(reached, end_of(one, after_last))
    return False


_BY_CHILD = attrgetter("child")
