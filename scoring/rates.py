"""Rates side by side: like with like, exact, and what is missing is missing, never zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from scoring.content import Content
from scoring.rounding import printed
from scoring.rules import RuleBroken

Value: TypeAlias = Fraction | int
"""Pence, exact. Pence for a part of an hour may be a fraction."""

QUARTILE_METHOD = (
    "Quartiles are found by linear interpolation with both ends included "
    "(QUARTILE.INC in Excel): at place 1 + (n − 1) × share of the sorted rates."
)


class Quarter(StrEnum):
    """Where a rate stands; one that is exactly on a boundary belongs to the lower part."""

    LOWEST = "lowest-quarter"
    SECOND = "second-quarter"
    THIRD = "third-quarter"
    HIGHEST = "highest-quarter"


@dataclass(frozen=True)
class FiveNumbers:
    """Lowest, quartiles, median and highest of `number` rates; `missing` were left out."""

    number: int
    missing: int
    lowest: Fraction
    lower_quartile: Fraction
    median: Fraction
    upper_quartile: Fraction
    highest: Fraction


@dataclass(frozen=True)
class Position:
    """Where one rate stands: place 1 is the lowest; `equal` others have the same rate."""

    place: int
    of: int
    equal: int
    quarter: Quarter
    above_lowest: Fraction
    above_median: Fraction


def weekly_pence(
    core_pence: int | None, included_hours: int, hourly_pence: int | None, hours: Value
) -> Fraction | None:
    """Return the weekly price of one young person: core + max(0, hours − included) × hourly.

    Args:
        core_pence: the weekly price that includes `included_hours` of support, or None.
        hourly_pence: the price of an extra hour, or None.
        hours: hours of support in the week, zero or more; may be a fraction.

    Returns:
        Exact pence, or None when a part that this price needs is missing.

    Raises:
        RuleBroken: `rate:hours-negative`.
    """
    if hours < 0 or included_hours < 0:
        raise RuleBroken("rate:hours-negative", "Hours of support are zero or more.", "hours")
    extra = max(Fraction(0), Fraction(hours) - included_hours)
    if core_pence is None or (extra and hourly_pence is None):
        return None
    return core_pence + extra * (hourly_pence or 0)


def check_rate(item: Content, pence: int | None) -> int | None:
    """Return a rate when it may stand on the card; an optional one may be left empty.

    Args:
        item: an item of the rate card, with `key`, `title`, `required` and its limits in pence.

    Raises:
        RuleBroken: `rate:missing`, `rate:not-positive`, `rate:too-low`, `rate:too-high`.
    """
    key, title = item["key"], item.get("title", item["key"])
    lowest, highest = item.get("minimum_pence"), item.get("maximum_pence")
    if pence is None:
        if item.get("required"):
            raise RuleBroken("rate:missing", f"Enter a price for “{title}”.", key)
        return None
    if pence <= 0:
        raise RuleBroken("rate:not-positive", f"“{title}” must be more than £0.", key)
    if lowest is not None and pence < lowest:
        raise RuleBroken("rate:too-low", f"“{title}” must be {_pounds(lowest)} or more.", key)
    if highest is not None and pence > highest:
        raise RuleBroken("rate:too-high", f"“{title}” must be {_pounds(highest)} or less.", key)
    return pence


def five_numbers(values: Iterable[Value | None]) -> FiveNumbers | None:
    """Return lowest, lower quartile, median, upper quartile and highest; None without any rate.

    Missing values (None) are counted as missing and used for nothing. The method is stated in
    `QUARTILE_METHOD`, to be printed beside the figures.

    Source: Hyndman and Fan (1996), type 7.
    """
    everything = list(values)
    present = sorted(Fraction(value) for value in everything if value is not None)
    if not present:
        return None
    return FiveNumbers(
        number=len(present),
        missing=len(everything) - len(present),
        lowest=present[0],
        lower_quartile=_at_share(present, Fraction(1, 4)),
        median=_at_share(present, Fraction(1, 2)),
        upper_quartile=_at_share(present, Fraction(3, 4)),
        highest=present[-1],
    )


def position(value: Value | None, values: Iterable[Value | None]) -> Position | None:
    """Return where a rate stands among all rates, its own included; None when it is missing."""
    present = [Fraction(other) for other in values if other is not None]
    numbers = five_numbers(present)
    if value is None or numbers is None:
        return None
    return Position(
        place=1 + sum(other < value for other in present),
        of=len(present),
        equal=max(0, sum(other == value for other in present) - 1),
        quarter=_quarter(Fraction(value), numbers),
        above_lowest=value - numbers.lowest,
        above_median=value - numbers.median,
    )


def _at_share(ordered: list[Fraction], share: Fraction) -> Fraction:
    place = (len(ordered) - 1) * share
    below = int(place)
    if below + 1 == len(ordered):
        return ordered[below]
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


def _quarter(value: Fraction, numbers: FiveNumbers) -> Quarter:
    if value <= numbers.lower_quartile:
        return Quarter.LOWEST
    if value <= numbers.median:
        return Quarter.SECOND
    return Quarter.THIRD if value <= numbers.upper_quartile else Quarter.HIGHEST


def _pounds(pence: int) -> str:
    return f"£{printed(Fraction(pence, 100), 2)}"
