"""Reads of the evaluation. Nobody gets another scorer's scores before their own are in."""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.access import Viewer
from portal.applications.models import Application, BidLot
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.models import (
    ConflictDeclaration,
    Consensus,
    Interest,
    PanelMember,
    Result,
    Score,
    Scorer,
    ScorerPerson,
    Sheet,
    YoungSignOff,
)
from portal.evaluation.policy import Standing
from portal.rounds.models import Round, RoundLot
from scoring.moderation import AgendaItem, spread
from scoring.stages import ApplicationLotStage, ApplicationStage, SheetStage
from scoring.terms import Panel

IN_EVALUATION = (
    ApplicationStage.COMPLIANT,
    ApplicationStage.EVALUATED,
    ApplicationStage.ADMITTED,
    ApplicationStage.NOT_ADMITTED,
)
GONE_ON = (
    ApplicationLotStage.PASSED,
    ApplicationLotStage.ADMITTED,
    ApplicationLotStage.NOT_ADMITTED,
)


def bids(bid_round: Round) -> Sequence[Application]:
    """The bids that passed the compliance check, by name."""
    found = db.session.scalars(
        select(Application)
        .where(Application.round_id == bid_round.id, Application.stage.in_(IN_EVALUATION))
        .options(joinedload(Application.provider))
    ).all()
    return sorted(found, key=lambda bid: bid.provider.name.casefold())


def lots_of(application_ids: Collection[int]) -> dict[int, list[RoundLot]]:
    """The lots for which each bid passed the compliance check, in the order of the round."""
    rows = db.session.execute(
        select(BidLot.application_id, RoundLot)
        .join(BidLot.round_lot)
        .where(BidLot.application_id.in_(application_ids), BidLot.stage.in_(GONE_ON))
        .order_by(RoundLot.position)
    )
    lots: dict[int, list[RoundLot]] = defaultdict(list)
    for application_id, lot in rows:
        lots[application_id].append(lot)
    return lots


def blind_labels(bid_round: Round, applications: Iterable[Application]) -> dict[int, str]:
    """ "Bid A", "Bid B" … in an order that only the installation's key knows."""
    key = str(current_app.config["AUDIT_KEY"]).encode()

    def shuffled(application: Application) -> str:
        return hmac.new(key, f"{bid_round.ref}|{application.ref}".encode(), sha256).hexdigest()

    ordered = sorted(applications, key=shuffled)
    return {bid.id: f"Bid {_letters(number)}" for number, bid in enumerate(ordered)}


def _letters(number: int) -> str:
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def standing(viewer: Viewer, bid_round: Round) -> Standing:
    """What the viewer is in a round, and which bids are closed to them."""
    if viewer.person_id is None:
        return Standing()
    parts = db.session.scalars(
        select(PanelMember.part).where(
            PanelMember.round_id == bid_round.id, PanelMember.person_id == viewer.person_id
        )
    ).all()
    scorer_ids = db.session.scalars(
        select(Scorer.id)
        .join(ScorerPerson)
        .where(Scorer.round_id == bid_round.id, ScorerPerson.person_id == viewer.person_id)
    ).all()
    team = select(ScorerPerson.person_id).where(ScorerPerson.scorer_id.in_(scorer_ids))
    declarations = db.session.scalars(
        select(ConflictDeclaration).where(
            ConflictDeclaration.round_id == bid_round.id,
            (ConflictDeclaration.person_id == viewer.person_id)
            | ConflictDeclaration.person_id.in_(team),
        )
    ).all()
    return Standing(
        parts=frozenset(parts),
        scorer_ids=frozenset(scorer_ids),
        declared={
            one.application_id: one.interest
            for one in declarations
            if one.person_id == viewer.person_id
        },
        closed=frozenset(
            one.application_id for one in declarations if one.interest is not Interest.NONE
        ),
    )


def members(bid_round: Round) -> Sequence[PanelMember]:
    """The panel, by part and name."""
    found = db.session.scalars(
        select(PanelMember)
        .where(PanelMember.round_id == bid_round.id)
        .options(joinedload(PanelMember.person))
    ).all()
    return sorted(found, key=lambda member: (member.part.value, member.person.name))


def scorers(bid_round: Round) -> Sequence[Scorer]:
    """Who fills sheets: persons and pairs."""
    return db.session.scalars(
        select(Scorer)
        .where(Scorer.round_id == bid_round.id)
        .options(selectinload(Scorer.people).joinedload(ScorerPerson.person))
        .order_by(Scorer.panel, Scorer.label)
    ).all()


def declarations(bid_round: Round) -> Sequence[ConflictDeclaration]:
    """Everything that was declared in a round."""
    return db.session.scalars(
        select(ConflictDeclaration)
        .where(ConflictDeclaration.round_id == bid_round.id)
        .options(joinedload(ConflictDeclaration.person))
    ).all()


def closed_sheets(bid_round: Round, all_scorers: Sequence[Scorer]) -> set[tuple[int, int]]:
    """(scorer, bid) that a declared interest of any member closes."""
    conflicted = {
        (one.person_id, one.application_id)
        for one in declarations(bid_round)
        if one.interest is not Interest.NONE
    }
    return {
        (scorer.id, application_id)
        for scorer in all_scorers
        for person in scorer.people
        for person_id, application_id in conflicted
        if person.person_id == person_id
    }


def my_rounds(viewer: Viewer) -> Sequence[Round]:
    """The rounds on whose panel the viewer is, newest first."""
    if viewer.person_id is None:
        return []
    return (
        db.session.scalars(
            select(Round)
            .join(PanelMember, PanelMember.round_id == Round.id)
            .where(PanelMember.person_id == viewer.person_id)
            .order_by(Round.deadline_at.desc())
        )
        .unique()
        .all()
    )


def panel_round(ref: str, viewer: Viewer) -> Round | None:
    """A round on whose panel the viewer is; nothing for anybody else."""
    return db.session.scalar(
        select(Round).where(
            Round.ref == ref,
            Round.id.in_(
                select(PanelMember.round_id).where(PanelMember.person_id == viewer.person_id)
            ),
        )
    )


def my_sheets(viewer: Viewer, bid_round: Round) -> Sequence[Sheet]:
    """The viewer's own sheets of a round, without those that a conflict closes."""
    mine = standing(viewer, bid_round)
    if not policy.may_see_bids(mine, [bid.id for bid in bids(bid_round)]):
        return []
    return [sheet for sheet in _sheets(mine.scorer_ids) if sheet.application_id not in mine.closed]


def _sheets(scorer_ids: Collection[int]) -> Sequence[Sheet]:
    return db.session.scalars(
        select(Sheet)
        .where(Sheet.scorer_id.in_(scorer_ids))
        .join(Sheet.application)
        .join(Application.provider)
        .options(
            contains_eager(Sheet.application).contains_eager(Application.provider),
            contains_eager(Sheet.application).joinedload(Application.round),
            selectinload(Sheet.scores),
            joinedload(Sheet.scorer),
        )
        .order_by(Sheet.id)
    ).all()


def sheet(ref: str, viewer: Viewer) -> Sheet | None:
    """One's own sheet, open to be read once interests are declared; nothing for anybody else."""
    found = db.session.scalar(
        select(Sheet)
        .where(Sheet.ref == ref)
        .options(
            joinedload(Sheet.application).joinedload(Application.provider),
            joinedload(Sheet.application).joinedload(Application.round),
            selectinload(Sheet.scores),
        )
    )
    if found is None:
        return None
    mine = standing(viewer, found.application.round)
    if found.scorer_id not in mine.scorer_ids or found.application_id in mine.closed:
        return None
    if not policy.may_see_bids(mine, [bid.id for bid in bids(found.application.round)]):
        return None
    return found


def asked_on(sheet_: Sheet) -> list[Asked]:
    """What a sheet asks to score."""
    lots = lots_of([sheet_.application_id])[sheet_.application_id]
    return asked_for(sheet_.application.round, [lot.code for lot in lots], sheet_.scorer.panel)


@dataclass(frozen=True, slots=True)
class GivenScore:
    """One scorer's score as the moderation sees it."""

    scorer: str
    value: int | None
    abstained: bool
    reason: str


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One question of one bid, ready to be agreed: scores with reasons, spread, consensus."""

    application: Application
    asked: Asked
    given: tuple[GivenScore, ...]
    waiting: int  # sheets that are not in yet; nothing is shown before they are
    consensus: Consensus | None

    @property
    def values(self) -> list[int | None]:
        return [None if one.abstained else one.value for one in self.given]

    @property
    def spread(self) -> int | None:
        return spread(self.values)

    @property
    def item(self) -> AgendaItem:
        return AgendaItem(
            self.application.ref, "|".join(self.asked.key), tuple(self.values), self.asked.scale
        )


def agenda(bid_round: Round, panel: Panel, hidden: Collection[int] = ()) -> list[AgendaRow]:
    """Every question of every bid of a panel, largest disagreement first, then those that wait.

    Args:
        hidden: bids that are closed to the reader.
    """
    applications = [bid for bid in bids(bid_round) if bid.id not in hidden]
    ids = [bid.id for bid in applications]
    lots, sheets = lots_of(ids), _open_sheets(bid_round, panel, ids)
    agreed = consensus_of(ids, panel)
    rows = []
    for bid in applications:
        own = sheets[bid.id]
        waiting = sum(one.stage is not SheetStage.SUBMITTED for one in own)
        for asked in asked_for(bid_round, [lot.code for lot in lots[bid.id]], panel):
            given = () if waiting else tuple(_given(one, asked.key) for one in own)
            rows.append(AgendaRow(bid, asked, given, waiting, agreed.get((bid.id, asked.key))))
    return sorted(rows, key=_agenda_order)


def _agenda_order(row: AgendaRow) -> tuple[bool, object, str, Key]:
    return (row.waiting > 0, -row.item.disagreement, row.application.provider.name, row.asked.key)


def _open_sheets(
    bid_round: Round, panel: Panel, application_ids: Collection[int]
) -> dict[int, list[Sheet]]:
    """The sheets of a panel by bid, without those that a conflict closes."""
    everybody = scorers(bid_round)
    closed = closed_sheets(bid_round, everybody)
    rows = db.session.scalars(
        select(Sheet)
        .join(Sheet.scorer)
        .where(Scorer.panel == panel, Sheet.application_id.in_(application_ids))
        .options(contains_eager(Sheet.scorer), selectinload(Sheet.scores))
        .order_by(Scorer.label)
    )
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for one in rows:
        if (one.scorer_id, one.application_id) not in closed:
            sheets[one.application_id].append(one)
    return sheets


def _given(one: Sheet, key: Key) -> GivenScore:
    score = next((s for s in one.scores if (s.question_key, s.lot_code) == key), None)
    if score is None:
        return GivenScore(one.scorer.label, None, abstained=True, reason="")
    return GivenScore(one.scorer.label, score.value, score.abstained, score.reason)


def sheets_of_panel(bid_round: Round, panel: Panel, application_id: int) -> list[Sheet]:
    """The sheets that count for one bid: of every scorer without a conflict."""
    return _open_sheets(bid_round, panel, [application_id])[application_id]


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


def score_of(sheet_: Sheet, key: Key) -> Score | None:
    """The score of one question on a sheet."""
    return next((one for one in sheet_.scores if (one.question_key, one.lot_code) == key), None)


def results(bid_round: Round, viewer: Viewer) -> Sequence[Result]:
    """The results of a round by lot, highest total first; nothing before the lock or for a stranger."""
    if not viewer.is_system and not policy.may_read_results(viewer, bid_round):
        return []
    rows = db.session.scalars(
        select(Result)
        .join(Result.round_lot)
        .where(RoundLot.round_id == bid_round.id)
        .options(
            contains_eager(Result.round_lot),
            joinedload(Result.application).joinedload(Application.provider),
        )
        .order_by(RoundLot.position)
    ).all()
    return sorted(rows, key=lambda one: (one.round_lot.position, one.application.provider.name))


def labels_for(bid_round: Round) -> Mapping[int, str]:
    """Blind labels of a round's bids."""
    return blind_labels(bid_round, bids(bid_round))
