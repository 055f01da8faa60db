"""Marking a part of an application as one that should not be told to whoever asks for it."""

from datetime import date, datetime

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Viewer
from portal.applications.editing import changed, may_edit, person_id
from portal.applications.marks import title_of
from portal.applications.models import Application
from portal.applications.models_marks import SensitiveMark
from portal.applications.working_copy import WorkingCopy
from portal.audit import Event
from portal.days import today
from portal.db import db
from scoring.confidentiality import Exemption, check_until, checked_reason
from scoring.rules import RuleBroken


def mark(
    copy: WorkingCopy,
    place: tuple[str, str, str],
    exemption: Exemption,
    reason: str,
    until_on: date | None,
    *,
    actor: Viewer,
    now: datetime,
) -> SensitiveMark:
    """Mark an answer, a document or the prices; marking it again changes what is said of it.

    Args:
        place: kind, key and lot code, as of `SensitiveMark.place`.
        until_on: the last day on which the reason holds; none where it does not fade.

    Raises:
        RuleBroken: `application:edit-refused`, `mark:unknown`, `mark:…` of the rules.
    """
    application = copy.application
    may_edit(actor, application, now)
    if not title_of(copy, place):
        raise RuleBroken("mark:unknown", "Choose a part of your application.", "what")
    words = checked_reason(reason)
    check_until(exemption, until_on, today(now))
    found = db.session.scalar(
        select(SensitiveMark).where(
            SensitiveMark.application_id == application.id,
            SensitiveMark.kind == place[0],
            SensitiveMark.key == place[1],
            SensitiveMark.lot_code == place[2],
        )
    )
    if found is None:
        kind, key, lot = place
        found = SensitiveMark(application_id=application.id, kind=kind, key=key, lot_code=lot)
        db.session.add(found)
    found.exemption, found.reason, found.until_on = exemption, words, until_on
    found.marked_by_id, found.marked_at = person_id(actor), now
    changed(application, now)
    audit.record(Event.PART_MARKED, application, actor=actor, now=now, part=list(place))
    return found


def unmark(application: Application, mark_ref: str, *, actor: Viewer, now: datetime) -> None:
    """Take a mark back.

    Raises:
        NotFound: there is no such mark on this application.
        RuleBroken: `application:edit-refused`.
    """
    may_edit(actor, application, now)
    found = db.session.scalar(
        select(SensitiveMark).where(
            SensitiveMark.application_id == application.id, SensitiveMark.ref == mark_ref
        )
    )
    if found is None:
        raise NotFound
    place = found.place
    db.session.delete(found)
    changed(application, now)
    audit.record(Event.PART_UNMARKED, application, actor=actor, now=now, part=list(place))
