"""What must be settled before an award is recommended, for one round or for many at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import func, select

from portal.applications.models import Application
from portal.db import db
from portal.evaluation.decisions.models import AwardDecision, Correction
from portal.evaluation.models import Result
from portal.evaluation.prices.models import Computation
from portal.rounds.models import Round, RoundLot

TIE = "Bids of equal rank stand at the last award of a lot. Decide on their order."
LOW_PRICE = "A price may be abnormally low. Ask the bidder, and decide whether to keep it."
SECOND_PERSON = "A decision or a correction waits for a second person."
NOTHING_FLAGGED = "[]"


def open_matters(bid_round: Round) -> list[str]:
    """What must be settled for one round, in sentences without names of bidders."""
    return open_matters_of([bid_round.id])[bid_round.id]


def open_matters_of(round_ids: Collection[int]) -> Mapping[int, list[str]]:
    """The same by round: four statements, however many rounds there are."""
    if not round_ids:
        return {}
    computed = _newest_computations(round_ids)
    decisions: dict[int, list[AwardDecision]] = defaultdict(list)
    for one in db.session.scalars(
        select(AwardDecision).where(AwardDecision.round_id.in_(round_ids))
    ):
        decisions[one.round_id].append(one)
    flagged, corrected = _flagged(round_ids), _waiting_corrections(round_ids)
    return {
        key: list(_matters(computed.get(key), decisions[key], flagged[key], key in corrected))
        for key in round_ids
    }


def _matters(
    computation: Computation | None,
    decisions: Collection[AwardDecision],
    flagged: Collection[tuple[int, int, str]],
    corrections_wait: bool,
) -> Iterator[str]:
    if computation is None:
        return
    if computation.refusal:
        yield f"The results cannot be computed. {computation.refusal}"
        return
    if any(lot["findings"] for lot in computation.lots):
        yield TIE
    settled = {
        (one.application_id, one.round_lot_id, one.council)
        for one in decisions
        if one.confirmed_at is not None and one.declined_at is None
    }
    if any(place not in settled for place in flagged):
        yield LOW_PRICE
    if corrections_wait or any(one.waits for one in decisions):
        yield SECOND_PERSON


def _newest_computations(round_ids: Collection[int]) -> dict[int, Computation]:
    newest = (
        select(Computation.round_id, func.max(Computation.number).label("number"))
        .where(Computation.round_id.in_(round_ids))
        .group_by(Computation.round_id)
        .subquery()
    )
    found = db.session.scalars(
        select(Computation).join(
            newest,
            (Computation.round_id == newest.c.round_id) & (Computation.number == newest.c.number),
        )
    )
    return {one.round_id: one for one in found}


def _flagged(round_ids: Collection[int]) -> dict[int, list[tuple[int, int, str]]]:
    """Bid, lot and council of each price that is flagged by the results that stand, by round."""
    rows = db.session.execute(
        select(RoundLot.round_id, Result.application_id, Result.round_lot_id, Result.council)
        .join(Result.round_lot)
        .where(
            RoundLot.round_id.in_(round_ids),
            Result.stands,
            Result.content["flags"].as_string() != NOTHING_FLAGGED,
        )
    )
    found: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for round_id, *place in rows:
        found[round_id].append((place[0], place[1], place[2]))
    return found


def _waiting_corrections(round_ids: Collection[int]) -> frozenset[int]:
    return frozenset(
        db.session.scalars(
            select(Application.round_id)
            .join(Correction, Correction.application_id == Application.id)
            .where(
                Application.round_id.in_(round_ids),
                Correction.confirmed_at.is_(None),
                Correction.declined_at.is_(None),
            )
        )
    )
