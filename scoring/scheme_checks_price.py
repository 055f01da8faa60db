"""What can be wrong with how a scheme evaluates price: formula, weight, baskets, discounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scoring.baskets import Basket, Discounts
from scoring.content import Content
from scoring.price_rules import PriceRule
from scoring.prices import check_terms
from scoring.rules import Finding, RuleBroken
from scoring.terms import WHOLE_BP

if TYPE_CHECKING:
    from scoring.criteria import Criterion, Scheme


def price_findings(
    scheme: Scheme, lots: Sequence[str], rate_card: Content | None
) -> Iterator[Finding]:
    """Return what is wrong with price in a scheme; nothing where price is not evaluated.

    Args:
        lots: the codes of the round, if known; each must have a basket, where there are any.
        rate_card: the content of the rates, if known; baskets must name its items.
    """
    yield from _of_the_criteria(scheme)
    if scheme.price is not None:
        yield from _of_the_rule(scheme.price, lots)
        yield from _of_the_baskets(scheme.price, lots, rate_card)
        if scheme.price.discounts is not None:
            yield from _of_the_discounts(scheme.price.discounts)


def _of_the_criteria(scheme: Scheme) -> Iterator[Finding]:
    priced = [criterion for criterion in scheme.every if criterion.is_price]
    if len(priced) > 1:
        yield _finding("price-twice", "Price stands more than once among the criteria.")
    if priced and scheme.price is None:
        yield _finding("price-without-formula", "Price needs a formula.")
    if scheme.by_price_per_point:
        if priced:
            yield _finding(
                "price-has-no-weight", "With the price per quality point, price has no weight."
            )
        if not scheme.ranked:
            yield _finding("not-ranked", "The price per quality point only makes a ranking.")
    elif scheme.price is not None and not priced:
        yield _finding("formula-without-price", "Price has a formula, but no weight.")
    for criterion in priced:
        if criterion.questions or criterion.criteria or criterion.scale:
            yield _finding("price-is-computed", "Price has no questions and no scale.")
    yield from _minimums(scheme.every)


def _minimums(every: Sequence[Criterion]) -> Iterator[Finding]:
    """A bid's price is measured by those that passed, so no minimum may hang on price."""
    for criterion in every:
        with_price = any(part.is_price for part in criterion.walk())
        if with_price and criterion.minimum_share_bp is not None:
            yield _finding("price-minimum", f"“{criterion.title}” holds price: it has no minimum.")


def _of_the_rule(price: PriceRule, lots: Sequence[str]) -> Iterator[Finding]:
    for terms in {price.terms_for(lot): lot for lot in lots or ("",)}:
        try:
            check_terms(price.formula, terms)
        except RuleBroken as broken:
            yield Finding(broken.code, broken.message, broken.field or "price")
    if not 0 < price.abnormally_low_bp <= WHOLE_BP:
        yield _finding(
            "abnormally-low", "A price is flagged from 0.01% to 100% under the mean of the others."
        )
    for lot, _ in price.by_lot:
        if lots and lot not in lots:
            yield _finding("unknown-lot", f"There is no lot {lot} in this round.")


def _of_the_baskets(
    price: PriceRule, lots: Sequence[str], rate_card: Content | None
) -> Iterator[Finding]:
    known = None if rate_card is None else {item["key"] for item in rate_card["items"]}
    for basket in price.baskets:
        yield from _of_a_basket(basket, known)
        if basket.councils and not price.each_council:
            yield _finding(
                "basket-of-a-council", "Price is evaluated jointly: a basket serves all councils."
            )
        for lot in basket.lots:
            if lots and lot not in lots:
                yield _finding("unknown-lot", f"There is no lot {lot} in this round.")
    for lot in lots:
        if not any(not basket.lots or lot in basket.lots for basket in price.baskets):
            yield _finding("lot-without-basket", f"State what is bought in lot {lot}.")
    places = [place for basket in price.baskets for place in _places(basket)]
    for (lot, council), times in Counter(places).items():
        if times > 1:
            where = " ".join(part for part in (lot, council) if part) or "all lots"
            yield _finding("basket-twice", f"There is more than one basket for {where}.")


def _places(basket: Basket) -> list[tuple[str, str]]:
    return [(lot, council) for lot in basket.lots or ("",) for council in basket.councils or ("",)]


def _of_a_basket(basket: Basket, known: set[str] | None) -> Iterator[Finding]:
    if not basket.items:
        yield _finding("basket-empty", "A basket needs at least one item of the rate card.")
    for part in basket.items:
        if part.weight <= 0:
            yield _finding("basket-weight", f"“{part.item}” must weigh more than nothing.")
        if known is not None and part.item not in known:
            yield _finding("basket-item", f"“{part.item}” is not on the rate card.")
    for item, times in Counter(part.item for part in basket.items).items():
        if times > 1:
            yield _finding("basket-item-twice", f"“{item}” stands {times} times in a basket.")


def _of_the_discounts(discounts: Discounts) -> Iterator[Finding]:
    for step in discounts.steps:
        if not 0 < step.share_bp <= WHOLE_BP or not 0 < step.most_bp <= WHOLE_BP:
            yield _finding("discount", f"“{step.title}”: state more than 0% and at most 100%.")
    for key, times in Counter(step.key for step in discounts.steps).items():
        if times > 1:
            yield _finding("discount-twice", f"The discount “{key}” stands {times} times.")


def _finding(problem: str, message: str) -> Finding:
    return Finding(f"scheme:{problem}", message, "price")
