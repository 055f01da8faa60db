"""Homes and what is free in them as a table, the same on pages and in files."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.access import Viewer
from portal.days import LONDON
from portal.providers import policy, queries_settings
from portal.providers.models_settings import Setting
from portal.tables import Column, Kind, Table
from scoring.timetable import date_words

COLUMNS = (
    Column("provider", "Provider"),
    Column("name", "Home"),
    Column("category", "Kind"),
    Column("ages", "Ages"),
    Column("serves", "Takes"),
    Column("places", "Places", Kind.WHOLE, total=True),
    Column("free", "Free", Kind.WHOLE, total=True),
    Column("from_on", "Free from", Kind.DATE),
    Column("said_on", "Said on", Kind.DATE),
    Column("old", "How fresh"),
    Column("coming", "Coming"),
    Column("where", "Where"),
    Column("urn", "Ofsted URN"),
)


def table(
    homes: Iterable[Setting],
    viewer: Viewer,
    now: datetime,
    filters: Mapping[str, str] | None = None,
) -> Table:
    """A row for each home; an address only for those who may read it."""
    return Table(
        "homes",
        "Homes and free places",
        COLUMNS,
        [row_of(one, viewer, now) for one in homes],
        source="What providers say of their homes",
        as_at=now.astimezone(LONDON).date(),
        filters=filters or {},
    )


def row_of(home: Setting, viewer: Viewer, now: datetime) -> dict[str, Any]:
    free = queries_settings.free_in(home, now)
    coming = (f"{one.free} from {date_words(one.from_on)}" for one in free.coming)
    return {
        "provider": home.provider.name,
        "name": home.name,
        "category": home.category.title,
        "ages": home.ages,
        "serves": home.serves.title,
        "places": home.places,
        "free": free.number,
        "from_on": free.now.from_on if free.now else None,
        "said_on": free.now.said_on if free.now else None,
        "old": "Old" if free.old else "Fresh",
        "coming": "; ".join(coming),
        "where": policy.address_for(viewer, home),
        "urn": home.registration.urn if home.registration else "",
    }
