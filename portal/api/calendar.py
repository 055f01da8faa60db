"""The one calendar: everything that falls due, as every room hands it up."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from portal.access import Permission, current_viewer
from portal.api.fields import Told, a_list, word
from portal.api.paging import CutQuery, cut
from portal.api.routes import address_of, reads
from portal.api.shared import on_today
from portal.people.scopes import Scope
from portal.register import calendar
from portal.register.calendar import AHEAD
from portal.web import CalendarEntry

TAG = "Calendar"


class EntrySchema(Told):
    """Something that falls due on a day."""

    on = fields.Date()
    title = fields.String()
    kind = fields.String()
    note = fields.String()
    page = fields.String(metadata={"description": "Where people read it"})


class CalendarQuery(CutQuery):
    """Which stretch, at most a year and a half of it."""

    from_on = fields.Date(metadata={"description": "Today, where it is left out"})
    until_on = fields.Date(metadata={"description": "The last day; else as far as one may look"})
    kind = word(40, load_default="")
    council = word(60, load_default="", metadata={"description": "The short name of a council"})

    @validates_schema
    def _is_a_stretch(self, sent: dict[str, Any], **_more: Any) -> None:
        first = sent.get("from_on") or on_today()
        if not 2000 <= first.year < 2100:
            raise ValidationError("Ask for a day of this century.", "from_on")
        if not first <= sent.get("until_on", first) <= first + AHEAD:
            words = f"Ask for {AHEAD.days} days at most, counted from the first."
            raise ValidationError(words, "until_on")


@reads(
    "/calendar",
    a_list(EntrySchema, "Entry"),
    tag=TAG,
    asks=CalendarQuery,
    scope=Scope.CALENDAR_READ,
    permission=Permission.CALENDAR_READ,
)
def entries(query: dict[str, Any]) -> dict[str, Any]:
    """What falls due, the next first."""
    first = query.get("from_on") or on_today()
    last = query.get("until_on") or first + AHEAD - timedelta(days=1)
    shown = calendar.calendar(
        current_viewer(), first, last, kind=query["kind"], council=query["council"]
    )
    return cut(shown.entries, query["start"], _entry)


def _entry(one: CalendarEntry) -> dict[str, Any]:
    return {
        "on": one.on,
        "title": one.title,
        "kind": one.kind,
        "note": one.note,
        "page": address_of(one.address),
    }
