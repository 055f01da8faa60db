"""Budget, actual and outturn: what was spent, what is still to come, and what was meant to be.

Everything is the council's own share, in pence, exact until it is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

OUTTURN_RULES = (
    (
        "Everything here is the council's own share of looked-after children's placements: social "
        "care and education as the ledger states them, and the whole of a cost of which no share is "
        "stated. What health, grants and others pay is left out."
    ),
    (
        "Outturn = actual to date + forecast of the rest of the year. Low and high are those of the "
        "forecast: eight in ten futures lie between them. A year that is over has an outturn and no "
        "forecast."
    ),
    (
        "The rest is forecast gross. The council's own share of it is taken to be that of the year "
        "to date, or of the year before where none of it is over."
    ),
    "Against the budget = middle of the outturn − budget. Of several budgets the newest counts.",
)


@dataclass(frozen=True, slots=True)
class Range:
    """Low, middle and high, in exact pence."""

    low: Fraction
    middle: Fraction
    high: Fraction

    def plus(self, amount: Fraction) -> Range:
        """Return the range with an amount on top."""
        return Range(self.low + amount, self.middle + amount, self.high + amount)

    def times(self, share: Fraction) -> Range:
        """Return a share of the range."""
        return Range(self.low * share, self.middle * share, self.high * share)


@dataclass(frozen=True, slots=True)
class Outturn:
    """One line of a year.

    Args:
        budget: None where there is none. actual: to date. rest: what is still to come; None where
            the year is over, or where nothing can be forecast.
        is_over: whether every day of the year is counted.
    """

    budget: int | None
    actual: Fraction
    rest: Range | None
    is_over: bool

    @property
    def outturn(self) -> Range | None:
        """Return what the year costs in the end; None where nobody can say."""
        if self.is_over:
            return Range(self.actual, self.actual, self.actual)
        return self.rest.plus(self.actual) if self.rest else None

    @property
    def against(self) -> Fraction | None:
        """Return by how much the middle of the outturn is above the budget."""
        if self.budget is None or self.outturn is None:
            return None
        return self.outturn.middle - self.budget

    @property
    def against_share(self) -> Fraction | None:
        """Return the same as a share of the budget."""
        return self.against / self.budget if self.budget and self.against is not None else None


def own_share(own: Fraction, gross: Fraction) -> Fraction | None:
    """Return the council's part of a cost; None of nothing."""
    return own / gross if gross else None
