"""What a letter says: frozen figures and reasons, from which page and PDF are both made.

An assessment summary tells a bidder its score and the reason for every criterion, totals and
subtotals (Procurement Act 2023, section 50); one that was not successful in a ranked tender also reads
what the most advantageous bid got, and why. On a list there is no winner to compare with: each bid
is measured against the thresholds that the round published.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.applications.models import Application, BidLot, Submission
from portal.awards.comparison import best_of, compared, rank_of
from portal.awards.letter_terms import Terms, flat, lines, lines_of
from portal.awards.models import LetterOutcome
from portal.db import db
from portal.evaluation.asked import Key, questions_of, scales_of, scheme_of
from portal.evaluation.decisions.queries import corrections_in_force
from portal.evaluation.models import Result
from portal.evaluation.queries import consensus_of
from portal.evaluation.results.words import without_price
from portal.rounds.models import Round
from scoring.canonical import read_fraction
from scoring.money import rounded_pounds
from scoring.stages import ApplicationLotStage, ApplicationStage
from scoring.terms import Formula

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
    lots, marked = _lots(ids), _marked(ids)
    scheme = scheme_of(bid_round)
    terms = Terms(
        scheme=scheme,
        scales=scales_of(bid_round),
        questions=questions_of(bid_round),
        agreed=consensus_of(ids),
        corrected=corrections_in_force(ids),
        councils={part.council.slug: part.council.name for part in bid_round.councils},
        best=best_of(results, scheme),
    )
    by_bid: dict[tuple[int, int], list[Result]] = {}
    for one in results:
        by_bid.setdefault((one.application_id, one.round_lot_id), []).append(one)
    return {
        bid.id: {"marked": bid.id in marked}
        | _content(
            bid,
            [
                (lot, result)
                for lot in lots.get(bid.id, [])
                for result in by_bid.get((bid.id, lot.round_lot_id), [None])
            ],
            bid_round,
            terms,
            now,
        )
        for bid in applications
    }


def _marked(application_ids: Collection[int]) -> frozenset[int]:
    """The bids that say of a part that it is confidential; what they say is not read.

    Within a text of a submission quotes are escaped, so nobody writes this by accident.
    """
    return frozenset(
        db.session.scalars(
            select(Application.id)
            .join(Application.submissions)
            .where(
                Application.id.in_(application_ids),
                Submission.number == Application.standing_number,
                Submission.content.contains('"confidential":[{', autoescape=True),
            )
        )
    )


def outcome_of(content: Mapping[str, Any]) -> LetterOutcome:
    """What a letter brings, all lots together."""
    lots = [lot["outcome"] for lot in content["lots"]]
    if admitted := lots.count("admitted"):
        return LetterOutcome.ADMITTED if admitted == len(lots) else LetterOutcome.PARTLY
    return LetterOutcome.NOT_ADMITTED if "not-admitted" in lots else LetterOutcome.NOT_SCORED


def _content(
    bid: Application,
    lots: Sequence[tuple[BidLot, Result | None]],
    bid_round: Round,
    terms: Terms,
    now: datetime,
) -> dict[str, Any]:
    return {
        "date": now,
        "law": bid_round.regime.value,
        "ranked": terms.scheme.ranked,
        "provider": bid.provider.name,
        "application": bid.ref,
        "receipt": _receipt(bid),
        "round": _round(bid_round),
        "lots": [
            _lot(terms, lot, result, terms.best.get((lot.round_lot_id, _council(result))))
            for lot, result in lots
        ],
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


def _council(result: Result | None) -> str:
    return "" if result is None else result.council


def _lot(terms: Terms, lot: BidLot, result: Result | None, best: Result | None) -> dict[str, Any]:
    told: dict[str, Any] = {"code": lot.round_lot.code, "title": lot.round_lot.title}
    if result is None:
        outcome = "failed" if lot.stage is ApplicationLotStage.FAILED else "not-assessed"
        return {**told, "outcome": outcome, "why": lines_of(lot.reason)}
    if result.council:
        told["title"] = f"{lot.round_lot.title}, {terms.councils[result.council]}"
    findings = [*result.content["findings"], *result.content.get("award_findings", [])]
    if rank_of(result) is not None:
        told["rank"] = rank_of(result)
    if best is not None and not result.admitted:
        told["compared"] = compared(terms, result, best)
    return {
        **told,
        "outcome": "admitted" if result.admitted else "not-admitted",
        "why": [one["message"] for one in findings],
        "total": terms.printed(result.total),
        "available": _whole(terms.scheme.total_points, terms),
        "needed": terms.needed(terms.scheme.total_share_bp, without_price(terms.scheme)),
        "reached": all(one["code"] != "threshold:total" for one in findings),
        "criteria": [_criterion(terms, one) for one in flat(result.content["criteria"])],
        **_price(result),
    }


def _price(result: Result) -> dict[str, Any]:
    """The bidder's own price as it was compared, and what it earned; nobody else's price is told."""
    line = result.content.get("price")
    if not line:
        return {}
    own = {"compared": rounded_pounds(read_fraction(line["price"]))}
    if line["formula"] in BY_ITSELF:
        own["working"] = line["working"]
    return {"price": own}


BY_ITSELF = frozenset(
    {Formula.LINEAR_TO_MAXIMUM, Formula.AGAINST_CEILING, Formula.PRICE_PER_QUALITY_POINT}
)
"""Formulas whose working tells nothing of the prices of others."""


def _whole(points: Fraction, terms: Terms) -> str:
    return str(points) if points.denominator == 1 else terms.printed(points)


def _criterion(terms: Terms, criterion: Mapping[str, Any]) -> dict[str, Any]:
    available = read_fraction(criterion["available"])
    return {
        "title": criterion["title"],
        "points": terms.printed(criterion["points"]),
        "available": terms.printed(available),
        "needed": terms.needed(criterion["minimum_share_bp"], available),
        "reached": criterion["meets_minimum"],
        "lines": [_line(terms, line) for line in criterion["lines"]],
    }


def _line(terms: Terms, line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": terms.title(line["question"]),
        "score": terms.score(line["score"]),
        "highest": line["highest"],
        "needed": line["minimum_score"],
        "reached": line["meets_minimum"],
        "points": terms.printed(line["points"]),
        "available": terms.printed(line["available"]),
    }


def _reasons(terms: Terms, results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """What was agreed for each question, once: most answers serve every lot."""
    places: dict[Key, tuple[int, Mapping[str, Any]]] = {}
    for result in results:
        for at, line in enumerate(lines(result.content)):
            places[terms.key(line["question"], result.round_lot.code)] = at, line
    for (key, lot_code), (_, line) in sorted(places.items(), key=lambda one: one[1][0]):
        yield {
            "title": terms.title(key),
            "question": terms.questions[key]["label"],
            "lot": lot_code,
            "score": terms.score(line["score"]),
            "highest": line["highest"],
            "meaning": terms.meaning(line),
            "reason": terms.reason(results[0].application_id, (key, lot_code)),
        }
