"""The verbs of a bidder's question: asked, withdrawn, declined, joined to an answer that is there.

Who may is told in `policy_clarifications.py`, the life in `scoring/clarifications.py`. No word of the
trail names a provider: an act of a provider's people shows itself to auditors when the round is opened.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal import audit, mail
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.people.models import Membership, Person
from portal.providers.models import Provider
from portal.rounds import policy_clarifications as policy
from portal.rounds.abouts import checked_about
from portal.rounds.clarifying import leave_draft, lock, person_id, reason_of, refuse_decided
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from scoring.canonical import sha256_of
from scoring.clarifications import checked_question
from scoring.rules import RuleBroken
from scoring.stages import QUESTION, ClarificationStage, QuestionStage, move


def ask(
    bid_round: Round,
    provider: Provider,
    text: str,
    about: str,
    *,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> ClarificationQuestion:
    """Ask the council. The same question sent twice while it waits is one.

    Args:
        about: a key of `abouts`; empty for the round as a whole.
        received_at: when the request came in; exactly at the last moment is late.

    Raises:
        RuleBroken: `question:ask-refused`, `question:empty`, `question:too-long`, `question:about`.
    """
    policy.may_ask(actor, bid_round, provider.id, received_at).or_refuse("question:ask-refused")
    words, part = checked_question(text), checked_about(bid_round, about)
    lock(bid_round)
    there = db.session.scalar(
        select(ClarificationQuestion).where(
            ClarificationQuestion.round_id == bid_round.id,
            ClarificationQuestion.provider_id == provider.id,
            ClarificationQuestion.stage == QuestionStage.WAITING,
            ClarificationQuestion.text == words,
            ClarificationQuestion.about == part,
        )
    )
    if there is not None:
        return there
    question = ClarificationQuestion(
        round=bid_round,
        provider_id=provider.id,
        asked_by_id=person_id(actor),
        asked_at=received_at,
        text=words,
        about=part,
    )
    db.session.add(question)
    db.session.flush()
    audit.record(
        Event.QUESTION_ASKED,
        question,
        actor=actor,
        now=now,
        received_at=received_at,
        sha256=sha256_of(words),
    )
    return question


def withdraw(question: ClarificationQuestion, *, actor: Viewer, now: datetime) -> None:
    """Take a question back that nobody has answered. A draft that it leaves empty goes too.

    Raises:
        RuleBroken: `question:withdraw-refused`.
    """
    lock(question.round)
    db.session.refresh(question)
    policy.may_withdraw(actor, question, now).or_refuse("question:withdraw-refused")
    question.stage = move(QUESTION, question.stage, "withdraw")
    question.decided_at = now
    leave_draft(question)
    audit.record(Event.QUESTION_WITHDRAWN, question, actor=actor, now=now)


def decline(question: ClarificationQuestion, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Not answer a question, with a reason that only those who asked read.

    Raises:
        RuleBroken: `clarification:not-allowed`, `question:decided`, `question:no-reason`.
    """
    policy.may_answer(actor, question.round, now).or_refuse("clarification:not-allowed")
    lock(question.round)
    refuse_decided(question)
    why = reason_of(reason, "reason", "question:no-reason", "Say why it is not answered.")
    question.stage, question.reason = move(QUESTION, question.stage, "decline"), why
    question.decided_at = now
    leave_draft(question)
    audit.record(Event.QUESTION_DECLINED, question, actor=actor, now=now, values={"reason": why})
    _tell_asker(question, now)


def join_answer(
    question: ClarificationQuestion, clarification: Clarification, *, actor: Viewer, now: datetime
) -> None:
    """Say that a published answer answers this question too.

    Raises:
        RuleBroken: `clarification:not-allowed`, `question:decided`, `clarification:no-answer`.
    """
    policy.may_answer(actor, question.round, now).or_refuse("clarification:not-allowed")
    lock(question.round)
    refuse_decided(question)
    if (
        clarification.round_id != question.round_id
        or clarification.stage is not ClarificationStage.PUBLISHED
    ):
        raise RuleBroken("clarification:no-answer", "Choose an answer of this round.", "answer")
    leave_draft(question)
    question.clarification, question.decided_at = clarification, now
    question.stage = move(QUESTION, question.stage, "answer")
    db.session.flush()
    audit.record(
        Event.QUESTION_JOINED, question, actor=actor, now=now, clarification=clarification.ref
    )
    _tell_asker(question, now)


def _tell_asker(question: ClarificationQuestion, now: datetime) -> None:
    """Write to the person who asked; where the account is closed, to who administers it."""
    asker = db.session.get_one(Person, question.asked_by_id)
    people = [asker] if asker.active else _administrators(question.provider_id)
    mail.write(
        Message.QUESTION_DECIDED,
        people,
        now=now,
        about=question.round.ref,
        title=question.round.title,
    )


def _administrators(provider_id: int) -> Sequence[Person]:
    wanted = select(Person).join(Membership)
    return db.session.scalars(
        wanted.where(
            Membership.organisation_id == provider_id,
            Membership.role == Role.PROVIDER_ADMIN,
            Person.active,
        )
    ).all()
