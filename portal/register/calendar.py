"""The one calendar: everything that falls due, as the rooms hand it up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import select

from portal.access import Viewer
from portal.db import db
from portal.people.models import Council
from portal.tables import Column, Kind, Table
from portal.web import CalendarEntry, rooms

SIZE = 25
AHEAD = timedelta(days=548)  # a year and a half: the longest notice that anybody gives
WORDS = {
    "round": "Rounds",
    "document": "Documents",
    "contract": "Contracts and lists",
    "kpi": "KPI returns",
    "visit": "Visits",
    "follow-up": "Actions and recommendations",
    "forum": "Forums",
    "ofsted": "Ofsted",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day with what falls due on it."""

    on: date
    entries: Sequence[CalendarEntry]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A stretch of the calendar, narrowed by kind and council.

    Args:
        kinds, councils: what it may be narrowed by: what there is in the stretch, and its words.
    """

    from_on: date
    until_on: date
    entries: Sequence[CalendarEntry]
    kinds: Mapping[str, str] = field(default_factory=dict)
    councils: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> list[Day]:
        """The days on which something falls due."""
        return days_of(self.entries)

    def page(self, number: int) -> tuple[list[Day], bool]:
        """The days of one page of 25 entries, from 1, and whether there are more."""
        first = (number - 1) * SIZE
        return days_of(self.entries[first : first + SIZE]), len(self.entries) > first + SIZE


def days_of(entries: Iterable[CalendarEntry]) -> list[Day]:
    return [Day(on, list(found)) for on, found in groupby(entries, key=lambda one: one.on)]


def collected(viewer: Viewer, from_on: date, until_on: date) -> list[CalendarEntry]:
    """What every room hands up between two days, both included, in order."""
    found = [one for room in rooms().values() for one in room.dates(viewer, from_on, until_on)]
    return sorted(found, key=lambda one: (one.on, one.kind, one.title, one.address))


def calendar(
    viewer: Viewer, from_on: date, until_on: date, *, kind: str = "", council: str = ""
) -> Calendar:
    """A stretch of the calendar.

    Args:
        kind: only this kind; "" is all of them.
        council: the slug of a council: what is about it, and what is about nobody in particular.
    """
    everything = collected(viewer, from_on, until_on)
    named = _councils(everything)
    wanted = next((key for key, one in named.items() if one.slug == council), None)
    return Calendar(
        from_on,
        until_on,
        [
            one
            for one in everything
            if kind in ("", one.kind)
            and (wanted is None or not one.council_ids or wanted in one.council_ids)
        ],
        kinds={key: words_of(key) for key in sorted({one.kind for one in everything})},
        councils={one.slug: one.name for one in named.values()},
    )


def words_of(kind: str) -> str:
    """A kind as people read it."""
    return WORDS.get(kind, kind.replace("-", " ").capitalize())


def _councils(entries: Iterable[CalendarEntry]) -> dict[int, Council]:
    ids = frozenset[int]().union(*(one.council_ids for one in entries))
    if not ids:
        return {}
    found = db.session.scalars(select(Council).where(Council.id.in_(ids)).order_by(Council.name))
    return {one.id: one for one in found}


COLUMNS = (
    Column("on", "Day", Kind.DATE),
    Column("title", "What", Kind.TEXT),
    Column("kind", "Kind", Kind.TEXT),
    Column("note", "Note", Kind.TEXT),
)


def table(shown: Calendar, kind: str, council: str) -> Table:
    """The same stretch as a file."""
    return Table(
        "calendar",
        "What falls due",
        COLUMNS,
        [
            {"on": one.on, "title": one.title, "kind": words_of(one.kind), "note": one.note}
            for one in shown.entries
        ],
        source=f"The portal's calendar, {shown.from_on:%d %B %Y} to {shown.until_on:%d %B %Y}",
        filters={
            "Kind": words_of(kind) if kind else "all",
            "Council": shown.councils.get(council, "all"),
        },
    )
