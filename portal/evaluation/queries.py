"""Reads of the evaluation. Nobody gets another scorer's scores before their own are in.

What belongs to bids, panels and sheets lies beside this file and is named here, so that a caller
finds every read of the room in one place; the pages of a scorer and of the moderation have their
own (`desk`, `board`).
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.asked import Key
from portal.evaluation.bids import (
    IN_EVALUATION,
    bid_ids,
    bids,
    blind_labels,
    labels_for,
    list_is_whole,
    lots_of,
    names_for,
)
from portal.evaluation.models import Consensus, Result, YoungSignOff
from portal.evaluation.panels import (
    conflicted,
    council_round,
    declarations,
    hold,
    member,
    members,
    my_rounds,
    panel_round,
    people_for,
    scorers,
    standing,
)
from portal.evaluation.sheets import (
    asked_on,
    marks_of,
    missing_on,
    my_sheets,
    panel_sheet,
    reason_words,
    score_of,
    sheet,
    sheet_for,
    sheets_of_panel,
    values_on,
    waiting_sheets,
)
from portal.rounds.models import Round, RoundLot
from scoring.terms import Panel

__all__ = [
    "IN_EVALUATION",
    "asked_on",
    "bid_ids",
    "bids",
    "blind_labels",
    "conflicted",
    "consensus_of",
    "council_round",
    "declarations",
    "hold",
    "labels_for",
    "list_is_whole",
    "lots_of",
    "marks_of",
    "member",
    "members",
    "missing_on",
    "my_rounds",
    "my_sheets",
    "names_for",
    "panel_round",
    "panel_sheet",
    "people_for",
    "reason_words",
    "results",
    "score_of",
    "scorers",
    "sheet",
    "sheet_for",
    "sheets_of_panel",
    "sign_offs",
    "standing",
    "values_on",
    "waiting_sheets",
]


def consensus_of(
    application_ids: Collection[int], panel: Panel | None = None
) -> dict[tuple[int, Key], Consensus]:
    """What was agreed, by bid and question."""
    wanted = (
        select(Consensus)
        .where(Consensus.application_id.in_(application_ids))
        .options(joinedload(Consensus.recorded_by))
    )
    if panel is not None:
        wanted = wanted.where(Consensus.panel == panel)
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


def results(bid_round: Round, viewer: Viewer) -> list[Result]:
    """The results of a round by lot and bidder; nothing before the lock or for a stranger.

    A bid in which the viewer declared an interest is left out.
    """
    if not viewer.is_system and not policy.may_read_results(viewer, bid_round):
        return []
    closed = standing(viewer, bid_round).closed
    rows = db.session.scalars(
        select(Result)
        .join(Result.round_lot)
        .where(RoundLot.round_id == bid_round.id, Result.application_id.not_in(closed))
        .options(
            contains_eager(Result.round_lot),
            joinedload(Result.application).joinedload(Application.provider),
        )
    ).all()
    return sorted(
        rows, key=lambda one: (one.round_lot.position, one.application.provider.name.casefold())
    )
