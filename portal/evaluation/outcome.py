"""The results of a round: agreed scores handed to `scoring`, and what it computed, as kept content."""

from collections.abc import Collection, Mapping
from datetime import datetime

from portal.applications.models import Application
from portal.evaluation import queries
from portal.evaluation.asked import Key, asked_for, questions_of, scales_of, scheme_of
from portal.evaluation.models import Consensus, Result
from portal.rounds.models import Round, RoundLot
from scoring.awards import BidResult, BidScores, compute_lot
from scoring.canonical import canonical_json, fraction_text, sha256_of
from scoring.results_content import bid_content


def compute(bid_round: Round, now: datetime) -> list[Result]:
    """The results of every lot from the agreed scores; nothing is stored."""
    applications = {bid.ref: bid for bid in queries.bids(bid_round)}
    found = entered(bid_round)
    titles = {
        key: question.get("title") or question["label"]
        for key, question in questions_of(bid_round).items()
    }
    results = []
    for lot in bid_round.lots:
        if lot.code not in found:
            continue
        outcome = compute_lot(scheme_of(bid_round), scales_of(bid_round), found[lot.code], titles)
        results += [_result(applications[one.bid], lot, one, now) for one in outcome.bids]
    return results


def entered(bid_round: Round) -> dict[str, dict[str, BidScores]]:
    """The agreed scores of every bid that passed its check, by lot code and reference of the bid."""
    applications = queries.bids(bid_round)
    ids = [bid.id for bid in applications]
    lots, agreed = queries.lots_of(ids), queries.consensus_of(ids)
    found: dict[str, dict[str, BidScores]] = {}
    for lot in bid_round.lots:
        for bid in applications:
            if lot.code in {one.code for one in lots.get(bid.id, ())}:
                scores = BidScores(_scores_for(bid, lot, lots[bid.id], agreed))
                found.setdefault(lot.code, {})[bid.ref] = scores
    return found


def _scores_for(
    bid: Application,
    lot: RoundLot,
    lots: Collection[RoundLot],
    agreed: Mapping[tuple[int, Key], Consensus],
) -> dict[str, int]:
    asked = asked_for(bid.round, [one.code for one in lots])
    return {
        one.question: agreed[bid.id, one.key].value
        for one in asked
        if one.lot_code in {"", lot.code} and (bid.id, one.key) in agreed
    }


def _result(bid: Application, lot: RoundLot, outcome: BidResult, now: datetime) -> Result:
    content = bid_content(scheme_of(bid.round), outcome)
    return Result(
        application_id=bid.id,
        application=bid,
        round_lot_id=lot.id,
        round_lot=lot,
        admitted=outcome.admitted,
        total=fraction_text(outcome.total),
        content=content,
        sha256=sha256_of(canonical_json(content)),
        computed_at=now,
    )
