"""The calendar as an iCalendar feed (RFC 5545), under a secret address that can be revoked."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event
from sqlalchemy import select

from portal.access import ANONYMOUS, Permission, Viewer
from portal.db import db
from portal.people.queries import reader_unattended
from portal.people.tokens import hashed
from portal.register.calendar import AHEAD, collected, words_of
from portal.register.models import CalendarFeed
from portal.web import CalendarEntry, in_london

BEHIND = timedelta(days=62)  # so that what is just over does not vanish from somebody's calendar
AGAIN_AFTER = timedelta(hours=12)


def feed_of(viewer: Viewer) -> CalendarFeed | None:
    """The address that this person has now; it can be revoked, and is never shown again."""
    return db.session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.person_id == viewer.person_id, CalendarFeed.revoked_at.is_(None)
        )
    )


def reader_of(token: str, now: datetime) -> Viewer:
    """Whose calendar an address opens, with what they may see today.

    Nobody's when it is revoked, and while its person could not sign in either. It sleeps then, and
    reads again when they can.
    """
    person_id = db.session.scalar(
        select(CalendarFeed.person_id).where(
            CalendarFeed.token_hash == hashed(token), CalendarFeed.revoked_at.is_(None)
        )
    )
    reader = ANONYMOUS if person_id is None else reader_unattended(person_id, now)
    return reader if reader.may(Permission.CALENDAR_READ) else ANONYMOUS


def written(viewer: Viewer, name: str, base_url: str, now: datetime) -> bytes:
    """What falls due for somebody, as an iCalendar object.

    Args:
        name: what the calendar is called in a programme.
        base_url: where this installation lies, for the links.
    """
    local = in_london(now)
    today = now.date() if local is None else local.date()
    made = Calendar()
    made.add("prodid", "-//Placement Quality Portal//Calendar//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", name)  # RFC 7986; the next line says the same to older programmes
    made.add("x-wr-calname", name)
    made.add("refresh-interval", AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    entries = collected(viewer, today - BEHIND, today + AHEAD)
    for one, uid in zip(entries, _uids(entries), strict=True):
        made.add_component(_event(one, uid, base_url, now))
    return bytes(made.to_ical())


def _event(one: CalendarEntry, uid: str, base_url: str, now: datetime) -> Event:
    address = f"{base_url.rstrip('/')}{one.address}"
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(days=1))  # a whole day; the end is not part of it
    event.add("summary", one.title)
    event.add("description", f"{one.note}\n{address}" if one.note else address)
    event.add("url", address)
    event.add("categories", [words_of(one.kind)])
    event.add("transp", "TRANSPARENT")  # it keeps nobody from a meeting
    return event


def _uids(entries: Iterable[CalendarEntry]) -> Iterable[str]:
    """A name for each entry that stays when its day moves, so that a programme moves it too."""
    seen = Counter[str]()
    for one in entries:
        what = f"{one.kind}|{one.address}|{one.title}"
        seen[what] += 1
        yield f"{sha256(f'{what}|{seen[what]}'.encode()).hexdigest()[:32]}@placement-quality-portal"
