"""What a rate card asks for in a lot, and which of its items is a discount."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scoring.criteria import Scheme
from scoring.money import percent_words, pounds
from scoring.rules import Finding

PERCENT = "percent"
"""The unit of a discount: its limits, and what is offered, are in hundredths of a per cent."""

Item = Mapping[str, Any]


def is_discount(item: Item) -> bool:
    return bool(item["unit"] == PERCENT)


def offer_words(item: Item, amount: int | None) -> str:
    """What is offered, in words: pence as "£895.00", a discount as "2.5%", nothing as "not given"."""
    if amount is None:
        return "not given"
    return percent_words(amount) if is_discount(item) else pounds(amount)


def asked_in(item: Item, lot: str) -> bool:
    """Whether a lot asks for an item; one that names no lots is asked for in all of them."""
    return not item.get("lots") or lot in item["lots"]


def items_for(rate_card: Mapping[str, Any], lots: str | Iterable[str]) -> list[Item]:
    """The items that a lot asks for, or that any of several do, in the order of the card."""
    codes = [lots] if isinstance(lots, str) else list(lots)
    return [item for item in rate_card["items"] if any(asked_in(item, lot) for lot in codes)]


def only_asked(
    found: Mapping[str, Sequence[Finding]], rate_card: Mapping[str, Any]
) -> dict[str, list[Finding]]:
    """Findings by lot, without those about a price that the lot does not ask for."""
    kept = {}
    for lot, findings in found.items():
        asked = {item["key"] for item in items_for(rate_card, lot)}
        mine = [one for one in findings if not one.code.startswith("rate:") or one.where in asked]
        if mine:
            kept[lot] = mine
    return kept


def price_findings(
    scheme: Scheme, rate_card: Mapping[str, Any], lots: Sequence[str]
) -> Iterator[Finding]:
    """What does not fit between the prices that a scheme compares and those that are asked for.

    A basket takes only what every bidder for the lot must state; a discount that counts must be
    offered somewhere, and one that is offered must count.
    """
    if scheme.price is None:
        return
    items = {item["key"]: item for item in rate_card["items"]}
    for lot in lots:
        named = next((one for one in scheme.price.baskets if lot in one.lots), None)
        basket = named or next((one for one in scheme.price.baskets if not one.lots), None)
        for part in basket.items if basket else ():
            item = items.get(part.item)
            if item is not None and not (item["required"] and asked_in(item, lot)):
                message = (
                    f"“{item['title']}” is compared in lot {lot}, but not everybody states it."
                )
                yield Finding("scheme:basket-item-not-asked", message, "price")
            if item is not None and is_discount(item):
                message = f"“{item['title']}” is a discount. It cannot be in a basket."
                yield Finding("scheme:basket-discount", message, "price")
    discounts = {item["key"] for item in rate_card["items"] if is_discount(item)}
    counted = (
        {step.key for step in scheme.price.discounts.steps} if scheme.price.discounts else set()
    )
    for key in sorted(counted ^ discounts):
        where = (
            "the rate card does not ask for it" if key in counted else "the scheme leaves it out"
        )
        yield Finding("scheme:discount-unknown", f"The discount “{key}”: {where}.", "price")
