"""The verbs of what an application offers beside its answers: documents, promises and prices."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.applications.editing import (
    answers_version,
    changed,
    may_edit,
    person_id,
    rate_title,
    stamp,
    version_shown,
)
from portal.applications.models import Application, AttachedDocument, OfferedRate
from portal.audit import Event
from portal.content.rates import asked_in
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.edits import EditConflict, Saved, refuse_unseen
from scoring.content import Content
from scoring.differences import Part
from scoring.rules import RuleBroken
from scoring.stages import ScanStage

NOTHING, PROMISE = "nothing", "promise"


def attach_document(
    application: Application,
    checklist_key: str,
    version: DocumentVersion,
    *,
    seen: str | None = None,
    page: str = "",
    actor: Viewer,
    now: datetime,
) -> AttachedDocument:
    """Offer a document for a line of the checklist; it takes the place of what was there.

    Args:
        seen: what the page showed in this place (`seen_of`); nothing is said where it does not
            matter.
        page: the open page that it comes from, which tells the version of the round that it showed.

    Raises:
        EditConflict: a colleague has offered something else in the meantime.
        RuleBroken: `application:edit-refused`, `document:unknown-line`, `document:not-yours`,
            `document:other-type`, `document:infected`.
    """
    may_edit(actor, application, now)
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
    return _attach(application, checklist_key, version, seen, page, actor=actor, now=now)


def promise_document(
    application: Application,
    checklist_key: str,
    *,
    seen: str | None = None,
    page: str = "",
    actor: Viewer,
    now: datetime,
) -> AttachedDocument:
    """Answer “we will hold it from the start” to a document that the award asks for.

    Args:
        seen, page: as in `attach_document`.

    Raises:
        EditConflict: a colleague has offered something else in the meantime.
        RuleBroken: `application:edit-refused`, `document:unknown-line`, `document:needed-now`
            (it is asked for with the application).

    Source: Procurement Act 2023, section 22(3)(b).
    """
    may_edit(actor, application, now)
    line = _line(application, checklist_key)
    if line["stage"] != "award":
        raise RuleBroken(
            "document:needed-now", "This document is needed with the application.", "source"
        )
    return _attach(application, checklist_key, None, seen, page, actor=actor, now=now)


def seen_of(attached: AttachedDocument | None) -> str:
    """What a page shows of a line of the checklist, to be told again when it is sent."""
    if attached is None:
        return NOTHING
    return PROMISE if attached.version is None else attached.version.ref


def detach_document(
    application: Application, checklist_key: str, *, actor: Viewer, now: datetime
) -> None:
    """Take back what was offered for a line; the file stays where it is.

    Raises:
        RuleBroken: `application:edit-refused`.
    """
    may_edit(actor, application, now)
    attached = _attached(application, checklist_key)
    if attached is None:
        return
    db.session.delete(attached)
    changed(application, now)
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
    may_edit(actor, application, now)
    field = f"rate-{lot_code}-{item_key}"
    title = rate_title(lot_code, _rate_item(application, lot_code, item_key, field)["title"])
    if amount_pence is not None and amount_pence <= 0:
        raise RuleBroken("rate:not-positive", f"“{title}” must be more than £0.", field)
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
    stamp(rate, actor, now, "" if leaving else page)
    rate.on_version = answers_version(application, page, Part.RATES, item_key, lot_code)
    rate.amount_pence = amount_pence
    changed(application, now)
    audit.record(Event.RATE_OFFERED, application, actor=actor, now=now, revision=rate.revision)
    return rate


def _line(application: Application, checklist_key: str) -> Content:
    lines: list[Any] = application.round.checklist.body["documents"]
    for line in lines:
        if line["key"] == checklist_key and line["of"] == "organisation":
            found: Content = line
            return found
    raise RuleBroken("document:unknown-line", "This round does not ask for this document.")


def _attached(application: Application, checklist_key: str) -> AttachedDocument | None:
    return db.session.scalar(
        select(AttachedDocument)
        .where(
            AttachedDocument.application_id == application.id,
            AttachedDocument.checklist_key == checklist_key,
        )
        .execution_options(populate_existing=True)  # a colleague may have been quicker
    )


def _attach(
    application: Application,
    checklist_key: str,
    version: DocumentVersion | None,
    seen: str | None,
    page: str,
    *,
    actor: Viewer,
    now: datetime,
) -> AttachedDocument:
    attached = _attached(application, checklist_key)
    if attached is None:
        attached = AttachedDocument(application_id=application.id, checklist_key=checklist_key)
        db.session.add(attached)
    elif attached.promised == (version is None) and attached.version is version:
        if attached.on_version == version_shown(page, application.round):
            return attached  # else it is given again, to the newer text
    elif seen is not None and seen != seen_of(attached):
        raise _conflict(attached, version)
    attached.version, attached.promised = version, version is None
    attached.attached_by_id, attached.attached_at = person_id(actor), now
    attached.on_version = answers_version(application, page, Part.DOCUMENTS, checklist_key, "")
    changed(application, now)
    audit.record(Event.DOCUMENT_ATTACHED, application, actor=actor, now=now)
    return attached


def _conflict(attached: AttachedDocument, version: DocumentVersion | None) -> EditConflict:
    theirs = Saved(_file_name(attached.version), 0, attached.attached_by.name, attached.attached_at)
    return EditConflict(_file_name(version), theirs, "source")


def _file_name(version: DocumentVersion | None) -> str | None:
    return None if version is None else version.file.name


def _rate_item(application: Application, lot_code: str, item_key: str, field: str) -> Content:
    items: dict[str, Content] = {
        item["key"]: item for item in application.round.rate_card.body["items"]
    }
    if item_key not in items:
        raise RuleBroken("rate:unknown-item", "This price is not asked for here.", field)
    if lot_code not in {lot.code for lot in application.round.lots}:
        raise RuleBroken("rate:unknown-lot", "This round has no such lot.", field)
    if not asked_in(items[item_key], lot_code):
        raise RuleBroken("rate:unknown-item", "This lot does not ask for this price.", field)
    return items[item_key]
