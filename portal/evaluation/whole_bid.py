"""Everything that was given, agreed and mended for one bid, of every panel: two statements."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from portal.applications.models import Application
from portal.db import db
from portal.evaluation.asked import Key
from portal.evaluation.decisions.models import Correction
from portal.evaluation.models import Consensus, Score, Scorer, Sheet
from portal.evaluation.moderation.board import (
    OF_A_SHEET,
    AgendaRow,
    Known,
    SheetState,
    agenda,
    state_of,
)
from portal.evaluation.panels.queries import counts
from portal.rounds.models import RoundLot
from scoring.terms import Panel

Mended = Mapping[Key, Correction]


def rows_of(application: Application, lot: RoundLot) -> tuple[dict[Key, AgendaRow], Mended]:
    """What every panel was asked of a bid in one lot, by question; and the corrections in force."""
    sheets, given = _sheets(application)
    agreed, mended = _agreed(application)
    rows = {}
    for panel in Panel:
        known = Known(
            bids=[application],
            closed=frozenset(),
            lots={application.id: [lot]},
            sheets={application.id: sheets[panel]},
            consensus={(application.id, key): one for key, one in agreed.items()},
            given=given,
        )
        rows |= {row.asked.key: row for row in agenda(application.round, panel, known=known)}
    return rows, mended


def _sheets(
    application: Application,
) -> tuple[dict[Panel, list[SheetState]], dict[tuple[int, Key], Score]]:
    """The sheets of each panel that count, and their scores by sheet and question."""
    its_scores = and_(Score.sheet_id == Sheet.id, Score.set_aside_at.is_(None))
    found = db.session.execute(
        select(Scorer.panel, Score, *OF_A_SHEET[1:])
        .select_from(Sheet)
        .join(Sheet.scorer)
        .outerjoin(Score, its_scores)
        .where(Sheet.application_id == application.id, counts())
        .order_by(Scorer.label)
    )
    sheets: dict[Panel, dict[int, SheetState]] = defaultdict(dict)
    given = {}
    for panel, score, *about in found:
        state = state_of(*about)
        sheets[panel].setdefault(state.id, state)
        if score is not None:
            given[state.id, (score.question_key, score.lot_code)] = score
    return defaultdict(list, {key: list(one.values()) for key, one in sheets.items()}), given


def _agreed(application: Application) -> tuple[dict[Key, Consensus], Mended]:
    mends = and_(
        Correction.application_id == Consensus.application_id,
        Correction.question_key == Consensus.question_key,
        Correction.lot_code == Consensus.lot_code,
        Correction.confirmed_at.is_not(None),
    )
    found = db.session.execute(
        select(Consensus, Correction)
        .outerjoin(Correction, mends)
        .where(Consensus.application_id == application.id)
        .order_by(Correction.confirmed_at, Correction.id)  # the newest counts, and comes last
        .options(
            joinedload(Consensus.recorded_by),
            joinedload(Correction.made_by),
            joinedload(Correction.second),
        )
    )
    agreed, mended = {}, {}
    for one, correction in found:
        key = (one.question_key, one.lot_code)
        agreed[key] = one
        if correction is not None:
            mended[key] = correction
    return agreed, mended
