"""What was written down, in words for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.visits import frameworks, queries
from portal.visits.models import Visit
from portal.visits.models_entries import VisitAside
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


@dataclass(frozen=True, slots=True)
class Choice:
    """Two versions of one entry, each in words, with who wrote it and when."""

    ref: str
    title: str
    standing: str
    standing_by: str
    other: str
    other_by: str
    late: bool


def choices(visit: Visit, waiting: Sequence[VisitAside]) -> list[Choice]:
    """What waits for a choice, as the page shows it."""
    entries = {(one.owner, one.place): one for one in queries.entries(visit)} if waiting else {}
    found = []
    for aside in waiting:
        scale = frameworks.scale_of(visit, aside.sheet.panel if aside.sheet else Panel.OFFICERS)
        standing = entries.get((aside.sheet_id or 0, aside.place))
        by = f"{standing.saved_by.name}, {moment_text(standing.written_at)}" if standing else ""
        found.append(
            Choice(
                aside.ref,
                title_of(visit, aside.place),
                said(aside.place, standing.value, scale) if standing else "Nothing",
                by,
                said(aside.place, aside.value, scale),
                f"{aside.written_by.name}, {moment_text(aside.written_at)}",
                aside.late,
            )
        )
    return found


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
