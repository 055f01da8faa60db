"""What was written down, in words for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access import Viewer
from portal.people.models import Person
from portal.visits import frameworks, queries
from portal.visits.models import Visit
from portal.visits.models_entries import ChoiceMade, VisitAside
from portal.web import moment_text
from scoring.scales import Scale
from scoring.terms import Panel
from scoring.visits import Part

SEEN = {"yes": "Looked at", "no": "Not looked at", "not-there": "Was not there", "": "No answer"}
CARE = {
    "no": "No, it gives support",
    "unsure": "Not sure",
    "yes": "Yes, it gives care",
    "": "No answer",
}


MINE = "Mine"
BETWEEN = (ChoiceMade.STANDING, ChoiceMade.OTHER)


@dataclass(frozen=True, slots=True)
class Version:
    """What somebody wrote: whose it is to the reader, in words, and who wrote it when."""

    whose: str
    said: str
    by: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Two versions of one entry: one's own first, where one of them is."""

    ref: str
    title: str
    versions: list[tuple[ChoiceMade, Version]]
    late: bool


def choices(visit: Visit, waiting: Sequence[VisitAside], viewer: Viewer) -> list[Choice]:
    """What waits for a choice, as the page shows it to the viewer."""
    entries = {(one.owner, one.place): one for one in queries.entries(visit)} if waiting else {}
    found = []
    for aside in waiting:
        scale = frameworks.scale_of(visit, aside.sheet.panel if aside.sheet else Panel.OFFICERS)
        standing = entries.get((aside.sheet_id or 0, aside.place))
        told = (
            said(aside.place, standing.value, scale) if standing else "Nothing",
            said(aside.place, aside.value, scale),
        )
        writers = (
            (standing.saved_by, standing.written_at) if standing else None,
            (aside.written_by, aside.written_at),
        )
        versions = list(zip(BETWEEN, _versions(told, writers, viewer), strict=True))
        versions.sort(key=lambda one: one[1].whose != MINE)
        found.append(Choice(aside.ref, title_of(visit, aside.place), versions, aside.late))
    return found


def _versions(
    told: Sequence[str], writers: Sequence[tuple[Person, datetime] | None], viewer: Viewer
) -> list[Version]:
    """Mine and theirs; where one person wrote both, on two phones, the one before and the one after."""
    own = [one is not None and one[0].id == viewer.person_id for one in writers]
    names = [MINE if mine else "Theirs" for mine in own]
    if own[0] == own[1]:
        names = ["Kept now", "The other one"]
    by = [f"{one[0].name}, {moment_text(one[1])}" if one else "" for one in writers]
    return [Version(*one) for one in zip(names, told, by, strict=True)]


def title_of(visit: Visit, place: str) -> str:
    """What an entry is about."""
    name, _, key = place.partition(":")
    part = Part(name)
    if part is Part.CARE:
        return "Care or support"
    if part is Part.SAY:
        return "Anything else"
    return frameworks.framework(visit).titles(part)[key]


def said(place: str, value: Mapping[str, Any], scale: Scale) -> str:
    """What an entry says, in one line."""
    part = Part(place.partition(":")[0])
    note = str(value.get("reason") or value.get("note") or "")
    first = ""
    if part is Part.SCORE:
        first = score_words(value.get("value"), value.get("abstained") is True, scale)
    elif part is Part.SPOKEN:
        first = "No number" if value.get("number") is None else str(value["number"])
    elif part is Part.CARE:
        first = CARE[str(value.get("answer") or "")]
    elif part is not Part.SAY:
        first = SEEN[str(value.get("seen") or "")]
    return ". ".join(one for one in (first, note) if one) or "Nothing"


def score_words(value: int | None, abstained: bool, scale: Scale) -> str:
    """A score as it is read out: its number and its words."""
    if abstained:
        return "Rather not say"
    return "No score" if value is None else f"{value} – {scale.label(value)}"
