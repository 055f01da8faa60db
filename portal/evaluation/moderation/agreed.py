"""What panels agreed, what was signed off, and the results that were computed from it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.asked import Key
from portal.evaluation.models import Consensus, Result, YoungSignOff
from portal.evaluation.panels.queries import standing
from portal.rounds.models import Round, RoundLot
from scoring.terms import Panel


def consensus_of(
    application_ids: Collection[int], panel: Panel | None = None, question: str | None = None
) -> dict[tuple[int, Key], Consensus]:
    """What was agreed, by bid and question; of one panel, or about one question."""
    wanted = (
        select(Consensus)
        .where(Consensus.application_id.in_(application_ids))
        .options(joinedload(Consensus.recorded_by))
    )
    if panel is not None:
        wanted = wanted.where(Consensus.panel == panel)
    if question is not None:
        wanted = wanted.where(Consensus.question_key == question)
    return {
        (one.application_id, (one.question_key, one.lot_code)): one
        for one in db.session.scalars(wanted)
    }


def sign_offs(application_ids: Collection[int]) -> dict[int, YoungSignOff]:
    """The Participation Officer's sign-off by bid."""
    rows = db.session.scalars(
        select(YoungSignOff).where(YoungSignOff.application_id.in_(application_ids))
    )
    return {one.application_id: one for one in rows}


def results(bid_round: Round, viewer: Viewer, lot_code: str | None = None) -> list[Result]:
    """The results of a round (or of one lot) that stand, by lot, council and bidder.

    Nothing before the lock or for a stranger; a bid in which the viewer declared an interest is
    left out.
    """
    if not viewer.is_system and not policy.may_read_results(viewer, bid_round):
        return []
    closed = standing(viewer, bid_round).closed
    wanted = (
        select(Result)
        .join(Result.round_lot)
        .where(
            RoundLot.round_id == bid_round.id, Result.stands, Result.application_id.not_in(closed)
        )
        .options(
            contains_eager(Result.round_lot),
            joinedload(Result.application).joinedload(Application.provider),
        )
    )
    if lot_code is not None:
        wanted = wanted.where(RoundLot.code == lot_code)
    rows = db.session.scalars(wanted).all()
    return sorted(
        rows,
        key=lambda one: (
            one.round_lot.position,
            one.council,
            one.application.provider.name.casefold(),
        ),
    )
