"""Reads of what people decided after the lock. A bid that an interest closes to a viewer is left out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.applications import policy as applications
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.asked import Key
from portal.evaluation.decisions.models import (
    AwardDecision,
    Correction,
    DecisionKind,
    PriceQuestion,
)
from portal.evaluation.models import Result
from portal.evaluation.panels.queries import standing
from portal.rounds.models import Round

LotPlace = tuple[int, int, str]
"""A bid, a lot of the round and a council (or empty)."""


def corrections_in_force(application_ids: Collection[int]) -> dict[tuple[int, Key], Correction]:
    """The correction that counts, by bid and question: the newest that was confirmed."""
    rows = db.session.scalars(
        select(Correction)
        .where(Correction.application_id.in_(application_ids), Correction.confirmed_at.is_not(None))
        .order_by(Correction.confirmed_at, Correction.id)
    )
    return {(one.application_id, (one.question_key, one.lot_code)): one for one in rows}


def corrections_of(bid_round: Round) -> Sequence[Correction]:
    """Every correction of a round, in the order in which they were made."""
    return db.session.scalars(
        _corrections().where(Application.round_id == bid_round.id).order_by(Correction.id)
    ).all()


def _corrections() -> Select[Correction]:
    return (
        select(Correction)
        .join(Correction.application)
        .options(
            joinedload(Correction.application).joinedload(Application.provider),
            joinedload(Correction.made_by),
            joinedload(Correction.second),
        )
    )


def decisions_of(bid_round: Round) -> Sequence[AwardDecision]:
    """Every decision of a round, in the order in which they were made."""
    return db.session.scalars(
        _decisions().where(AwardDecision.round_id == bid_round.id).order_by(AwardDecision.id)
    ).all()


def _decisions() -> Select[AwardDecision]:
    return select(AwardDecision).options(
        joinedload(AwardDecision.round_lot),
        joinedload(AwardDecision.application).joinedload(Application.provider),
        joinedload(AwardDecision.question),
        joinedload(AwardDecision.made_by),
        joinedload(AwardDecision.second),
    )


def in_force(decisions: Iterable[AwardDecision]) -> list[AwardDecision]:
    """The decisions that count."""
    return [one for one in decisions if one.confirmed_at is not None]


def questions_of(bid_round: Round) -> Sequence[PriceQuestion]:
    """Every question about a price of a round."""
    return db.session.scalars(
        select(PriceQuestion)
        .join(PriceQuestion.application)
        .where(Application.round_id == bid_round.id)
        .options(
            joinedload(PriceQuestion.application).joinedload(Application.provider),
            joinedload(PriceQuestion.round_lot),
        )
        .order_by(PriceQuestion.id)
    ).all()


def own_question(ref: str, viewer: Viewer) -> PriceQuestion | None:
    """A question to the viewer's own organisation; nothing for anybody else."""
    found = db.session.scalar(
        select(PriceQuestion)
        .where(PriceQuestion.ref == ref)
        .options(joinedload(PriceQuestion.application).joinedload(Application.round))
    )
    if found is None or not applications.is_own(viewer, found.application):
        return None
    return found


@dataclass(frozen=True, slots=True)
class Flagged:
    """A price that may be abnormally low, with what was asked, answered and decided."""

    result: Result
    flag: str
    question: PriceQuestion | None
    decision: AwardDecision | None  # keep or set aside: in force, or waiting for a second person

    @property
    def is_settled(self) -> bool:
        return self.decision is not None and self.decision.confirmed_at is not None


def flagged(
    results: Iterable[Result],
    questions: Sequence[PriceQuestion],
    decisions: Sequence[AwardDecision],
) -> list[Flagged]:
    """The prices that are flagged today, and those that were and are set aside since."""
    asked = {(one.application_id, one.round_lot_id, one.council): one for one in questions}
    decided = _about_bids(decisions)
    found = []
    for result in results:
        place = (result.application_id, result.round_lot_id, result.council)
        flags = [one["message"] for one in result.content.get("flags", ())]
        question = asked.get(place)
        if flags or question is not None:
            flag = flags[0] if flags or question is None else question.flag
            found.append(Flagged(result, flag, question, decided.get(place)))
    return found


def _about_bids(decisions: Sequence[AwardDecision]) -> Mapping[LotPlace, AwardDecision]:
    return {
        (one.application_id, one.round_lot_id, one.council): one
        for one in decisions
        if one.application_id is not None and one.declined_at is None
    }


def told_of_low_prices(
    bid_round: Round,
) -> Mapping[LotPlace, str]:
    """What has become of the prices that were flagged: asked, kept or set aside. Two statements."""
    asked = {
        (one.application_id, one.round_lot_id, one.council): one for one in questions_of(bid_round)
    }
    made = _about_bids(decisions_of(bid_round))
    return {
        place: _told_of(asked.get(place), made.get(place)) for place in asked.keys() | made.keys()
    }


def told_of_low_price(result: Result) -> str:
    """The same of one bid in one lot; one statement."""
    found = db.session.execute(
        select(PriceQuestion, AwardDecision)
        .select_from(Result)
        .outerjoin(PriceQuestion, _is_about(PriceQuestion))
        .outerjoin(
            AwardDecision, and_(_is_about(AwardDecision), AwardDecision.declined_at.is_(None))
        )
        .where(Result.id == result.id)
        .order_by(AwardDecision.id.desc())
    ).first()
    return _told_of(*found) if found else ""


def _is_about(kind: type[PriceQuestion | AwardDecision]) -> ColumnElement[bool]:
    return and_(
        kind.application_id == Result.application_id,
        kind.round_lot_id == Result.round_lot_id,
        kind.council == Result.council,
    )


def _told_of(question: PriceQuestion | None, made: AwardDecision | None) -> str:
    if made is not None and made.confirmed_at is None:
        return "It is to be set aside: a second person must confirm it."
    if made is not None and made.kind is DecisionKind.KEEP:
        return "It was explained, and the bid is kept."
    if question is None:
        return ""
    return "The bidder explained it." if question.answered_at else "The bidder is asked."


def closed_to(viewer: Viewer, bid_round: Round) -> frozenset[int]:
    """The bids that an interest closes to a viewer."""
    return standing(viewer, bid_round).closed


def decision(ref: str, viewer: Viewer) -> AwardDecision | None:
    """A decision of a round whose results the viewer may read."""
    found = db.session.scalar(_decisions().where(AwardDecision.ref == ref))
    if found is None or not policy.may_read_results(viewer, found.round):
        return None
    return None if found.application_id in closed_to(viewer, found.round) else found


def correction(ref: str, viewer: Viewer) -> Correction | None:
    """A correction in a round whose results the viewer may read."""
    found = db.session.scalar(_corrections().where(Correction.ref == ref))
    if found is None or not policy.may_read_results(viewer, found.application.round):
        return None
    closed = closed_to(viewer, found.application.round)
    return None if found.application_id in closed else found


def tied(results: Iterable[Result]) -> dict[tuple[int, str], list[Result]]:
    """The bids of equal rank that stand at the last award, by lot and council."""
    found: dict[tuple[int, str], list[Result]] = {}
    for one in results:
        codes = {finding["code"] for finding in one.content.get("award_findings", ())}
        if "award:tie-at-cap" in codes:
            found.setdefault((one.round_lot_id, one.council), []).append(one)
    return found


def ties_decided(decisions: Iterable[AwardDecision]) -> dict[tuple[str, str], list[str]]:
    """The order that was decided on, by lot code and council; of two decisions the later counts."""
    return {
        (one.round_lot.code, one.council): list(one.order)
        for one in in_force(decisions)
        if one.kind is DecisionKind.TIE
    }
