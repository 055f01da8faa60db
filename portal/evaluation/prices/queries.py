"""Reads of the opening of prices, and of the computations that followed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.applications.models import Application, Submission
from portal.db import db
from portal.evaluation.prices.models import Computation, PriceOpening
from portal.rounds.models import Round


def opening_of(bid_round: Round) -> PriceOpening | None:
    """The opening of prices that was begun or done, with its officers."""
    return db.session.scalar(
        select(PriceOpening)
        .where(PriceOpening.round_id == bid_round.id)
        .options(joinedload(PriceOpening.first_officer), joinedload(PriceOpening.second_officer))
    )


def computation_of(bid_round: Round) -> Computation | None:
    """The newest computation; none before there was one."""
    return db.session.scalar(
        select(Computation)
        .where(Computation.round_id == bid_round.id)
        .order_by(Computation.number.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class OpenedEnvelope:
    """An envelope as it was found when prices were opened."""

    provider: str
    receipt: str
    received_at: datetime
    sha256: str
    problems: tuple[str, ...]


def opened_envelopes(opening: PriceOpening | None, viewer: Viewer) -> list[OpenedEnvelope]:
    """The record of an opening with names, by name; nothing for somebody outside the round."""
    if opening is None or not viewer.council_ids & opening.round.council_ids:
        return []
    refs = [one["receipt"] for one in opening.envelopes]
    rows = db.session.scalars(
        select(Submission)
        .where(Submission.ref.in_(refs))
        .options(joinedload(Submission.application).joinedload(Application.provider))
    )
    by_receipt = {one.ref: one for one in rows}
    found = [
        OpenedEnvelope(
            provider=by_receipt[kept["receipt"]].application.provider.name,
            receipt=kept["receipt"],
            received_at=by_receipt[kept["receipt"]].received_at,
            sha256=kept["prices_sha256"],
            problems=tuple(kept["problems"]),
        )
        for kept in opening.envelopes
        if kept["receipt"] in by_receipt
    ]
    return sorted(found, key=lambda one: one.provider.casefold())
