"""The verbs of the council's answers: drafted, published to all, corrected.

Those who ask, answer and withdraw in one round queue behind each other, so that a number is given
once and nothing is answered that was just withdrawn. What is done to a question alone is in
`actions_questions.py`; other rooms find it here too.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal import audit, queue
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.rounds import policy_clarifications as policy
from portal.rounds.abouts import checked_about
from portal.rounds.actions_questions import ask, decline, join_answer, withdraw
from portal.rounds.clarifying import lock, person_id, reason_of, refs, refuse_decided
from portal.rounds.models import Round
from portal.rounds.models_clarifications import (
    Clarification,
    ClarificationQuestion,
    ClarificationVersion,
)
from scoring.canonical import canonical_json, sha256_of
from scoring.clarifications import LONGEST_ANSWER, checked_answer, checked_question
from scoring.rules import RuleBroken
from scoring.stages import CLARIFICATION, QUESTION, ClarificationStage, move
from scoring.text import cleaned

__all__ = [
    "TELL_JOB",
    "ask",
    "correct",
    "decline",
    "discard",
    "join_answer",
    "publish",
    "save_answer",
    "withdraw",
]

TELL_JOB = "clarifications:tell"
TOLD_TOGETHER = timedelta(minutes=15)  # what is published within it is told in one mail


def save_answer(
    question: ClarificationQuestion,
    *,
    wording: str,
    answer: str,
    about: str,
    others: Iterable[ClarificationQuestion] = (),
    seen_revision: int | None = None,
    actor: Viewer,
    now: datetime,
) -> Clarification:
    """Draft an answer, or change the draft. Nobody outside the councils sees it.

    Args:
        wording: of the question as it will be published, without what tells who asked.
        answer: may be empty while it is a draft.
        others: questions that ask the same; all of them, those left out leave the draft.
        seen_revision: of the draft that the page showed; None where there was none.

    Raises:
        EditConflict: somebody else saved the draft in the meantime.
        RuleBroken: `clarification:not-allowed`, `question:decided`, `clarification:other-draft`,
            `question:…`, `answer:too-long`.
    """
    bid_round = question.round
    policy.may_answer(actor, bid_round, now).or_refuse("clarification:not-allowed")
    lock(bid_round)
    grouped = _grouped(question, others)
    draft = question.clarification
    texts = (checked_question(wording, "wording"), _cleaned_answer(answer))
    part = checked_about(bid_round, about)
    if draft is None:
        draft = Clarification(round=bid_round, question=texts[0])
        db.session.add(draft)
    else:
        refuse_unseen(seen_revision, texts, _saved(draft), "answer")
        db.session.expire(draft, ["saved_by"])
    draft.question, draft.answer = texts
    draft.about = part
    draft.revision = (draft.revision or 0) + 1
    draft.saved_by_id, draft.saved_at = person_id(actor), now
    draft.questions = grouped
    db.session.flush()
    audit.record(
        Event.CLARIFICATION_DRAFTED,
        draft,
        actor=actor,
        now=now,
        revision=draft.revision,
        questions=refs(grouped),
    )
    return draft


def discard(draft: Clarification, *, actor: Viewer, now: datetime) -> None:
    """Throw a draft away; its questions wait again.

    Raises:
        RuleBroken: `clarification:not-allowed`, `clarification:published`.
    """
    policy.may_answer(actor, draft.round, now).or_refuse("clarification:not-allowed")
    lock(draft.round)
    _refuse_published(draft)
    audit.record(
        Event.CLARIFICATION_DISCARDED, draft, actor=actor, now=now, questions=refs(draft.questions)
    )
    draft.questions = []
    db.session.delete(draft)
    db.session.flush()


def publish(
    draft: Clarification,
    *,
    checked: bool,
    seen_revision: int,
    actor: Viewer,
    now: datetime,
) -> Clarification:
    """Publish an answer to everybody, under the next number. Its questions are answered.

    Args:
        checked: whether the officer says that nothing in it tells who asked.
        seen_revision: of the draft that was looked at.

    Raises:
        RuleBroken: `clarification:not-allowed`, `clarification:published`, `answer:empty`,
            `clarification:not-checked`, `clarification:changed-meanwhile`.
    """
    policy.may_answer(actor, draft.round, now).or_refuse("clarification:not-allowed")
    lock(draft.round)
    _refuse_published(draft)
    _refuse_other_revision(draft, seen_revision)
    checked_answer(draft.answer)
    _refuse_unchecked(checked)
    number, questions = _next_number(draft.round), list(draft.questions)
    _add_version(draft, "", actor, now)
    draft.stage = move(CLARIFICATION, draft.stage, "publish")
    draft.number, draft.published_at = number, now
    for question in questions:
        question.stage = move(QUESTION, question.stage, "answer")
        question.decided_at = now
    db.session.flush()
    _record_version(Event.CLARIFICATION_PUBLISHED, draft, actor, now)
    _tell_everybody(draft.round, now)
    return draft


def correct(
    clarification: Clarification,
    *,
    wording: str,
    answer: str,
    note: str,
    checked: bool,
    seen_revision: int,
    actor: Viewer,
    now: datetime,
) -> Clarification:
    """Publish a corrected version. What stood before stays to be read, with its date.

    Args:
        note: what changes, in a sentence for bidders.

    Raises:
        RuleBroken: `clarification:not-allowed`, `clarification:correct:not-allowed`,
            `clarification:changed-meanwhile`, `clarification:no-change`, `clarification:no-note`,
            `clarification:not-checked`, `question:…`, `answer:…`.
    """
    policy.may_answer(actor, clarification.round, now).or_refuse("clarification:not-allowed")
    lock(clarification.round)
    db.session.refresh(clarification)
    clarification.stage = move(CLARIFICATION, clarification.stage, "correct")
    _refuse_other_revision(clarification, seen_revision)
    texts = (checked_question(wording, "wording"), checked_answer(answer))
    if texts == (clarification.question, clarification.answer):
        raise RuleBroken("clarification:no-change", "Nothing has changed.", "answer")
    why = reason_of(note, "note", "clarification:no-note", "Say what changes.")
    _refuse_unchecked(checked)
    clarification.question, clarification.answer = texts
    clarification.revision += 1
    clarification.saved_by_id, clarification.saved_at = person_id(actor), now
    _add_version(clarification, why, actor, now)
    db.session.flush()
    _record_version(Event.CLARIFICATION_CORRECTED, clarification, actor, now)
    _tell_everybody(clarification.round, now)
    return clarification


def _grouped(
    question: ClarificationQuestion, others: Iterable[ClarificationQuestion]
) -> list[ClarificationQuestion]:
    """The questions of one draft: each waits, and stands in no other draft."""
    refuse_decided(question)
    found = [question]
    for other in others:
        if other.id == question.id:
            continue
        refuse_decided(other, "others")
        if other.round_id != question.round_id or other.clarification_id not in {
            None,
            question.clarification_id,
        }:
            raise RuleBroken(
                "clarification:other-draft", "One of these is in another draft already.", "others"
            )
        found.append(other)
    return found


def _refuse_published(draft: Clarification) -> None:
    db.session.refresh(draft)
    if draft.stage is ClarificationStage.PUBLISHED:
        raise RuleBroken("clarification:published", "This answer is published already.")


def _refuse_other_revision(clarification: Clarification, seen_revision: int) -> None:
    if clarification.revision != seen_revision:
        raise RuleBroken(
            "clarification:changed-meanwhile",
            "Somebody changed this while your page was open. Look at it again.",
        )


def _refuse_unchecked(checked: bool) -> None:
    if not checked:
        raise RuleBroken(
            "clarification:not-checked",
            "Tick the box to say that nothing here tells who asked.",
            "checked",
        )


def _cleaned_answer(answer: str) -> str:
    text = cleaned(answer, "answer")
    return checked_answer(text) if len(text) > LONGEST_ANSWER else text


def _saved(draft: Clarification) -> Saved:
    texts = (draft.question, draft.answer)
    return Saved(texts, draft.revision, draft.saved_by.name, draft.saved_at)


def _next_number(bid_round: Round) -> int:
    numbers = select(func.max(Clarification.number)).where(Clarification.round_id == bid_round.id)
    return (db.session.scalar(numbers) or 0) + 1


def _add_version(clarification: Clarification, note: str, actor: Viewer, now: datetime) -> None:
    clarification.versions.append(
        ClarificationVersion(
            number=len(clarification.versions) + 1,
            question=clarification.question,
            answer=clarification.answer,
            note=note,
            published_by_id=person_id(actor),
            published_at=now,
        )
    )


def _record_version(act: Event, clarification: Clarification, actor: Viewer, now: datetime) -> None:
    newest = clarification.versions[-1]
    audit.record(
        act,
        clarification,
        actor=actor,
        now=now,
        number=clarification.number,
        version=newest.number,
        questions=refs(clarification.questions),
        sha256=sha256_of(canonical_json({"question": newest.question, "answer": newest.answer})),
    )


def _tell_everybody(bid_round: Round, now: datetime) -> None:
    """Ask for one mail to everybody who takes part, about all that is published these minutes."""
    window = int(TOLD_TOGETHER.total_seconds())
    soon = now + timedelta(minutes=1)  # a mail that is being written takes nothing in any more
    gone = int(soon.timestamp()) % window
    due_at = soon.replace(microsecond=0) + timedelta(seconds=window - gone)
    queue.put(TELL_JOB, bid_round.ref, now=now, due_at=due_at)
