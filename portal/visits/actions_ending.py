"""A visit that comes to no report: called off before it begins, or broken off on the way.

Nothing that anybody wrote goes: what is on the server stays with the visit, and what is still on a
phone is taken when the phone comes back (`actions_entries`, `actions_photos`).
"""

from datetime import datetime

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.providers import queries as providers
from portal.visits import policy
from portal.visits.actions_entries import hold
from portal.visits.models import EndedCause, Visit, VisitSheet
from scoring.rules import RuleBroken
from scoring.stages import VISIT, move
from scoring.terms import Panel
from scoring.text import cleaned


def end(visit: Visit, cause: EndedCause, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Call a visit off, or give it up once it has begun; everybody who knows of it is told.

    Args:
        reason: for the councils; the provider and young people read the cause alone.

    Raises:
        RuleBroken: the actor may not, or not any more; `visit:no-reason`.
    """
    hold(visit)  # an entry that comes in meanwhile is weighed before or after, never between
    db.session.refresh(visit, ["stage"])
    policy.may_end(actor, visit).or_refuse("visit:end-refused")
    reason = cleaned(reason, "reason")
    if not reason:
        raise RuleBroken("visit:no-reason", "Say what happened.", "reason")
    begun = visit.stage not in policy.BEFORE
    visit.stage = move(VISIT, visit.stage, "give-up" if begun else "cancel")
    visit.ended_at, visit.ended_cause, visit.ended_reason = now, cause, reason
    db.session.flush()
    event = Event.VISIT_GIVEN_UP if begun else Event.VISIT_CANCELLED
    audit.record(event, visit, actor=actor, now=now, cause=cause)
    people = [one.person for one in visit.members]
    if visit.announced:
        people += providers.administrators(visit.setting.provider_id)
    mail.write(
        Message.VISIT_GIVEN_UP if begun else Message.VISIT_CANCELLED,
        people,
        now=now,
        about=visit.ref,
    )


def excuse(sheet: VisitSheet, visit: Visit, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Wait no longer for the sheet of somebody who cannot hand it in. It stays, and counts if it comes.

    Raises:
        RuleBroken: the actor may not; `visit-sheet:no-reason`, `visit-sheet:last`.
    """
    policy.may_excuse(actor, sheet).or_refuse("visit-sheet:refused")
    reason = cleaned(reason, "reason")
    if not reason:
        raise RuleBroken("visit-sheet:no-reason", "Say why nobody waits for it.", "reason")
    others = [one for one in visit.sheets if one is not sheet and one.required]
    if not any(one.panel is Panel.OFFICERS for one in others):
        words = "One officer’s sheet is needed. If nobody can score, end the visit."
        raise RuleBroken("visit-sheet:last", words)
    sheet.required, sheet.excused_reason = False, reason
    db.session.flush()
    audit.record(Event.VISIT_SHEET_EXCUSED, sheet, actor=actor, now=now)
