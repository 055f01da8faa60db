"""What a letter says: frozen figures and reasons, from which page and PDF are both made.

An assessment summary tells a bidder its score and the reason for every criterion, totals and
subtotals (Procurement Act 2023, section 50). On a list there is no winner to compare with: each bid is
measured against the thresholds that the round published.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.applications.models import Application, BidLot, Submission
from portal.db import db
from portal.evaluation.asked import Key, questions_of, scales_of, scheme_of
from portal.evaluation.models import Consensus, Result
from portal.evaluation.queries import consensus_of
from portal.rounds.models import Round
from scoring.awards import ALL_POINTS
from scoring.canonical import read_fraction
from scoring.criteria import Scheme
from scoring.rounding import printed
from scoring.scales import Scale
from scoring.stages import ApplicationLotStage, ApplicationStage
from scoring.terms import WHOLE_BP

ASSESSED = (
    ApplicationStage.EVALUATED,
    ApplicationStage.ADMITTED,
    ApplicationStage.NOT_ADMITTED,
    ApplicationStage.NOT_COMPLIANT,
)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the round published and its panels agreed."""

    scheme: Scheme
    scales: Mapping[str, Scale]
    questions: Mapping[str, Mapping[str, Any]]
    agreed: Mapping[tuple[int, Key], Consensus]

    def printed(self, points: str | Fraction) -> str:
        """Points, rounded once as the scheme says."""
        exact = read_fraction(points) if isinstance(points, str) else points
        return printed(exact, self.scheme.decimals)

    def needed(self, share_bp: int | None, available: Fraction) -> str | None:
        """The points that a threshold asks for; none where there is no threshold."""
        return None if share_bp is None else self.printed(Fraction(share_bp, WHOLE_BP) * available)

    def title(self, question: str) -> str:
        """A question in two or three words."""
        asked = self.questions[question]
        return str(asked.get("title") or asked["label"])


def applicants(bid_round: Round) -> Sequence[Application]:
    """Everybody whose bid was opened: each gets a letter."""
    return db.session.scalars(
        select(Application)
        .where(Application.round_id == bid_round.id, Application.stage.in_(ASSESSED))
        .options(
            joinedload(Application.provider),
            selectinload(Application.submissions).defer(Submission.content),
        )
        .order_by(Application.id)
    ).all()


def contents(
    bid_round: Round, results: Collection[Result], now: datetime
) -> dict[int, dict[str, Any]]:
    """The content of every letter of a round, by application. A constant number of statements."""
    applications = applicants(bid_round)
    ids = [one.id for one in applications]
    lots = _lots(ids)
    terms = _Terms(
        scheme_of(bid_round), scales_of(bid_round), questions_of(bid_round), consensus_of(ids)
    )
    by_bid = {(one.application_id, one.round_lot_id): one for one in results}
    return {
        bid.id: _content(
            bid,
            [(lot, by_bid.get((bid.id, lot.round_lot_id))) for lot in lots.get(bid.id, [])],
            bid_round,
            terms,
            now,
        )
        for bid in applications
    }


def _content(
    bid: Application,
    lots: Sequence[tuple[BidLot, Result | None]],
    bid_round: Round,
    terms: _Terms,
    now: datetime,
) -> dict[str, Any]:
    return {
        "date": now,
        "provider": bid.provider.name,
        "application": bid.ref,
        "receipt": _receipt(bid),
        "round": _round(bid_round),
        "lots": [_lot(terms, lot, result) for lot, result in lots],
        "reasons": list(_reasons(terms, [one for _, one in lots if one])),
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


def _lot(terms: _Terms, lot: BidLot, result: Result | None) -> dict[str, Any]:
    told: dict[str, Any] = {"code": lot.round_lot.code, "title": lot.round_lot.title}
    if result is None:
        outcome = "failed" if lot.stage is ApplicationLotStage.FAILED else "not-assessed"
        return {**told, "outcome": outcome, "why": _lines_of(lot.reason)}
    findings = result.content["findings"]
    return {
        **told,
        "outcome": "admitted" if result.admitted else "not-admitted",
        "why": [one["message"] for one in findings],
        "total": terms.printed(result.total),
        "available": str(ALL_POINTS),
        "needed": terms.needed(terms.scheme.total_share_bp, Fraction(ALL_POINTS)),
        "reached": all(one["code"] != "threshold:total" for one in findings),
        "criteria": [_criterion(terms, one) for one in result.content["criteria"]],
    }


def _lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _criterion(terms: _Terms, criterion: Mapping[str, Any]) -> dict[str, Any]:
    available = read_fraction(criterion["available"])
    return {
        "title": criterion["title"],
        "points": terms.printed(criterion["points"]),
        "available": terms.printed(available),
        "needed": terms.needed(criterion["minimum_share_bp"], available),
        "reached": criterion["meets_minimum"],
        "lines": [_line(terms, line) for line in criterion["lines"]],
    }


def _line(terms: _Terms, line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": terms.title(line["question"]),
        "score": line["score"],
        "highest": line["highest"],
        "needed": line["minimum_score"],
        "reached": line["meets_minimum"],
        "points": terms.printed(line["points"]),
        "available": terms.printed(line["available"]),
    }


def _reasons(terms: _Terms, results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """What was agreed for each question, once: most answers serve every lot."""
    places: dict[Key, tuple[int, Mapping[str, Any]]] = {}
    for result in results:
        lines = (line for one in result.content["criteria"] for line in one["lines"])
        for at, line in enumerate(lines):
            per_lot = terms.questions[line["question"]].get("per_lot")
            places[line["question"], result.round_lot.code if per_lot else ""] = at, line
    for (key, lot_code), (_, line) in sorted(places.items(), key=lambda one: one[1][0]):
        yield {
            "title": terms.title(key),
            "question": terms.questions[key]["label"],
            "lot": lot_code,
            "score": line["score"],
            "highest": line["highest"],
            "meaning": terms.scales[line["scale"]].label(line["score"]),
            "reason": _lines_of(terms.agreed[results[0].application_id, (key, lot_code)].reason),
        }
