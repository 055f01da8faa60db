"""What a scheme says of price: the formula with its amounts, the baskets, the discounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from scoring.baskets import Basket, BasketItem, Discounts, DiscountStep
from scoring.content import (
    Content,
    flag_of,
    or_else,
    part_of,
    parts_of,
    text_of,
    whole_of,
    whole_or_none,
)
from scoring.prices import ABNORMALLY_LOW_BP, PriceTerms
from scoring.rules import RuleBroken
from scoring.terms import WHOLE_BP, BasketMethod, Formula

E = TypeVar("E", bound=StrEnum)

WEIGHT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True)
class PriceRule:
    """How price is evaluated. `each_council`: for each council by itself, not jointly."""

    formula: Formula
    terms: PriceTerms = field(default_factory=PriceTerms)
    by_lot: tuple[tuple[str, PriceTerms], ...] = ()
    abnormally_low_bp: int = ABNORMALLY_LOW_BP
    each_council: bool = False
    baskets: tuple[Basket, ...] = ()
    discounts: Discounts | None = None

    @classmethod
    def from_content(cls, content: Content, where: str = "price") -> PriceRule:
        """Read the rule. What it means is judged by `scheme_checks_price`.

        Raises:
            RuleBroken: `content:…`, `scheme:formula`, `scheme:basket-method`,
                `scheme:basket-weight`.
        """
        terms = _terms(content, where)
        return cls(
            formula=choice_of(Formula, content, "formula", where, "scheme:formula"),
            terms=terms,
            by_lot=tuple(
                (lot, _terms(or_else(part_of(by_lot, lot, where), **_amounts(terms)), where))
                for by_lot in [part_of(content, "by_lot", where)]
                for lot in sorted(by_lot)
            ),
            abnormally_low_bp=whole_of(
                or_else(content, abnormally_low_bp=ABNORMALLY_LOW_BP), "abnormally_low_bp", where
            ),
            each_council=flag_of(content, "each_council", where),
            baskets=tuple(_basket(part) for part in parts_of(content, "baskets", where)),
            discounts=_discounts(content, where),
        )

    def terms_for(self, lot: str) -> PriceTerms:
        """Return the amounts of a lot: its own where it has some, otherwise those of the round."""
        return dict(self.by_lot).get(lot, self.terms)

    def basket_for(self, lot: str, council: str = "") -> Basket:
        """Return the basket of a lot (and a council): the one that names them most closely.

        Raises:
            RuleBroken: `basket:none`.
        """
        serving = [basket for basket in self.baskets if basket.serves(lot, council)]
        if not serving:
            raise RuleBroken("basket:none", f"No basket is stated for lot {lot}.", lot)
        return max(serving, key=lambda basket: (bool(basket.lots), bool(basket.councils)))


def choice_of(kind: type[E], content: Content, key: str, where: str, code: str) -> E:
    """Return a word of a closed vocabulary.

    Raises:
        RuleBroken: `content:text`, or `code` with the words that there are.
    """
    try:
        return kind(text_of(content, key, where))
    except ValueError as error:
        known = ", ".join(kind)
        raise RuleBroken(code, f"{where}: choose “{key}” from {known}.", where) from error


def texts_of(content: Content, key: str, where: str) -> tuple[str, ...]:
    """Return a list of texts; nothing stated is none.

    Raises:
        RuleBroken: `content:list`.
    """
    value = content.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RuleBroken("content:list", f"{where}: “{key}” must be a list of texts.", where)
    return tuple(value)


def _amounts(terms: PriceTerms) -> dict[str, int | None]:
    return {
        "ceiling_pence": terms.ceiling_pence,
        "optimal_pence": terms.optimal_pence,
        "maximum_pence": terms.maximum_pence,
    }


def _terms(content: Content, where: str) -> PriceTerms:
    return PriceTerms(
        ceiling_pence=whole_or_none(content, "ceiling_pence", where),
        optimal_pence=whole_or_none(content, "optimal_pence", where),
        maximum_pence=whole_or_none(content, "maximum_pence", where),
    )


def _basket(content: Content) -> Basket:
    return Basket(
        method=choice_of(BasketMethod, content, "method", "basket", "scheme:basket-method"),
        items=tuple(_item(part) for part in parts_of(content, "items", "basket")),
        lots=texts_of(content, "lots", "basket"),
        councils=texts_of(content, "councils", "basket"),
    )


def _item(content: Content) -> BasketItem:
    key = text_of(content, "item", "basket")
    return BasketItem(key, _weight(content.get("weight"), key))


def _weight(value: object, key: str) -> Fraction:
    """A weight is a whole number, or a text with decimals such as "2.5", which stays exact."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and WEIGHT.fullmatch(value):
        return Fraction(value)
    raise RuleBroken(
        "scheme:basket-weight", f"“{key}”: the weight is a whole number, or a text like “2.5”.", key
    )


def _discounts(content: Content, where: str) -> Discounts | None:
    part = part_of(content, "discounts", where)
    if not part:
        return None
    if part.get("compounding") is None:
        raise RuleBroken("scheme:discounts-order", "State whether discounts compound.", "discounts")
    return Discounts(
        steps=tuple(_steps(parts_of(part, "steps", "discounts"))),
        compounding=flag_of(part, "compounding", "discounts"),
    )


def _steps(parts: Iterable[Content]) -> Iterable[DiscountStep]:
    for part in parts:
        key = text_of(part, "key", "discounts")
        stated = or_else(part, share_bp=WHOLE_BP, most_bp=WHOLE_BP)
        yield DiscountStep(
            key=key,
            title=text_of(part, "title", key),
            share_bp=whole_of(stated, "share_bp", key),
            most_bp=whole_of(stated, "most_bp", key),
            required=flag_of(part, "required", key),
        )
