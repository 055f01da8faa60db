"""What an uplift of rates comes to, and what the published rule lets it be.

Rates are whole pence; shares are exact: a rise of 3.2 % is Fraction(32, 1000). A new rate is rounded
once, to the nearest penny, half a penny up.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from scoring.contract_terms import months_after
from scoring.money import percent_words
from scoring.rounding import printed, rounded
from scoring.rules import RuleBroken

MOST_INDEX = 60  # characters
MOST_SHARE = Fraction(1)  # nobody doubles a rate by an uplift: it is a slip of the finger


@dataclass(frozen=True)
class UpliftRule:
    """How rates may rise, as a round publishes it and a contract keeps it.

    Args:
        index: that rates may follow, such as CPIH; "" names none.
        month: whose figure counts, 1 to 12; 0 where no index is named.
        cap_bp: the most in any twelve months, in basis points; None where there is no limit.
    """

    index: str = ""
    month: int = 0
    cap_bp: int | None = None

    def check(self) -> None:
        """Refuse a rule that cannot be applied.

        Raises:
            RuleBroken: `uplift:rule-month`, `uplift:rule-index`, `uplift:rule-cap`.
        """
        if len(self.index) > MOST_INDEX:
            raise RuleBroken(
                "uplift:rule-index", f"Use {MOST_INDEX} characters or fewer.", "uplift_index"
            )
        if self.index and not 1 <= self.month <= 12:
            raise RuleBroken(
                "uplift:rule-month", "Say whose month's figure counts.", "uplift_month"
            )
        if self.month and not self.index:
            raise RuleBroken(
                "uplift:rule-index", "Name the index, or choose no month.", "uplift_index"
            )
        if self.cap_bp is not None and not 0 < self.cap_bp <= 10_000:
            raise RuleBroken(
                "uplift:rule-cap", "The limit is above 0% and at most 100%.", "uplift_cap"
            )

    @property
    def words(self) -> str:
        """The rule as people read it."""
        cap = f"at most {percent_words(self.cap_bp)} in twelve months" if self.cap_bp else ""
        if not self.index:
            return f"No index; {cap}" if cap else "No rule is published"
        named = f"{self.index}, the figure of {month_name[self.month]}"
        return f"{named}, {cap}" if cap else named


def of_index(before: Decimal, after: Decimal) -> Fraction:
    """Return the exact rise from one figure of an index to a later one.

    Raises:
        RuleBroken: `uplift:index`, for a figure that is not above zero, or that did not rise.
    """
    if before <= 0 or after <= 0:
        raise RuleBroken("uplift:index", "A figure of an index is above zero.", "index_before")
    if after <= before:
        raise RuleBroken("uplift:index", "The index did not rise.", "index_after")
    return Fraction(after) / Fraction(before) - 1


def of_percent(share_bp: int) -> Fraction:
    """Return a percentage, in basis points, as an exact share."""
    return Fraction(share_bp, 10_000)


def check_share(share: Fraction) -> Fraction:
    """Return a share that can be asked for or granted.

    Raises:
        RuleBroken: `uplift:share`, for none, and for more than twice the rate.
    """
    if not 0 < share <= MOST_SHARE:
        raise RuleBroken("uplift:share", "An uplift is above 0% and at most 100%.", "percent")
    return share


def share_words(share: Fraction) -> str:
    """Return a share in per cent, rounded once to two places, as people read it."""
    return f"{printed(share * 100, 2)}%"


def raised(pence: int, share: Fraction) -> int:
    """Return a rate in pence after a rise, rounded once, half a penny up."""
    return rounded(pence * (1 + share))


@dataclass(frozen=True)
class RateHeld:
    """A rate of one item between two days, both included; `until_on` is None where it is open."""

    item: str
    pence: int
    from_on: date
    until_on: date | None

    def holds(self, on: date) -> bool:
        """Tell whether it holds on a day."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


def rate_on(rates: Sequence[RateHeld], item: str, on: date) -> RateHeld | None:
    """Return the rate of an item on a day; of two that hold, the one that began later."""
    holding = [one for one in rates if one.item == item and one.holds(on)]
    return max(holding, key=lambda one: one.from_on, default=None)


def over_the_cap(
    rates: Sequence[RateHeld], new: Mapping[str, int], from_on: date, cap_bp: int | None
) -> list[str]:
    """Return the items that would rise by more than the rule allows in any twelve months.

    Args:
        rates: those on record. new: the new pence of each item, from `from_on`.
        cap_bp: the most in twelve months, in basis points; None where the rule names none.

    Returns:
        The items, in order. The new rate of each is compared with the rate on the same day a year
        before; one that is younger, with its first.
    """
    if cap_bp is None:
        return []
    limit, year_before = 1 + Fraction(cap_bp, 10_000), months_after(from_on, -12)
    over = []
    for item, pence in new.items():
        earlier = rate_on(rates, item, year_before) or _first(rates, item)
        if earlier is not None and pence > rounded(earlier.pence * limit):
            over.append(item)
    return over


def check_cap(
    rates: Sequence[RateHeld], new: Mapping[str, int], from_on: date, cap_bp: int | None
) -> None:
    """Refuse what the published rule does not let be granted.

    Raises:
        RuleBroken: `uplift:over-the-cap`.
    """
    if cap_bp is not None and over_the_cap(rates, new, from_on, cap_bp):
        raise RuleBroken(
            "uplift:over-the-cap",
            f"The published rule allows {percent_words(cap_bp)} in twelve months at most.",
            "percent",
        )


def _first(rates: Sequence[RateHeld], item: str) -> RateHeld | None:
    own = [one for one in rates if one.item == item]
    return min(own, key=lambda one: one.from_on, default=None)


def check_from(from_on: date, decided_on: date, ends_on: date) -> None:
    """Refuse a first day that no new rate can have.

    Raises:
        RuleBroken: `uplift:before-the-decision`, `uplift:after-the-end`.
    """
    if from_on < decided_on:
        raise RuleBroken(
            "uplift:before-the-decision",
            "A new rate holds from the day of the decision or a later one.",
            "from_on",
        )
    if from_on > ends_on:
        raise RuleBroken("uplift:after-the-end", "The contract is over by that day.", "from_on")
