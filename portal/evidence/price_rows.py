"""The rates of each bid as they were sealed, and the prices that were compared, with their working."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.access import Viewer
from portal.applications.models import Application
from portal.applications.queries_bids import submitted_texts
from portal.evaluation.asked import scheme_of
from portal.evaluation.prices.evaluated import discounts_in
from portal.evaluation.results.entries import Entries
from portal.rounds.models import Round
from scoring.price_rules import PriceRule
from scoring.results import Place
from scoring.results_content import evaluated_content

Row = dict[str, Any]


def price_rows(
    bid_round: Round, bids: Sequence[Application], evaluated: Mapping[str, list[Row]]
) -> list[Row]:
    """The envelope of each bid once prices are open, the rates in it, and what was compared."""
    texts = submitted_texts([bid.id for bid in bids], Viewer.system())
    rule = scheme_of(bid_round).price
    found = []
    for bid in bids:
        _, text = texts[bid.id]
        if text is not None:
            envelope = json.loads(text)
            found.append(
                {
                    "bid": bid.ref,
                    "rates": envelope["rates"],
                    "offers": list(_offers(rule, envelope["rates"])),
                    "envelope": envelope,
                    "evaluated": evaluated.get(bid.ref, []),
                }
            )
    return found


def _offers(rule: PriceRule | None, rates: Sequence[Row]) -> Iterator[Row]:
    """The discounts among the offered items, as the round takes them."""
    if rule is None:
        return
    for lot in sorted({one["lot"] for one in rates}):
        own = {one["item"]: one["pence"] for one in rates if one["lot"] == lot}
        for key, offered in discounts_in(rule, own).items():
            yield {"lot": lot, "key": key, "bp": offered}


def evaluated_rows(entries: Entries, results: Sequence[Row]) -> dict[str, list[Row]]:
    """The prices that were compared, by bid: of those over every threshold; nobody else's is told."""
    found: dict[str, list[Row]] = {}
    for lot in results:
        place = Place(lot["lot"], lot["council"])
        for bid in lot["bids"]:
            if bid["result"].get("price") is not None:
                content = evaluated_content(entries.evaluated.prices[bid["bid"], place])
                row = {"lot": place.lot, "council": place.council, **content}
                found.setdefault(bid["bid"], []).append(row)
    return found
