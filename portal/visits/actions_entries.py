"""Writing things down on a visit. The plain form and the queue of a phone call the same verb.

An entry is taken once: a phone that lost its answer sends it again under the same identifier, and
gets the answer that was given the first time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.people.models import Person
from portal.visits import frameworks, policy, queries
from portal.visits.models import Visit, VisitSheet
from portal.visits.models_entries import ChoiceMade, VisitArrival, VisitAside, VisitEntry
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel
from scoring.visits import Value, Verdict, Where, read_value, weigh, where_of

CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_AHEAD = timedelta(minutes=5)  # a phone's clock may be wrong; no entry comes from the future


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an entry: the revision that stands now, and who wrote what stands."""

    verdict: Verdict
    place: str
    revision: int | None
    value: Mapping[str, Any] | None
    by: str = ""

    @property
    def answer(self) -> dict[str, Any]:
        """As a phone is told."""
        return {
            "status": self.verdict.value,
            "place": self.place,
            "revision": self.revision,
            "value": dict(self.value) if self.value is not None else None,
            "by": self.by,
        }


def save_entry(
    visit: Visit,
    place: str,
    raw: Mapping[str, Any],
    *,
    client_id: str,
    seen_revision: int | None,
    written_at: datetime,
    actor: Viewer,
    now: datetime,
) -> Saved:
    """Keep an entry, once; where somebody else wrote something else, keep both.

    Args:
        place: such as `score:1a` or `care` (`scoring.visits.Where`).
        client_id: made by the phone or the form for this entry; sent again, it changes nothing.
        seen_revision: of what the writer had before them, None where nothing stood there.
        written_at: by the clock of whoever wrote it.

    Raises:
        RuleBroken: the actor is not of the team; the value cannot be; `visit-entry:client-id`.
    """
    person_id = _person_of_team(visit, actor)
    if earlier := _arrived(client_id, person_id, visit):
        return _told_before(earlier)
    _hold(visit)
    where = where_of(place, frameworks.framework(visit))
    sheet = _sheet_for(visit, where, actor)
    value = read_value(where, raw, _scale(visit, sheet))
    saved = _keep(
        visit,
        where,
        value,
        sheet=sheet,
        seen_revision=seen_revision,
        written_at=min(written_at, now + _AHEAD),
        actor=actor,
        now=now,
    )
    db.session.add(
        VisitArrival(
            visit_id=visit.id,
            person_id=person_id,
            client_id=client_id,
            answer=saved.answer,
            arrived_at=now,
        )
    )
    db.session.flush()
    return saved


def choose(aside: VisitAside, choice: ChoiceMade, *, actor: Viewer, now: datetime) -> None:
    """Decide between what stands and the version that came aside. The other one stays on record.

    Raises:
        RuleBroken: the actor may not; `visit-choice:made`, `visit-choice:nothing`.
    """
    visit = aside.visit
    policy.may_choose(actor, visit, aside.sheet).or_refuse("visit-choice:refused")
    _hold(visit)
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


def refuse_client_id(client_id: str) -> None:
    """Raises RuleBroken `visit-entry:client-id` for what no phone of ours makes."""
    if not CLIENT_ID.fullmatch(client_id):
        raise RuleBroken("visit-entry:client-id", "Reload the page and try again.")


def _person_of_team(visit: Visit, actor: Viewer) -> int:
    if actor.person_id is None or policy.part_of(actor, visit) is None:
        raise RuleBroken("visit-entry:refused", "Only somebody of the team writes this down.")
    return actor.person_id


def _arrived(client_id: str, person_id: int, visit: Visit) -> VisitArrival | None:
    refuse_client_id(client_id)
    found = db.session.scalar(
        select(VisitArrival).where(
            VisitArrival.person_id == person_id, VisitArrival.client_id == client_id
        )
    )
    if found is not None and found.visit_id != visit.id:
        raise RuleBroken("visit-entry:client-id", "Reload the page and try again.")
    return found


def _told_before(arrival: VisitArrival) -> Saved:
    told = arrival.answer
    return Saved(
        Verdict(told["status"]), told["place"], told["revision"], told["value"], told["by"]
    )


def _hold(visit: Visit) -> None:
    """Two phones that come back at the same moment queue here."""
    db.wait_for(select(Visit.id).where(Visit.id == visit.id))


def _sheet_for(visit: Visit, where: Where, actor: Viewer) -> VisitSheet | None:
    if not where.part.is_own:
        return None
    sheet = queries.own_sheet(visit, actor)
    if sheet is None:
        raise RuleBroken("visit-entry:no-sheet", "You have no sheet on this visit.")
    return sheet


def _scale(visit: Visit, sheet: VisitSheet | None) -> Scale:
    return frameworks.scale_of(visit, sheet.panel if sheet else Panel.OFFICERS)


def _keep(
    visit: Visit,
    where: Where,
    value: Value,
    *,
    sheet: VisitSheet | None,
    seen_revision: int | None,
    written_at: datetime,
    actor: Viewer,
    now: datetime,
) -> Saved:
    standing = _standing(visit, sheet, str(where))
    is_open = bool(policy.may_score(actor, sheet) if sheet else policy.may_write(actor, visit))
    if not is_open and visit.stage in policy.BEFORE | {VisitStage.CANCELLED}:
        raise RuleBroken("visit-entry:not-begun", "Start the visit first.")
    verdict = weigh(
        value,
        standing.value if standing else None,
        seen_revision=seen_revision,
        revision=standing.revision if standing else None,
        is_open=is_open,
    )
    if verdict is Verdict.ASIDE:
        _lay_aside(visit, sheet, str(where), value, not is_open, written_at, actor, now)
    elif verdict is Verdict.SAVE:
        standing = _write(visit, sheet, str(where), value, standing, written_at, actor, now)
    if standing is None:
        return Saved(verdict, str(where), None, None)
    return Saved(verdict, str(where), standing.revision, standing.value, _name(standing))


def _standing(visit: Visit, sheet: VisitSheet | None, place: str) -> VisitEntry | None:
    return db.session.scalar(
        select(VisitEntry).where(
            VisitEntry.visit_id == visit.id,
            VisitEntry.owner == (sheet.id if sheet else 0),
            VisitEntry.place == place,
        )
    )


def _write(  # noqa: PLR0917  one row, in the order of its columns
    visit: Visit,
    sheet: VisitSheet | None,
    place: str,
    value: Value,
    standing: VisitEntry | None,
    written_at: datetime,
    actor: Viewer,
    now: datetime,
) -> VisitEntry:
    entry = standing or VisitEntry(
        visit=visit, sheet=sheet, owner=sheet.id if sheet else 0, place=place, revision=0
    )
    entry.value, entry.revision = value, entry.revision + 1
    entry.saved_by = db.session.get_one(Person, actor.person_id)
    entry.written_at, entry.saved_at = written_at, now
    db.session.add(entry)
    db.session.flush()
    return entry


def _lay_aside(  # noqa: PLR0917  one row, in the order of its columns
    visit: Visit,
    sheet: VisitSheet | None,
    place: str,
    value: Value,
    late: bool,
    written_at: datetime,
    actor: Viewer,
    now: datetime,
) -> None:
    aside = VisitAside(
        visit=visit,
        sheet=sheet,
        place=place,
        value=value,
        late=late,
        written_by_id=actor.person_id,
        written_at=written_at,
        arrived_at=now,
    )
    db.session.add(aside)
    db.session.flush()
    audit.record(Event.VISIT_ENTRY_ASIDE, aside, actor=actor, now=now, late=late)


def _replace(aside: VisitAside, actor: Viewer, now: datetime) -> None:
    """What came aside stands from now on; what stood goes aside in its place."""
    standing = _standing(aside.visit, aside.sheet, aside.place)
    before = (standing.value, standing.saved_by_id, standing.written_at) if standing else None
    entry = _write(
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


def _name(entry: VisitEntry) -> str:
    return entry.saved_by.name
