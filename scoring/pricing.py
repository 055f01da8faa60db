"""Price among the bids of a lot that passed: whose is evaluated, and what it earns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from scoring.criteria import Scheme
from scoring.money import pounds, rounded_pounds
from scoring.price_rules import PriceRule
from scoring.prices import LowPrice, Price, PriceLine, Reference, abnormally_low, price_lines
from scoring.results import BidRef, BidResult
from scoring.rounding import printed
from scoring.rules import Finding, RuleBroken

EXPLAIN = "Ask the bidder to explain it."
"""What is to be done about a low price, until it is done."""


@dataclass(frozen=True)
class Pricing:
    """Every bid with the line of its price, if one was evaluated, and what all are measured by."""

    bids: tuple[tuple[BidResult, PriceLine | None], ...]
    reference: Reference = field(default_factory=Reference)


def price_bids(
    scheme: Scheme,
    results: Sequence[BidResult],
    prices: Mapping[BidRef, Price | None] | None,
    lot: str = "",
) -> Pricing:
    """Evaluate the prices of the bids that passed. Nobody else's price is looked at.

    Args:
        results: every bid, with its thresholds.
        prices: the evaluated prices in exact pence, by bid.
        lot: whose amounts count, where the scheme states some for it.

    Raises:
        RuleBroken: `price:…`, with the bid as its field; `price:not-in-scheme` (a price that
            the scheme does not evaluate), `price:unknown-bid`.
    """
    given = prices or {}
    if scheme.price is None:
        if given:
            raise RuleBroken("price:not-in-scheme", "This scheme does not evaluate prices.")
        return Pricing(tuple((one, None) for one in results))
    for bid in sorted(set(given) - {one.bid for one in results}):
        raise RuleBroken("price:unknown-bid", "There is a price, and no such bid.", bid)
    lines = _lines(scheme, scheme.price, [one for one in results if one.passed], given, lot)
    low = _low(scheme.price, lines)
    return Pricing(
        tuple(_priced(one, lines.get(one.bid), low.get(one.bid)) for one in results),
        next((line.reference for line in lines.values()), Reference()),
    )


def _lines(
    scheme: Scheme,
    rule: PriceRule,
    passed: Sequence[BidResult],
    prices: Mapping[BidRef, Price | None],
    lot: str,
) -> dict[BidRef, PriceLine]:
    worth = scheme.available()
    available = sum((worth[one.key] for one in scheme.every if one.is_price), Fraction(0))
    return price_lines(
        rule.formula,
        rule.terms_for(lot),
        available,
        {one.bid: prices.get(one.bid) for one in passed},
        {one.bid: one.quality for one in passed},
    )


def _low(rule: PriceRule, lines: Mapping[BidRef, PriceLine]) -> dict[BidRef, LowPrice]:
    under = {bid: line.price for bid, line in lines.items() if not line.over_ceiling}
    return {one.bid: one for one in abnormally_low(under, rule.abnormally_low_bp)}


def _priced(
    result: BidResult, line: PriceLine | None, low: LowPrice | None
) -> tuple[BidResult, PriceLine | None]:
    if line is not None and line.over_ceiling and line.reference.ceiling is not None:
        finding = Finding(
            "price:over-ceiling",
            f"The price of {rounded_pounds(line.price)} is over the ceiling of "
            f"{pounds(line.reference.ceiling)}.",
            result.bid,
        )
        result = replace(result, findings=(*result.findings, finding))
    if low is not None:
        result = replace(result, flags=(*result.flags, _flag(low)))
    return result, line


def _flag(low: LowPrice) -> Finding:
    return Finding(
        "price:abnormally-low",
        f"The price of {rounded_pounds(low.price)} is {printed(low.under * 100, 2)}% under the mean of "
        f"the other bids, {rounded_pounds(low.mean_of_others)}. {EXPLAIN}",
        low.bid,
        level="warning",
    )
