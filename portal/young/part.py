"""What young people did and what it changed, collected from the rooms where they did it."""

from dataclasses import dataclass
from datetime import date

from portal.access import Viewer
from portal.people.models import Person
from portal.web import Said, TookPart, rooms
from portal.young import queries
from scoring.younglog import hours_words


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is printed: the name that was typed or the alias, and what was done. Kept nowhere."""

    name: str
    council: str
    since: date
    lines: tuple[TookPart, ...]
    hours: str


def you_said(viewer: Viewer) -> list[Said]:
    """What this young person said and what it changed, the newest first."""
    found = [one for room in rooms().values() for one in room.said(viewer)]
    return sorted(found, key=lambda one: (one.on, one.about), reverse=True)


def certificate(person: Person, council: str, name: str = "") -> Certificate:
    """A certificate for a CV.

    Args:
        name: what was typed for this print alone.
    """
    lines = [one for room in rooms().values() for one in room.took_part(person.id)]
    minutes = queries.sums_of(person.id).minutes
    return Certificate(
        name.strip() or person.name,
        council,
        person.created_at.date(),
        tuple(sorted(lines, key=lambda one: (one.on, one.what))),
        hours_words(minutes) if minutes else "",
    )
