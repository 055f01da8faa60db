"""What follow-ups put on the calendar."""

from collections.abc import Iterator
from datetime import date

from flask import url_for

from portal.access import Viewer
from portal.followups import listing, queries
from portal.followups.words import source_words
from portal.web import CalendarEntry

KIND = "follow-up"


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """The last days of what is open and may be seen."""
    for one in queries.due(viewer, from_on, until_on):
        words = one.text if len(one.text) <= 80 else f"{one.text[:77].rstrip()}…"
        yield CalendarEntry(
            one.due_on,
            f"{listing.about(one)}: {words}",
            url_for("followups.show", ref=one.ref),
            KIND,
            source_words(one.source_kind, one.source_label),
            frozenset({one.council_id}),
        )
