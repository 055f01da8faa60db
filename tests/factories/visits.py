"""Visits for tests, made by the verbs: `visit = a_visit().begun().scored().collected()`.

A small world: Luton visits one home of one provider, with a lead, an officer, a Participation Officer
and Young Commissioners in sheets of their own or in a pair.
"""

import io
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import Image

from portal.access import Role, Viewer
from portal.content.kinds import Kind
from portal.content.loading import DEFAULTS, checked, read
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED, newest
from portal.db import db
from portal.followups.models import OwnerSide
from portal.people.models import Consent, Person
from portal.visits import (
    actions,
    actions_entries,
    actions_final,
    actions_report,
    actions_sheets,
    actions_young,
    comments,
    frameworks,
)
from portal.visits.models import Visit, VisitSheet
from portal.visits.models_entries import CheckOutcome
from portal.visits.team import Team
from scoring.sheets import Mark
from scoring.stages import VisitStage
from tests.factories.people import LONG_AGO, a_council, a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin, a_setting

DAY = datetime(2026, 6, 9, 13, tzinfo=UTC)  # of the visit
PLANNED = DAY - timedelta(days=14)
AFTER = DAY + timedelta(days=1)
REASON = "Seen and talked about on the day."
_FILES = ("scale-officers-visit-0-4", "scale-faces-visit-0-4", "visit-framework-other-arrangements")
_ids = itertools.count(1)


def the_framework() -> ContentVersion:
    """The framework that ships, with its two scales; taken in when it is not there yet."""
    found = newest(Kind.VISIT_FRAMEWORK, frameworks.KEY)
    if found is not None:
        return found
    for name in _FILES:
        content = checked(read((DEFAULTS / f"{name}.yaml").read_text()))
        found = ContentVersion(
            kind=content.kind.value,
            key=content.key,
            version=1,
            title=content.title,
            body=content.body,
            sha256=content.sha256,
            source=SHIPPED,
            published_at=LONG_AGO,
        )
        db.session.add(found)
    db.session.flush()
    return found


def a_young_person(alias: str, council: str = "luton", *, consent: bool = True) -> Person:
    """A Young Commissioner, with consent on record."""
    person = a_person(Role.YOUNG_COMMISSIONER, council, name=alias)
    if consent:
        db.session.add(
            Consent(
                person_id=person.id,
                given_by="the young person",
                given_on=LONG_AGO.date(),
                purpose="To visit homes.",
                recorded_by_id=person.id,
                recorded_at=LONG_AGO,
            )
        )
        db.session.flush()
    return person


def a_picture(*, with_place: bool = True) -> io.BytesIO:
    """A photograph, which says where it was taken and by what."""
    picture, out = Image.new("RGB", (40, 30), "green"), io.BytesIO()
    exif = Image.Exif()
    if with_place:
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x010F] = "A phone"
    picture.save(out, "JPEG", exif=exif)
    out.seek(0)
    return out


def an_id() -> str:
    """An identifier as a phone makes it."""
    return f"phone-entry-{next(_ids):04d}"


@dataclass
class AVisit:
    """A visit with its people, moved on step by step."""

    visit: Visit
    lead: Person
    officer: Person
    supporter: Person | None
    young: list[Person]
    admin: Person
    now: datetime = DAY
    _viewers: dict[int, Viewer] = field(default_factory=dict)

    def by(self, person: Person) -> Viewer:
        if person.id not in self._viewers:
            self._viewers[person.id] = viewer(person)
        return self._viewers[person.id]

    def sheet_of(self, person: Person) -> VisitSheet:
        return next(
            one
            for one in self.visit.sheets
            if any(member.person_id == person.id for member in one.people)
        )

    def confirmed(self) -> "AVisit":
        actions.answer(self.visit, suits=True, actor=self.by(self.admin), now=PLANNED)
        return self

    def begun(self) -> "AVisit":
        if self.visit.stage is VisitStage.UNDER_WAY:
            return self
        if self.visit.announced and self.visit.stage == "planned":
            self.confirmed()
        actions.begin(self.visit, actor=self.by(self.lead), now=DAY)
        return self

    def saves(self, person: Person, place: str, shown: int | None = None, **raw: Any) -> Any:
        """Somebody writes something down, under an identifier of its own."""
        return actions_entries.save_entry(
            self.visit,
            place,
            raw,
            client_id=raw.pop("client_id", None) or an_id(),
            seen_revision=shown,
            written_at=raw.pop("written_at", self.now),
            actor=self.by(person),
            now=self.now,
        )

    def scores(self, person: Person, value: int = 3, reason: str = REASON) -> None:
        """Somebody fills their sheet in and hands it in."""
        for matter in frameworks.framework(self.visit).matters:
            self.saves(person, f"score:{matter}", value=value, reason=reason)
        actions_sheets.submit_sheet(
            self.sheet_of(person), self.visit, actor=self.by(person), now=self.now
        )

    def scored(self, value: int = 3, young: int = 2) -> "AVisit":
        """Everybody does."""
        self.begun()
        for person in (self.lead, self.officer):
            self.scores(person, value)
        done: set[int] = set()
        for person in self.young:
            sheet = self.sheet_of(person)
            if sheet.id not in done:
                done.add(sheet.id)
                self.scores(person, young, "I felt fine here.")
        return self

    def collected(self, **more: int) -> "AVisit":
        if self.visit.stage is VisitStage.SCORES_IN:
            return self
        self.scored(**more)
        actions_sheets.collect(self.visit, actor=self.by(self.lead), now=AFTER)
        return self

    def signed_off(self) -> "AVisit":
        """The young people's words are read, and their view is signed off."""
        if self.supporter is None or not self.young or comments.sign_off_of(self.visit):
            return self
        told: dict[str, Any] = {"actor": self.by(self.supporter), "now": AFTER}
        for one in comments.of_visit(self.visit):
            actions_young.check_comment(one.entry, self.visit, CheckOutcome.CLEARED, **told)
        actions_young.sign_off(self.visit, **told)
        return self

    def agreed(self, value: int = 3, judgement: str = "meets", **more: int) -> "AVisit":
        """Everything is agreed, with one recommendation."""
        self.collected(**more).signed_off()
        told: dict[str, Any] = {"actor": self.by(self.lead), "now": AFTER}
        for matter in frameworks.framework(self.visit).matters:
            actions_report.agree_score(self.visit, matter, Mark(value, REASON), **told)
        actions_report.save_report(
            self.visit,
            judgement=judgement,
            judgement_reason="Most of it is good.",
            summary="Staff know everybody.",
            care="no",
            care_reason="",
            **told,
        )
        actions_report.recommend(
            self.visit,
            "Mend the back door.",
            matter="1b",
            owner_side=OwnerSide.PROVIDER,
            owner_post="Registered manager",
            due_on=date(2026, 7, 31),
            **told,
        )
        actions_report.finish_agreeing(self.visit, **told)
        return self

    def sent(self, **more: Any) -> "AVisit":
        self.agreed(**more)
        actions_final.send(self.visit, actor=self.by(self.lead), now=AFTER)
        return self

    def final(self, **more: Any) -> "AVisit":
        return self.sent(**more).finished()

    def finished(self) -> "AVisit":
        """The provider has nothing to correct, and the report is final."""
        admin = self.by(self.admin)
        actions_final.respond(self.visit, nothing_to_correct=True, actor=admin, now=AFTER)
        actions_final.finish(self.visit, actor=self.by(self.lead), now=AFTER)
        return self


def a_visit(
    *,
    announced: bool = True,
    young: tuple[str, ...] = ("Comet",),
    pair: bool = False,
    previous: Visit | None = None,
    like: AVisit | None = None,
) -> AVisit:
    """A visit that is planned. `like` has the same home and the same people."""
    the_framework()
    if like is None:
        provider = a_provider()
        home, admin = a_setting(provider), a_provider_admin(provider)
        lead, officer = a_person(Role.COMMISSIONER), a_person(Role.EVALUATOR)
        supporter = a_person(Role.PARTICIPATION_OFFICER) if young else None
        people = [a_young_person(alias) for alias in young]
    else:
        home, admin, lead, officer = like.visit.setting, like.admin, like.lead, like.officer
        supporter, people = like.supporter, like.young
    groups = {"Pair 1": people} if pair else {one.name: [one] for one in people}
    team = Team(lead, [officer], supporter, groups)
    made = actions.plan(
        home,
        a_council(),
        team,
        starts_at=DAY,
        announced=announced,
        previous=previous,
        actor=viewer(lead),
        now=PLANNED,
    )
    return AVisit(made, lead, officer, supporter, people, admin)
