"""Promises: looking whether they are kept, and adding those of a contract that was entered by hand."""

from collections.abc import Sequence
from datetime import date, datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import policy
from portal.contracts.actions_terms import reason_of
from portal.contracts.models import Contract, Promise, PromiseCheck, PromiseDocument
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.documents.queries import today
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
    policy.may_edit(actor, promise.contract).or_refuse("contract:refused")
    words = reason_of(evidence, "Say what you saw, and where.", "evidence")
    if not promise.contract.starts_on <= looked_on <= today(now):
        message = "Enter a day from the beginning of the contract until today."
        raise RuleBroken("promise:day", message, "looked_on")
    if any(not _shows(one, promise.contract) for one in documents):
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
        promise.contract,
        actor=actor,
        now=now,
        promise=promise.ref,
        kept=kept,
        documents=[one.version.ref for one in check.documents],
    )
    return check


def _shows(version: DocumentVersion, contract: Contract) -> bool:
    """A clean file in the library of the contract's provider; never one of a bid or a request."""
    document = version.document
    own = document.provider_id == contract.provider_id and not document.bound_to
    return own and version.file.scan is ScanStage.CLEAN


def add_promise(
    contract: Contract, question: str, text: str, *, actor: Viewer, now: datetime
) -> Promise:
    """Add what was promised to a contract that has no bid on the portal.

    Raises:
        RuleBroken: `contract:refused`, `promise:of-a-bid`, `contract:no-reason`.
    """
    policy.may_edit(actor, contract).or_refuse("contract:refused")
    if contract.application_ref is not None:
        message = "The promises of this contract come from its bid, word for word."
        raise RuleBroken("promise:of-a-bid", message)
    promise = Promise(
        contract=contract,
        question_key=f"by-hand-{len(contract.promises) + 1}",
        question=reason_of(question, "Say what it is about.", "question"),
        text=reason_of(text, "Write what was promised, word for word.", "text"),
        submission_sha256="",
    )
    db.session.add(promise)
    db.session.flush()
    audit.record(Event.PROMISE_ADDED, contract, actor=actor, now=now, promise=promise.ref)
    return promise
