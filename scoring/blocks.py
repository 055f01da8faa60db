"""Places that are bought as a block: paid whether they are used or not.

A block is so many places at one weekly price each, from one day to another. What a place that is
used really costs is everything that was paid, divided by the days on which a place was used.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from scoring.costs import DAYS_OF_A_WEEK, Run
from scoring.rules import RuleBroken

BLOCK_RULES = (
    (
        "Place-days = places of the block × days. A place is used on a day for each different child "
        "in it, at most as many as there are places; what is more stands as children above the block."
    ),
    "Void days = place-days − used days; void rate = void days ÷ place-days.",
    (
        "Cost of a used place = everything paid for the block ÷ (used days ÷ 7). The price of a void "
        "is its days × the weekly price ÷ 7."
    ),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Places bought as a block.

    Args:
        places: above zero. weekly_pence: of one place, above zero.
        start, end: ordinals of days, the end exclusive.
    """

    places: int
    weekly_pence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Use:
    """How blocks were used. Days are place-days; `sevenths` is pence × days, as paid."""

    place_days: int
    used_days: int
    above_days: int
    sevenths: int

    @property
    def void_days(self) -> int:
        """Return the days on which a place stood empty, over all places."""
        return self.place_days - self.used_days

    @property
    def void_rate(self) -> Fraction | None:
        """Return the share of place-days that were void; None without a place."""
        return Fraction(self.void_days, self.place_days) if self.place_days else None

    @property
    def paid(self) -> Fraction:
        """Return what was paid, in exact pence."""
        return Fraction(self.sevenths, DAYS_OF_A_WEEK)

    @property
    def weekly_used(self) -> Fraction | None:
        """Return the exact weekly pence of a place that was used; None when none ever was."""
        return Fraction(self.sevenths, self.used_days) if self.used_days else None

    @property
    def void_pence(self) -> Fraction | None:
        """Return what the voids cost at the average price of a place-day, exactly."""
        return self.paid * self.void_days / self.place_days if self.place_days else None


def check_block(places: int, weekly_pence: int, from_on: date, until_on: date) -> None:
    """Refuse a block that is none.

    Raises:
        RuleBroken: `block:no-place`, `block:no-price`, `block:ends-before`.
    """
    if places < 1:
        raise RuleBroken("block:no-place", "Enter 1 or more places.", "places")
    if weekly_pence < 1:
        raise RuleBroken("block:no-price", "Enter a price above £0.", "weekly")
    if until_on < from_on:
        raise RuleBroken("block:ends-before", "The last day is before the first.", "until_on")


def use_of(blocks: Sequence[Block], occupied: Iterable[Sequence[Run]], within: Run) -> Use:
    """Return how blocks were used in some days.

    Args:
        blocks: of one provider and type; they may stand beside each other.
        occupied: for each child its days as runs; runs of one child may overlap.
        within: the days that count, the end exclusive.
    """
    changes: dict[int, list[int]] = {}
    for block in blocks:
        price = block.places * block.weekly_pence
        _change(changes, (block.start, block.end), within, (block.places, 0, price))
    for runs in occupied:
        for run in _apart(runs):
            _change(changes, run, within, (0, 1, 0))
    places = children = price = 0
    place_days = used = above = sevenths = 0
    for day, following in itertools.pairwise(sorted(changes)):
        places, children, price = (
            now + by for now, by in zip((places, children, price), changes[day], strict=True)
        )
        length = following - day
        place_days += places * length
        used += min(places, children) * length
        above += max(0, children - places) * length
        sevenths += price * length
    return Use(place_days, used, above, sevenths)


def _change(changes: dict[int, list[int]], run: Run, within: Run, by: tuple[int, int, int]) -> None:
    start, end = max(run[0], within[0]), min(run[1], within[1])
    if start >= end:
        return
    for day, sign in ((start, 1), (end, -1)):
        there = changes.setdefault(day, [0, 0, 0])
        for at, value in enumerate(by):
            there[at] += sign * value


def _apart(runs: Sequence[Run]) -> list[Run]:
    """The same days as runs that do not overlap."""
    found: list[Run] = []
    reached = 0
    for start, end in sorted(runs):
        if end > max(start, reached):
            found.append((max(start, reached), end))
            reached = end
    return found
