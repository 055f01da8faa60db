"""Handing sheets in, giving them back, and bringing the scores together."""

from datetime import datetime

from portal import audit, mail, settings
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.visits import frameworks, policy, queries
from portal.visits.actions_young import forget_sign_off
from portal.visits.models import Visit, VisitSheet
from scoring.rules import Finding, RuleBroken, refuse_errors
from scoring.sheets import Mark
from scoring.stages import SHEET, VISIT, SheetStage, VisitStage, move
from scoring.terms import Panel
from scoring.text import cleaned
from scoring.visits import Part, mark_of, missing_on_sheet


def marks_on(sheet: VisitSheet, visit: Visit) -> dict[str, Mark]:
    """The scores of a sheet by matter."""
    prefix = f"{Part.SCORE}:"
    found = queries.entries_for(visit, sheet)
    return {
        place.removeprefix(prefix): mark_of(entry.value)
        for place, entry in found.items()
        if place.startswith(prefix)
    }


def missing(sheet: VisitSheet, visit: Visit) -> list[Finding]:
    """What keeps a sheet from being handed in."""
    scale, marks = frameworks.scale_of(visit, sheet.panel), marks_on(sheet, visit)
    least = least_words(sheet)
    return missing_on_sheet(frameworks.framework(visit), scale, marks, minimum_words=least)


def least_words(sheet: VisitSheet) -> int:
    """How many words a reason has at least; young people need not give any."""
    return 0 if sheet.panel is Panel.YOUNG else int(settings.get("visit_reason_words"))


def submit_sheet(sheet: VisitSheet, visit: Visit, *, actor: Viewer, now: datetime) -> None:
    """Hand a sheet in.

    Raises:
        RuleBroken: the first matter that is missing; `visit-sheet:choices`.
    """
    policy.may_score(actor, sheet).or_refuse("visit-sheet:refused")
    if any(one.sheet_id == sheet.id for one in queries.waiting_asides(visit)):
        words = "Two versions of an entry wait for your choice. Choose first."
        raise RuleBroken("visit-sheet:choices", words)
    refuse_errors(missing(sheet, visit))
    sheet.stage = move(SHEET, sheet.stage, "submit")
    sheet.submitted_at, sheet.submitted_by_id = now, actor.person_id
    sheet.returned_reason = ""
    db.session.flush()
    audit.record(Event.VISIT_SHEET_SUBMITTED, sheet, actor=actor, now=now)


def give_back(
    sheet: VisitSheet, visit: Visit, reason: str, *, actor: Viewer, now: datetime
) -> None:
    """Give a sheet back with a reason that its people read; the visit is under way again.

    Raises:
        RuleBroken: the actor may not; `visit-sheet:no-reason`.
    """
    policy.may_give_back(actor, sheet).or_refuse("visit-sheet:refused")
    reason = cleaned(reason, "reason")
    if not reason:
        raise RuleBroken("visit-sheet:no-reason", "Say why you give it back.", "reason")
    sheet.stage = move(SHEET, sheet.stage, "give-back")
    sheet.returned_reason = reason
    if visit.stage is VisitStage.SCORES_IN:
        visit.stage = move(VISIT, visit.stage, "give-back")
    if sheet.panel is Panel.YOUNG:
        forget_sign_off(visit)
    db.session.flush()
    audit.record(Event.VISIT_SHEET_RETURNED, sheet, actor=actor, now=now)
    people = [one.person for one in sheet.people]
    mail.write(Message.VISIT_SHEET_RETURNED, people, now=now, about=visit.ref)


def collect(visit: Visit, *, actor: Viewer, now: datetime) -> None:
    """Bring the scores together: from now on the team sees each other's.

    Raises:
        RuleBroken: the actor may not; `visit:sheets-missing`, naming whose.
    """
    policy.may_lead(actor, visit).or_refuse("visit:collect-refused")
    waiting = [
        one.title for one in visit.sheets if one.required and one.stage is not SheetStage.SUBMITTED
    ]
    if waiting:
        words = f"These sheets are not in yet: {', '.join(waiting)}."
        raise RuleBroken("visit:sheets-missing", words)
    visit.stage = move(VISIT, visit.stage, "collect")
    visit.collected_at = now
    db.session.flush()
    audit.record(Event.VISIT_COLLECTED, visit, actor=actor, now=now)
    people = [one.person for one in visit.members]
    mail.write(Message.VISIT_SCORES_IN, people, now=now, about=visit.ref)
