"""What a year would have cost otherwise: dearer, with fewer bought places, with empty ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.costs import DAYS_OF_A_WEEK, Cell
from scoring.rules import RuleBroken

WHOLE_BP = 10_000
WHAT_IF_RULES = (
    "The base is the cost of the year as it was counted, from priced days of all paid types.",
    "Uplift: the cost of every external type × the uplift.",
    (
        "Moved: children × (average weekly price in house − average weekly price of the type they "
        "leave, after the uplift) × days of the year ÷ 7."
    ),
    (
        "Empty places: a place in house that stands empty for a share v of the year still costs, so "
        "each used place costs price ÷ (1 − v); the difference is added for the children moved."
    ),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody asks for.

    Args:
        uplift_bp: on external prices, in basis points; may be below zero.
        moved: children, for a whole year. void_bp: of in-house places, from 0 to below 10 000.
    """

    uplift_bp: int = 0
    moved: int = 0
    void_bp: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exact pence: the base, each change, and what comes of them."""

    base: Fraction
    uplift: Fraction
    moved: Fraction
    voids: Fraction

    @property
    def total(self) -> Fraction:
        """Return the cost after all changes."""
        return self.base + self.uplift + self.moved + self.voids


def what_if(
    change: Change,
    cells: Mapping[str, Cell],
    groups: Mapping[str, str],
    *,
    leaving: str,
    days: int,
) -> Outcome:
    """Return what a year would have cost.

    Args:
        cells: the figures of each paid type in the year. groups: `in-house`, `external` or other.
        leaving: the type that the children leave. days: of the year, 365 or 366.

    Raises:
        RuleBroken: `what-if:moved`, `what-if:void`, `what-if:no-price` (nobody to move from or to).
    """
    if change.moved < 0:
        raise RuleBroken("what-if:moved", "Enter how many children move, 0 or more.", "moved")
    if not 0 <= change.void_bp < WHOLE_BP:
        raise RuleBroken("what-if:void", "Enter a share from 0 to below 100 %.", "void")
    base = sum((cell.pence for cell in cells.values()), Fraction())
    external = sum(
        (cell.pence for kind, cell in cells.items() if groups.get(kind) == "external"), Fraction()
    )
    uplift = external * change.uplift_bp / WHOLE_BP
    if not change.moved:
        return Outcome(base, uplift, Fraction(), Fraction())
    inside = _average(
        {kind: cell for kind, cell in cells.items() if groups.get(kind) == "in-house"}
    )
    outside = cells[leaving].average_weekly if leaving in cells else None
    if inside is None or outside is None:
        raise RuleBroken(
            "what-if:no-price",
            "This year has no price for one of the two, so nobody can move.",
            "moved",
        )
    weeks = Fraction(days, DAYS_OF_A_WEEK) * change.moved
    dearer = outside * (WHOLE_BP + change.uplift_bp) / WHOLE_BP
    full = inside * WHOLE_BP / (WHOLE_BP - change.void_bp)
    return Outcome(base, uplift, (inside - dearer) * weeks, (full - inside) * weeks)


def _average(cells: Mapping[str, Cell]) -> Fraction | None:
    """The average weekly price over several types, weighted by child-days."""
    days = sum(cell.priced_days for cell in cells.values())
    return Fraction(sum(cell.sevenths for cell in cells.values()), days) if days else None
