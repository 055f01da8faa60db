"""From prices to points: the six formulas, exact, and what looks too cheap.

W is what price is worth, in points. Only bids that passed every gate and every threshold are
handed in, so only they set the lowest price and the mean. Prices are pence, above zero, and may
be exact fractions (a weighted mean of a basket is never rounded on the way).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from scoring.money import pounds
from scoring.rules import RuleBroken
from scoring.terms import WHOLE_BP, Formula

Price: TypeAlias = Fraction | int
"""Pence, exact."""

HALF = Fraction(1, 2)
ABNORMALLY_LOW_BP = 2_000
"""How far under the mean of the others a price is flagged, unless the round says otherwise."""


@dataclass(frozen=True)
class PriceTerms:
    """The amounts that a round states for its formula, in pence."""

    ceiling_pence: int | None = None
    optimal_pence: int | None = None
    maximum_pence: int | None = None


@dataclass(frozen=True)
class Reference:
    """What prices are measured by: the stated terms, and what the bids themselves set."""

    lowest: Fraction | None = None
    mean: Fraction | None = None
    optimal: Fraction | None = None
    maximum: Fraction | None = None
    ceiling: Fraction | None = None


@dataclass(frozen=True)
class PriceLine:
    """One bid's price with everything that its points were made from.

    Args:
        share: the part of `available` that was earned, 0 to 1.
        per_point: pence for each quality point, for the formula that ranks by it; None where the
            formula is another, or the bid has no quality points.
    """

    formula: Formula
    price: Fraction
    reference: Reference
    available: Fraction
    share: Fraction
    points: Fraction
    working: str
    over_ceiling: bool = False
    quality: Fraction | None = None
    per_point: Fraction | None = None


@dataclass(frozen=True)
class LowPrice:
    """A price that may be abnormally low. `under` is the part of the mean by which it is under."""

    bid: str
    price: Fraction
    mean_of_others: Fraction
    under: Fraction


def check_price(price: object, field: str | None = None) -> Fraction:
    """Return a price that may be evaluated, in exact pence.

    Raises:
        RuleBroken: `price:missing`, `price:zero`, `price:negative`, `price:not-exact` (neither a
            whole number nor a fraction).
    """
    if price is None:
        raise RuleBroken("price:missing", "Enter a price. Nothing is computed without it.", field)
    if isinstance(price, bool) or not isinstance(price, int | Fraction):
        raise RuleBroken("price:not-exact", "A price is a whole number of pence.", field)
    if price == 0:
        raise RuleBroken("price:zero", "A price must be more than £0.", field)
    if price < 0:
        raise RuleBroken("price:negative", "A price must be more than £0.", field)
    return Fraction(price)


def check_terms(formula: Formula, terms: PriceTerms) -> None:
    """Refuse a formula whose amounts are not stated, or make no sense.

    Raises:
        RuleBroken: `price:no-ceiling`, `price:no-maximum`, `price:no-optimal`,
            `price:maximum-not-above-optimal`, each with the name of the amount as its field.
    """
    if formula is Formula.AGAINST_CEILING and not _above_zero(terms.ceiling_pence):
        raise RuleBroken(
            "price:no-ceiling",
            "State the ceiling, more than £0, for this formula.",
            "ceiling_pence",
        )
    if formula is Formula.LINEAR_TO_MAXIMUM:
        _check_linear(terms)


def _check_linear(terms: PriceTerms) -> None:
    optimal, maximum = terms.optimal_pence, terms.maximum_pence
    if maximum is None or maximum <= 0:
        raise RuleBroken(
            "price:no-maximum", "State the highest price, more than £0.", "maximum_pence"
        )
    if optimal is None or optimal < 0:
        raise RuleBroken(
            "price:no-optimal",
            "State the price that earns all points, £0 or more.",
            "optimal_pence",
        )
    if maximum <= optimal:
        raise RuleBroken(
            "price:maximum-not-above-optimal",
            "The highest price must be above the price that earns all points.",
            "maximum_pence",
        )


def _above_zero(pence: int | None) -> bool:
    return pence is not None and pence > 0


def reference_of(formula: Formula, terms: PriceTerms, prices: Iterable[Fraction]) -> Reference:
    """Return what this formula measures by. Hand in only the prices of bids that passed.

    Raises:
        RuleBroken: as `check_terms`; `price:none`, when the bids set a value and there is no bid.
    """
    check_terms(formula, terms)
    given = list(prices)
    match formula:
        case Formula.RELATIVE_TO_LOWEST | Formula.DIFFERENCE_FROM_LOWEST:
            return Reference(lowest=min(_some(given)))
        case Formula.DEVIATION_FROM_MEAN:
            return Reference(mean=sum(_some(given), Fraction(0)) / len(given))
        case Formula.LINEAR_TO_MAXIMUM:
            return Reference(
                optimal=Fraction(terms.optimal_pence or 0),
                maximum=Fraction(terms.maximum_pence or 0),
            )
        case Formula.AGAINST_CEILING:
            return Reference(ceiling=Fraction(terms.ceiling_pence or 0))
        case _:
            return Reference()


def _some(prices: list[Fraction]) -> list[Fraction]:
    if not prices:
        raise RuleBroken("price:none", "No bid passed, so no price can be measured.")
    return prices


def price_lines(
    formula: Formula,
    terms: PriceTerms,
    available: Fraction | int,
    prices: Mapping[str, Price | None],
    quality: Mapping[str, Fraction] | None = None,
) -> dict[str, PriceLine]:
    """Return the points of every bid that passed, with their working.

    Args:
        formula: as the round states it.
        terms: its amounts, in pence.
        available: W, in points, zero or more.
        prices: pence by bid; only of bids that passed every gate and threshold.
        quality: quality points by bid; only price per quality point asks for them.

    Raises:
        RuleBroken: `price:…` with the bid as its field, or with the term that is wrong;
            `price:weight-negative`.

    Source: the formula published with the round.
    """
    if available < 0:
        raise RuleBroken("price:weight-negative", "Price cannot weigh less than nothing.", "price")
    exact = {bid: check_price(price, bid) for bid, price in prices.items()}
    check_terms(formula, terms)
    if not exact:
        return {}
    reference = reference_of(formula, terms, exact.values())
    points = quality or {}
    return {
        bid: price_line(formula, reference, available, price, points.get(bid))
        for bid, price in exact.items()
    }


def price_line(
    formula: Formula,
    reference: Reference,
    available: Fraction | int,
    price: Fraction,
    quality: Fraction | None = None,
) -> PriceLine:
    """Return one bid's points for its price, against a reference that is known already."""
    worth = Fraction(available)
    if formula is Formula.PRICE_PER_QUALITY_POINT:
        return _per_point(reference, price, quality)
    plain = _SHARES[formula](reference, price)
    share = min(max(plain, Fraction(0)), Fraction(1))
    points = worth * share
    held = "" if share == plain else f", held at {points}"
    working = f"{worth} × {_WORDS[formula](reference, price)} = {worth * plain}{held}"
    over = reference.ceiling is not None and price > reference.ceiling
    return PriceLine(formula, price, reference, worth, share, points, working, over_ceiling=over)


def _per_point(reference: Reference, price: Fraction, quality: Fraction | None) -> PriceLine:
    points = quality or Fraction(0)
    per_point = price / points if points > 0 else None
    words = f"{pounds(price)} ÷ {points} quality points"
    working = f"{words} = {per_point} pence a point" if per_point else f"{words}: no rank"
    none = Fraction(0)
    return PriceLine(
        Formula.PRICE_PER_QUALITY_POINT,
        price,
        reference,
        none,
        none,
        none,
        working,
        quality=points,
        per_point=per_point,
    )


def _known(value: Fraction | None) -> Fraction:
    if value is None:
        raise RuleBroken("price:none", "What prices are measured by is not known.")
    return value


def _lowest_share(known: Reference, price: Fraction) -> Fraction:
    return _known(known.lowest) / price


def _mean_share(known: Reference, price: Fraction) -> Fraction:
    mean = _known(known.mean)
    return HALF - (price - mean) / mean


def _difference_share(known: Reference, price: Fraction) -> Fraction:
    lowest = _known(known.lowest)
    return 1 - (price - lowest) / lowest


def _linear_share(known: Reference, price: Fraction) -> Fraction:
    maximum, optimal = _known(known.maximum), _known(known.optimal)
    return (maximum - price) / (maximum - optimal)


def _ceiling_share(known: Reference, price: Fraction) -> Fraction:
    ceiling = _known(known.ceiling)
    return (ceiling - price) / ceiling


_Share: TypeAlias = Callable[[Reference, Fraction], Fraction]
_Words: TypeAlias = Callable[[Reference, Fraction], str]

_SHARES: Mapping[Formula, _Share] = {
    Formula.RELATIVE_TO_LOWEST: _lowest_share,
    Formula.DEVIATION_FROM_MEAN: _mean_share,
    Formula.DIFFERENCE_FROM_LOWEST: _difference_share,
    Formula.LINEAR_TO_MAXIMUM: _linear_share,
    Formula.AGAINST_CEILING: _ceiling_share,
}

_WORDS: Mapping[Formula, _Words] = {
    Formula.RELATIVE_TO_LOWEST: lambda known, price: (
        f"{pounds(_known(known.lowest))} ÷ {pounds(price)}"
    ),
    Formula.DEVIATION_FROM_MEAN: lambda known, price: (
        f"(50 − 100 × ({pounds(price)} − {pounds(_known(known.mean))})"
        f" ÷ {pounds(_known(known.mean))}) ÷ 100"
    ),
    Formula.DIFFERENCE_FROM_LOWEST: lambda known, price: (
        f"(1 − ({pounds(price)} − {pounds(_known(known.lowest))}) ÷ {pounds(_known(known.lowest))})"
    ),
    Formula.LINEAR_TO_MAXIMUM: lambda known, price: (
        f"({pounds(_known(known.maximum))} − {pounds(price)})"
        f" ÷ ({pounds(_known(known.maximum))} − {pounds(_known(known.optimal))})"
    ),
    Formula.AGAINST_CEILING: lambda known, price: (
        f"({pounds(_known(known.ceiling))} − {pounds(price)}) ÷ {pounds(_known(known.ceiling))}"
    ),
}


def abnormally_low(
    prices: Mapping[str, Price], threshold_bp: int = ABNORMALLY_LOW_BP
) -> list[LowPrice]:
    """Return the prices that are far below the others, to be asked about; nobody is rejected.

    Args:
        prices: pence by bid, only of bids that passed. A single bid has no others.
        threshold_bp: how far under the mean of the others is flagged; exactly that far is.

    Raises:
        RuleBroken: `price:…`; `price:threshold`, unless above 0 and at most 10 000.

    Source: Procurement Act 2023, section 19(3)(c); the setting of the round.
    """
    if not 0 < threshold_bp <= WHOLE_BP:
        raise RuleBroken(
            "price:threshold",
            "State the threshold as 1 to 10 000 basis points.",
            "abnormally_low_bp",
        )
    exact = {bid: check_price(price, bid) for bid, price in prices.items()}
    if len(exact) < 2:
        return []
    total, found = sum(exact.values(), Fraction(0)), []
    for bid, price in sorted(exact.items()):
        mean = (total - price) / (len(exact) - 1)
        under = (mean - price) / mean
        if under >= Fraction(threshold_bp, WHOLE_BP):
            found.append(LowPrice(bid, price, mean, under))
    return found
