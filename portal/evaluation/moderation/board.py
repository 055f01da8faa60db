"""The moderation board: what was scored, how far scorers differ, and what they agreed.

Scores of a bid are read only when every sheet for it is in; until then the board knows numbers of
sheets. A bid that is closed to the reader is not on it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, and_, func, select, true

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.bids import bids, lots_of, names_for
from portal.evaluation.models import Consensus, Score, Scorer, Sheet, asked_names
from portal.evaluation.moderation.agreed import consensus_of
from portal.evaluation.panels.queries import counts, standing
from portal.rounds.models import Round, RoundLot
from scoring.moderation import outside_range, spread
from scoring.stages import SheetStage
from scoring.terms import Panel

SYSTEM = Viewer.system()


@dataclass(frozen=True, slots=True)
class GivenScore:
    """One scorer's score as the moderation sees it."""

    scorer: str
    value: int | None
    abstained: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SheetState:
    """Whether a scorer's sheet for a bid is in. No score is in here."""

    id: int
    ref: str
    scorer: str
    is_in: bool
    returned_reason: str
    asks: str = ""  # as on the sheet: empty is everything

    def asks_for(self, name: str) -> bool:
        return not self.asks or name in asked_names(self.asks)


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One question of one bid, ready to be agreed: scores with reasons, spread, consensus."""

    application: Application
    name: str
    asked: Asked
    sheets: tuple[SheetState, ...]  # of everybody who scores this bid
    given: tuple[GivenScore, ...]  # empty while a sheet is missing
    consensus: Consensus | None

    @property
    def waiting(self) -> int:
        """Sheets that are not in yet; nothing is shown before they are."""
        return sum(not one.is_in for one in self.sheets)

    @property
    def is_ready(self) -> bool:
        return bool(self.sheets) and not self.waiting

    @property
    def is_open(self) -> bool:
        """Whether the panel can agree it now."""
        return self.is_ready and self.consensus is None and self.asked.needs_agreement

    @property
    def values(self) -> list[int | None]:
        return [None if one.abstained else one.value for one in self.given]

    @property
    def spread(self) -> int | None:
        return spread(self.values)

    @property
    def disagreement(self) -> Fraction:
        """The spread as a share of the scale, so that unlike scales compare."""
        return _share(self.spread, self.asked)

    @property
    def is_outside(self) -> bool:
        """Whether what was agreed lies outside what was scored."""
        return self.consensus is not None and outside_range(self.consensus.value, self.values)


def _share(difference: int | None, asked: Asked) -> Fraction:
    return Fraction(difference or 0, asked.scale.highest - asked.scale.lowest)


@dataclass(frozen=True, slots=True)
class Known:
    """What a page has read already: the bids of the round, and those closed to the reader."""

    bids: Sequence[Application]
    closed: Collection[int]
    lots: Mapping[int, list[RoundLot]] | None = None
    sheets: Mapping[int, list["SheetState"]] | None = None
    consensus: Mapping[tuple[int, Key], Consensus] | None = None
    given: Mapping[tuple[int, Key], Score] | None = None  # by sheet


def agenda(
    bid_round: Round,
    panel: Panel,
    viewer: Viewer = SYSTEM,
    *,
    known: Known | None = None,
    application_id: int | None = None,
    only: Collection[int] | None = None,
    question: str | None = None,
    lot_code: str | None = None,
) -> list[AgendaRow]:
    """The questions of a panel's bids, largest disagreement first, then those that wait.

    Args:
        known: spares the reading of bids and interests.
        application_id: only of this bid; `only`: of these.
        question, lot_code: only this question (for this lot).
    """
    if application_id is not None:
        only = (application_id,)
    board = _Board.of(bid_round, panel, viewer, known, only)
    ready = [
        key
        for key, sheets in board.sheets.items()
        if key in board.names and all(one.is_in for one in sheets)
    ]
    given = known.given if known and known.given is not None else None
    if given is None:
        given = _given(_scores_of(board, ready), question, lot_code)
    agreed = known.consensus if known and known.consensus is not None else None
    if agreed is None:
        agreed = consensus_of(list(board.names), panel, question)
    rows = [
        AgendaRow(
            application=board.applications[bid_id],
            name=name,
            asked=asked,
            sheets=tuple(board.sheets[bid_id]),
            given=_by_scorer(board.sheets[bid_id], given, asked) if bid_id in ready else (),
            consensus=agreed.get((bid_id, asked.key)),
        )
        for bid_id, name in board.names.items()
        for asked in board.asked[bid_id]
        if question in (None, asked.question) and lot_code in (None, asked.lot_code)
    ]
    # Python's sort keeps equals as they stand: by name, then in the order of the scheme
    return sorted(rows, key=lambda row: (not row.is_ready, -row.disagreement))


@dataclass(frozen=True, slots=True)
class _Board:
    """What every turn of the board stands on: bids as they are called here, and their sheets."""

    panel: Panel
    names: Mapping[int, str]
    applications: Mapping[int, Application]
    asked: Mapping[int, tuple[Asked, ...]]
    sheets: Mapping[int, list[SheetState]]

    @classmethod
    def of(
        cls,
        bid_round: Round,
        panel: Panel,
        viewer: Viewer,
        known: Known | None,
        only: Collection[int] | None = None,
    ) -> "_Board":
        if known is None:
            known = Known(bids(bid_round), standing(viewer, bid_round).closed)
        names = {
            key: name
            for key, name in names_for(viewer, bid_round, known.bids).items()
            if key not in known.closed and (only is None or key in only)
        }
        lots = lots_of(list(names)) if known.lots is None else known.lots
        return cls(
            panel=panel,
            names=names,
            applications={bid.id: bid for bid in known.bids if bid.id in names},
            asked={
                key: asked_for(bid_round, [lot.code for lot in lots[key]], panel) for key in names
            },
            sheets=_sheets(panel, list(names)) if known.sheets is None else known.sheets,
        )


def _sheets(panel: Panel, application_ids: Collection[int]) -> dict[int, list[SheetState]]:
    """The sheets of a panel by bid, without those that an interest closes."""
    rows = db.session.execute(
        _counting(select(*OF_A_SHEET), panel, application_ids).order_by(Scorer.label)
    )
    sheets: dict[int, list[SheetState]] = defaultdict(list)
    for bid, *about in rows:
        sheets[bid].append(state_of(*about))
    return sheets


OF_A_SHEET = (
    Sheet.application_id,
    Sheet.id,
    Sheet.ref,
    Scorer.label,
    Sheet.stage,
    Sheet.returned_reason,
    Sheet.asks,
)


def state_of(  # noqa: PLR0917  the columns above
    id_: int, ref: str, scorer: str, stage: SheetStage, returned: str, asks: str
) -> SheetState:
    return SheetState(id_, ref, scorer, stage is SheetStage.SUBMITTED, returned, asks)


def ranking(
    panel: Panel, application_ids: Collection[int], key: Key
) -> tuple[dict[int, list[SheetState]], dict[int, tuple[int, int]]]:
    """The sheets of each bid, and the lowest and highest score for one question: one statement.

    Scores are told only of bids whose every sheet is in.
    """
    its_score = and_(
        Score.sheet_id == Sheet.id,
        Score.question_key == key[0],
        Score.lot_code == key[1],
        Score.set_aside_at.is_(None),
    )
    rows = db.session.execute(
        _counting(select(*OF_A_SHEET, Score.value), panel, application_ids)
        .outerjoin(Score, its_score)
        .order_by(Scorer.label)
    )
    sheets: dict[int, list[SheetState]] = defaultdict(list)
    values: dict[int, list[int]] = defaultdict(list)
    for bid, *about, value in rows.all():
        sheets[bid].append(state_of(*about))
        if value is not None:
            values[bid].append(value)
    ready = (bid for bid in values if all(one.is_in for one in sheets[bid]))
    return sheets, {bid: (min(values[bid]), max(values[bid])) for bid in ready}


def _counting(
    statement: "Select[*tuple[object, ...]]", panel: Panel, application_ids: Collection[int]
) -> "Select[*tuple[object, ...]]":
    return statement.join(Scorer, Scorer.id == Sheet.scorer_id).where(
        Scorer.panel == panel, Sheet.application_id.in_(application_ids), counts()
    )


def _scores_of(board: _Board, application_ids: Collection[int]) -> list[int]:
    return [one.id for key in application_ids for one in board.sheets[key]]


def _given(
    sheet_ids: Collection[int], question: str | None, lot_code: str | None
) -> dict[tuple[int, Key], Score]:
    wanted = select(Score).where(Score.sheet_id.in_(sheet_ids), Score.set_aside_at.is_(None))
    if question is not None:
        wanted = wanted.where(Score.question_key == question)
    if lot_code is not None:
        wanted = wanted.where(Score.lot_code == lot_code)
    return {
        (one.sheet_id, (one.question_key, one.lot_code)): one for one in db.session.scalars(wanted)
    }


def _by_scorer(
    sheets: Sequence[SheetState], given: Mapping[tuple[int, Key], Score], asked: Asked
) -> tuple[GivenScore, ...]:
    found = []
    for sheet in sheets:
        if not sheet.asks_for(asked.name):
            continue
        score = given.get((sheet.id, asked.key))
        if score is None:  # a question that came in later than the sheet
            found.append(GivenScore(sheet.scorer, None, abstained=True, reason=""))
        else:
            found.append(GivenScore(sheet.scorer, score.value, score.abstained, score.reason))
    return tuple(found)


def ranges(
    panel: Panel, application_ids: Collection[int], question: str = "", apart: int = 0
) -> dict[tuple[int, Key], tuple[int, int]]:
    """Lowest and highest score of each question of each bid; computed by the database.

    Args:
        question: only of this one.
        apart: only where they lie so many points apart, or more.
    """
    its_own = Score.question_key == question if question else true()
    rows = db.session.execute(
        _counting(
            select(
                Sheet.application_id,
                Score.question_key,
                Score.lot_code,
                func.min(Score.value).label("low"),
                func.max(Score.value).label("high"),
            ).join(Score, Score.sheet_id == Sheet.id),
            panel,
            application_ids,
        )
        .where(its_own, Score.value.is_not(None), Score.set_aside_at.is_(None))
        .group_by(Sheet.application_id, Score.question_key, Score.lot_code)
        .having(func.max(Score.value) - func.min(Score.value) >= apart)
    )
    return {(bid, (key, lot)): (low, high) for bid, key, lot, low, high in rows.all()}
