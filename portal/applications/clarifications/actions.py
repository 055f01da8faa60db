"""The verbs of the council's one request to a bidder: listed, written, sent.

Who may is told in `policy.py`, the life in `scoring/clarifications.py`. The request
takes up every item of the check that is to be asked (`CheckOutcome.CLARIFY`), and the answers that
only inform which were added here. How a bidder replies is in `actions_replies.py`.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal import audit, mail, queue, settings
from portal.access import Viewer
from portal.applications import queries
from portal.applications.clarifications import policy
from portal.applications.clarifications.models import ClarificationField, ClarificationRequest
from portal.applications.clarifications.originals import document_type_of, informing_answers
from portal.applications.compliance import queries as queries_compliance
from portal.applications.compliance.queries import Check
from portal.applications.editing import person_id
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from scoring.canonical import canonical_json, sha256_of
from scoring.clarifications import (
    askable_kind,
    check_reply_date,
    checked_question,
    refuse_empty_request,
    refuse_second_request,
)
from scoring.eligibility import questions_in
from scoring.rules import RuleBroken
from scoring.stages import CLARIFICATION_REQUEST, move

REMIND_JOB = "clarification-request:remind"
REMINDED = timedelta(days=1)  # before the date


def add_field(
    application: Application,
    key: str,
    lot_code: str,
    asked: str,
    *,
    actor: Viewer,
    now: datetime,
) -> ClarificationField:
    """List an answer that only informs, and write what is asked. Asked again, its words change.

    Args:
        key: `answer:` and the key of the question.

    Raises:
        RuleBroken: `clarification-request:not-allowed`, `clarification-request:not-askable`,
            `clarification-request:no-field`, `question:empty`, `question:too-long`.
        NotFound: the actor may not read this bid.
    """
    request, _ = _to_write(application, actor, now)
    words = checked_question(asked, "asked")
    _refuse_unaskable(application, key)
    content = queries.bid_content(application, actor)
    there = {(one.lot_code, one.key): one for one in informing_answers(application, content)}
    answer = there.get((lot_code, key))
    if answer is None:
        raise RuleBroken(
            "clarification-request:no-field", "Choose an answer of this application.", "field"
        )
    field = next((one for one in request.fields if one.place == (lot_code, key)), None)
    if field is None:
        field = ClarificationField(
            lot_code=lot_code, key=key, title=answer.title, position=len(request.fields)
        )
        request.fields.append(field)
    field.asked = words
    db.session.flush()
    _record_draft(request, actor, now)
    return field


def remove_field(field: ClarificationField, *, actor: Viewer, now: datetime) -> None:
    """Ask about one answer less.

    Raises:
        RuleBroken: `clarification-request:not-allowed`.
    """
    request, _ = _to_write(field.request.application, actor, now)
    request.fields.remove(field)
    db.session.delete(field)
    db.session.flush()
    _record_draft(request, actor, now)


def send_request(
    application: Application, reply_until_at: datetime | None, *, actor: Viewer, now: datetime
) -> ClarificationRequest:
    """Ask the bidder, once, about every item marked so and every answer listed.

    Raises:
        RuleBroken: `clarification-request:not-allowed`, `clarification-request:once`,
            `clarification-request:nothing-asked`, `clarification-request:not-askable`,
            `clarification-request:no-date`, `clarification-request:too-soon`.
        NotFound: the actor may not read this bid.
    """
    request, check = _to_write(application, actor, now)
    check_reply_date(now, reply_until_at, int(settings.get("clarification_days")))
    _take_items(request, check)
    refuse_empty_request(len(request.fields))
    for position, field in enumerate(request.fields):
        field.position = position
        field.document_type = document_type_of(field.key, field.lot_code, application)
    request.stage = move(CLARIFICATION_REQUEST, request.stage, "send")
    request.reply_until_at, request.sent_at = reply_until_at, now
    request.sent_by_id = person_id(actor)
    db.session.flush()
    audit.record(
        Event.REQUEST_SENT,
        request,
        actor=actor,
        now=now,
        application=application.ref,
        until_at=reply_until_at,
        fields=_places(request),
        sha256=sha256_of(canonical_json([[*one.place, one.asked] for one in request.fields])),
    )
    _tell_bidder(request, now)
    return request


def _to_write(
    application: Application, actor: Viewer, now: datetime
) -> tuple[ClarificationRequest, Check]:
    """The request that is not sent yet, made when it is the first word; the bid is locked."""
    db.session.refresh(application, ["stage"], with_for_update=True)
    request = db.session.scalar(
        select(ClarificationRequest)
        .where(ClarificationRequest.application_id == application.id)
        .execution_options(populate_existing=True)
    )
    policy.may_request(actor, application, None).or_refuse("clarification-request:not-allowed")
    if request is not None:
        refuse_second_request(request.stage)
    check = queries_compliance.check_of(application.ref, actor, now)
    if request is None:
        request = ClarificationRequest(application=application)
        db.session.add(request)
        db.session.flush()
    return request, check


def _take_items(request: ClarificationRequest, check: Check) -> None:
    """The items of the check that the officer marked to be asked, before the answers listed here."""
    taken = []
    for item in check.in_question:
        _refuse_unaskable(check.application, item.key)
        asked = check.decisions[item.place].reason
        taken.append(
            ClarificationField(lot_code=item.lot_code, key=item.key, title=item.title, asked=asked)
        )
    request.fields = [*taken, *request.fields]


def _refuse_unaskable(application: Application, key: str) -> None:
    question = questions_in(application.round.question_set.body).get(key.partition(":")[2], {})
    askable_kind(key, str(question.get("role") or ""))


def _record_draft(request: ClarificationRequest, actor: Viewer, now: datetime) -> None:
    audit.record(
        Event.REQUEST_DRAFTED,
        request,
        actor=actor,
        now=now,
        application=request.application.ref,
        fields=_places(request),
    )


def _places(request: ClarificationRequest) -> list[list[str]]:
    return [[one.lot_code, one.key] for one in request.fields]


def _tell_bidder(request: ClarificationRequest, now: datetime) -> None:
    bid = request.application
    mail.write(
        Message.CLARIFICATION_REQUESTED,
        queries.administrators(bid.provider_id),
        now=now,
        about=bid.ref,
        title=bid.round.title,
        council=bid.round.lead_council.name,
        until_at=request.reply_until_at,
    )
    if request.reply_until_at is not None:
        due_at = request.reply_until_at - REMINDED
        if due_at > now:
            queue.put(REMIND_JOB, request.ref, now=now, due_at=due_at)
