"""The results of a round: what counts is handed to `scoring`, and what it computed is kept as content.

Nothing is ever written over: each computation has its number, and the one before stays on record.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from portal import audit
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation.asked import scales_of, scheme_of, titles_of
from portal.evaluation.models import Result
from portal.evaluation.prices.models import Cause, Computation
from portal.evaluation.results.entries import Entries, entries_of
from portal.rounds.models import Round, RoundLot
from scoring.awards import BidResult, LotResult, compute_round
from scoring.canonical import canonical_json, fraction_text, sha256_of
from scoring.results import BidRef, Place
from scoring.results_content import bid_content, lot_content
from scoring.rules import RuleBroken

LONGEST_REFUSAL = 500


def computed(bid_round: Round, entries: Entries) -> dict[Place, LotResult]:
    """Compute every lot (and council); nothing is stored.

    Raises:
        RuleBroken: as `scoring.awards.compute_round`; of a price that cannot be evaluated with the
            bidder and the lot in words.
    """
    lots = _computed(bid_round, entries, {})
    fitting = fitting_ties(entries, lots)
    return _computed(bid_round, entries, fitting) if fitting else lots


def fitting_ties(
    entries: Entries, lots: Mapping[Place, LotResult]
) -> dict[Place, Sequence[BidRef]]:
    """The orders that people decided on which still fit: of exactly the bids of one equal rank.

    A correction may tear a tie apart; the decision stays on record and counts no more.
    """
    return {
        place: order
        for place, order in entries.decided.items()
        if place in lots and _is_of_one_rank(lots[place], order)
    }


def _is_of_one_rank(lot: LotResult, order: Sequence[BidRef]) -> bool:
    ranks = {one.bid: one.rank for one in lot.bids}
    of_them = {ranks.get(bid) for bid in order}
    if len(of_them) != 1 or None in of_them:
        return False
    return {bid for bid, rank in ranks.items() if {rank} == of_them} == set(order)


def _computed(
    bid_round: Round, entries: Entries, decided: Mapping[Place, Sequence[BidRef]]
) -> dict[Place, LotResult]:
    try:
        return compute_round(
            scheme_of(bid_round),
            scales_of(bid_round),
            entries.by_place,
            titles_of(bid_round),
            preferences=entries.preferences,
            decided=decided,
        )
    except RuleBroken as broken:
        raise _told(broken, entries) from broken


def refused_prices(bid_round: Round) -> Mapping[tuple[BidRef, Place], RuleBroken]:
    """The prices that cannot be evaluated, by bid and place, each with why."""
    return entries_of(bid_round).evaluated.refused


def _told(broken: RuleBroken, entries: Entries) -> RuleBroken:
    """A refused price, or an order of lots that was not stated, with whose it is and why."""
    if broken.code == "award:preference-missing" and broken.field in entries.bids:
        name = entries.bids[broken.field].provider.name
        words = f"{name} may not win all its lots, and its bid does not say which it wants most."
        return RuleBroken(broken.code, words, broken.field)
    for (ref, place), refusal in entries.evaluated.refused.items():
        if broken.field == ref:
            name = entries.bids[ref].provider.name
            return RuleBroken(refusal.code, f"{name}, lot {place.lot}: {refusal.message}", ref)
    return broken


def compute(bid_round: Round, now: datetime, entries: Entries | None = None) -> list[Result]:
    """The results of every lot, as they would be kept; nothing is stored.

    Raises:
        RuleBroken: as `computed`.
    """
    entries = entries or entries_of(bid_round)
    return _results(bid_round, entries, computed(bid_round, entries), 1, now)


def keep(bid_round: Round, cause: Cause, *, subject: str = "", now: datetime) -> list[Result]:
    """Compute all results anew and keep them; those before stay on record, and stand no more.

    What cannot be computed is kept too, as the reason why: then nothing stands.
    """
    entries = entries_of(bid_round)
    computation = Computation(
        round_id=bid_round.id,
        number=_next(bid_round),
        cause=cause,
        subject=subject,
        computed_at=now,
    )
    db.session.add(computation)
    lots = select(RoundLot.id).where(RoundLot.round_id == bid_round.id)
    db.session.execute(
        update(Result).where(Result.round_lot_id.in_(lots)).values(stands=False),
        execution_options={"synchronize_session": "fetch"},
    )
    try:
        found = computed(bid_round, entries)
    except RuleBroken as broken:
        computation.refusal = broken.message[:LONGEST_REFUSAL]
        db.session.flush()
        return []
    computation.lots = [_of_the_lot(bid_round, lot) for lot in found.values()]
    results = _results(bid_round, entries, found, computation.number, now)
    db.session.add_all(results)
    db.session.flush()
    return results


def compute_and_record(
    bid_round: Round, cause: Cause, *, subject: str = "", actor: Viewer, now: datetime
) -> list[Result]:
    """Compute and keep all results, and write each with its hash into the trail."""
    results = keep(bid_round, cause, subject=subject, now=now)
    audit.record(
        Event.RESULTS_COMPUTED,
        bid_round,
        actor=actor,
        now=now,
        cause=cause.value,
        subject_of=subject,
        results=hashes_of(results),
    )
    return results


def hashes_of(results: list[Result]) -> dict[str, str]:
    """The hash of each result by `bid|lot`, or `bid|lot|council`."""
    return {
        "|".join(part for part in (one.application.ref, one.round_lot.code, one.council) if part): (
            one.sha256
        )
        for one in results
    }


def _next(bid_round: Round) -> int:
    newest = select(func.max(Computation.number)).where(Computation.round_id == bid_round.id)
    kept = (
        select(func.max(Result.number))
        .join(Result.round_lot)
        .where(RoundLot.round_id == bid_round.id)
    )
    return 1 + max(db.session.scalar(newest) or 0, db.session.scalar(kept) or 0)


def _of_the_lot(bid_round: Round, lot: LotResult) -> dict[str, Any]:
    content = lot_content(scheme_of(bid_round), lot)
    return {name: value for name, value in content.items() if name != "bids"}


def _results(
    bid_round: Round,
    entries: Entries,
    found: Mapping[Place, LotResult],
    number: int,
    now: datetime,
) -> list[Result]:
    lots = {lot.code: lot for lot in bid_round.lots}
    places = sorted(found, key=lambda place: (lots[place.lot].position, place))
    return [
        _result(entries.bids[one.bid], lots[place.lot], found[place], one, number=number, now=now)
        for place in places
        for one in found[place].bids
    ]


def _result(
    bid: Application,
    lot: RoundLot,
    of: LotResult,
    outcome: BidResult,
    *,
    number: int,
    now: datetime,
) -> Result:
    content = bid_content(scheme_of(bid.round), outcome)
    return Result(
        application_id=bid.id,
        application=bid,
        round_lot_id=lot.id,
        round_lot=lot,
        council=of.place.council,
        number=number,
        stands=True,
        admitted=outcome.admitted,
        rank=outcome.rank,
        total=fraction_text(outcome.total),
        content=content,
        sha256=sha256_of(canonical_json(content)),
        computed_at=now,
    )
