"""The price of each bid that is compared: its rates in the round's basket, then its discounts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.access import Viewer
from portal.applications import queries as applications
from portal.applications.models import Application
from portal.evaluation.asked import scheme_of
from portal.rounds.models import Round
from scoring.baskets import EvaluatedPrice, evaluated_price
from scoring.price_rules import PriceRule
from scoring.results import Place
from scoring.rules import RuleBroken

Offered = Mapping[tuple[str, str], int]
"""An envelope: pence (of a discount basis points) by lot code and item of the rate card."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The evaluated prices of a round by bid's reference and place; and of whom none can be made."""

    prices: Mapping[tuple[str, Place], EvaluatedPrice] = field(default_factory=dict)
    refused: Mapping[tuple[str, Place], RuleBroken] = field(default_factory=dict)


def places_of(bid_round: Round, lot_code: str) -> Iterator[Place]:
    """Where awards of a lot are made: the lot, or each council where price is evaluated for each."""
    rule = scheme_of(bid_round).price
    if rule is None or not rule.each_council:
        yield Place(lot_code)
        return
    for slug in sorted(part.council.slug for part in bid_round.councils):
        yield Place(lot_code, slug)


def evaluated_of(bid_round: Round, bids: Mapping[str, list[Application]]) -> Evaluated:
    """Evaluate the prices of bids, once the prices of the round are open.

    Args:
        bids: the bids by the code of the lot that they passed their check for.
    """
    rule = scheme_of(bid_round).price
    if rule is None or bid_round.prices_opened_at is None:
        return Evaluated()
    every = {bid.id for of_lot in bids.values() for bid in of_lot}
    offered = applications.prices(every, Viewer.system())
    prices: dict[tuple[str, Place], EvaluatedPrice] = {}
    refused: dict[tuple[str, Place], RuleBroken] = {}
    for code, of_lot in bids.items():
        for place in places_of(bid_round, code):
            for bid in of_lot:
                try:
                    prices[bid.ref, place] = evaluated(rule, offered.get(bid.id, {}), place)
                except RuleBroken as broken:
                    refused[bid.ref, place] = broken
    return Evaluated(prices, refused)


def evaluated(rule: PriceRule, offered: Offered, place: Place) -> EvaluatedPrice:
    """The price of one bid at one place.

    Raises:
        RuleBroken: as `scoring.baskets.evaluated_price`.
    """
    own = {item: amount for (code, item), amount in offered.items() if code == place.lot}
    taken = discounts_in(rule, own)
    basket = rule.basket_for(place.lot, place.council)
    rates = {item: pence for item, pence in own.items() if item not in taken}
    return evaluated_price(basket, rates, rule.discounts, taken)


def discounts_in(rule: PriceRule, own: Mapping[str, int]) -> dict[str, int]:
    """What of the offered items is a discount that the round asks for, in basis points."""
    steps = rule.discounts.steps if rule.discounts is not None else ()
    return {step.key: own[step.key] for step in steps if step.key in own}
