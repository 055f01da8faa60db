"""The figures of `scoring.costs.measure`, for many stretches at once.

The rules are those of `scoring.costs`, which stays the place where they are read and explained.
Here the same sums are made over arrays; tests hold every figure of one against the other. Sums are
whole numbers of 64 bits throughout, so nothing is rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np  # noqa: TID253  only what counts in columns loads this module

from scoring.costs import OVERALL, Cell, Cells, Standing
from scoring.years import bounds, year_of_ordinal

STANDINGS = tuple(Standing)
Numbers = Any  # arrays of numpy
_DAYS = 1 << 23  # more than any ordinal of a day
_MOST = 1 << 62
_SMALL = (1 << 16) - 1
_YEARS = 1_000  # from 1500 on: more than dates can be


@dataclass(slots=True)
class Runs:
    """Stretches as arrays of one length; see `scoring.costs.Stretch`.

    Args:
        kind: place in a list of types. end: ordinal; far in the future where it is open.
        pence: 0 where the price is missing. spell: a number. standing: place in STANDINGS.
    """

    child: Numbers
    kind: Numbers
    start: Numbers
    end: Numbers
    pence: Numbers
    spell: Numbers
    contract: Numbers
    standing: Numbers

    def __len__(self) -> int:
        return len(self.start)

    def only(self, rows: Numbers) -> "Runs":
        """Some of them."""
        return Runs(*(getattr(self, name)[rows] for name in self.__slots__))

    def as_kinds(self, kind: Numbers) -> "Runs":
        """The same days under other names."""
        rest = {name: getattr(self, name) for name in self.__slots__ if name != "kind"}
        return Runs(kind=kind, **rest)


def joined(parts: Sequence[Runs]) -> Runs:
    """Runs one after the other."""
    names = Runs.__slots__
    return Runs(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))


@dataclass(slots=True)
class Pieces:
    """Runs cut at the edges of financial years. year_end: whether 31 March is among its days."""

    runs: Runs
    year: Numbers
    year_end: Numbers
    by_child: bool = False  # in the order of children and first days

    def only(self, rows: Numbers) -> "Pieces":
        """Some of them. Args: rows: in their order, or they are not `by_child` any more."""
        return Pieces(self.runs.only(rows), self.year[rows], self.year_end[rows], self.by_child)

    @property
    def days(self) -> Numbers:
        return (self.runs.end - self.runs.start).astype(np.int64)

    @property
    def sevenths(self) -> Numbers:
        """Pence × days."""
        return self.runs.pence.astype(np.int64) * self.days


def cut(runs: Runs, after_last: int) -> Pieces:
    """Cut runs at each 1 April, up to a day (exclusive); runs without a day fall out."""
    end = np.minimum(runs.end, after_last)
    there = np.flatnonzero(runs.start < end)
    if not len(there):
        return Pieces(runs.only(there), there, there.astype(bool))
    first = year_of_ordinal(int(runs.start[there].min()))
    last = year_of_ordinal(int(end[there].max()) - 1)
    edges = np.array([bounds(year)[0] for year in range(first, last + 2)])
    one = np.searchsorted(edges, runs.start[there], "right") - 1
    other = np.searchsorted(edges, end[there] - 1, "right") - 1
    times = other - one + 1
    rows = np.repeat(there, times)
    begins = np.repeat(np.cumsum(times) - times, times)
    year = np.repeat(one, times) + np.arange(len(rows)) - begins
    pieces = runs.only(rows)
    pieces.start = np.maximum(pieces.start, edges[year])
    pieces.end = np.minimum(end[rows], edges[year + 1])
    made = Pieces(pieces, year + first, pieces.end == edges[year + 1])
    made = made.only(_order_of_children(made.runs))
    made.by_child = True
    return made


def _order_of_children(runs: Runs) -> Numbers:
    """One sort for all lines: within each of them this order stays."""
    first = int(runs.start.min())
    return np.argsort(runs.child.astype(np.int64) * _DAYS + runs.start - first, kind="stable")


@dataclass(slots=True)
class _Groups:
    """Days of each child in each cell, as sums by cell."""

    cells: Numbers  # sorted, each once
    children: Numbers
    days: Numbers
    at_year_end: Numbers


def _in_order(cell: Numbers, pieces: Pieces) -> tuple[Numbers, Pieces]:
    """Pieces by cell, child and first day; any part of them is in that order, too."""
    runs = pieces.runs
    if not len(cell):
        return cell, pieces
    if pieces.by_child and int(cell.max()) - int(cell.min()) <= _SMALL:  # sorted by counting
        order = np.argsort((cell - cell.min()).astype(np.uint16), kind="stable")
        sorted_ = pieces.only(order)
        sorted_.by_child = False
        return cell[order], sorted_
    first, child = int(runs.start.min()), runs.child.astype(np.int64)
    days, children = int(runs.start.max()) - first + 1, int(child.max()) + 1
    if int(cell.max()) < _MOST // days // children:
        order = np.argsort((cell.astype(np.int64) * children + child) * days + runs.start - first)
    else:
        order = np.lexsort((runs.start, child, cell))
    return cell[order], pieces.only(order)


def _grouped(cell: Numbers, pieces: Pieces) -> _Groups:
    """Different children and different days of each cell, however the pieces overlap.

    Args:
        cell, pieces: in order.
    """
    runs = pieces.runs
    start, end = runs.start.astype(np.int64), runs.end.astype(np.int64)
    new_child = np.ones(len(cell), bool)
    new_child[1:] = (cell[1:] != cell[:-1]) | (runs.child[1:] != runs.child[:-1])
    lift = np.cumsum(new_child) * _DAYS  # so that the days of one child never reach the next
    reached = np.maximum.accumulate(end + lift)
    before = np.empty_like(reached)
    before[:1], before[1:] = 0, reached[:-1]
    days = np.maximum(0, end + lift - np.maximum(start + lift, before))
    firsts = np.flatnonzero(new_child)
    at_end = np.maximum.reduceat(pieces.year_end, firsts)
    cells, first_of_cell = _firsts(cell[firsts])
    return _Groups(
        cells,
        np.diff(np.append(first_of_cell, len(firsts))),
        np.add.reduceat(days, firsts[first_of_cell]),
        np.add.reduceat(at_end.astype(np.int64), first_of_cell),
    )


def _firsts(cell: Numbers) -> tuple[Numbers, Numbers]:
    """Each cell once, and where it begins, of cells in order."""
    new = np.ones(len(cell), bool)
    new[1:] = cell[1:] != cell[:-1]
    places = np.flatnonzero(new)
    return cell[places], places


def _summed(cell: Numbers, amounts: Numbers) -> tuple[Numbers, Numbers]:
    """Amounts by cell, exactly; cells in order."""
    cells, firsts = _firsts(cell)
    return cells, np.add.reduceat(amounts, firsts)


class _Cells:
    """Figures by standing, year and type, filled line by line."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = [*kinds, OVERALL]
        self._found: dict[tuple[int, int, int], Cell] = {}

    def numbers(self, pieces: Pieces, kind: Numbers) -> Numbers:
        """One number for standing, year and type."""
        wide = len(self._kinds)
        year = pieces.year - 1_500
        return (pieces.runs.standing.astype(np.int64) * _YEARS + year) * wide + kind

    @property
    def overall(self) -> int:
        return len(self._kinds) - 1

    def add(self, cells: Numbers, **figures: Numbers) -> None:
        wide = len(self._kinds)
        lists = {name: values.tolist() for name, values in figures.items()}
        for at, number in enumerate(cells.tolist()):
            year = number // wide % _YEARS + 1_500
            place = (number // wide // _YEARS, year, number % wide)
            cell = self._found.setdefault(place, Cell())
            for name, values in lists.items():
                setattr(cell, name, int(values[at]))

    def each(self) -> dict[Standing, Cells]:
        found: dict[Standing, Cells] = {}
        for (standing, year, kind), cell in self._found.items():
            found.setdefault(STANDINGS[standing], {})[year, self._kinds[kind]] = cell
        return found


def measure_each(
    pieces: Pieces, kinds: Sequence[str], unpaid: frozenset[str] = frozenset()
) -> dict[Standing, Cells]:
    """The figures of each standing, as `scoring.costs.measure_each` has them.

    Args:
        kinds: the types that the numbers of the runs stand for.
    """
    cells = _Cells(kinds)
    is_unpaid = np.array([kind in unpaid for kind in kinds], bool)
    _fill(cells, pieces, pieces.runs.kind, is_unpaid, priced=False)
    _fill(cells, pieces, np.full(len(pieces.year), cells.overall), is_unpaid, priced=True)
    return cells.each()


def _fill(
    cells: _Cells, pieces: Pieces, kind: Numbers, is_unpaid: Numbers, *, priced: bool
) -> None:
    """One line: of each type, or of all of them.

    Args:
        is_unpaid: of each type, whether no price is expected. priced: whether its prices are left
            out of the line, too.
    """
    if not len(kind):
        return
    number, pieces = _in_order(cells.numbers(pieces, kind), pieces)
    all_days = _grouped(number, pieces)
    cells.add(
        all_days.cells,
        children=all_days.children,
        at_year_end=all_days.at_year_end,
        child_days=all_days.days,
    )
    has_price, expected = pieces.runs.pence > 0, ~is_unpaid[pieces.runs.kind]
    counts = has_price & expected if priced else has_price
    paid = np.flatnonzero(counts)
    if len(paid):
        some = pieces.only(paid)
        days = _grouped(number[paid], some)
        _, sums = _summed(number[paid], some.sevenths)
        cells.add(days.cells, priced_days=days.days, sevenths=sums)
    estimated = np.flatnonzero(counts & pieces.runs.contract)
    if len(estimated):
        days = _grouped(number[estimated], pieces.only(estimated))
        cells.add(days.cells, estimated_days=days.days)
    missing = np.flatnonzero(~has_price & expected)
    if len(missing):
        both = number[missing] * (int(pieces.runs.spell.max()) + 1) + pieces.runs.spell[missing]
        spells = np.unique(both) // (int(pieces.runs.spell.max()) + 1)
        places, counts = np.unique(spells, return_counts=True)
        cells.add(places, missing=counts)


def count(pieces: Pieces, names: Sequence[str], name: Numbers) -> Cells:
    """Children, days and pence × days of looked-after children, by year and name.

    Args:
        name: of each piece, its place in `names`.
    """
    mine = np.flatnonzero(pieces.runs.standing == STANDINGS.index(Standing.LOOKED_AFTER))
    if not len(mine):
        return {}
    pieces = pieces.only(mine)
    number, pieces = _in_order(pieces.year * len(names) + name[mine], pieces)
    days = _grouped(number, pieces)
    _, sums = _summed(number, pieces.sevenths)
    rows = zip(
        *(column.tolist() for column in (days.cells, days.children, days.at_year_end)),
        *(column.tolist() for column in (days.days, sums)),
        strict=True,
    )
    return {
        (cell // len(names), names[cell % len(names)]): Cell(
            children=children, at_year_end=at_end, child_days=of_child, sevenths=amount
        )
        for cell, children, at_end, of_child, amount in rows
    }


@dataclass(frozen=True, slots=True)
class Pairs:
    """Runs of one child that share days: places of both, the first shared day, how many days."""

    one: Numbers
    other: Numbers
    start: Numbers
    days: Numbers

    def __len__(self) -> int:
        return len(self.one)


def overlaps(runs: Runs, after_last: int, most: int) -> Pairs:
    """Each pair of runs of one child that share days, each pair once; at most so many pairs."""
    end = np.minimum(runs.end, after_last).astype(np.int64)
    there = np.flatnonzero(runs.start < end)
    order = there[np.lexsort((runs.spell[there], runs.start[there], runs.child[there]))]
    lift = runs.child[order].astype(np.int64) * _DAYS
    starts, ends = runs.start[order] + lift, end[order] + lift
    until = np.searchsorted(starts, ends, "left")  # those that begin before this one has ended
    times = until - np.arange(len(order)) - 1
    reached = np.cumsum(times)
    enough = int(np.searchsorted(reached, most, "left")) + 1
    times = times[:enough]
    one = np.repeat(np.arange(len(times)), times)[:most]
    begins = np.repeat(np.cumsum(times) - times, times)[:most]
    other = one + 1 + np.arange(len(one)) - begins
    days = np.minimum(ends[one], ends[other]) - starts[other]
    return Pairs(order[one], order[other], runs.start[order[other]], days)


def shared_amounts(
    pieces: Pieces, shares: Sequence[Sequence[int | None]], rows: Numbers
) -> Mapping[tuple[int, int], tuple[int, int]]:
    """What each funder pays in each year: (year, funder) → (different children, pence × days × share).

    Args:
        shares: basis points by funder. rows: which of them each piece has. A funder with no part
            in a piece has no child in it.
    """
    found = {}
    _, order = _in_order(
        pieces.year,
        Pieces(pieces.runs.as_kinds(rows), pieces.year, pieces.year_end, pieces.by_child),
    )
    pieces, rows = order, order.runs.kind  # which stand in the order of years and children now
    table = np.array([[one or 0 for one in share] for share in shares], np.int64)
    for funder in range(table.shape[1] if len(shares) else 0):
        part = table[rows, funder]
        mine = np.flatnonzero(part)
        if not len(mine):
            continue
        some = pieces.only(mine)
        years = _grouped(some.year, some)
        places, sums = _summed(some.year, some.sevenths * part[mine])
        for year, children, amount in zip(
            places.tolist(), years.children, sums.tolist(), strict=True
        ):
            found[year, funder] = (int(children), amount)
    return found
