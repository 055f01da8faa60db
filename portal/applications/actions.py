"""The verbs of a provider: start an application, and write it.

What it offers beside its answers is in `actions_offers.py`, submitting and withdrawing in
`submitting/actions.py`; other rooms find all of them here.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from portal import audit, mail
from portal.access import Viewer
from portal.applications import policy, queries, reminders
from portal.applications.actions_offers import (
    attach_document,
    detach_document,
    offer_rate,
    promise_document,
    seen_of,
)
from portal.applications.actions_rate_book import take_rate_book
from portal.applications.editing import answers_version, changed, may_edit, stamp
from portal.applications.lots.councils import choose_councils
from portal.applications.lots.order import put_in_order
from portal.applications.models import Answer, Application, ApplicationLot
from portal.applications.submitting.actions import note_refusal, submit, withdraw
from portal.audit import Event
from portal.db import db
from portal.edits import EditConflict, Saved, refuse_unseen
from portal.mail import Message
from portal.providers.models import Provider
from portal.rounds.models import Round
from scoring.answers import parse_answer
from scoring.content import Content
from scoring.differences import Part
from scoring.eligibility import questions_in
from scoring.rules import RuleBroken

__all__ = [
    "EditConflict",
    "attach_document",
    "choose_councils",
    "choose_lots",
    "detach_document",
    "note_refusal",
    "offer_rate",
    "promise_document",
    "put_in_order",
    "save_answer",
    "seen_of",
    "start",
    "submit",
    "take_rate_book",
    "withdraw",
]


def start(bid_round: Round, provider: Provider, *, actor: Viewer, now: datetime) -> Application:
    """Start the one application of a provider to a round; a second click finds the first.

    Raises:
        RuleBroken: `application:start-refused`.
    """
    policy.may_start(actor, bid_round, provider.id, now).or_refuse("application:start-refused")
    # two colleagues who start at the same moment queue here
    db.session.execute(select(Provider.id).where(Provider.id == provider.id).with_for_update())
    found = queries.own_application_to(bid_round, [provider.id], actor)
    if found is not None:
        return found
    application = Application(
        round=bid_round,
        provider=provider,
        started_by_id=actor.person_id,
        started_at=now,
        confirmed_version=bid_round.version,
    )
    db.session.add(application)
    db.session.flush()
    audit.record(Event.APPLICATION_STARTED, application, actor=actor, now=now)
    mail.write(
        Message.APPLICATION_STARTED,
        to=queries.administrators(provider.id),
        now=now,
        about=application.ref,
        round_title=bid_round.title,
        deadline_at=bid_round.deadline_at,
    )
    reminders.ask(application, now)
    return application


def choose_lots(
    application: Application,
    codes: Iterable[str],
    *,
    seen: Iterable[str] | None = None,
    actor: Viewer,
    now: datetime,
) -> None:
    """Set the lots that are applied for. Answers for a lot left out are kept, and not sent.

    Args:
        seen: the lots that the page showed, so that a colleague's choice is not undone unseen.

    Raises:
        RuleBroken: `application:edit-refused`, `lots:unknown`, `lots:changed-meanwhile`.
    """
    may_edit(actor, application, now)
    on_offer = {lot.code: lot for lot in application.round.lots if lot.cancelled_at is None}
    wanted = set(codes)
    if not wanted <= on_offer.keys():
        raise RuleBroken("lots:unknown", "Choose from the lots of this round.", "lots")
    chosen = {lot.round_lot.code: lot for lot in application.lots}
    if wanted == chosen.keys():
        return
    if seen is not None and set(seen) != chosen.keys():
        raise RuleBroken(
            "lots:changed-meanwhile",
            "Somebody else changed the lots while this page was open. "
            f"Chosen now: {', '.join(sorted(chosen)) or 'none'}. Choose again.",
            "lots",
        )
    for code in chosen.keys() - wanted:
        application.lots.remove(chosen[code])
        db.session.delete(chosen[code])
    for code in sorted(wanted - chosen.keys()):
        application.lots.append(ApplicationLot(round_lot=on_offer[code]))
    changed(application, now)
    audit.record(Event.LOTS_CHOSEN, application, actor=actor, now=now)


def save_answer(
    application: Application,
    question_key: str,
    lot_code: str,
    raw: object,
    seen_revision: int | None,
    *,
    page: str = "",
    leaving: bool = True,
    actor: Viewer,
    now: datetime,
) -> Answer:
    """Save one answer as it was typed; nothing typed takes it out again.

    Args:
        lot_code: for a question asked for each lot; else empty.
        raw: as `scoring.answers.parse_answer` takes it.
        seen_revision: of the answer that the page showed; 0 or None when there was none.
        page: names one opening of one page, which may save many times over without a conflict.
        leaving: whether the page is left with this; what it sends later comes too late.

    Raises:
        EditConflict: somebody else saved another answer in the meantime. Nothing is overwritten.
        RuleBroken: `application:edit-refused`, `answer:unknown-question`, `answer:unknown-lot`,
            `answer:…`, `text:…`.
    """
    may_edit(actor, application, now)
    question = _question(application, question_key, lot_code)
    value = parse_answer(question, raw)
    answer = db.session.scalar(
        select(Answer)
        .where(
            Answer.application_id == application.id,
            Answer.question_key == question_key,
            Answer.lot_code == lot_code,
        )
        .execution_options(populate_existing=True)
    )
    if answer is None:
        answer = Answer(
            application_id=application.id, question_key=question_key, lot_code=lot_code, revision=0
        )
        if value is None:
            answer.value = None
            return answer  # nothing was typed where nothing was
        db.session.add(answer)
    else:
        if answer.value == value:
            return answer
        if not (page and answer.saved_from == page):
            refuse_unseen(seen_revision, value, _saved(answer), question_key)
    stamp(answer, actor, now, "" if leaving else page)
    answer.on_version = answers_version(application, page, Part.QUESTIONS, question_key, lot_code)
    answer.value = value
    changed(application, now)
    audit.record(
        Event.ANSWER_SAVED,
        application,
        actor=actor,
        now=now,
        question=question_key,
        revision=answer.revision,
    )
    return answer


def _saved(answer: Answer) -> Saved:
    return Saved(answer.value, answer.revision, answer.saved_by.name, answer.saved_at)


def _question(application: Application, key: str, lot_code: str) -> Content:
    question = questions_in(application.round.question_set.body).get(key)
    if question is None:
        raise RuleBroken("answer:unknown-question", "This question is not asked here.", key)
    codes = {lot.code for lot in application.round.lots}
    if (lot_code in codes) if question.get("per_lot") else not lot_code:
        return question
    raise RuleBroken("answer:unknown-lot", "This question is not asked for that lot.", key)
