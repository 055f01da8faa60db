"""Clarifications as anybody reads them, and questions as those read them who asked.

What councils read of questions stands beside this, in `queries_questions.py`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Permission, Role, Viewer
from portal.db import db
from portal.paging import Page, Sorting, paginate
from portal.providers.models import Provider
from portal.rounds import policy_clarifications as policy
from portal.rounds.boards import Figure, figures
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from portal.web import Due
from scoring.stages import ClarificationStage, QuestionStage, RoundStage

PUBLISHED = Sorting(
    {"number": Clarification.number, "published": Clarification.published_at},
    default="number",
    unique=Clarification.ref,
)
OWN = Sorting(
    {"asked": ClarificationQuestion.asked_at},
    default="-asked",
    unique=ClarificationQuestion.ref,
)


def published(
    bid_round: Round,
    *,
    words: str = "",
    about: str = "",
    sort: str | None = None,
    cursor: str | None = None,
) -> Page[Clarification]:
    """A page of the published answers, with every version. The round was found before, for anybody."""
    return paginate(
        db.session,
        _published(bid_round, words, about),
        PUBLISHED,
        sort=sort,
        cursor=cursor,
        size=settings.get("list_page_size"),
    )


def all_published(bid_round: Round, *, words: str = "", about: str = "") -> list[Clarification]:
    """The same whole, by number, for a file."""
    found = _published(bid_round, words, about).order_by(Clarification.number)
    return list(db.session.scalars(found))


def number_published(bid_round: Round, *, words: str = "", about: str = "") -> int:
    """How many published answers there are."""
    wanted = _narrowed(select(func.count(Clarification.id)), bid_round, words, about)
    return db.session.scalar(wanted) or 0


def newest_published(bid_round: Round, most: int = 3) -> list[Clarification]:
    """The answers that were published last, for the page of the round."""
    wanted = _published(bid_round, "", "").order_by(Clarification.number.desc()).limit(most)
    return list(db.session.scalars(wanted))


def _published(bid_round: Round, words: str, about: str) -> Select[Any]:
    wanted = _narrowed(select(Clarification), bid_round, words, about)
    return wanted.options(selectinload(Clarification.versions))


def _narrowed(wanted: Select[Any], bid_round: Round, words: str, about: str) -> Select[Any]:
    wanted = wanted.where(
        Clarification.round_id == bid_round.id,
        Clarification.stage == ClarificationStage.PUBLISHED,
        *(holds(word, Clarification.question, Clarification.answer) for word in words.split()),
    )
    return wanted.where(Clarification.about == about) if about else wanted


def holds(word: str, *columns: Any) -> ColumnElement[bool]:
    """Whether one of the columns has this word in it, in small letters or large."""
    return or_(*(func.lower(column).contains(word.lower(), autoescape=True) for column in columns))


def own_questions(
    bid_round: Round, viewer: Viewer, *, cursor: str | None = None
) -> Page[ClarificationQuestion]:
    """The questions of the viewer's organisations in a round, newest first."""
    wanted = (
        select(ClarificationQuestion)
        .where(
            ClarificationQuestion.round_id == bid_round.id,
            ClarificationQuestion.provider_id.in_(_own_providers(viewer)),
        )
        .options(
            joinedload(ClarificationQuestion.asked_by),
            joinedload(ClarificationQuestion.provider),
            joinedload(ClarificationQuestion.clarification),
        )
    )
    return paginate(db.session, wanted, OWN, cursor=cursor, size=settings.get("list_page_size"))


def own_question(bid_round: Round, ref: str, viewer: Viewer) -> ClarificationQuestion:
    """One question of the viewer's own organisation.

    Raises:
        NotFound: for everybody else.
    """
    return one_of(
        in_round(bid_round, ref), ClarificationQuestion.provider_id.in_(_own_providers(viewer))
    )


def own_provider_choices(viewer: Viewer) -> list[Provider]:
    """The organisations that the viewer may ask for, by name."""
    wanted = select(Provider).where(Provider.id.in_(_own_providers(viewer)))
    return list(db.session.scalars(wanted.order_by(Provider.name, Provider.id)))


def _own_providers(viewer: Viewer) -> frozenset[int]:
    return viewer.provider_ids if viewer.may(Permission.APPLICATION_READ) else frozenset()


def in_round(bid_round: Round, ref: str) -> Select[tuple[ClarificationQuestion]]:
    """The statement that finds one question of a round."""
    return select(ClarificationQuestion).where(
        ClarificationQuestion.round_id == bid_round.id, ClarificationQuestion.ref == ref
    )


def one_of(
    wanted: Select[tuple[ClarificationQuestion]], condition: ColumnElement[bool]
) -> ClarificationQuestion:
    """The question of a statement, if the condition holds.

    Raises:
        NotFound: it does not, or there is none.
    """
    options = joinedload(ClarificationQuestion.clarification)
    found = db.session.scalar(wanted.where(condition).options(options))
    if found is None:
        raise NotFound
    return found


def due(viewer: Viewer, now: datetime) -> Iterable[Due]:
    """Questions that wait for the lead's commissioners, while an answer is of use to bidders."""
    if not viewer.may(Permission.ROUND_EDIT):
        return
    wanted = (
        select(Round, func.count())
        .join(ClarificationQuestion, ClarificationQuestion.round_id == Round.id)
        .where(
            Round.stage == RoundStage.PUBLISHED,
            Round.deadline_at > now,
            Round.lead_council_id.in_(viewer.councils_as(Role.COMMISSIONER)),
            ClarificationQuestion.stage == QuestionStage.WAITING,
        )
        .group_by(Round.id)
        .order_by(Round.deadline_at)
    )
    for bid_round, number in db.session.execute(wanted):
        questions = "1 question" if number == 1 else f"{number} questions"
        yield Due(
            title=f"Answer {questions} on {bid_round.title}",
            address=url_for("rounds.clarification_queue", ref=bid_round.ref),
            due_at=bid_round.questions_until_at or bid_round.deadline_at,
            note="Nobody at a council learns who asked before the round is opened.",
            tag="Question",
            count=number,
        )


@figures
def waiting_figure(bid_round: Round, viewer: Viewer, now: datetime) -> Iterable[Figure]:
    """On the page of a round: how many questions wait for an answer, or never got one."""
    if not policy.may_read_queue(viewer, bid_round):
        return
    wanted = select(func.count(ClarificationQuestion.id)).where(
        ClarificationQuestion.round_id == bid_round.id,
        ClarificationQuestion.stage == QuestionStage.WAITING,
    )
    number = db.session.scalar(wanted) or 0
    lapsed = bid_round.deadline_at is not None and now >= bid_round.deadline_at
    if number:
        words = "question" if number == 1 else "questions"
        yield Figure(number, f"{words} without an answer" if lapsed else f"{words} to answer")
