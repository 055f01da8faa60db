"""A provider confirms what it wrote before the round changed."""

from collections.abc import Collection
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.applications import policy, queries
from portal.applications.models import Application, VersionConfirmation
from portal.applications.touching import Touched
from portal.audit import Event
from portal.days import today
from portal.db import db
from scoring.rules import RuleBroken


def confirm(
    application: Application, names: Collection[str], *, actor: Viewer, now: datetime
) -> list[Touched]:
    """Say of answers, documents and prices that they stand on the version that touched them.

    Args:
        names: `Touched.name` of each, as the page showed them.

    Returns:
        What is still to be confirmed.

    Raises:
        RuleBroken: `application:edit-refused`; `version:nothing-chosen`;
            `version:changed-meanwhile`, when a newer version came or a colleague was faster.
    """
    policy.may_edit(actor, application, now).or_refuse("application:edit-refused")
    db.session.refresh(application, ["confirmed_version"], with_for_update=True)
    waiting = {one.name: one for one in _unconfirmed(application, now)}
    if not names:
        raise RuleBroken("version:nothing-chosen", "Choose what stands as it is.", "confirmed")
    if not set(names) <= waiting.keys():
        raise RuleBroken(
            "version:changed-meanwhile",
            "This changed while the page was open. Look at it again.",
            "confirmed",
        )
    for name in names:
        db.session.add(_confirmation(application, waiting.pop(name), actor, now))
    if not waiting:
        application.confirmed_version = application.round.version
    db.session.flush()
    audit.record(
        Event.VERSION_CONFIRMED,
        application,
        actor=actor,
        now=now,
        version=application.round.version,
        number=len(names),
        left=len(waiting),
    )
    return list(waiting.values())


def _unconfirmed(application: Application, now: datetime) -> tuple[Touched, ...]:
    return queries.working_copy_of(application, today(now)).unconfirmed


def _confirmation(
    application: Application, one: Touched, actor: Viewer, now: datetime
) -> VersionConfirmation:
    if actor.person_id is None:
        raise RuleBroken("application:edit-refused", "Only people confirm an answer.")
    return VersionConfirmation(
        application_id=application.id,
        number=one.number,
        part=one.part.value,
        key=one.key,
        lot_code=one.lot_code,
        confirmed_by_id=actor.person_id,
        confirmed_at=now,
    )
