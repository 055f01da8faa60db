"""A team takes its places: members, and a sheet for each of them or for their pair."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from portal.db import db
from portal.people.models import Person, PersonKind
from portal.visits import queries
from portal.visits.models import Visit, VisitMember, VisitSheet, VisitSheetPerson
from portal.visits.models_entries import VisitAside, VisitEntry
from portal.visits.team import Team
from scoring.rules import RuleBroken
from scoring.stages import SheetStage
from scoring.terms import Panel

Group = frozenset[int]


@dataclass(frozen=True, slots=True)
class _Place:
    """A sheet as it is wanted."""

    panel: Panel
    named: str
    people: Sequence[Person]
    required: bool = True

    @property
    def label(self) -> str:
        """The name of a pair; whose sheet it is else. An alias is kept with its person alone."""
        return self.named if len(self.people) > 1 else self.people[0].ref

    @property
    def group(self) -> Group:
        return frozenset(one.id for one in self.people)


def seat(visit: Visit, team: Team) -> None:
    """Give everybody of a team their part and their sheet; sheets that are written on stay.

    Raises:
        RuleBroken: `visit-team:…`.
    """
    team.check()
    _refuse_young(team)
    wanted = {place.group: place for place in _places(team)}
    _take_away(visit, wanted.keys())
    there = {_group(sheet): sheet for sheet in visit.sheets}
    for group, place in wanted.items():
        sheet = there.get(group)
        if sheet is None:
            people = [VisitSheetPerson(person=one) for one in place.people]
            visit.sheets.append(
                VisitSheet(
                    panel=place.panel, label=place.label, required=place.required, people=people
                )
            )
        else:
            if len(sheet.people) == len(place.people):  # of a pair one may have left meanwhile
                sheet.label = place.label
            sheet.required = place.required and not sheet.excused_reason
    visit.members.extend(VisitMember(person=person, part=part) for person, part in team.members)
    db.session.flush()


def _places(team: Team) -> list[_Place]:
    officers = [team.lead, *team.officers]
    places = [_Place(Panel.OFFICERS, one.name, [one]) for one in officers]
    if team.supporter is not None:  # who supports young people may score, and need not
        one = team.supporter
        places.append(_Place(Panel.OFFICERS, one.name, [one], required=False))
    return places + [_Place(Panel.YOUNG, label, people) for label, people in team.young.items()]


def _take_away(visit: Visit, wanted: Collection[Group]) -> None:
    """What nobody needs any more; a sheet on which something stands keeps its people."""
    for sheet in [one for one in visit.sheets if _group(one) not in wanted]:
        if _is_written_on(sheet):
            if _have_left(sheet):
                _keep_for_nobody(sheet)
                continue
            words = f"{sheet.title} has written something already, so they stay in the team."
            raise RuleBroken("visit-team:has-written", words, "young")
        for person in sheet.people:
            db.session.delete(person)
        visit.sheets.remove(sheet)
        db.session.delete(sheet)
    for member in list(visit.members):
        visit.members.remove(member)
        db.session.delete(member)
    db.session.flush()


def _group(sheet: VisitSheet) -> Group:
    """Whose sheet it is today: of a pair, the one who is left when the other's account was closed."""
    return frozenset(one.person_id for one in sheet.people if one.person.active)


def _have_left(sheet: VisitSheet) -> bool:
    return not any(one.person.active for one in sheet.people)


def _keep_for_nobody(sheet: VisitSheet) -> None:
    """What was said stays, though who said it has left and cannot hand it in."""
    if sheet.stage is SheetStage.DRAFT and sheet.required:
        sheet.required = False
        sheet.excused_reason = "Nobody is left whose sheet this is."


def _is_written_on(sheet: VisitSheet) -> bool:
    written = exists().where(VisitEntry.sheet_id == sheet.id)
    aside = exists().where(VisitAside.sheet_id == sheet.id)
    return bool(db.session.scalar(select(written | aside)))


def _refuse_young(team: Team) -> None:
    young = {one.id: one for people in team.young.values() for one in people}
    if any(one.kind is not PersonKind.YOUNG for one in young.values()):
        raise RuleBroken("visit-team:not-young", "Only Young Commissioners score as such.", "young")
    without = young.keys() - queries.with_consent(young)
    if without:
        names = ", ".join(sorted(young[one].name for one in without))
        words = f"No consent is on record for {names}. The Participation Officer records it first."
        raise RuleBroken("visit-team:no-consent", words, "young")
