"""Reads of results for their pages: few words of every bid, and the whole content of those shown."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access import Viewer
from portal.applications import queries as applications
from portal.applications.lots.councils import councils_offered
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.models import Result
from portal.evaluation.panels.queries import standing
from portal.evaluation.prices.models import Computation
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundLot
from scoring.canonical import read_fraction


@dataclass(frozen=True, slots=True)
class Outline:
    """A result in few words, to count, sort and page by."""

    id: int
    bid: str  # its reference
    bidder: str
    lot_code: str
    council: str
    rank: int | None
    total: Fraction
    admitted: bool


@dataclass(frozen=True, slots=True)
class Outlines:
    """All results of a round (or of a lot) that the viewer may know of; `closed` are left out."""

    rows: list[Outline]
    closed: int


def outlines(
    bid_round: Round, viewer: Viewer, lot_code: str | None = None, council: str | None = None
) -> Outlines:
    """The results that stand, by lot, council and bidder; nothing before the lock.

    A bid in which the viewer declared an interest is left out, and counted.
    """
    if not policy.may_read_results(viewer, bid_round):
        return Outlines([], 0)
    closed = standing(viewer, bid_round).closed
    wanted = (
        select(
            Result.id,
            Application.ref,
            Provider.name,
            RoundLot.code,
            RoundLot.position,
            Result.council,
            Result.rank,
            Result.total,
            Result.admitted,
        )
        .join(Result.round_lot)
        .join(Result.application)
        .join(Application.provider)
        .where(
            RoundLot.round_id == bid_round.id, Result.stands, Result.application_id.not_in(closed)
        )
    )
    if lot_code is not None:
        wanted = wanted.where(RoundLot.code == lot_code)
    if council is not None:
        wanted = wanted.where(Result.council == council)
    rows = sorted(
        db.session.execute(wanted), key=lambda row: (row.position, row.council, row.name.casefold())
    )
    return Outlines(
        [
            Outline(
                row.id,
                row.ref,
                row.name,
                row.code,
                row.council,
                row.rank,
                read_fraction(row.total),
                row.admitted,
            )
            for row in rows
        ],
        len(closed),
    )


def whole(outlined: Collection[Outline]) -> list[Result]:
    """The results behind these outlines, with their content, in the same order."""
    ids = [one.id for one in outlined]
    found = {
        one.id: one
        for one in db.session.scalars(
            select(Result)
            .where(Result.id.in_(ids))
            .options(joinedload(Result.application).joinedload(Application.provider))
        )
    }
    return [found[key] for key in ids]


def result_at(
    bid_round: Round, viewer: Viewer, lot_code: str, council: str, bid: str
) -> tuple[Result, list[Result]] | None:
    """The result of one bid that stands, and what was computed before for it, newest first.

    Nothing for whom its lot or its bid is closed.

    Args:
        bid: its reference.
    """
    if not policy.may_read_results(viewer, bid_round):
        return None
    found = db.session.scalars(
        select(Result)
        .join(Result.round_lot)
        .join(Result.application)
        .where(
            RoundLot.round_id == bid_round.id,
            RoundLot.code == lot_code,
            Result.council == council,
            Application.ref == bid,
            Application.id.not_in(standing(viewer, bid_round).closed),
        )
        .options(
            contains_eager(Result.round_lot),
            contains_eager(Result.application).joinedload(Application.provider),
        )
        .order_by(Result.number.desc())
    ).all()
    standing_one = next((one for one in found if one.stands), None)
    if standing_one is None:
        return None
    return standing_one, [one for one in found if one.number < standing_one.number]


def offered_to(results: Collection[Result], bid_round: Round) -> dict[int, list[str]]:
    """Names of the councils to which each bid offered its lot, where that is not all of them.

    By the result; one statement.
    """
    lots = applications.bid_lots([one.application_id for one in results])
    every = len(bid_round.councils)
    found = {}
    for one in results:
        lot = lots.get((one.application_id, one.round_lot_id))
        councils = councils_offered(lot.councils if lot else None, bid_round)
        if len(councils) < every:
            found[one.id] = [council.name for council in councils]
    return found


def computations(bid_round: Round) -> list[Computation]:
    """Every computation of a round, newest first."""
    return list(
        db.session.scalars(
            select(Computation)
            .where(Computation.round_id == bid_round.id)
            .order_by(Computation.number.desc())
        )
    )
