"""The verbs of a provider: start an application, and write its working copy.

Submitting and withdrawing are in `actions_submission.py`; other rooms find them here too.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import audit, mail
from portal.access import Decision, Viewer
from portal.applications import policy, queries, reminders
from portal.applications.actions_submission import note_refusal, submit, withdraw
from portal.applications.models import (
    Answer,
    Application,
    ApplicationLot,
    AttachedDocument,
    OfferedRate,
)
from portal.audit import Event
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.edits import EditConflict, Saved, refuse_unseen
from portal.mail import Message
from portal.providers.models import Provider
from portal.rounds.models import Round
from scoring.answers import parse_answer
from scoring.content import Content
from scoring.eligibility import questions_in
from scoring.rules import RuleBroken
from scoring.stages import ScanStage

__all__ = [
    "EditConflict",
    "attach_document",
    "choose_lots",
    "detach_document",
    "note_refusal",
    "offer_rate",
    "promise_document",
    "save_answer",
    "start",
    "submit",
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
        round=bid_round, provider=provider, started_by_id=actor.person_id, started_at=now
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
    _may_edit(actor, application, now)
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
    _changed(application, now)
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
    _may_edit(actor, application, now)
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
    _stamp(answer, actor, now, "" if leaving else page)
    answer.value = value
    _changed(application, now)
    audit.record(
        Event.ANSWER_SAVED,
        application,
        actor=actor,
        now=now,
        question=question_key,
        revision=answer.revision,
    )
    return answer


def attach_document(
    application: Application,
    checklist_key: str,
    version: DocumentVersion,
    *,
    actor: Viewer,
    now: datetime,
) -> AttachedDocument:
    """Offer a document for a line of the checklist; it takes the place of what was there.

    Raises:
        RuleBroken: `application:edit-refused`, `document:unknown-line`, `document:not-yours`,
            `document:other-type`, `document:infected`.
    """
    _may_edit(actor, application, now)
    line = _line(application, checklist_key)
    document = version.document
    if document.provider_id != application.provider_id or document.bound_to not in (
        "",
        application.ref,
    ):
        raise RuleBroken("document:not-yours", "Choose a document of your organisation.", "source")
    if document.type_key != line["type"]:
        raise RuleBroken("document:other-type", "Choose a document of this kind.", "source")
    if version.file.scan is ScanStage.INFECTED:
        raise RuleBroken(
            "document:infected", "A virus was found in this file. Upload a clean one.", "source"
        )
    return _attach(application, checklist_key, version, actor=actor, now=now)


def promise_document(
    application: Application, checklist_key: str, *, actor: Viewer, now: datetime
) -> AttachedDocument:
    """Answer “we will hold it from the start” to a document that the award asks for.

    Raises:
        RuleBroken: `application:edit-refused`, `document:unknown-line`, `document:needed-now`
            (it is asked for with the application).

    Source: Procurement Act 2023, section 22(3)(b).
    """
    _may_edit(actor, application, now)
    line = _line(application, checklist_key)
    if line["stage"] != "award":
        raise RuleBroken(
            "document:needed-now", "This document is needed with the application.", "source"
        )
    return _attach(application, checklist_key, None, actor=actor, now=now)


def detach_document(
    application: Application, checklist_key: str, *, actor: Viewer, now: datetime
) -> None:
    """Take back what was offered for a line; the file stays where it is.

    Raises:
        RuleBroken: `application:edit-refused`.
    """
    _may_edit(actor, application, now)
    attached = _attached(application, checklist_key)
    if attached is None:
        return
    db.session.delete(attached)
    _changed(application, now)
    audit.record(Event.DOCUMENT_REMOVED, application, actor=actor, now=now)
    db.session.flush()


def offer_rate(
    application: Application,
    lot_code: str,
    item_key: str,
    amount_pence: int | None,
    seen_revision: int | None,
    *,
    page: str = "",
    leaving: bool = True,
    actor: Viewer,
    now: datetime,
) -> OfferedRate:
    """Save a price of the rate card for a lot; None takes it out again.

    Args:
        amount_pence: above zero. The limits of the card are held at submission.
        seen_revision, page, leaving: as in `save_answer`.

    Raises:
        EditConflict: somebody else saved another price in the meantime.
        RuleBroken: `application:edit-refused`, `rate:unknown-item`, `rate:unknown-lot`,
            `rate:not-positive`.
    """
    _may_edit(actor, application, now)
    field = f"rate-{lot_code}-{item_key}"
    _check_rate_place(application, lot_code, item_key, field)
    if amount_pence is not None and amount_pence <= 0:
        raise RuleBroken("rate:not-positive", "A price must be more than £0.", field)
    rate = db.session.scalar(
        select(OfferedRate)
        .where(
            OfferedRate.application_id == application.id,
            OfferedRate.lot_code == lot_code,
            OfferedRate.item_key == item_key,
        )
        .execution_options(populate_existing=True)
    )
    if rate is None:
        rate = OfferedRate(
            application_id=application.id, lot_code=lot_code, item_key=item_key, revision=0
        )
        if amount_pence is None:
            return rate
        db.session.add(rate)
    else:
        if rate.amount_pence == amount_pence:
            return rate
        if not (page and rate.saved_from == page):
            theirs = Saved(rate.amount_pence, rate.revision, rate.saved_by.name, rate.saved_at)
            refuse_unseen(seen_revision, amount_pence, theirs, field)
    _stamp(rate, actor, now, "" if leaving else page)
    rate.amount_pence = amount_pence
    _changed(application, now)
    audit.record(Event.RATE_OFFERED, application, actor=actor, now=now, revision=rate.revision)
    return rate


def _may_edit(actor: Viewer, application: Application, now: datetime) -> None:
    decision: Decision = policy.may_edit(actor, application, now)
    decision.or_refuse("application:edit-refused")
    # those who write one application queue here, so that no two first answers meet
    db.session.execute(
        select(Application.id).where(Application.id == application.id).with_for_update()
    )


def _stamp(row: Answer | OfferedRate, actor: Viewer, now: datetime, page: str) -> None:
    if row.revision:
        db.session.expire(row, ["saved_by"])  # it may be somebody else now
    row.revision += 1
    row.saved_by_id, row.saved_at, row.saved_from = _person_id(actor), now, page


def _person_id(actor: Viewer) -> int:
    if actor.person_id is None:
        raise RuleBroken("application:edit-refused", "Only people can write an application.")
    return actor.person_id


def _changed(application: Application, now: datetime) -> None:
    application.changed_at = now
    db.session.flush()


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


def _line(application: Application, checklist_key: str) -> Content:
    lines: list[Any] = application.round.checklist.body["documents"]
    for line in lines:
        if line["key"] == checklist_key and line["of"] == "organisation":
            found: Content = line
            return found
    raise RuleBroken("document:unknown-line", "This round does not ask for this document.")


def _attached(application: Application, checklist_key: str) -> AttachedDocument | None:
    return db.session.scalar(
        select(AttachedDocument).where(
            AttachedDocument.application_id == application.id,
            AttachedDocument.checklist_key == checklist_key,
        )
    )


def _attach(
    application: Application,
    checklist_key: str,
    version: DocumentVersion | None,
    *,
    actor: Viewer,
    now: datetime,
) -> AttachedDocument:
    attached = _attached(application, checklist_key)
    if attached is None:
        attached = AttachedDocument(application_id=application.id, checklist_key=checklist_key)
        db.session.add(attached)
    elif attached.promised == (version is None) and attached.version is version:
        return attached
    attached.version, attached.promised = version, version is None
    attached.attached_by_id, attached.attached_at = _person_id(actor), now
    _changed(application, now)
    audit.record(Event.DOCUMENT_ATTACHED, application, actor=actor, now=now)
    return attached


def _check_rate_place(application: Application, lot_code: str, item_key: str, field: str) -> None:
    items = {item["key"] for item in application.round.rate_card.body["items"]}
    if item_key not in items:
        raise RuleBroken("rate:unknown-item", "This price is not asked for here.", field)
    if lot_code not in {lot.code for lot in application.round.lots}:
        raise RuleBroken("rate:unknown-lot", "This round has no such lot.", field)
