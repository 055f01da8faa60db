"""What adds up besides types: in house or external, near or far, inside the area, and who pays.

The reports of these have their figures from here: as they are kept (`portal.costs.figures.store`), or
counted for some providers or another day.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np  # noqa: TID253  only what counts in columns loads this module

from portal.costs.figures import tally
from portal.costs.figures.blocks import NO_DISTANCE
from portal.costs.figures.counting import OUTSIDE, UNKNOWN, Counted
from portal.costs.figures.part_names import AREA, DISTANCE, FAR_TENTHS, FUNDING, GROUP, NOT_STATED
from scoring.costs import OVERALL, Cell, Cells, Standing
from scoring.funding import FUNDERS, WHOLE_BP
from scoring.placement_types import Mapping903

Numbers = Any  # arrays of numpy
BANDS = ("near", "far", "unknown")
SIDES = ("inside", "outside", "unknown")
_EMPTY = (None,) * len(FUNDERS)


def _groups(counted: Counted, mapping: Mapping903) -> tuple[list[str], Numbers]:
    """The group of each type that the runs have."""
    told = [mapping.types[kind].group for kind in counted.kinds]
    groups = list(dict.fromkeys(told))
    return groups, np.array([groups.index(one) for one in told], np.int64)


def by_group(counted: Counted, pieces: tally.Pieces, mapping: Mapping903) -> Cells:
    """In house, external and neither."""
    groups, of_kind = _groups(counted, mapping)
    return tally.count(pieces, groups, of_kind[pieces.runs.kind])


def by_distance(counted: Counted, pieces: tally.Pieces, mapping: Mapping903) -> Cells:
    """Each group within and over 20 miles."""
    tenths = counted.behind.distance[pieces.runs.spell]
    band = np.where(tenths == NO_DISTANCE, 2, np.where(tenths > FAR_TENTHS, 1, 0))
    return _in_groups(counted, pieces, mapping, BANDS, band)


def by_area(counted: Counted, pieces: tally.Pieces, mapping: Mapping903) -> Cells:
    """Each group in and out of the council's area."""
    outside = counted.behind.outside[pieces.runs.spell]
    side = np.where(outside == UNKNOWN, 2, np.where(outside == OUTSIDE, 1, 0))
    return _in_groups(counted, pieces, mapping, SIDES, side)


def _in_groups(
    counted: Counted, pieces: tally.Pieces, mapping: Mapping903, names: tuple[str, ...], at: Numbers
) -> Cells:
    groups, of_kind = _groups(counted, mapping)
    keys = [f"{group}|{name}" for group in groups for name in names]
    return tally.count(pieces, keys, of_kind[pieces.runs.kind] * len(names) + at)


def by_funder(counted: Counted, pieces: tally.Pieces, mapping: Mapping903) -> Cells:
    """What each pays: children, and as `sevenths` pence × days × basis points."""
    unpaid = np.array([kind in mapping.unpaid for kind in counted.kinds], bool)
    mine = pieces.only(
        np.flatnonzero(
            (pieces.runs.standing == tally.STANDINGS.index(Standing.LOOKED_AFTER))
            & (pieces.runs.pence > 0)
            & ~unpaid[pieces.runs.kind]
        )
        if len(unpaid)
        else np.empty(0, np.int64)
    )
    names = (*FUNDERS, NOT_STATED, OVERALL)
    shares = [
        (*(one or 0 for one in stated), WHOLE_BP if stated == _EMPTY else 0, WHOLE_BP)
        for stated in counted.behind.shares
    ]
    found = tally.shared_amounts(mine, shares, counted.behind.share[mine.runs.spell])
    return {
        (year, names[funder]): Cell(children=children, sevenths=amount)
        for (year, funder), (children, amount) in found.items()
    }


Made = Callable[[Counted, tally.Pieces, Mapping903], Cells]
PARTS: Mapping[str, Made] = {
    GROUP: by_group,
    DISTANCE: by_distance,
    AREA: by_area,
    FUNDING: by_funder,
}
