"""How children moved: into care, between types of placement, out of it. Counts, exact.

From stretches of days each child gets one timeline: on a day with several rows the one that began
last counts. A move is a change of type from one day to the next; a day without any row is a day
out of care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise

from scoring.ages import ADULT, USUAL_BANDS, AgeBand, band_on, birthday, changes_of_band
from scoring.costs import Run, Standing, Stretch, end_of

LEFT = "left"
"""Where somebody goes who leaves care before the 18th birthday."""
NO_AGE = "age-unknown"
FLOW_RULES = (
    (
        "Each child has one timeline: on a day with several rows the one that began last counts. A "
        "move is a change of type from one day to the next; after a day without a row a child comes "
        "into care anew."
    ),
    "Leaving on the 18th birthday is no flow: everybody does, on a day that is known.",
)
Segment = tuple[int, int, str]
"""First day and first day after it, as ordinals, and the type of placement."""
State = tuple[str, str]
"""Type of placement and age band."""


@dataclass(slots=True)
class Flows:
    """What happened in some days.

    Args:
        days: child-days by state. moves: by state and the type moved to, or `LEFT`.
        entries: each child that came into care: type, and age in months (None: not known).
    """

    days: Counter[State] = field(default_factory=Counter)
    moves: Counter[tuple[State, str]] = field(default_factory=Counter)
    entries: list[tuple[str, int | None]] = field(default_factory=list)


def timeline(own: Iterable[Stretch], after_last: int) -> list[Segment]:
    """Return one child's days as segments that neither overlap nor repeat their type, in order.

    Args:
        own: stretches of one child; only those of a looked-after child count.
        after_last: the first day of which nothing is known.
    """
    rows = sorted(
        (one.start, one.spell, end_of(one, after_last), one.type)
        for one in own
        if one.standing is Standing.LOOKED_AFTER and one.start < end_of(one, after_last)
    )
    if all(one[2] <= other[0] for one, other in pairwise(rows)):  # most children: nothing overlaps
        return _joined((start, end, kind) for start, _, end, kind in rows)
    edges = sorted({edge for start, _, end, _ in rows for edge in (start, end)})
    return _joined(
        (first, after, max(there)[3])
        for first, after in pairwise(edges)
        if (there := [row for row in rows if row[0] <= first < row[2]])
    )


def _joined(pieces: Iterable[Segment]) -> list[Segment]:
    """Pieces in order, those of one type that follow on each other as one."""
    found: list[Segment] = []
    for first, after, kind in pieces:
        if found and found[-1][1] == first and found[-1][2] == kind:
            found[-1] = (found[-1][0], after, kind)
        else:
            found.append((first, after, kind))
    return found


def flows(
    timelines: Mapping[str, Sequence[Segment]], births: Mapping[str, date], within: Run
) -> Flows:
    """Return what happened in some days: days in each state, moves, and who came into care.

    Args:
        births: month of birth of each child, where it is known.
        within: the first day and the first day after; what happens on the day after is no part.
    """
    found = Flows()
    for child, segments in timelines.items():
        birth = births.get(child)
        for at, (start, end, kind) in enumerate(segments):
            _count_days(found, kind, (max(start, within[0]), min(end, within[1])), birth)
            before = segments[at - 1] if at else None
            if within[0] <= start < within[1] and (before is None or before[1] < start):
                found.entries.append((kind, _months(birth, start)))
            after = segments[at + 1] if at + 1 < len(segments) else None
            if within[0] <= end < within[1]:
                target = after[2] if after and after[0] == end else LEFT
                if target != LEFT or not _comes_of_age(birth, end):
                    found.moves[(kind, band_of(birth, end - 1)), target] += 1
    return found


def timelines_of(stretches: Iterable[Stretch], after_last: int) -> dict[str, list[Segment]]:
    """Return the timeline of every child with any day.

    Args:
        stretches: in an order in which those of one child stand together.
    """
    made = {
        child: timeline(own, after_last)
        for child, own in groupby(stretches, key=lambda one: one.child)
    }
    return {child: segments for child, segments in made.items() if segments}


def band_of(birth: date | None, day: int, bands: Sequence[AgeBand] = USUAL_BANDS) -> str:
    """Return the age band on a day that is given as an ordinal."""
    return band_on(birth, date.fromordinal(day), bands) or NO_AGE


def _count_days(found: Flows, kind: str, run: Run, birth: date | None) -> None:
    if run[0] >= run[1]:
        return
    edges = [run[0], *(day for day in _cuts(birth) if run[0] < day < run[1]), run[1]]
    for start, end in pairwise(edges):
        found.days[kind, band_of(birth, start)] += end - start


@lru_cache(maxsize=2_000)
def _cuts(birth: date | None) -> tuple[int, ...]:
    """The days on which the age band changes, in order; births are months, so there are few."""
    return tuple(sorted({day.toordinal() for day in changes_of_band(birth, USUAL_BANDS)}))


def _months(birth: date | None, day: int) -> int | None:
    if birth is None:
        return None
    on = date.fromordinal(day)
    return (on.year - birth.year) * 12 + on.month - birth.month


def _comes_of_age(birth: date | None, day: int) -> bool:
    return birth is not None and day >= birthday(birth, ADULT).toordinal()
