"""Key performance indicators: from two numbers to a value, a rating and a trend, all of it exact.

The exact value decides, never what is printed: 89.999 % against 90 % is amber though it shows as
90.00 %. A low figure suspends nobody: these rules rate, and people decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from scoring.rates import FiveNumbers, five_numbers
from scoring.rules import RuleBroken

SMALL = 5
"""A denominator below this is flagged: one young person more or less moves the value far."""

LEAST_PEERS = 4
"""With fewer other providers their quartiles are not shown: a value could be guessed."""

LEAST_EARLIER = 4
"""Earlier values that are needed before one can be called unusual."""


class Unit(StrEnum):
    """What a value is in."""

    PERCENT = "percent"  # numerator ÷ denominator × 100
    NUMBER = "number"  # the numerator, or numerator ÷ denominator where there is one


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Level(StrEnum):
    """For what a KPI is told."""

    ORGANISATION = "organisation"
    SETTING = "setting"  # each branch or setting; the organisation where it reports as one
    BOTH = "both"  # the organisation as a whole, and each branch or setting


class Rating(StrEnum):
    """How a value stands against its target."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_APPLICABLE = "not-applicable"  # the denominator is zero
    NO_TARGET = "no-target"  # reported, and not rated


class Trend(StrEnum):
    """How a value stands against the one before it, by the KPI's own direction."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"


RATED = frozenset({Rating.GREEN, Rating.AMBER, Rating.RED})


@dataclass(frozen=True)
class Kpi:
    """What is measured. Target and tolerance are in the KPI's unit: 90 is 90 %.

    `denominator` is empty for a plain count. `may_exceed` allows more than 100 %, as for hours
    that were delivered beyond those commissioned. `decimals` allows parts of one, as for hours or an
    average; people, plans and days are counted whole.
    """

    key: str
    name: str
    numerator: str
    denominator: str
    unit: Unit
    direction: Direction
    target: Fraction | None
    tolerance: Fraction
    frequency: str
    level: Level = Level.ORGANISATION
    may_exceed: bool = False
    decimals: bool = True

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Kpi:
        """Read one KPI of a checked KPI set.

        Raises:
            RuleBroken: `kpi:number`, for a target or tolerance that is no decimal number.
        """
        return cls(
            key=content["key"],
            name=content["name"],
            numerator=content["numerator"],
            denominator=content["denominator"],
            unit=Unit(content["unit"]),
            direction=Direction(content["direction"]),
            target=None if content["target"] is None else exact(content["target"], "target"),
            tolerance=exact(content["tolerance"], "tolerance"),
            frequency=content["frequency"],
            level=Level(content["level"]),
            may_exceed=content["may_exceed"],
            # a version from before whole numbers were asked for takes what it took then
            decimals=content.get("decimals", True),
        )

    @property
    def has_denominator(self) -> bool:
        """Tell whether the value is a share or an average, and no plain count."""
        return bool(self.denominator)


def exact(text: str, field: str = "value") -> Fraction:
    """Return a decimal number of zero or more, as "92.5", exactly.

    Raises:
        RuleBroken: `kpi:number`.
    """
    whole, _, part = text.partition(".")
    plain = whole.isascii() and whole.isdecimal() and (not part or part.isdecimal())
    if not plain or not part.isascii() or text.endswith("."):
        raise RuleBroken("kpi:number", f"“{text}” is not a number such as 92.5.", field)
    return Fraction(text)


def check_figure(kpi: Kpi, numerator: Fraction | None, denominator: Fraction | None) -> None:
    """Refuse numbers that say nothing, or what cannot be.

    A denominator of zero says that there was nobody to count; its numerator is zero or left out.

    Raises:
        RuleBroken: `kpi:denominator-missing`, `kpi:numerator-missing`, `kpi:negative`,
            `kpi:not-whole`, `kpi:nothing-to-count`, `kpi:more-than-all`. The field is `numerator` or
            `denominator`.
    """
    if kpi.has_denominator and denominator is None:
        message = f"Enter a number for “{kpi.denominator}”, or 0 if there were none."
        raise RuleBroken("kpi:denominator-missing", message, "denominator")
    if numerator is None and denominator != 0:
        message = f"Enter a number for “{kpi.numerator}”."
        raise RuleBroken("kpi:numerator-missing", message, "numerator")
    for number, field in ((numerator, "numerator"), (denominator, "denominator")):
        if number is not None and number < 0:
            raise RuleBroken("kpi:negative", "A number here is zero or more.", field)
        check_whole(kpi, number, field)
    if not kpi.has_denominator:
        return
    if denominator == 0 and numerator:
        message = f"There cannot be any of “{kpi.numerator}” when “{kpi.denominator}” is 0."
        raise RuleBroken("kpi:nothing-to-count", message, "numerator")
    _refuse_more_than_all(kpi, numerator, denominator)


def check_whole(kpi: Kpi, number: Fraction | None, field: str) -> None:
    """Refuse a part of one where only whole ones can be counted: there are no 1.5 young people.

    Args:
        field: `numerator` or `denominator`, which of the two the number is.

    Raises:
        RuleBroken: `kpi:not-whole`.
    """
    if number is not None and number.denominator != 1 and not kpi.decimals:
        words = kpi.numerator if field == "numerator" else kpi.denominator
        raise RuleBroken("kpi:not-whole", f"“{words}” must be a whole number.", field)


def _refuse_more_than_all(
    kpi: Kpi, numerator: Fraction | None, denominator: Fraction | None
) -> None:
    part_of_all = kpi.unit is Unit.PERCENT and not kpi.may_exceed
    if part_of_all and numerator is not None and numerator > (denominator or 0):
        message = f"“{kpi.numerator}” cannot be more than “{kpi.denominator}”."
        raise RuleBroken("kpi:more-than-all", message, "numerator")


def value_of(kpi: Kpi, numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    """Return the exact value in the KPI's unit (90 is 90 %), or None when it is not applicable.

    Not applicable is a denominator of zero: never 0 %, never 100 %.

    Raises:
        RuleBroken: as `check_figure`.
    """
    check_figure(kpi, numerator, denominator)
    if not kpi.has_denominator:
        return numerator
    if not denominator:
        return None
    share = (numerator or Fraction(0)) / denominator
    return share * 100 if kpi.unit is Unit.PERCENT else share


def rate(kpi: Kpi, value: Fraction | None) -> Rating:
    """Return how an exact value stands: green meets the target, amber misses it by no more than
    the tolerance, red is worse.

    Source: the published KPI sets; the tolerance is 5 percentage points unless a set says other.
    """
    if value is None:
        return Rating.NOT_APPLICABLE
    if kpi.target is None:
        return Rating.NO_TARGET
    missed_by = kpi.target - value if kpi.direction is Direction.HIGHER else value - kpi.target
    if missed_by <= 0:
        return Rating.GREEN
    return Rating.AMBER if missed_by <= kpi.tolerance else Rating.RED


def is_small(denominator: Fraction | None) -> bool:
    """Tell whether a value rests on so few that it must be read with care."""
    return denominator is not None and 0 < denominator < SMALL


def trend(kpi: Kpi, values: Sequence[Fraction | None]) -> Trend:
    """Return how the last value stands against the last one before it that there is.

    Args:
        values: from the oldest to the newest; None where there is none or it is not applicable.
    """
    if not values or values[-1] is None:
        return Trend.UNKNOWN
    before = next((value for value in reversed(values[:-1]) if value is not None), None)
    if before is None:
        return Trend.UNKNOWN
    if values[-1] == before:
        return Trend.SAME
    rose = values[-1] > before
    return Trend.BETTER if rose is (kpi.direction is Direction.HIGHER) else Trend.WORSE


def missed_in_a_row(ratings: Sequence[Rating]) -> int:
    """Return for how many periods up to the last the target was missed; what was not rated is
    passed over, since it says nothing.
    """
    run = 0
    for rating in reversed([one for one in ratings if one in RATED]):
        if rating is Rating.GREEN:
            break
        run += 1
    return run


def is_unusual(kpi: Kpi, value: Fraction | None, earlier: Sequence[Fraction | None]) -> bool:
    """Tell whether a value is worth a second look: it lies outside everything that came before by
    more than twice the tolerance, and more than the earlier values differ among themselves.
    """
    known = [one for one in earlier if one is not None]
    if value is None or len(known) < LEAST_EARLIER:
        return False
    lowest, highest = min(known), max(known)
    outside = max(lowest - value, value - highest)
    return outside > max(2 * kpi.tolerance, highest - lowest)


def quartiles(values: Sequence[Fraction | None], peers: int) -> FiveNumbers | None:
    """Return the quartiles and the median of the providers' values, or None when there are too few.

    The least number is the same whoever looks, so that a provider and its council read the same.
    Lowest and highest are somebody's own values: they are not for a page that a provider reads.

    Args:
        values: one for each provider, the one that is compared included.
        peers: how many values are of other providers.
    """
    return five_numbers(values) if peers >= LEAST_PEERS else None
