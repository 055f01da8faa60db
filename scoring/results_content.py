"""Results as content to be kept, hashed and compared: every fraction is "n/d".

The content of a bid in a list without price is what it has always been; a name appears only
where the scheme has what it names, so a new rule changes no old hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from scoring.baskets import EvaluatedPrice
from scoring.canonical import fraction_text
from scoring.criteria import Scheme
from scoring.prices import PriceLine, Reference
from scoring.results import Agreed, BidResult, CriterionResult, Line, LotResult, Place, Tie
from scoring.rules import Finding
from scoring.terms import CriterionKind, Mechanism

Content = dict[str, Any]


def bid_content(scheme: Scheme, result: BidResult) -> Content:
    """Return a bid's result with its whole working."""
    content: Content = {
        "total": fraction_text(result.total),
        "admitted": result.admitted,
        "findings": [_finding(one) for one in result.findings],
        "criteria": [_criterion(one) for one in result.criteria],
    }
    if scheme.ranked:
        content["rank"] = result.rank
    if scheme.mechanism is not Mechanism.ALL_OVER_THRESHOLDS or scheme.award.lots_cap:
        content["award_findings"] = [_finding(one) for one in result.award_findings]
    if scheme.price is not None:
        content["quality"] = fraction_text(result.quality)
        content["price"] = None if result.price is None else _price(result.price)
        content["flags"] = [_finding(one) for one in result.flags]
    return content


def lot_content(scheme: Scheme, lot: LotResult) -> Content:
    """Return a lot's results: what holds for all its bids, then each bid."""
    return {
        "lot": lot.place.lot,
        "council": lot.place.council,
        "available": fraction_text(lot.available),
        "left_out": list(lot.left_out),
        "reference": reference_content(lot.reference),
        "findings": [_finding(one) for one in lot.findings],
        "ties": [_tie(one) for one in lot.ties],
        "bids": [{"bid": one.bid, "result": bid_content(scheme, one)} for one in lot.bids],
    }


def round_content(scheme: Scheme, lots: Mapping[Place, LotResult]) -> list[Content]:
    """Return all lots, in the order of their codes (and councils)."""
    return [lot_content(scheme, lots[place]) for place in sorted(lots)]


def evaluated_content(price: EvaluatedPrice) -> Content:
    """Return an evaluated price with its basket and its discounts."""
    return {
        "price": fraction_text(price.price),
        "before": fraction_text(price.before),
        "working": price.working,
        "lines": [
            {
                "item": line.item,
                "pence": line.pence,
                "weight": fraction_text(line.weight),
                "amount": fraction_text(line.amount),
                "working": line.working,
            }
            for line in price.lines
        ],
        "discounts": [
            {
                "key": line.key,
                "title": line.title,
                "offered_bp": line.offered_bp,
                "share_bp": line.share_bp,
                "base": fraction_text(line.base),
                "taken": fraction_text(line.taken),
                "left": fraction_text(line.left),
                "working": line.working,
            }
            for line in price.discounts
        ],
    }


def reference_content(reference: Reference) -> Content:
    """Return what prices were measured by; only what the formula uses."""
    return {
        name: fraction_text(value)
        for name, value in vars(reference).items()
        if isinstance(value, Fraction)
    }


def agreed_content(score: Agreed) -> int | str:
    """Return a score as it is kept: a whole number, or an exact mean as "n/d"."""
    return score if isinstance(score, int) else fraction_text(score)


def _criterion(result: CriterionResult) -> Content:
    content: Content = {
        "key": result.criterion,
        "title": result.title,
        "panel": result.panel.value,
        "weight_bp": result.weight_bp,
        "available": fraction_text(result.available),
        "points": fraction_text(result.points),
        "share": fraction_text(result.share),
        "minimum_share_bp": result.minimum_share_bp,
        "meets_minimum": result.meets_minimum,
        "lines": [_line(line) for line in result.lines],
    }
    if result.kind not in (CriterionKind.QUALITY, CriterionKind.YOUNG):
        content["kind"] = result.kind.value
    if result.criteria:
        content["criteria"] = [_criterion(one) for one in result.criteria]
    return content


def _line(line: Line) -> Content:
    return {
        "question": line.question,
        "scale": line.scale,
        "score": agreed_content(line.score),
        "highest": line.highest,
        "weight_bp": line.question_weight_bp,
        "available": fraction_text(line.available),
        "points": fraction_text(line.points),
        "minimum_score": line.minimum_score,
        "meets_minimum": line.meets_minimum,
        "working": line.working,
    }


def _price(line: PriceLine) -> Content:
    return {
        "formula": line.formula.value,
        "price": fraction_text(line.price),
        "available": fraction_text(line.available),
        "share": fraction_text(line.share),
        "points": fraction_text(line.points),
        "per_point": None if line.per_point is None else fraction_text(line.per_point),
        "over_ceiling": line.over_ceiling,
        "working": line.working,
        **reference_content(line.reference),
    }


def _finding(finding: Finding) -> Content:
    return {"code": finding.code, "message": finding.message, "where": finding.where}


def _tie(tie: Tie) -> Content:
    return {
        "value": fraction_text(tie.value),
        "bids": list(tie.bids),
        "broken_by": list(tie.broken_by),
        "still_equal": [list(same) for same in tie.still_equal],
    }


def admitted_places(lots: Iterable[LotResult]) -> list[Content]:
    """Return who is awarded where, sorted: what a recommendation and a conclusion rest on."""
    found = [
        {"bid": one.bid, "lot": lot.place.lot, "council": lot.place.council}
        for lot in lots
        for one in lot.admitted
    ]
    return sorted(found, key=lambda one: (one["lot"], one["council"], one["bid"]))
