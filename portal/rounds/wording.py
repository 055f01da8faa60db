"""The rules of a scheme in sentences: how awards are made, how price counts."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from portal.wording import within
from scoring.award_rules import TieBreak
from scoring.baskets import Basket
from scoring.criteria import Scheme
from scoring.money import percent_words, pounds
from scoring.price_rules import PriceRule
from scoring.rounding import printed
from scoring.terms import BasketMethod, Formula, LotsMechanism, Mechanism, TieAtCap, TieBy

FORMULAS = {
    Formula.RELATIVE_TO_LOWEST: (
        "Relative to the lowest",
        "The lowest price gets all points of price. Any other gets points × lowest ÷ its price.",
    ),
    Formula.DEVIATION_FROM_MEAN: (
        "Deviation from the mean",
        "A price at the mean gets half of the points, and each per cent under it one per cent more.",
    ),
    Formula.DIFFERENCE_FROM_LOWEST: (
        "Difference from the lowest",
        "The lowest price gets all points. Another loses the per cent by which it is dearer.",
    ),
    Formula.LINEAR_TO_MAXIMUM: (
        "Straight line to a maximum",
        "All points at or under the optimal price, none at the maximum, a straight line between.",
    ),
    Formula.PRICE_PER_QUALITY_POINT: (
        "Price for a quality point",
        "The price is divided by the points of quality. The lowest result is first.",
    ),
    Formula.AGAINST_CEILING: (
        "Against a ceiling",
        "Points grow with the part that a price stays under the ceiling. Over it nothing is awarded.",
    ),
}
"""Each formula with its name and what it does."""

TIES = {
    TieBy.QUALITY: "more points of quality",
    TieBy.QUESTION: "the higher score for “{key}”",
    TieBy.CRITERION: "more points for “{key}”",
    TieBy.PRICE: "the lower price",
}


def award_lines(scheme: Scheme, titles: Mapping[str, str]) -> list[str]:
    """How a ranked scheme makes awards, in sentences.

    Args:
        titles: the words of each question in short, by key.
    """
    lines = ["Bids are put in order of their points, lot by lot."]
    if scheme.mechanism is Mechanism.SINGLE_WINNER:
        lines.append("The first bid of a lot is awarded it.")
    elif scheme.mechanism is Mechanism.RANKED_TOP:
        lines.append(_caps(scheme))
    if scheme.award.tie_breaks:
        steps = ", then ".join(_step(scheme, step, titles) for step in scheme.award.tie_breaks)
        lines.append(f"At a tie goes first: {steps}. What is equal still, shares a rank.")
    if scheme.award.tie_at_cap is TieAtCap.ADMIT_ALL:
        lines.append("Bids that share the last rank are all awarded the lot.")
    elif scheme.award.tie_at_cap is TieAtCap.DECIDE:
        lines.append("Among bids that share the last rank people decide, with a reason.")
    if scheme.award.lots_cap is not None:
        cap = scheme.award.lots_cap
        which = (
            f"Lots are awarded in the order {', '.join(cap.order)}."
            if cap.mechanism is LotsMechanism.LOT_ORDER
            else "Each bidder says in its bid which it wants most."
        )
        lines.append(f"One bidder may win {cap.cap} {_s(cap.cap, 'lot')} at most. {which}")
    return lines


def price_lines(price: PriceRule) -> Iterator[str]:
    """How price counts, in sentences; baskets are told by `basket_rows`."""
    title, words = FORMULAS[price.formula]
    yield f"{title}: {within(words)}"
    amounts = {
        "The ceiling": price.terms.ceiling_pence,
        "The optimal price": price.terms.optimal_pence,
        "The maximum": price.terms.maximum_pence,
    }
    for name, pence in amounts.items():
        if pence is not None:
            yield f"{name} is {pounds(pence)}."
    for lot, terms in price.by_lot:
        own = {"ceiling": terms.ceiling_pence, "optimal price": terms.optimal_pence,
               "maximum": terms.maximum_pence}  # fmt: skip
        told = [
            f"the {name} is {pounds(pence)}" for name, pence in own.items() if pence is not None
        ]
        yield f"In lot {lot} {' and '.join(told)}."
    yield "Only bids that pass every minimum are compared."
    if price.each_council:
        yield "Price is compared for each council by itself."
    if price.discounts is not None:
        order = ", then ".join(
            f"{within(step.title)} (counted for {percent_words(step.share_bp)} of placements)"
            for step in price.discounts.steps
        )
        how = (
            "each from what the one before left"
            if price.discounts.compounding
            else "each from the first price"
        )
        yield f"Discounts are taken in this order, {how}: {order}."
    yield (
        f"A price {percent_words(price.abnormally_low_bp)} or more under the mean of the others is "
        "asked about. It is never refused without hearing the bidder."
    )


def basket_rows(price: PriceRule, items: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is bought: the lots of each basket, and its items with their weights."""
    return [(_lots(basket), _items(basket, items)) for basket in price.baskets]


def _lots(basket: Basket) -> str:
    where = f"Lot {', '.join(basket.lots)}" if len(basket.lots) == 1 else "All lots"
    if len(basket.lots) > 1:
        where = f"Lots {', '.join(basket.lots)}"
    return f"{where}, {', '.join(basket.councils)}" if basket.councils else where


def _items(basket: Basket, items: Mapping[str, Any]) -> str:
    parts = [
        f"{plain(part.weight)} × {items[part.item]['title'] if part.item in items else part.item}"
        for part in basket.items
    ]
    how = "the sum of" if basket.method is BasketMethod.SUM else "the weighted mean of"
    return f"{how} {'; '.join(parts)}"


def _caps(scheme: Scheme) -> str:
    caps = dict(scheme.award.cap_by_lot)
    words = [f"{number} in lot {lot}" for lot, number in caps.items()]
    if scheme.cap is not None:
        words.insert(0, f"{scheme.cap} in each lot" if not caps else f"{scheme.cap} in a lot")
    return f"The first bids are awarded a lot: {', '.join(words)}."


def _step(scheme: Scheme, step: TieBreak, titles: Mapping[str, str]) -> str:
    named = dict(titles) if step.by is TieBy.QUESTION else {}
    named |= {} if named else {criterion.key: criterion.title for criterion in scheme.every}
    return TIES[step.by].format(key=named.get(step.key, step.key.replace("-", " ")))


def plain(number: Fraction) -> str:
    """A number as people write it: 5/2 is "2.5"."""
    text = printed(number, 6)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _s(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"
