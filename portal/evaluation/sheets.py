"""Sheets: one's own, what they ask, and what is missing on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache

from flask import has_request_context
from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import settings
from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.bids import IN_EVALUATION, bids, lots_of, names_for
from portal.evaluation.models import ConflictDeclaration, Score, Scorer, Sheet
from portal.evaluation.panels.queries import (
    CONTENT,
    closed_sheets,
    counts,
    interests_in,
    my_rounds,
    scorers,
    standing,
    standing_in_brief,
)
from portal.rounds.models import Round
from scoring.rules import Finding
from scoring.sheets import Mark, missing_scores
from scoring.stages import RoundStage, SheetStage
from scoring.terms import Panel


def my_sheets(viewer: Viewer, bid_round: Round | None = None) -> list[Sheet]:
    """The viewer's own sheets, without those that a conflict closes, by the bids' shown names.

    Nothing before interests are declared. Of one round, or of every round.
    """
    wanted = [bid_round] if bid_round is not None else my_rounds(viewer, *policy.SCORING_PARTS)
    return [one for each in wanted for one in _my_sheets(viewer, each)]


def _my_sheets(viewer: Viewer, bid_round: Round) -> list[Sheet]:
    mine, in_evaluation = standing(viewer, bid_round), bids(bid_round)
    seen = policy.may_see_bids(mine, [bid.id for bid in in_evaluation])
    if not seen or not has_begun(bid_round):
        return []
    place = {id_: at for at, id_ in enumerate(names_for(viewer, bid_round, in_evaluation))}
    found = db.session.scalars(
        select(Sheet)
        .where(
            Sheet.scorer_id.in_(mine.scorer_ids),
            Sheet.application_id.in_(place.keys() - mine.closed),
            Sheet.set_aside_at.is_(None),
        )
        .options(joinedload(Sheet.application), joinedload(Sheet.scorer))
    ).all()
    return sorted(found, key=lambda one: place[one.application_id])


def hold_sheet(sheet_: Sheet) -> None:
    """Keep a sheet as it is until the commit, with the scores that it has now.

    On SQLite a request that writes has held the whole database since before it read the sheet.
    """
    if db.engine.dialect.name == "sqlite" and has_request_context():
        return
    db.session.refresh(sheet_, ["stage", "scores"], with_for_update=True)


def has_begun(bid_round: Round) -> bool:
    """Whether sheets may be opened: they can be assigned before, and are closed until the start."""
    return bid_round.stage is RoundStage.EVALUATION or bid_round.stage in policy.AFTER_LOCK


def sheet(ref: str, viewer: Viewer) -> Sheet | None:
    """One's own sheet, open to be read once interests are declared; nothing for anybody else."""
    found = db.session.scalar(_a_sheet().where(Sheet.ref == ref))
    if found is None or found.set_aside_at is not None or not has_begun(found.application.round):
        return None
    mine = standing_in_brief(viewer, found.application.round)
    if found.scorer_id not in mine.scorer_ids or found.application_id in mine.closed:
        return None
    return found if has_declared_on_all(viewer, found.application.round) else None


def has_declared_on_all(viewer: Viewer, bid_round: Round) -> bool:
    """Whether somebody declared on every bid of a round; the database looks, however many there are."""
    whose = {"round": bid_round.id, "person": viewer.person_id}
    return not db.session.scalar(_something_undeclared(), whose)


@cache
def _something_undeclared() -> "Select[tuple[bool]]":
    """Put together once: every page of a sheet asks it."""
    round_id, person_id = bindparam("round", type_=Integer), bindparam("person", type_=Integer)
    said = select(ConflictDeclaration.application_id).where(
        ConflictDeclaration.round_id == round_id, ConflictDeclaration.person_id == person_id
    )
    left = select(Application.id).where(
        Application.round_id == round_id,
        Application.stage.in_(IN_EVALUATION),
        Application.id.not_in(said),
    )
    return select(left.exists())


def panel_sheet(ref: str, bid_round: Round) -> Sheet | None:
    """Any sheet of a round, for the act of giving it back (the policy says by whom)."""
    return db.session.scalar(
        _a_sheet().where(Sheet.ref == ref, Application.round_id == bid_round.id)
    )


@cache
def _a_sheet() -> Select[Sheet]:
    """A sheet with all that its pages read; put together once."""
    return (
        select(Sheet)
        .join(Sheet.application)
        .options(
            contains_eager(Sheet.application).joinedload(Application.provider),
            contains_eager(Sheet.application)
            .joinedload(Application.round)
            .options(*(joinedload(part) for part in CONTENT)),
            joinedload(Sheet.scorer),
            selectinload(Sheet.scores),
        )
    )


def sheet_for(scorer: Scorer, application: Application) -> Sheet | None:
    """The sheet of one scorer for one bid, for those who act for the portal itself."""
    return db.session.scalar(
        _a_sheet().where(Sheet.scorer_id == scorer.id, Sheet.application_id == application.id)
    )


def asked_on(sheet_: Sheet) -> tuple[Asked, ...]:
    """What a sheet asks to score: of all that the panel asks of the bid, what was assigned."""
    lots = lots_of([sheet_.application_id])[sheet_.application_id]
    codes = [lot.code for lot in lots]
    return on_sheet(sheet_, asked_for(sheet_.application.round, codes, sheet_.scorer.panel))


def on_sheet(sheet_: Sheet, asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """Those questions that were assigned to the sheet's scorer."""
    return tuple(one for one in asked if sheet_.asks_for(one.name)) if sheet_.asks else asked


def asked_of(application: Application, panel: Panel | None = None) -> tuple[Asked, ...]:
    """What is scored of one bid, in the order of the scheme."""
    lots = lots_of([application.id])[application.id]
    return asked_for(application.round, [lot.code for lot in lots], panel)


def values_on(sheets: Iterable[Sheet], key: Key) -> dict[int, int]:
    """The scores given to one question, by sheet; abstentions are left out."""
    rows = db.session.execute(
        select(Score.sheet_id, Score.value).where(
            Score.sheet_id.in_([one.id for one in sheets]),
            Score.question_key == key[0],
            Score.lot_code == key[1],
            Score.value.is_not(None),
            Score.set_aside_at.is_(None),
        )
    )
    return {row.sheet_id: row.value for row in rows}


def marks_of(sheet_: Sheet) -> dict[str, Mark]:
    """What a sheet says so far, by "question|lot", without what was set aside."""
    return {
        one.name: Mark(one.value, one.reason, one.abstained)
        for one in sheet_.scores
        if one.set_aside_at is None
    }


def missing_on(sheet_: Sheet, asked: Iterable[Asked] | None = None) -> list[Finding]:
    """What keeps a sheet from being submitted; `where` is "question|lot".

    Args:
        asked: what the sheet asks, where it was read before.
    """
    return missing_scores(
        {one.name: one.scale for one in asked or asked_on(sheet_)},
        marks_of(sheet_),
        minimum_words=reason_words(sheet_.scorer.panel),
    )


def reason_words(panel: Panel) -> int:
    """The fewest words of a reason; Young Commissioners may be shorter."""
    key = "young_reason_words" if panel is Panel.YOUNG else "reason_words"
    return int(settings.get(key))


def score_of(sheet_: Sheet, key: Key) -> Score | None:
    """The score of one question on a sheet."""
    return next((one for one in sheet_.scores if (one.question_key, one.lot_code) == key), None)


def sheets_of_panel(
    bid_round: Round,
    panel: Panel,
    application_ids: Collection[int],
    closed: Collection[tuple[int, int]] | None = None,
) -> dict[int, list[Sheet]]:
    """The sheets that count, by bid: of every scorer without a conflict. Without their scores.

    Args:
        closed: (scorer, bid) that an interest closes, where that was read before.
    """
    if closed is None:
        closed = closed_sheets(scorers(bid_round), interests_in(bid_round))
    rows = db.session.scalars(
        select(Sheet)
        .join(Sheet.scorer)
        .where(
            Scorer.panel == panel,
            Sheet.application_id.in_(application_ids),
            Sheet.set_aside_at.is_(None),
        )
        .options(contains_eager(Sheet.scorer))
        .order_by(Scorer.label)
    )
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for one in rows:
        if (one.scorer_id, one.application_id) not in closed:
            sheets[one.application_id].append(one)
    return sheets


def waiting_sheets(application_ids: Collection[int]) -> dict[int, int]:
    """How many sheets of each bid are not in; those that a conflict closes are not waited for."""
    rows = db.session.execute(
        select(Sheet.application_id, func.count().label("number"))
        .where(
            Sheet.application_id.in_(application_ids),
            Sheet.stage != SheetStage.SUBMITTED,
            counts(),
        )
        .group_by(Sheet.application_id)
    )
    return {row.application_id: row.number for row in rows}
