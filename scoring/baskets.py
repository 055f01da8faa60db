"""The evaluated price of a lot: the round's basket of rates, then the discounts, exact.

A basket weighs items of the rate card by what the councils expect to buy (placements, weeks,
hours). Its price is their sum or their weighted mean, and is never rounded on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.money import percent_words, pounds
from scoring.prices import check_price
from scoring.rules import RuleBroken
from scoring.terms import WHOLE_BP, BasketMethod


@dataclass(frozen=True)
class BasketItem:
    """An item of the rate card, and how much of it is expected."""

    item: str
    weight: Fraction


@dataclass(frozen=True)
class Basket:
    """What is bought, for some lots and some councils; none named is all of them."""

    method: BasketMethod
    items: tuple[BasketItem, ...]
    lots: tuple[str, ...] = ()
    councils: tuple[str, ...] = ()

    def serves(self, lot: str, council: str) -> bool:
        """Say whether this basket is for a lot and, where price is for each council, a council."""
        return (not self.lots or lot in self.lots) and (
            not self.councils or council in self.councils
        )


@dataclass(frozen=True)
class DiscountStep:
    """A discount that bidders may offer.

    Args:
        share_bp: the part of the value that it is taken from (siblings: the part of placements
            that is expected for them).
        most_bp: the highest discount that counts.
    """

    key: str
    title: str
    share_bp: int = WHOLE_BP
    most_bp: int = WHOLE_BP
    required: bool = False


@dataclass(frozen=True)
class Discounts:
    """The discounts in the order in which they are taken.

    Compounding: each is taken from what the one before left. Otherwise each is taken from the
    first value.
    """

    steps: tuple[DiscountStep, ...]
    compounding: bool


@dataclass(frozen=True)
class BasketLine:
    """One item: its rate in pence, its weight, and what they make."""

    item: str
    pence: int
    weight: Fraction
    amount: Fraction

    @property
    def working(self) -> str:
        """The sum in words: `£512.50 × 12 = £6,150.00`."""
        return f"{pounds(self.pence)} × {self.weight} = {pounds(self.amount)}"


@dataclass(frozen=True)
class DiscountLine:
    """One discount: from which value it was taken, how much, and what was left."""

    key: str
    title: str
    offered_bp: int
    share_bp: int
    base: Fraction
    taken: Fraction
    left: Fraction

    @property
    def working(self) -> str:
        """The sum in words: `5% of £1,000.00 = £50.00, leaving £950.00`."""
        part = "" if self.share_bp == WHOLE_BP else f" on {percent_words(self.share_bp)}"
        return (
            f"{percent_words(self.offered_bp)}{part} of {pounds(self.base)} = "
            f"{pounds(self.taken)}, leaving {pounds(self.left)}"
        )


@dataclass(frozen=True)
class EvaluatedPrice:
    """The price that is compared, in exact pence, with everything that it was made from."""

    method: BasketMethod
    lines: tuple[BasketLine, ...]
    before: Fraction
    discounts: tuple[DiscountLine, ...]
    price: Fraction

    @property
    def working(self) -> str:
        """The basket's sum in words, before discounts."""
        parts = " + ".join(f"{pounds(line.pence)} × {line.weight}" for line in self.lines)
        if self.method is BasketMethod.SUM:
            return f"{parts} = {pounds(self.before)}"
        weight = sum((line.weight for line in self.lines), Fraction(0))
        return f"({parts}) ÷ {weight} = {pounds(self.before)}"


def evaluated_price(
    basket: Basket,
    rates: Mapping[str, int | None],
    discounts: Discounts | None = None,
    offered_bp: Mapping[str, int | None] | None = None,
) -> EvaluatedPrice:
    """Return the evaluated price of one bid for one lot (and, where it applies, one council).

    Args:
        basket: the basket for this lot and council.
        rates: pence by item of the rate card; items outside the basket do not count.
        discounts: as the round states them, or None.
        offered_bp: the discounts that the bidder offers, by key.

    Raises:
        RuleBroken: `basket:empty`, `basket:weight`; `price:missing`, `price:zero`,
            `price:negative` with the item as its field; `discount:missing`,
            `discount:out-of-range`, `discount:unknown`, `discount:too-much`, with the discount.

    Source: the basket and the order of discounts published with the round.
    """
    _refuse_unsound(basket)
    lines = tuple(_line(part, rates.get(part.item)) for part in basket.items)
    total = sum((line.amount for line in lines), Fraction(0))
    if basket.method is BasketMethod.WEIGHTED_MEAN:
        total /= sum((line.weight for line in lines), Fraction(0))
    steps = _taken(total, discounts, offered_bp or {})
    price = steps[-1].left if steps else total
    return EvaluatedPrice(basket.method, lines, total, steps, price)


def _refuse_unsound(basket: Basket) -> None:
    if not basket.items:
        raise RuleBroken("basket:empty", "A basket needs at least one item of the rate card.")
    for part in basket.items:
        if part.weight <= 0:
            raise RuleBroken(
                "basket:weight", f"“{part.item}” must weigh more than nothing.", part.item
            )


def _line(part: BasketItem, pence: int | None) -> BasketLine:
    check_price(pence, part.item)
    if not isinstance(pence, int):
        raise RuleBroken("price:not-exact", "A rate is a whole number of pence.", part.item)
    return BasketLine(part.item, pence, part.weight, pence * part.weight)


def _taken(
    total: Fraction, discounts: Discounts | None, offered: Mapping[str, int | None]
) -> tuple[DiscountLine, ...]:
    steps = discounts.steps if discounts else ()
    for key in sorted(set(offered) - {step.key for step in steps}):
        raise RuleBroken("discount:unknown", "The round does not ask for this discount.", key)
    lines: list[DiscountLine] = []
    left = total
    for step in steps:
        base = left if discounts is not None and discounts.compounding else total
        offer = _offered(step, offered.get(step.key))
        taken = base * offer * step.share_bp / (WHOLE_BP * WHOLE_BP)
        left -= taken
        if left <= 0:
            raise RuleBroken(
                "discount:too-much", "The discounts leave no price to compare.", step.key
            )
        lines.append(DiscountLine(step.key, step.title, offer, step.share_bp, base, taken, left))
    return tuple(lines)


def _offered(step: DiscountStep, offered_bp: int | None) -> int:
    if offered_bp is None:
        if step.required:
            raise RuleBroken("discount:missing", f"Enter “{step.title}”, or 0.", step.key)
        return 0
    if isinstance(offered_bp, bool) or not isinstance(offered_bp, int):
        raise RuleBroken(
            "discount:out-of-range", f"“{step.title}” is a whole number of basis points.", step.key
        )
    if not 0 <= offered_bp <= step.most_bp:
        raise RuleBroken(
            "discount:out-of-range",
            f"“{step.title}” is from 0% to {percent_words(step.most_bp)}.",
            step.key,
        )
    return offered_bp
