"""All figures of a council that add up, counted from its rows in one pass."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.costs.figures import tally
from portal.costs.figures.counting import Counted, Counting
from portal.costs.figures.parts import PARTS
from portal.people.models import Council
from scoring.costs import Cell, Cells, Standing
from scoring.placement_types import Mapping903

KEPT = (Standing.LOOKED_AFTER, Standing.CARE_LEAVER)
FIGURES = tuple(one.name for one in fields(Cell))
Choose = Callable[[Counted], tally.Runs]


@dataclass(slots=True)
class Reckoned:
    """Figures by standing, and in the other ways (`portal.costs.figures.parts`)."""

    cells: dict[Standing, Cells] = field(default_factory=dict)
    parts: dict[str, Cells] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        """The figures as they are kept in JSON until they are taken."""
        return {
            "cells": [
                [standing.value, *place, *_values(cell)]
                for standing in KEPT
                for place, cell in self.cells.get(standing, {}).items()
            ],
            "parts": [
                [part, *place, *_values(cell)]
                for part, found in self.parts.items()
                for place, cell in found.items()
            ],
        }


def _values(cell: Cell) -> list[int]:
    return [getattr(cell, name) for name in FIGURES]


def from_plain(told: dict[str, Any]) -> Reckoned:
    """The figures again."""
    made = Reckoned()
    for standing, year, kind, *values in told["cells"]:
        made.cells.setdefault(Standing(standing), {})[year, kind] = Cell(*values)
    for part, year, key, *values in told["parts"]:
        made.parts.setdefault(part, {})[year, key] = Cell(*values)
    return made


class Reckoner:
    """Adds up everything that is kept of a council, up to a day and with it."""

    def __init__(self, mapping: Mapping903, as_at: date) -> None:
        self.made = Reckoned()
        self._mapping, self._after_last = mapping, as_at.toordinal() + 1

    def add(self, counted: Counted) -> None:
        """The figures of some more children."""
        pieces = tally.cut(counted.runs, self._after_last)
        each = tally.measure_each(pieces, counted.kinds, self._mapping.unpaid)
        for standing, cells in each.items():
            _add(self.made.cells.setdefault(standing, {}), cells)
        for part, make in PARTS.items():
            _add(self.made.parts.setdefault(part, {}), make(counted, pieces, self._mapping))


def reckon(
    council: Council,
    reader: Session,
    as_at: date,
    also: Collection[int] = (),
    mapping: Mapping903 | None = None,
) -> Reckoned:
    """Everything that is kept of a council."""
    counting = Counting(council, reader, also, mapping)
    reckoner = Reckoner(counting.rows.mapping, as_at)
    for counted in counting.each():
        reckoner.add(counted)
    return reckoner.made


def cells_of(
    council: Council,
    reader: Session,
    as_at: date,
    standing: Standing = Standing.LOOKED_AFTER,
    choose: Choose = lambda counted: counted.runs,
) -> Cells:
    """Figures by year and type of some of the runs."""
    counting, found = Counting(council, reader), Cells()
    for counted in counting.each():
        pieces = tally.cut(choose(counted), as_at.toordinal() + 1)
        each = tally.measure_each(pieces, counted.kinds, counting.rows.mapping.unpaid)
        _add(found, each.get(standing, {}))
    return found


def part_of(
    council: Council,
    reader: Session,
    as_at: date,
    part: str,
    choose: Choose = lambda counted: counted.runs,
) -> Cells:
    """The figures of one part, of some of the runs."""
    counting, found = Counting(council, reader), Cells()
    for counted in counting.each():
        pieces = tally.cut(choose(counted), as_at.toordinal() + 1)
        _add(found, PARTS[part](counted, pieces, counting.rows.mapping))
    return found


def _add(into: Cells, more: Cells) -> None:
    for place, cell in more.items():
        if place in into:
            into[place].add(cell)
        else:
            into[place] = cell
