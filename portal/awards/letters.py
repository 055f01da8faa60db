"""What a letter says: frozen figures and reasons, from which page and PDF are both made.

An assessment summary tells a bidder its score and the reason for every criterion, totals and
subtotals (Procurement Act 2023, section 50). On a list there is no winner to compare with: each bid is
measured against the thresholds that the round published.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.applications.models import Application, BidLot, CheckOutcome, ComplianceItem
from portal.db import db
from portal.evaluation.asked import questions_of, scales_of, scheme_of
from portal.evaluation.models import Consensus, Result
from portal.evaluation.queries import consensus_of
from portal.rounds.models import Round
from scoring.canonical import read_fraction
from scoring.criteria import WHOLE_BP
from scoring.rounding import printed
from scoring.stages import ApplicationLotStage, ApplicationStage

ASSESSED = (
    ApplicationStage.EVALUATED,
    ApplicationStage.ADMITTED,
    ApplicationStage.NOT_ADMITTED,
    ApplicationStage.NOT_COMPLIANT,
)


def applicants(bid_round: Round) -> Sequence[Application]:
    """Everybody whose bid was opened: each gets a letter."""
    return db.session.scalars(
        select(Application)
        .where(Application.round_id == bid_round.id, Application.stage.in_(ASSESSED))
        .options(joinedload(Application.provider))
        .order_by(Application.id)
    ).all()


def contents(
    bid_round: Round, results: Collection[Result], now: datetime
) -> dict[int, dict[str, Any]]:
    """The content of every letter of a round, by application. A constant number of statements."""
    applications = applicants(bid_round)
    ids = [one.id for one in applications]
    agreed, failed, lots = consensus_of(ids), _failures(ids), _lots(ids)
    by_bid = {(one.application_id, one.round_lot_id): one for one in results}
    return {
        bid.id: {
            "date": now,
            "provider": bid.provider.name,
            "application": bid.ref,
            "receipt": _receipt(bid),
            "round": _round(bid_round),
            "compliance": failed.get(bid.id, []),
            "lots": [
                _lot(bid_round, lot, by_bid.get((bid.id, lot.round_lot_id)), agreed)
                for lot in lots.get(bid.id, [])
            ],
        }
        for bid in applications
    }


def _round(bid_round: Round) -> dict[str, Any]:
    return {
        "ref": bid_round.ref,
        "title": bid_round.title,
        "agreement": bid_round.agreement.title,
        "lead": bid_round.lead_council.name,
        "councils": sorted(part.council.name for part in bid_round.councils),
        "regime": bid_round.regime.title,
        "notice_number": bid_round.notice_number,
        "list_years": bid_round.list_years,
        "contact": bid_round.contact_email,
    }


def _receipt(bid: Application) -> dict[str, Any]:
    standing = bid.standing
    if standing is None:
        return {}
    return {
        "ref": standing.ref,
        "sha256": standing.sha256,
        "received_at": standing.received_at,
    }


def _failures(ids: Collection[int]) -> dict[int, list[dict[str, str]]]:
    rows = db.session.scalars(
        select(ComplianceItem)
        .where(ComplianceItem.application_id.in_(ids), ComplianceItem.outcome == CheckOutcome.FAIL)
        .order_by(ComplianceItem.lot_code, ComplianceItem.key)
    )
    failed: dict[int, list[dict[str, str]]] = {}
    for item in rows:
        line = {"lot": item.lot_code, "item": item.key, "reason": item.reason}
        failed.setdefault(item.application_id, []).append(line)
    return failed


def _lots(ids: Collection[int]) -> dict[int, list[BidLot]]:
    rows = db.session.scalars(
        select(BidLot)
        .where(BidLot.application_id.in_(ids))
        .join(BidLot.round_lot)
        .options(joinedload(BidLot.round_lot))
    ).all()
    lots: dict[int, list[BidLot]] = {}
    for lot in sorted(rows, key=lambda one: one.round_lot.position):
        lots.setdefault(lot.application_id, []).append(lot)
    return lots


def _lot(
    bid_round: Round,
    lot: BidLot,
    result: Result | None,
    agreed: Mapping[tuple[int, tuple[str, str]], Consensus],
) -> dict[str, Any]:
    told = {"code": lot.round_lot.code, "title": lot.round_lot.title, "reason": lot.reason}
    if result is None:
        outcome = "failed" if lot.stage is ApplicationLotStage.FAILED else "not-assessed"
        return {**told, "outcome": outcome}
    decimals = scheme_of(bid_round).decimals
    return {
        **told,
        "outcome": "admitted" if result.admitted else "not-admitted",
        "total": printed(read_fraction(result.total), decimals),
        "total_needed": _total_needed(bid_round),
        "findings": [finding["message"] for finding in result.content["findings"]],
        "criteria": [
            _criterion(bid_round, result, criterion, agreed)
            for criterion in result.content["criteria"]
        ],
    }


def _total_needed(bid_round: Round) -> str | None:
    share = scheme_of(bid_round).total_share_bp
    return None if share is None else printed(Fraction(share * 100, WHOLE_BP), 2)


def _criterion(
    bid_round: Round,
    result: Result,
    criterion: Mapping[str, Any],
    agreed: Mapping[tuple[int, tuple[str, str]], Consensus],
) -> dict[str, Any]:
    decimals = scheme_of(bid_round).decimals
    return {
        "title": criterion["title"],
        "panel": criterion["panel"],
        "points": printed(read_fraction(criterion["points"]), decimals),
        "available": printed(read_fraction(criterion["available"]), decimals),
        "needed": _needed(criterion, decimals),
        "meets_minimum": criterion["meets_minimum"],
        "lines": [_line(bid_round, result, line, agreed) for line in criterion["lines"]],
    }


def _needed(criterion: Mapping[str, Any], decimals: int) -> str | None:
    if criterion["minimum_share_bp"] is None:
        return None
    share = Fraction(criterion["minimum_share_bp"], WHOLE_BP)
    return printed(share * read_fraction(criterion["available"]), decimals)


def _line(
    bid_round: Round,
    result: Result,
    line: Mapping[str, Any],
    agreed: Mapping[tuple[int, tuple[str, str]], Consensus],
) -> dict[str, Any]:
    decimals = scheme_of(bid_round).decimals
    question = questions_of(bid_round)[line["question"]]
    lot_code = result.round_lot.code if question.get("per_lot") else ""
    consensus = agreed[result.application_id, (line["question"], lot_code)]
    return {
        "question": question["label"],
        "score": line["score"],
        "highest": line["highest"],
        "meaning": scales_of(bid_round)[line["scale"]].label(line["score"]),
        "points": printed(read_fraction(line["points"]), decimals),
        "available": printed(read_fraction(line["available"]), decimals),
        "minimum": line["minimum_score"],
        "meets_minimum": line["meets_minimum"],
        "reason": consensus.reason,
    }
