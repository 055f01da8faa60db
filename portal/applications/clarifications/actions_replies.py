"""The verbs of a bidder's reply to the council's request: written field by field, sent once.

The submission stays as it is: a reply stands beside it. Nobody at a council sees a word of it before
it is sent.
"""

from datetime import datetime

from portal import audit, mail
from portal.access import Role, Viewer
from portal.applications.clarifications import policy
from portal.applications.clarifications.models import ClarificationField, ClarificationRequest
from portal.applications.editing import person_id
from portal.audit import Event
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.edits import Saved, refuse_unseen
from portal.mail import Message
from portal.people import queries as people
from scoring.canonical import canonical_json, sha256_of
from scoring.clarifications import (
    LONGEST_ANSWER,
    Reply,
    checked_answer,
    reply_findings,
    reply_refusal,
)
from scoring.rules import RuleBroken, refuse_errors
from scoring.stages import CLARIFICATION_REQUEST, move
from scoring.text import cleaned

REPLY_FORMAT = "clarification-reply/1"


def save_reply(
    field: ClarificationField,
    text: str,
    *,
    version: DocumentVersion | None = None,
    seen_revision: int | None = None,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> ClarificationField:
    """Write the reply to one field. Nobody at a council sees it before it is sent.

    Args:
        version: a document of one's own that is given; None keeps the one that is there.
        seen_revision: of the reply that the page showed; 0 or None when there was none.

    Raises:
        EditConflict: a colleague saved another text in the meantime.
        RuleBroken: `clarification-reply:refused`, `clarification-reply:no-document`,
            `answer:too-long`, `text:…`.
    """
    request = field.request
    _lock(request)
    policy.may_reply(actor, request, received_at).or_refuse("clarification-reply:refused")
    db.session.refresh(field)
    words = cleaned(text, "text")
    if len(words) > LONGEST_ANSWER:
        checked_answer(words, "text")
    if field.revision:
        refuse_unseen(seen_revision, words, _saved(field), "text")
    if version is not None:
        _refuse_document(field, version)
        field.version = version
    field.reply = words
    _stamp(field, actor, now)
    return field


def take_document_out(
    field: ClarificationField, *, received_at: datetime, actor: Viewer, now: datetime
) -> None:
    """Give no document after all; the file itself is kept.

    Raises:
        RuleBroken: `clarification-reply:refused`.
    """
    _lock(field.request)
    policy.may_reply(actor, field.request, received_at).or_refuse("clarification-reply:refused")
    db.session.refresh(field)
    field.version = None
    _stamp(field, actor, now)


def send_reply(
    request: ClarificationRequest,
    *,
    certified: bool,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> None:
    """Send the reply, once. From now on the councils read it, beside what was submitted.

    Raises:
        RuleBroken: `clarification-reply:late`, `clarification-reply:sent`,
            `clarification-reply:refused`, `clarification-reply:missing`,
            `clarification-reply:not-certified`.
    """
    _lock(request)
    refusal = reply_refusal(request.stage, request.reply_until_at, received_at)
    if refusal is not None and policy.is_of_bidder(actor, request):
        raise refusal
    policy.may_send_reply(actor, request, received_at).or_refuse("clarification-reply:refused")
    refuse_errors(reply_findings([_as_reply(one) for one in request.fields]))
    if not certified:
        raise RuleBroken(
            "clarification-reply:not-certified", "Tick the box to confirm the reply.", "certified"
        )
    request.stage = move(CLARIFICATION_REQUEST, request.stage, "reply")
    request.replied_at, request.replied_by_id = received_at, person_id(actor)
    request.reply_sha256 = sha256_of(canonical_reply(request))
    db.session.flush()
    audit.record(
        Event.REPLY_SENT,
        request,
        actor=actor,
        now=now,
        application=request.application.ref,
        received_at=received_at,
        sha256=request.reply_sha256,
    )
    _tell_officers(request, now)


def canonical_reply(request: ClarificationRequest) -> str:
    """A reply as canonical JSON: what its hash covers."""
    return canonical_json(
        {
            "format": REPLY_FORMAT,
            "request": request.ref,
            "application": request.application.ref,
            "fields": [
                {
                    "lot": one.lot_code,
                    "key": one.key,
                    "asked": one.asked,
                    "reply": one.reply,
                    "document": {
                        "version": one.version.ref,
                        "name": one.version.file.name,
                        "sha256": one.version.file.sha256,
                    }
                    if one.version
                    else None,
                }
                for one in request.fields
            ],
        }
    )


def _lock(request: ClarificationRequest) -> None:
    """Of two who write or send at once the second waits here, and reads what the first has done."""
    db.session.refresh(request, ["stage", "reply_until_at"], with_for_update=True)


def _refuse_document(field: ClarificationField, version: DocumentVersion) -> None:
    own = version.document.provider_id == field.request.application.provider_id
    if not field.takes_document or not own:
        raise RuleBroken(
            "clarification-reply:no-document", "Reply to this in words, without a document.", "file"
        )


def _stamp(field: ClarificationField, actor: Viewer, now: datetime) -> None:
    field.revision += 1
    field.saved_by_id, field.saved_at = person_id(actor), now
    db.session.flush()
    db.session.expire(field, ["saved_by"])
    audit.record(
        Event.REPLY_SAVED,
        field.request,
        actor=actor,
        now=now,
        field=[field.lot_code, field.key],
        revision=field.revision,
    )


def _saved(field: ClarificationField) -> Saved:
    by = field.saved_by.name if field.saved_by else ""
    at = field.saved_at or field.request.sent_at
    if at is None:
        raise RuntimeError("a reply was saved at no time")
    return Saved(field.reply, field.revision, by, at)


def _as_reply(field: ClarificationField) -> Reply:
    return Reply(field.ref, field.title, field.reply, has_document=field.version is not None)


def _tell_officers(request: ClarificationRequest, now: datetime) -> None:
    bid_round = request.application.round
    officers = people.people_with_role(
        Role.COMMISSIONER, [bid_round.lead_council_id], Viewer.system()
    )
    mail.write(
        Message.CLARIFICATION_REPLIED,
        officers,
        now=now,
        about=request.application.ref,
        title=bid_round.title,
    )
