"""The moderation at a glance: numbers of each bid and question, and the largest open disagreements.

The database counts, so that 500 bids with 30 questions and 6 scorers come in a few statements. A bid
that is closed to the reader is in no number; a bid with a sheet missing gives numbers of sheets only.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import lcm
from operator import itemgetter

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation.asked import Asked, Key, asked_for
from portal.evaluation.bids import lots_of, names_for
from portal.evaluation.models import Consensus, Score, Scorer, Sheet
from portal.evaluation.moderation.board import Known
from portal.evaluation.panels.queries import counts
from portal.rounds.models import Round
from scoring.stages import SheetStage
from scoring.terms import Panel

MOST_APART = 10


@dataclass(frozen=True, slots=True)
class BidLine:
    """How far one bid is."""

    application: Application
    name: str
    sheets: int
    sheets_in: int
    asked: tuple[Asked, ...]
    agreed: int
    position: int  # in the order of names, as the reader knows them

    @property
    def to_agree(self) -> int:
        """Questions that the panel agrees; of the others the mean counts."""
        return sum(one.needs_agreement for one in self.asked)

    @property
    def is_ready(self) -> bool:
        return bool(self.sheets) and self.sheets_in == self.sheets

    @property
    def is_open(self) -> bool:
        """Whether something can be agreed now."""
        return self.is_ready and self.agreed < self.to_agree


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """How far one question is, over all bids that answer it."""

    asked: Asked
    bids: int
    ready: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Open:
    """A question of a bid that can be agreed now; `spread` is none where nobody gave a score."""

    application: Application
    name: str
    asked: Asked
    spread: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole moderation in numbers."""

    bids: list[BidLine]
    questions: list[QuestionLine]
    apart: list[Open]  # the widest first

    @property
    def total(self) -> int:
        return sum(line.to_agree for line in self.bids)

    @property
    def agreed(self) -> int:
        return sum(line.agreed for line in self.bids)


def summary(bid_round: Round, panel: Panel, viewer: Viewer, known: Known) -> Summary:
    """Numbers of bids and questions, and what to agree next: five statements."""
    lines = _lines(bid_round, panel, viewer, known)
    return Summary(
        bids=lines,
        questions=_questions(lines, _agreed_by_question(panel, lines)),
        apart=_apart(panel, lines),
    )


def next_open(
    bid_round: Round, panel: Panel, viewer: Viewer, known: Known, after: tuple[int, Key]
) -> Open | None:
    """What to agree after one question of one bid: the largest open disagreement of the board."""
    lines = _lines(bid_round, panel, viewer, known)
    found = _apart(panel, lines)
    return next((one for one in found if (one.application.id, one.asked.key) != after), None)


def _lines(bid_round: Round, panel: Panel, viewer: Viewer, known: Known) -> list[BidLine]:
    names = names_for(viewer, bid_round, known.bids)
    applications = {bid.id: bid for bid in known.bids if bid.id not in known.closed}
    lots, sheets, agreed = (
        lots_of(list(applications)),
        sheets_in(panel, applications),
        _agreed(panel, applications),
    )
    return [
        BidLine(
            applications[key],
            name,
            *sheets.get(key, (0, 0)),
            asked_for(bid_round, [lot.code for lot in lots[key]], panel),
            agreed.get(key, 0),
            position,
        )
        for position, (key, name) in enumerate(names.items())
        if key in applications
    ]


def sheets_in(panel: Panel, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Sheets of each bid, and how many of them are in."""
    is_in = func.sum(case((Sheet.stage == SheetStage.SUBMITTED, 1), else_=0))
    rows = db.session.execute(
        select(Sheet.application_id, func.count(), is_in)
        .join(Sheet.scorer)
        .where(Scorer.panel == panel, Sheet.application_id.in_(ids), counts())
        .group_by(Sheet.application_id)
    )
    return {key: (number, int(there)) for key, number, there in rows}


def _agreed(panel: Panel, ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Consensus.application_id, func.count().label("number"))
        .where(Consensus.panel == panel, Consensus.application_id.in_(ids))
        .group_by(Consensus.application_id)
    )
    return {row.application_id: row.number for row in rows}


def _agreed_by_question(panel: Panel, lines: Iterable[BidLine]) -> dict[Key, int]:
    rows = db.session.execute(
        select(Consensus.question_key, Consensus.lot_code, func.count())
        .where(
            Consensus.panel == panel,
            Consensus.application_id.in_([line.application.id for line in lines]),
        )
        .group_by(Consensus.question_key, Consensus.lot_code)
    )
    return {(question, lot_code): number for question, lot_code, number in rows}


def _questions(lines: Iterable[BidLine], agreed: Mapping[Key, int]) -> list[QuestionLine]:
    bids, ready = Counter[Key](), Counter[Key]()
    asked: dict[Key, Asked] = {}
    for (questions, is_ready), number in Counter(
        (line.asked, line.is_ready) for line in lines
    ).items():
        for one in (one for one in questions if one.needs_agreement):
            asked[one.key] = one
            bids[one.key] += number
            ready[one.key] += number * is_ready
    return [
        QuestionLine(one, bids[key], ready[key], agreed.get(key, 0)) for key, one in asked.items()
    ]


def _apart(panel: Panel, lines: Iterable[BidLine]) -> list[Open]:
    """The open questions whose scores lie furthest apart; of what nobody scored, the first one."""
    open_ = {line.application.id: line for line in lines if line.is_open}
    if not open_:
        return []
    found = []
    for bid, question, lot_code, spread, place in db.session.execute(_widest(panel, open_)):
        line = open_[bid]
        at = next((at for at, one in enumerate(line.asked) if one.key == (question, lot_code)), -1)
        if at >= 0:
            order = (place, line.position, at)
            found.append((order, Open(line.application, line.name, line.asked[at], spread)))
    if not found:
        return _unscored(panel, next(iter(open_.values())))
    return [one for _, one in sorted(found, key=itemgetter(0))[: MOST_APART + 1]]


def _widest(panel: Panel, open_: Mapping[int, BidLine]) -> "Select[tuple[int, str, str, int, int]]":
    spread = func.max(Score.value) - func.min(Score.value)
    by_question = (
        select(
            Sheet.application_id,
            Score.question_key,
            Score.lot_code,
            spread.label("spread"),
            (spread * _factor(open_.values())).label("share"),
        )
        .join(Score, Score.sheet_id == Sheet.id)
        .join(Scorer, Scorer.id == Sheet.scorer_id)
        .where(
            Scorer.panel == panel,
            Sheet.application_id.in_(open_),
            Score.value.is_not(None),
            Score.set_aside_at.is_(None),
            Score.question_key.in_(_to_agree(open_.values())),
            counts(),
        )
        .group_by(Sheet.application_id, Score.question_key, Score.lot_code)
        .subquery()
    )
    found = by_question.c
    is_agreed = (
        select(Consensus.id)
        .where(
            Consensus.application_id == found.application_id,
            Consensus.question_key == found.question_key,
            Consensus.lot_code == found.lot_code,
        )
        .exists()
    )
    ranked = (
        select(
            found.application_id,
            found.question_key,
            found.lot_code,
            found.spread,
            func.rank().over(order_by=found.share.desc()).label("place"),
        )
        .where(~is_agreed)
        .subquery()
    )
    # equals stand at one place, and come all: which of them is first, is not the database's to say
    return select(*ranked.c).where(ranked.c.place <= MOST_APART + 1)


def _to_agree(lines: Iterable[BidLine]) -> set[str]:
    questions = {one for asked in {line.asked for line in lines} for one in asked}
    return {one.question for one in questions if one.needs_agreement}


def _factor(lines: Iterable[BidLine]) -> ColumnElement[int]:
    """What makes spreads on unlike scales comparable, in whole numbers."""
    height: dict[str, int] = {}
    for asked in {line.asked for line in lines}:
        height |= {one.question: one.scale.highest - one.scale.lowest for one in asked}
    whole = lcm(*height.values())
    usual = Counter(height.values()).most_common(1)[0][0]
    others = [
        (Score.question_key == question, whole // high)
        for question, high in height.items()
        if high != usual
    ]
    factor: ColumnElement[int] = (
        case(*others, else_=whole // usual) if others else literal(whole // usual)
    )
    return func.min(factor)


def _unscored(panel: Panel, line: BidLine) -> list[Open]:
    """A bid in which everybody abstained on what is left: its first question without agreement."""
    agreed = {
        (question, lot_code)
        for question, lot_code in db.session.execute(
            select(Consensus.question_key, Consensus.lot_code).where(
                Consensus.application_id == line.application.id, Consensus.panel == panel
            )
        )
    }
    left = [one for one in line.asked if one.needs_agreement and one.key not in agreed]
    return [Open(line.application, line.name, one, None) for one in left[:1]]
