"""A clean copy: asked for once, after the bidder's one request, because of a virus and nothing else.

It is no second clarification. It names the file whose copy is wanted, with the reason, and the file
that comes takes the place of the infected one in the check; what was submitted stays as it was.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import audit, mail, settings
from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.applications import policy
from portal.applications.clarifications.models_clean_copies import CleanCopy
from portal.applications.clarifications.originals import document_type_of
from portal.applications.compliance import (
    policy as policy_compliance,
    queries as queries_compliance,
)
from portal.applications.compliance.items import Item
from portal.applications.compliance.queries import Check
from portal.applications.models import Application
from portal.applications.queries import administrators
from portal.audit import Event
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.mail import Message
from portal.people import queries as people
from scoring.rules import RuleBroken
from scoring.stages import RequestStage
from scoring.text import cleaned, meaningful_words


def may_ask(viewer: Viewer, check: Check, item: Item) -> Decision:
    """Ask for a clean copy: only of an infected file, only after the one request, only once."""
    decision = policy_compliance.may_check(viewer, check.application)
    if not decision:
        return decision
    if item.infected_at is None:
        return denied("A clean copy is asked for only where a virus was found.")
    if check.request_stage in {None, RequestStage.DRAFT}:
        return denied("The bidder was not asked yet. Ask for the file in your one request.")
    if any((one.lot_code, one.key) == item.place for one in check.clean_copies):
        return denied("A clean copy of this file was asked for already. It is asked for once.")
    return allowed


def ask(
    application: Application,
    key: str,
    lot_code: str,
    reason: str,
    until_at: datetime,
    *,
    actor: Viewer,
    now: datetime,
) -> CleanCopy:
    """Ask for a clean copy of one file.

    Raises:
        RuleBroken: `compliance:no-item`, `clean-copy:not-allowed`, `clean-copy:no-reason`,
            `clean-copy:too-soon`.
        NotFound: the actor may not read this bid.
    """
    db.session.refresh(application, ["stage"], with_for_update=True)
    check = queries_compliance.check_of(application.ref, actor, now)
    item = check.item(key, lot_code)
    if item is None:
        raise RuleBroken("compliance:no-item", "There is no such item in this check.")
    may_ask(actor, check, item).or_refuse("clean-copy:not-allowed")
    why = cleaned(reason, "reason")
    if not meaningful_words(why):
        raise RuleBroken("clean-copy:no-reason", "Say why it is asked for again.", "reason")
    least = int(settings.get("clarification_days"))
    if until_at < now + timedelta(days=least):
        raise RuleBroken("clean-copy:too-soon", f"Give {least} days or more.", "until_at")
    asked = CleanCopy(
        application=application,
        lot_code=lot_code,
        key=key,
        title=item.title,
        document_type=document_type_of(key, lot_code, application),
        reason=why,
        asked_by_id=actor.acting_id(),
        asked_at=now,
        until_at=until_at,
    )
    db.session.add(asked)
    db.session.flush()
    _record(Event.CLEAN_COPY_ASKED, asked, actor, now)
    mail.write(
        Message.CLEAN_COPY_ASKED,
        to=administrators(application.provider_id),
        now=now,
        about=application.ref,
        round_title=application.round.title,
        until_at=until_at,
    )
    return asked


def may_give(viewer: Viewer, asked: CleanCopy, received_at: datetime) -> Decision:
    """Anybody of the bidder who writes applications, once, before the date."""
    if not viewer.may(Permission.APPLICATION_EDIT) or not policy.is_own(viewer, asked.application):
        return denied("Only people of the bidder can give a clean copy.")
    if asked.given_at is not None:
        return denied("A clean copy was given already.")
    if received_at >= asked.until_at:
        return denied("The date for the clean copy has passed.")
    return allowed


def give(
    asked: CleanCopy,
    version: DocumentVersion,
    *,
    received_at: datetime,
    actor: Viewer,
    now: datetime,
) -> None:
    """Give a clean copy. It is searched for viruses like any other file.

    Raises:
        RuleBroken: `clean-copy:refused`, `clean-copy:not-own`.
    """
    db.session.refresh(asked, ["given_at", "until_at"], with_for_update=True)
    may_give(actor, asked, received_at).or_refuse("clean-copy:refused")
    if version.document.provider_id != asked.application.provider_id:
        raise RuleBroken("clean-copy:not-own", "Choose a file of your own.", "file")
    asked.version, asked.given_by_id, asked.given_at = version, actor.acting_id(), received_at
    db.session.flush()
    _record(Event.CLEAN_COPY_GIVEN, asked, actor, now, sha256=version.file.sha256)
    lead = [asked.application.round.lead_council_id]
    mail.write(
        Message.CLEAN_COPY_GIVEN,
        to=people.people_with_role(Role.COMMISSIONER, lead, Viewer.system()),
        now=now,
        about=asked.application.ref,
        round_title=asked.application.round.title,
    )


def own_clean_copies(application: Application, viewer: Viewer) -> Sequence[CleanCopy]:
    """What was asked of one's own bid; nothing for others, and no statement before the opening."""
    if application.round.opened_at is None or not policy.is_own(viewer, application):
        return []
    return db.session.scalars(
        select(CleanCopy)
        .where(CleanCopy.application_id == application.id)
        .options(joinedload(CleanCopy.version))
        .order_by(CleanCopy.id)
    ).all()


def _record(event: Event, asked: CleanCopy, actor: Viewer, now: datetime, **detail: Any) -> None:
    place = [asked.lot_code, asked.key]
    audit.record(
        event, asked, actor=actor, now=now, application=asked.application.ref, item=place, **detail
    )
