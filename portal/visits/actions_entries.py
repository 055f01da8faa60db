"""Writing things down on a visit. The plain form and the queue of a phone call the same verb.

An entry is taken once: a phone that lost its answer sends it again under the same identifier, and
gets the answer that was given the first time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.people.models import Person
from portal.visits import actions, frameworks, policy, queries
from portal.visits.models import MemberPart, Visit, VisitSheet
from portal.visits.models_entries import VisitArrival, VisitAside, VisitEntry
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


@dataclass(frozen=True, slots=True)
class Sent:
    """An entry as it comes in.

    Args:
        client_id: made by the phone or the form for this entry; sent again, it changes nothing.
        place: such as `score:1a` or `care` (`scoring.visits.Where`).
        seen_revision: of what the writer had before them, None where nothing stood there.
        written_at: by the clock of whoever wrote it.
    """

    client_id: str
    place: str
    raw: Mapping[str, Any]
    seen_revision: int | None
    written_at: datetime


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

    Raises:
        RuleBroken: the actor is not of the team; the value cannot be; `visit-entry:client-id`.
    """
    sent = Sent(client_id, place, raw, seen_revision, written_at)
    [answer] = save_entries(visit, [sent], actor=actor, now=now)
    if isinstance(answer, RuleBroken):
        raise answer
    return answer


def save_entries(
    visit: Visit, batch: Sequence[Sent], *, actor: Viewer, now: datetime
) -> list[Saved | RuleBroken]:
    """Keep what somebody wrote, each once. What cannot be is refused for itself, and nothing of it kept.

    The same statements however many there are, but for what has to be laid aside.

    Returns:
        For each, what became of it, or the rule that it breaks.

    Raises:
        RuleBroken: the actor is not of the team.
    """
    person_id = _person_of_team(visit, actor)
    hold(visit)
    sheet = queries.own_sheet(visit, actor)
    taking = _Taking(
        visit=visit,
        sheet=sheet,
        arrived=_arrived([one.client_id for one in batch], person_id),
        standing=_all_standing(visit, sheet, [one.place for one in batch]),
        person_id=person_id,
        actor=actor,
        now=now,
    )
    answers = [taking.answer(one) for one in batch]
    db.session.flush()
    return answers


@dataclass(frozen=True, slots=True)
class _Taking:
    """A batch while it is taken in: what arrived before, and what stands where."""

    visit: Visit
    sheet: VisitSheet | None
    arrived: dict[str, VisitArrival]
    standing: dict[tuple[int, str], VisitEntry]
    person_id: int
    actor: Viewer
    now: datetime

    def answer(self, sent: Sent) -> Saved | RuleBroken:
        """What became of one of them. A rule is broken before anything is written."""
        try:
            return self._take(sent)
        except RuleBroken as broken:
            return broken

    def _take(self, sent: Sent) -> Saved:
        refuse_client_id(sent.client_id)
        if earlier := self.arrived.get(sent.client_id):
            return _told_before(earlier, self.visit)
        where = where_of(sent.place, frameworks.framework(self.visit))
        sheet = self._sheet_for(where)
        value = read_value(where, sent.raw, _scale(self.visit, sheet))
        saved = self._keep(where, sheet, value, sent)
        arrival = VisitArrival(
            visit_id=self.visit.id,
            person_id=self.person_id,
            client_id=sent.client_id,
            answer=saved.answer,
            arrived_at=self.now,
        )
        db.session.add(arrival)
        self.arrived[sent.client_id] = arrival
        return saved

    def _sheet_for(self, where: Where) -> VisitSheet | None:
        if not where.part.is_own:
            if policy.part_of(self.actor, self.visit) is MemberPart.YOUNG:
                words = "Young Commissioners write on their own sheet."
                raise RuleBroken("visit-entry:not-yours", words)
            return None
        if self.sheet is None:
            raise RuleBroken("visit-entry:no-sheet", "You have no sheet on this visit.")
        return self.sheet

    def _keep(self, where: Where, sheet: VisitSheet | None, value: Value, sent: Sent) -> Saved:
        visit, at, actor = self.visit, (sheet.id if sheet else 0, str(where)), self.actor
        standing = self.standing.get(at)
        if visit.stage is VisitStage.CANCELLED:
            raise RuleBroken("visit-entry:not-begun", "This visit does not take place.")
        begin_with(visit, sent.written_at, actor, self.now)
        is_open = bool(policy.may_score(actor, sheet) if sheet else policy.may_write(actor, visit))
        is_open |= _was_open(visit, sheet, sent)
        verdict = weigh(
            value,
            standing.value if standing else None,
            seen_revision=sent.seen_revision,
            revision=standing.revision if standing else None,
            is_open=is_open,
        )
        written_at = min(sent.written_at, self.now + _AHEAD)
        if verdict is Verdict.ASIDE:
            _lay_aside(visit, sheet, str(where), value, not is_open, written_at, actor, self.now)
        elif verdict is Verdict.SAVE:
            args = (visit, sheet, str(where), value, standing, written_at, actor, self.now)
            standing = self.standing[at] = write(*args)
        if standing is None:
            return Saved(verdict, str(where), None, None)
        by = standing.saved_by.name
        return Saved(verdict, str(where), standing.revision, standing.value, by)


def _was_open(visit: Visit, sheet: VisitSheet | None, sent: Sent) -> bool:
    """Written on a phone before the visit was given up: it takes its place, though it comes late."""
    given_up = visit.stage is VisitStage.GIVEN_UP and visit.ended_at is not None
    if not given_up or (sheet is not None and sheet.stage is not SheetStage.DRAFT):
        return False
    return visit.ended_at is not None and sent.written_at < visit.ended_at


def begin_with(visit: Visit, written_at: datetime, actor: Viewer, now: datetime) -> None:
    """The first thing that is written down begins a visit: at the door there may be no reception.

    Raises:
        RuleBroken: `visit-entry:not-begun`, where the visit cannot begin yet.
    """
    if visit.stage in policy.BEFORE:
        policy.may_begin(actor, visit, now).or_refuse("visit-entry:not-begun")
        actions.begin(visit, actor=actor, now=now, at=written_at)


def refuse_client_id(client_id: str) -> None:
    """Raises RuleBroken `visit-entry:client-id` for what no phone of ours makes."""
    if not CLIENT_ID.fullmatch(client_id):
        raise RuleBroken("visit-entry:client-id", "Reload the page and try again.")


def _person_of_team(visit: Visit, actor: Viewer) -> int:
    if actor.person_id is None or policy.part_of(actor, visit) is None:
        raise RuleBroken("visit-entry:refused", "Only somebody of the team writes this down.")
    return actor.person_id


def _arrived(client_ids: Sequence[str], person_id: int) -> dict[str, VisitArrival]:
    found = db.session.scalars(
        select(VisitArrival).where(
            VisitArrival.person_id == person_id, VisitArrival.client_id.in_(client_ids)
        )
    )
    return {one.client_id: one for one in found}


def _told_before(arrival: VisitArrival, visit: Visit) -> Saved:
    if (
        arrival.visit_id != visit.id or "status" not in arrival.answer
    ):  # another visit's, a photograph's
        raise RuleBroken("visit-entry:client-id", "Reload the page and try again.")
    told = arrival.answer
    return Saved(
        Verdict(told["status"]), told["place"], told["revision"], told["value"], told["by"]
    )


def hold(visit: Visit) -> None:
    """Two phones that come back at the same moment queue here."""
    db.wait_for(select(Visit.id).where(Visit.id == visit.id))


def _scale(visit: Visit, sheet: VisitSheet | None) -> Scale:
    return frameworks.scale_of(visit, sheet.panel if sheet else Panel.OFFICERS)


def _all_standing(
    visit: Visit, sheet: VisitSheet | None, places: Sequence[str]
) -> dict[tuple[int, str], VisitEntry]:
    found = db.session.scalars(
        select(VisitEntry)
        .where(
            VisitEntry.visit_id == visit.id,
            VisitEntry.owner.in_({0, sheet.id if sheet else 0}),
            VisitEntry.place.in_(places),
        )
        .options(joinedload(VisitEntry.saved_by))
    )
    return {(one.owner, one.place): one for one in found}


def standing_at(visit: Visit, sheet: VisitSheet | None, place: str) -> VisitEntry | None:
    return db.session.scalar(
        select(VisitEntry).where(
            VisitEntry.visit_id == visit.id,
            VisitEntry.owner == (sheet.id if sheet else 0),
            VisitEntry.place == place,
        )
    )


def write(  # noqa: PLR0917  one row, in the order of its columns
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
