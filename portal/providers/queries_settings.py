"""Settings of providers: for their own people, and for officers of councils."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal import settings
from portal.access import Permission, Viewer
from portal.audit import AuditEntry, AuditValues, Event
from portal.days import LONDON
from portal.db import db
from portal.people.models import Person
from portal.providers.models_settings import Setting, Vacancy
from scoring import vacancies
from scoring.timetable import date_words
from scoring.vacancies import Statement


def setting(ref: str, viewer: Viewer) -> Setting | None:
    """One setting; a stranger finds none."""
    return db.session.scalar(seen_by(viewer).where(Setting.ref == ref))


def settings_of(
    provider_ids: Iterable[int], viewer: Viewer, *, closed: bool = False
) -> Sequence[Setting]:
    """The settings of these providers by name; those that are closed only where asked for."""
    wanted = seen_by(viewer).where(Setting.provider_id.in_(set(provider_ids)))
    if not closed:
        wanted = wanted.where(Setting.closed_on.is_(None))
    return db.session.scalars(wanted.order_by(Setting.name, Setting.id)).all()


def open_settings(viewer: Viewer) -> Sequence[Setting]:
    """Every home that is not closed, by name."""
    wanted = seen_by(viewer).where(Setting.closed_on.is_(None))
    return db.session.scalars(wanted.order_by(Setting.name, Setting.id)).all()


def seen_by(viewer: Viewer) -> Select[tuple[Setting]]:
    """An address at which young people live is not for everybody who is signed in."""
    statement = select(Setting).options(
        joinedload(Setting.provider),
        joinedload(Setting.registration),
        selectinload(Setting.vacancies),
    )
    if viewer.is_system or viewer.may(Permission.REGISTER_READ):
        return statement
    return statement.where(Setting.provider_id.in_(viewer.provider_ids))


@dataclass(frozen=True, slots=True)
class Free:
    """What is free in a home on a day, how fresh that is, and what comes."""

    now: Statement | None
    coming: Sequence[Statement]
    old: bool

    @property
    def number(self) -> int | None:
        """How many places are free; None where nobody has said so."""
        return None if self.now is None else self.now.free


def free_in(home: Setting, now: datetime) -> Free:
    """What the people of a home said is free today."""
    on, said = now.astimezone(LONDON).date(), home.statements()
    stands = vacancies.standing(said, on)
    old = vacancies.is_old(stands, on, int(settings.get("vacancy_days")))
    return Free(stands, vacancies.coming(said, on), old)


def is_old(home: Setting, now: datetime) -> bool:
    """Whether nobody has said for too long what is free there."""
    return free_in(home, now).old


def last_word_on(home: Setting) -> date:
    """The day on which somebody last said what is free; the day it was added, if nobody has."""
    said = [one.said_on for one in home.statements()]
    return max(said, default=home.recorded_at.astimezone(LONDON).date())


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a home's history."""

    at: datetime
    words: str
    who: str
    vacancy: Vacancy | None = None


WORDS = {
    Event.HOME_ADDED: "Added",
    Event.HOME_CLOSED: "Closed",
    Event.HOME_REOPENED: "Opened again",
}
FIELDS = {
    "name": "name", "category": "category", "serves": "whom it takes", "youngest_age": "ages",
    "oldest_age": "ages", "places": "places", "address": "address", "postcode": "address",
    "address_rule": "who reads the address", "registration_id": "registration",
}  # fmt: skip


TOLD = {"name", "places", "category", "serves"}


def history(home: Setting) -> list[Happening]:
    """What was said and changed of a home, newest first. The caller has found it for the viewer."""
    entries = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject_ref == home.ref,
            AuditEntry.event.in_([*WORDS, Event.HOME_CHANGED]),
        )
    ).all()
    by_ref, by_id = _names(entries, home.vacancies)
    values = _values(entries)
    told = [
        Happening(one.at, _words(one, values.get(one.id, {})), by_ref.get(one.actor_ref, ""))
        for one in entries
    ]
    told += [
        Happening(one.said_at, _free_words(one), by_id.get(one.said_by_id or 0, ""), one)
        for one in home.vacancies
    ]
    return sorted(told, key=lambda one: one.at, reverse=True)


def _values(entries: Sequence[AuditEntry]) -> dict[int, Mapping[str, Any]]:
    """What was there before and after each change, beside the trail; none where it was erased."""
    found = db.session.scalars(
        select(AuditValues).where(AuditValues.entry_id.in_([one.id for one in entries]))
    )
    return {one.entry_id: one.values for one in found}


def _words(entry: AuditEntry, values: Mapping[str, Any]) -> str:
    """An act in words; what was there before is told of all but where the home is."""
    if entry.event != Event.HOME_CHANGED:
        return WORDS[Event(entry.event)]
    changed: dict[str, str] = {}
    for key in entry.detail.get("what", ()):
        known = values.get(key, {})
        before = f" (was {known.get('before')})" if key in TOLD and "before" in known else ""
        changed.setdefault(FIELDS.get(key, key), before)
    return f"Changed: {', '.join(word + before for word, before in changed.items())}"


def _free_words(one: Vacancy) -> str:
    places = "1 place" if one.free == 1 else f"{one.free or 'No'} places"
    return f"{places} free from {date_words(one.from_on)}"


def _names(
    entries: Iterable[AuditEntry], said: Iterable[Vacancy]
) -> tuple[dict[str, str], dict[int, str]]:
    refs, ids = {one.actor_ref for one in entries}, {one.said_by_id for one in said}
    rows = db.session.execute(
        select(Person.id, Person.ref, Person.name).where(
            Person.ref.in_(refs) | Person.id.in_(ids - {None})
        )
    ).all()
    return {row.ref: row.name for row in rows}, {row.id: row.name for row in rows}


def vacancy(ref: str, home: Setting) -> Vacancy | None:
    """One statement about this home."""
    return next((one for one in home.vacancies if one.ref == ref), None)
