"""Bidders' questions as councils read them: without a word on who asked, until the round is opened.

Pages and files are given `Asked`, a plain value that holds no asker before that: what is not there
cannot be shown by mistake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Viewer
from portal.days import LONDON
from portal.db import db
from portal.paging import Page, Sorting, paginate
from portal.providers.models import Provider
from portal.rounds import policy_clarifications as policy
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from portal.rounds.queries_clarifications import holds, in_round, one_of
from scoring.clarifications import label, question_stage_at
from scoring.stages import QuestionStage

SORTING = Sorting(
    {"asked": ClarificationQuestion.asked_at},
    default="asked",
    unique=ClarificationQuestion.ref,
)


class State(StrEnum):
    """Where a question stands, in the words that the council's list is filtered by."""

    WAITING = "waiting"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    DECLINED = "declined"
    LAPSED = "lapsed"

    @property
    def title(self) -> str:
        return {
            State.WAITING: "Waiting for an answer",
            State.DRAFTED: "Answer being drafted",
            State.LAPSED: "Not answered",
        }.get(self, self.value.capitalize())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a council sees it. `asked_by` is empty until the round is opened."""

    ref: str
    text: str
    about: str
    asked_on: date
    state: State
    reason: str
    clarification: Clarification | None
    asked_by: str = ""

    @property
    def called(self) -> str:
        """The number of its answer, Q7; empty while there is none."""
        number = self.clarification.number if self.clarification else None
        return label(number) if number else ""


def queue(
    bid_round: Round,
    viewer: Viewer,
    now: datetime,
    *,
    state: State | None = None,
    words: str = "",
    about: str = "",
    cursor: str | None = None,
) -> Page[Asked]:
    """A page of a round's questions, the oldest first; withdrawn ones are nobody's business.

    Raises:
        NotFound: for those who do not read the questions of this round.
    """
    _refuse_strangers(bid_round, viewer)
    found = paginate(
        db.session,
        _queued(bid_round, now, state, words, about),
        SORTING,
        cursor=cursor,
        size=settings.get("list_page_size"),
    )
    return Page(
        _as_asked(found.items, bid_round, viewer, now),
        found.next_cursor,
        found.previous_cursor,
        found.size,
        found.sort,
    )


def whole_queue(
    bid_round: Round,
    viewer: Viewer,
    now: datetime,
    *,
    state: State | None = None,
    words: str = "",
    about: str = "",
) -> list[Asked]:
    """The same whole, for a file."""
    _refuse_strangers(bid_round, viewer)
    wanted = _queued(bid_round, now, state, words, about)
    found = db.session.scalars(
        wanted.order_by(ClarificationQuestion.asked_at, ClarificationQuestion.ref)
    )
    return _as_asked(found.all(), bid_round, viewer, now)


def numbers_by_state(bid_round: Round, viewer: Viewer, now: datetime) -> dict[State, int]:
    """How many questions stand where, for the filter."""
    _refuse_strangers(bid_round, viewer)
    sums = [
        func.sum(case((_in_state(state, bid_round, now), 1), else_=0)).label(state.name.lower())
        for state in State
    ]
    of_round = ClarificationQuestion.round_id == bid_round.id
    row = db.session.execute(select(*sums).where(of_round)).one()
    return {state: int(number or 0) for state, number in zip(State, row, strict=True)}


def question(bid_round: Round, ref: str, viewer: Viewer) -> ClarificationQuestion:
    """A question to act on. Pages are shown `asked` of it.

    Raises:
        NotFound: for those who do not read the questions of this round.
    """
    _refuse_strangers(bid_round, viewer)
    withdrawn = ClarificationQuestion.stage == QuestionStage.WITHDRAWN
    return one_of(in_round(bid_round, ref), ~withdrawn)


def asked(
    questions: Sequence[ClarificationQuestion], bid_round: Round, viewer: Viewer, now: datetime
) -> list[Asked]:
    """Questions as this viewer may see them."""
    _refuse_strangers(bid_round, viewer)
    return _as_asked(questions, bid_round, viewer, now)


def may_be_grouped(question: ClarificationQuestion, viewer: Viewer) -> list[ClarificationQuestion]:
    """Other questions that one answer could cover: those that wait, and stand in no other draft."""
    _refuse_strangers(question.round, viewer)
    free = ClarificationQuestion.clarification_id.is_(None)
    if question.clarification_id is not None:
        free = or_(free, ClarificationQuestion.clarification_id == question.clarification_id)
    found = db.session.scalars(
        select(ClarificationQuestion)
        .where(
            ClarificationQuestion.round_id == question.round_id,
            ClarificationQuestion.stage == QuestionStage.WAITING,
            ClarificationQuestion.id != question.id,
            free,
        )
        .order_by(ClarificationQuestion.asked_at, ClarificationQuestion.ref)
    )
    return list(found)


def clarification(bid_round: Round, ref: str, viewer: Viewer) -> Clarification:
    """An answer, drafted or published, with its questions and versions.

    Raises:
        NotFound: for those who do not read the questions of this round.
    """
    _refuse_strangers(bid_round, viewer)
    found = db.session.scalar(
        select(Clarification)
        .where(Clarification.round_id == bid_round.id, Clarification.ref == ref)
        .options(
            joinedload(Clarification.saved_by),
            selectinload(Clarification.questions),
            selectinload(Clarification.versions),
        )
    )
    if found is None:
        raise NotFound
    return found


def provider_names() -> list[str]:
    """The names of every provider, to be looked for in what will be published."""
    rows = db.session.execute(select(Provider.name, Provider.trading_name))
    return [name for row in rows for name in row if name]


def _refuse_strangers(bid_round: Round, viewer: Viewer) -> None:
    if not policy.may_read_queue(viewer, bid_round):
        raise NotFound


def _queued(
    bid_round: Round, now: datetime, state: State | None, words: str, about: str
) -> Select[tuple[ClarificationQuestion]]:
    states = [state] if state else list(State)
    wanted = select(ClarificationQuestion).where(
        ClarificationQuestion.round_id == bid_round.id,
        or_(*(_in_state(one, bid_round, now) for one in states)),
        *(holds(word, ClarificationQuestion.text) for word in words.split()),
    )
    if about:
        wanted = wanted.where(ClarificationQuestion.about == about)
    return wanted.options(
        joinedload(ClarificationQuestion.clarification).selectinload(Clarification.versions)
    )


def _in_state(state: State, bid_round: Round, now: datetime) -> ColumnElement[bool]:
    waits = ClarificationQuestion.stage == QuestionStage.WAITING
    lapsed = bid_round.deadline_at is not None and now >= bid_round.deadline_at
    if state is State.LAPSED:
        return and_(waits, lapsed)
    if state is State.WAITING:
        return and_(waits, not lapsed, ClarificationQuestion.clarification_id.is_(None))
    if state is State.DRAFTED:
        return and_(waits, not lapsed, ClarificationQuestion.clarification_id.is_not(None))
    return ClarificationQuestion.stage == QuestionStage(state.value)


def _as_asked(
    questions: Sequence[ClarificationQuestion], bid_round: Round, viewer: Viewer, now: datetime
) -> list[Asked]:
    names = _askers(questions, bid_round, viewer)
    return [
        Asked(
            ref=one.ref,
            text=one.text,
            about=one.about,
            asked_on=one.asked_at.astimezone(LONDON).date(),
            state=_state_of(one, bid_round, now),
            reason=one.reason,
            clarification=one.clarification,
            asked_by=names.get(one.provider_id, ""),
        )
        for one in questions
    ]


def _state_of(question: ClarificationQuestion, bid_round: Round, now: datetime) -> State:
    stage = question_stage_at(question.stage, bid_round.deadline_at, now)
    if stage is QuestionStage.WAITING and question.clarification_id is not None:
        return State.DRAFTED
    return State(stage.value)


def _askers(
    questions: Sequence[ClarificationQuestion], bid_round: Round, viewer: Viewer
) -> Mapping[int, str]:
    """The names of those who asked, by provider; none before the opening, whoever looks."""
    if not policy.may_know_askers(viewer, bid_round):
        return {}
    ids = {one.provider_id for one in questions}
    rows = db.session.execute(select(Provider.id, Provider.name).where(Provider.id.in_(ids)))
    return {row.id: row.name for row in rows}
