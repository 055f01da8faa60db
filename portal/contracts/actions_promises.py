"""Promises: looking whether they are kept, and adding those of a contract that was entered by hand."""

from collections.abc import Sequence
from datetime import date, datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import policy
from portal.contracts.actions_terms import reason_of
from portal.contracts.models import Promise, PromiseCheck, PromiseDocument
from portal.contracts.policy import Agreed
from portal.days import today
from portal.db import db
from portal.documents.models import DocumentVersion
from scoring.rules import RuleBroken
from scoring.stages import PROMISE, ScanStage, move


def look_at(
    promise: Promise,
    *,
    kept: bool,
    evidence: str,
    looked_on: date,
    documents: Sequence[DocumentVersion] = (),
    actor: Viewer,
    now: datetime,
) -> PromiseCheck:
    """Write down whether a promise is kept, and how that was seen. Earlier looks stay.

    Args:
        documents: versions in the provider's library that show it; these versions stay named.

    Raises:
        RuleBroken: `contract:refused`, `contract:no-reason`, `promise:day`, `promise:document`.
    """
    held = promise.held
    policy.may_edit(actor, held).or_refuse("contract:refused")
    words = reason_of(evidence, "Say what you saw, and where.", "evidence")
    if not held.starts_on <= looked_on <= today(now):
        message = "Enter a day from the beginning of the contract or place until today."
        raise RuleBroken("promise:day", message, "looked_on")
    if any(not _shows(one, held) for one in documents):
        message = "Choose documents of this provider’s library that are free of viruses."
        raise RuleBroken("promise:document", message, "documents")
    check = PromiseCheck(
        promise=promise,
        stage=move(PROMISE, promise.stage, "keep" if kept else "break"),
        evidence=words,
        looked_on=looked_on,
        looked_by_id=actor.person_id,
        recorded_at=now,
    )
    check.documents = [PromiseDocument(version=one) for one in dict.fromkeys(documents)]
    db.session.add(check)
    db.session.flush()
    audit.record(
        Event.PROMISE_CHECKED,
        held,
        actor=actor,
        now=now,
        promise=promise.ref,
        kept=kept,
        documents=[one.version.ref for one in check.documents],
    )
    return check


def _shows(version: DocumentVersion, held: Agreed) -> bool:
    """A clean file in the library of the same provider; never one of a bid or a request."""
    document = version.document
    own = document.provider_id == held.provider_id and not document.bound_to
    return own and version.file.scan is ScanStage.CLEAN


def add_promise(held: Agreed, question: str, text: str, *, actor: Viewer, now: datetime) -> Promise:
    """Add what was promised to a contract or a place that has no bid on the portal.

    Raises:
        RuleBroken: `contract:refused`, `promise:of-a-bid`, `contract:no-reason`.
    """
    policy.may_edit(actor, held).or_refuse("contract:refused")
    if held.application_ref and not held.entry_ref:
        message = "These promises come from the bid, word for word."
        raise RuleBroken("promise:of-a-bid", message)
    promise = Promise(
        question_key=f"by-hand-{len(held.promises) + 1}",
        question=reason_of(question, "Say what it is about.", "question"),
        text=reason_of(text, "Write what was promised, word for word.", "text"),
        submission_sha256="",
    )
    held.promises.append(promise)
    db.session.flush()
    audit.record(Event.PROMISE_ADDED, held, actor=actor, now=now, promise=promise.ref)
    return promise
