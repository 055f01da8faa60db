"""The lines of report 4 counted in columns: by list, by how it was bought, and who is in a block.

The rules are those by which `preferred` and `voids` sort one stretch after the other, where they are
read and explained; a test holds the figures of one against the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np  # noqa: TID253  only what counts in columns loads this module

from portal.costs.figures import tally
from portal.costs.figures.counting import Counted, Counting
from portal.costs.figures.part_names import NOT_STATED
from portal.costs.places.voids import BLOCK, Place
from portal.costs.reports.asking import Asked
from portal.costs.reports.on_lists import BY_WORD, CARE, STANDINGS, UNKNOWN, OnLists
from portal.db import db
from scoring.costs import Cells, Run, Standing
from scoring.precedence import FOREVER, without

Numbers = Any  # arrays of numpy


@dataclass(slots=True)
class Sorted:
    """Figures by list and by how it was bought, and the days of each child in a block."""

    standing: Cells = field(default_factory=dict)
    purchase: Cells = field(default_factory=dict)
    occupied: dict[Place, list[list[Run]]] = field(default_factory=lambda: defaultdict(list))


def sort_all(asked: Asked, lists: OnLists, places: Collection[Place]) -> Sorted:
    """Everything in one pass over the rows of a council.

    Args:
        places: where blocks are; nobody is looked for elsewhere.
    """
    made, after_last = Sorted(), asked.as_at.toordinal() + 1
    bought = {key for key, one in asked.mapping.types.items() if one.group == "external"}
    for counted in Counting(asked.council, db.session).each():
        wanted = counted.only(asked.wanted.provider, asked.wanted.lot)
        _measure(made.standing, *_by_standing(counted, wanted, lists), after_last)
        _measure(made.purchase, *_by_purchase(counted, wanted, bought), after_last)
        for place, runs in _in_blocks(counted, places, after_last):
            made.occupied[place] += runs
    return made


def _measure(into: Cells, lines: Sequence[str], runs: tally.Runs, after_last: int) -> None:
    each = tally.measure_each(tally.cut(runs, after_last), lines)
    for place, cell in each.get(Standing.LOOKED_AFTER, {}).items():
        if place in into:
            into[place].add(cell)
        else:
            into[place] = cell


def _by_standing(
    counted: Counted, runs: tally.Runs, lists: OnLists
) -> tuple[list[str], tally.Runs]:
    """Runs of a care for which there are lists, cut where a place begins or ends."""
    lines: dict[str, int] = {}
    found = [(runs.only(np.empty(0, np.int64)), 0)]
    cared = np.array([kind in CARE for kind in counted.kinds], bool)
    mine = runs.only(np.flatnonzero(cared[runs.kind])) if len(cared) else found[0][0]
    providers = counted.behind.provider[mine.spell].astype(np.int64)
    both = providers * len(counted.kinds) + mine.kind
    for number in np.unique(both).tolist():
        provider, kind = divmod(number, len(counted.kinds))
        name, care = counted.kinds[kind], CARE[counted.kinds[kind]]
        some = mine.only(np.flatnonzero(both == number))
        for standing, part in _parts(
            some, name, lists.held(counted.behind.providers[provider], name)
        ):
            line = lines.setdefault(f"{care}|{standing}", len(lines))
            found.append((part, line))
    kinds = [np.full(len(part), line, np.int64) for part, line in found]
    whole = tally.joined([part for part, _ in found])
    return list(lines), whole.as_kinds(np.concatenate(kinds))


def _parts(
    runs: tally.Runs, kind: str, held: Sequence[Run] | None
) -> Iterator[tuple[str, tally.Runs]]:
    if kind in BY_WORD or held is None:
        yield BY_WORD.get(kind, UNKNOWN), runs
        return
    listed, outside, _ = STANDINGS
    for run in held:
        yield listed, _within(runs, run)
    for run in without((0, FOREVER), held):
        yield outside, _within(runs, run)


def _within(runs: tally.Runs, run: Run) -> tally.Runs:
    """The days of runs that are among others."""
    part = runs.only(np.flatnonzero((runs.start < run[1]) & (runs.end > run[0])))
    part.start, part.end = np.maximum(part.start, run[0]), np.minimum(part.end, run[1])
    return part


def _by_purchase(
    counted: Counted, runs: tally.Runs, bought: Collection[str]
) -> tuple[list[str], tally.Runs]:
    """Runs that were bought, by type and how."""
    ways = [one or NOT_STATED for one in counted.behind.purchases]
    lines = [f"{kind}|{way}" for kind in counted.kinds for way in ways]
    external = np.array([kind in bought for kind in counted.kinds], bool)
    mine = runs.only(np.flatnonzero(external[runs.kind])) if len(external) else runs
    way = counted.behind.purchase[mine.spell].astype(np.int64)
    return lines, mine.as_kinds(mine.kind.astype(np.int64) * max(1, len(ways)) + way)


def _in_blocks(
    counted: Counted, places: Collection[Place], after_last: int
) -> Iterator[tuple[Place, list[list[Run]]]]:
    """The days of each child in each block, whatever it counts as."""
    block = np.array([one == BLOCK for one in counted.behind.purchases], bool)
    if not places or not block.any():
        return
    runs = counted.runs.only(np.flatnonzero(block[counted.behind.purchase][counted.runs.spell]))
    found: Mapping[Place, dict[int, list[Run]]] = defaultdict(lambda: defaultdict(list))
    providers = counted.behind.provider[runs.spell]
    rows = zip(
        *(one.tolist() for one in (providers, runs.kind, runs.child, runs.start, runs.end)),
        strict=True,
    )
    for provider, kind, child, start, end in rows:
        place = (counted.behind.providers[provider][1], counted.kinds[kind])
        if place in places:
            found[place][child].append((start, min(end, after_last)))
    for place, children in found.items():
        yield place, list(children.values())
