"""Why a cost changed from one year to the next: children, price and mix, to the penny."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.costs import DAYS_OF_A_WEEK, Cell
from scoring.rounding import rounded

BRIDGE_RULE = (
    "With D priced child-days, A the overall and a each type's average per day: children = "
    "(D now − D before) × A before; price = Σ D of the type now × (a now − a before), for types "
    "with a price in both years; mix is the rest, so the three add to the change to the penny."
)


@dataclass(frozen=True, slots=True)
class Bridge:
    """The parts of a change of cost, in whole pence. They add to `change`."""

    before: int
    children: int
    price: int
    mix: int
    now: int

    @property
    def change(self) -> int:
        """Return the change from the year before."""
        return self.now - self.before


def bridge(
    before: Cell, now: Cell, types_before: Mapping[str, Cell], types_now: Mapping[str, Cell]
) -> Bridge | None:
    """Explain the change of cost between two years.

    Args:
        before, now: the overall lines. types_before, types_now: the paid types of each year.

    Returns:
        None when the year before has no priced day: there is nothing to compare with.
    """
    if not before.priced_days:
        return None
    children = (now.priced_days - before.priced_days) * per_day(before)
    price = sum(
        (
            cell.priced_days * (per_day(cell) - per_day(types_before[kind]))
            for kind, cell in types_now.items()
            if cell.priced_days and kind in types_before and types_before[kind].priced_days
        ),
        Fraction(),
    )
    start, end = rounded(before.pence), rounded(now.pence)
    printed_children, printed_price = rounded(children), rounded(price)
    return Bridge(
        before=start,
        children=printed_children,
        price=printed_price,
        mix=end - start - printed_children - printed_price,
        now=end,
    )


def per_day(cell: Cell) -> Fraction:
    """Return the exact average cost of a priced child-day, in pence."""
    return Fraction(cell.sevenths, DAYS_OF_A_WEEK * cell.priced_days)
