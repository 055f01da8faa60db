"""Giving somebody a secret address of their calendar, and taking it back."""

from datetime import datetime

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.people.tokens import hashed, new_token
from portal.register.models import CalendarFeed
from scoring.rules import RuleBroken


def make_feed(*, actor: Viewer, now: datetime) -> str:
    """Give the actor a new address; the one before stops at once.

    Returns:
        The secret part of the address, which is kept as a hash only.

    Raises:
        RuleBroken: `calendar:nobody`.
    """
    if actor.person_id is None:
        raise RuleBroken("calendar:nobody", "A calendar belongs to a person.")
    _revoke(actor.person_id, now)
    token = new_token()
    feed = CalendarFeed(person_id=actor.person_id, token_hash=hashed(token), made_at=now)
    db.session.add(feed)
    db.session.flush()
    audit.record(Event.CALENDAR_ADDRESS_MADE, feed, actor=actor, now=now)
    return token


def revoke_feed(*, actor: Viewer, now: datetime) -> None:
    """Stop the actor's address; without one nothing happens."""
    if actor.person_id is None:
        return
    for feed in _revoke(actor.person_id, now):
        audit.record(Event.CALENDAR_ADDRESS_REVOKED, feed, actor=actor, now=now)


def _revoke(person_id: int, now: datetime) -> list[CalendarFeed]:
    wanted = select(CalendarFeed).where(
        CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)
    )
    running = list(db.session.scalars(wanted))
    for feed in running:
        feed.revoked_at = now
    db.session.flush()
    return running
