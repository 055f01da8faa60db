"""What quality alone gives, between the lock and the opening of prices: computed when it is looked at.

Nothing of it is kept, and nothing rests on it. There is no rank: that needs the prices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.access import Viewer
from portal.applications.models import Application
from portal.evaluation import queries
from portal.evaluation.asked import scales_of, scheme_of, titles_of
from portal.evaluation.results.entries import Scores
from portal.evaluation.results.words import points_text, without_price
from portal.figures import Column, Kind
from portal.rounds.models import Round, RoundLot
from portal.tables import Table
from scoring.assessing import Rules, assess
from scoring.awards import questions_left_out
from scoring.criteria import Criterion, Scheme
from scoring.results import BidResult, BidScores
from scoring.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class Provisional:
    """A page of the bids of a lot, by name."""

    table: Table
    total: int
    closed: int  # bids that an interest closes to the viewer
    refusal: str = ""  # why nothing can be computed


def numbers(bid_round: Round) -> Mapping[str, int]:
    """How many bids each lot has, by its code."""
    found: dict[str, int] = {}
    for lots in queries.lots_of([bid.id for bid in queries.bids(bid_round)]).values():
        for lot in lots:
            found[lot.code] = found.get(lot.code, 0) + 1
    return found


def of_lot(bid_round: Round, lot: RoundLot, viewer: Viewer, start: int, size: int) -> Provisional:
    """The points of some bids of a lot without price; the number of statements does not grow."""
    bids = queries.bids(bid_round)
    lots = queries.lots_of([bid.id for bid in bids])
    mine = [bid for bid in bids if lot.id in {one.id for one in lots.get(bid.id, ())}]
    closed = queries.standing(viewer, bid_round).closed
    open_to = [bid for bid in mine if bid.id not in closed]
    shown = open_to[start : start + size]
    try:
        rows = _rows(bid_round, lot, mine, shown, lots)
    except RuleBroken as broken:
        return Provisional(_table(bid_round, lot, []), len(open_to), 0, broken.message)
    return Provisional(_table(bid_round, lot, rows), len(open_to), len(mine) - len(open_to))


def _rows(
    bid_round: Round,
    lot: RoundLot,
    every: Sequence[Application],
    shown: Sequence[Application],
    lots: Mapping[int, Sequence[RoundLot]],
) -> list[dict[str, Any]]:
    scheme = scheme_of(bid_round)
    pairs = Scores.pairs_of(bid_round, every)
    left_out = questions_left_out(
        scheme,
        {bid.ref: BidScores({}, pairs.of_lot(bid, lot, lots[bid.id])) for bid in every},
    )
    rules = Rules.of(scheme, scales_of(bid_round), left_out, titles_of(bid_round))
    scores = Scores.of(bid_round, shown)
    return [
        _row(bid, assess(rules, bid.ref, scores.for_lot(bid, lot, lots[bid.id])), scheme)
        for bid in shown
    ]


def _row(bid: Application, result: BidResult, scheme: Scheme) -> dict[str, Any]:
    points = {one.criterion: one.points for one in result.criteria}
    return {
        "bidder": bid.provider.name,
        **{one.key: points[one.key] for one in _but_price(scheme)},
        "total": result.total,
        "outcome": "Below a threshold" if result.findings else "Over every threshold",
        "why": " ".join(one.message for one in result.findings),
    }


def _but_price(scheme: Scheme) -> list[Criterion]:
    return [one for one in scheme.criteria if not one.is_price]


def _table(bid_round: Round, lot: RoundLot, rows: list[dict[str, Any]]) -> Table:
    scheme = scheme_of(bid_round)
    worth = scheme.available()
    whole = points_text(without_price(scheme), scheme)

    def points(key: str, title: str) -> Column:
        return Column(key, title, Kind.NUMBER, decimals=scheme.decimals)

    return Table(
        key="provisional",
        title=f"Lot {lot.code} without price",
        columns=[
            Column("bidder", "Bidder"),
            *(
                points(one.key, f"{one.title} (of {points_text(worth[one.key], scheme)})")
                for one in _but_price(scheme)
            ),
            points("total", f"Without price (of {whole})"),
            Column("outcome", "Outcome"),
            Column("why", "Why"),
        ],
        rows=rows,
        source=f"{bid_round.title}, lot {lot.code}: {lot.title}",
        as_at=bid_round.quality_locked_at,
    )
