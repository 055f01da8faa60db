"""Choosing between two versions of an entry. The one that is not chosen stays on record."""

from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.people.models import Person
from portal.visits import policy
from portal.visits.actions_entries import hold, standing_at, write
from portal.visits.models_entries import ChoiceMade, VisitAside
from scoring.rules import RuleBroken
from scoring.stages import SheetStage


def choose(aside: VisitAside, choice: ChoiceMade, *, actor: Viewer, now: datetime) -> None:
    """Decide between what stands and the version that came aside. The other one stays on record.

    Raises:
        RuleBroken: the actor may not; `visit-choice:made`, `visit-choice:nothing`.
    """
    visit = aside.visit
    policy.may_choose(actor, visit, aside.sheet).or_refuse("visit-choice:refused")
    hold(visit)
    db.session.refresh(aside)
    if aside.choice is not ChoiceMade.WAITING:
        raise RuleBroken("visit-choice:made", "Somebody chose already.")
    if choice is ChoiceMade.WAITING:
        raise RuleBroken("visit-choice:nothing", "Choose which version to keep.", "choice")
    if choice is ChoiceMade.OTHER:
        _refuse_handed_in(aside)
        _replace(aside, actor, now)
    aside.choice, aside.chosen_by_id, aside.chosen_at = choice, actor.person_id, now
    db.session.flush()
    audit.record(Event.VISIT_CHOICE_MADE, aside, actor=actor, now=now, choice=choice)


def _refuse_handed_in(aside: VisitAside) -> None:
    if aside.sheet is not None and aside.sheet.stage is SheetStage.SUBMITTED:
        words = "The sheet was handed in. Ask for it back first, or keep what stands."
        raise RuleBroken("visit-choice:handed-in", words, "choice")


def _replace(aside: VisitAside, actor: Viewer, now: datetime) -> None:
    """What came aside stands from now on; what stood goes aside in its place."""
    standing = standing_at(aside.visit, aside.sheet, aside.place)
    before = (standing.value, standing.saved_by_id, standing.written_at) if standing else None
    entry = write(
        aside.visit,
        aside.sheet,
        aside.place,
        aside.value,
        standing,
        aside.written_at,
        actor,
        now,
    )
    entry.saved_by = db.session.get_one(Person, aside.written_by_id)
    if before is not None:
        aside.value, aside.written_by_id, aside.written_at = before
