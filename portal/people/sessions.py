"""Who is behind a request: Flask's signed cookie carries a token, everything else lies here.

Read in a short session of its own before the write lock is taken, for every request anew: a role
that was taken, an account that was closed and a session that was ended elsewhere count at once.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from flask import Flask, request, session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal import settings
from portal.access import Viewer
from portal.db import db
from portal.extensions import login
from portal.people import api_door
from portal.people.models import Passkey, Person, SessionSeen
from portal.people.tokens import keyed
from portal.people.viewers import Limits, viewer_of_token
from portal.web import asked_by_itself, clock

SEEN_EVERY = timedelta(minutes=1)
CODE_WITHIN = timedelta(minutes=10)


class SignedIn(UserMixin):
    """What Flask-Login calls the user: the token of a session, and its viewer."""

    def __init__(self, token: str, viewer: Viewer) -> None:
        self.token = token
        self.viewer = viewer

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    """Look who is there before anything else; sessions are protected here, not by the browser's name."""
    login.session_protection = None
    app.before_request(_look)


def _look() -> None:
    """Read settings and viewer before a view can take the write lock."""
    if request.endpoint == "static":
        return
    if api_door.is_for_programs(request):
        api_door.come_in()
        return
    _ = current_user.is_authenticated  # Flask-Login asks the loader once for each request
    with db.reading() as session:
        settings.load(session)


@login.user_loader
def load(token: str) -> SignedIn | None:
    """The signed-in person behind a token, or nobody."""
    now = clock()
    with db.reading() as session:
        settings.load(session)
        found = viewer_of_token(session, token, limits=limits(), now=now)
    if found is None:
        return None
    if (
        now - found.seen_at >= SEEN_EVERY
        and found.viewer.session_id is not None
        and not asked_by_itself()
    ):
        _saw(found.viewer.session_id, now)
    return SignedIn(token, found.viewer)


def limits() -> Limits:
    """How long sessions live here."""
    return Limits(
        idle=timedelta(minutes=settings.get("idle_minutes")),
        absolute=timedelta(hours=settings.get("session_hours")),
    )


def _saw(session_id: int, now: datetime) -> None:
    """Note that the session is in use. When the database is too busy, the next request does it."""
    with suppress(OperationalError), db.writing() as session:
        seen = session.get(SessionSeen, session_id)
        if seen is None:
            session.add(SessionSeen(session_id=session_id, seen_at=now))
        else:
            seen.seen_at = now


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose password was right, and who still owes the code."""

    person_id: int
    secret: str
    last_step: int
    onward: str | None
    through: str | None = None
    passkeys: tuple[str, ...] = ()


def wait_for_code(
    person: Person, onward: str | None, now: datetime, *, through: str | None = None
) -> None:
    """Remember in this browser, for ten minutes, that the password was right.

    Args:
        through: the short name of the council whose own sign-in stood for the password.
    """
    cookie.clear()
    at = int(now.timestamp())
    cookie["waiting"] = {
        "person": person.ref,
        "at": at,
        "proof": _proof(person.ref, person.password_hash, at),
        "onward": onward,
        "through": through,
    }


def waiting_for_code(now: datetime) -> Waiting | None:
    """Who owes the code in this browser. A password that was changed since ends the waiting."""
    kept = cookie.get("waiting")
    if not kept or not 0 <= now.timestamp() - kept["at"] < CODE_WITHIN.total_seconds():
        return None
    with db.reading() as session:
        wanted = select(Person).where(Person.ref == kept["person"], Person.active.is_(True))
        person = session.scalar(wanted)
        own_id = person.id if person is not None else 0
        own = select(Passkey.credential_id).where(Passkey.person_id == own_id)
        keys = tuple(session.scalars(own.order_by(Passkey.id)))
    if person is None or (person.totp_confirmed_at is None and not keys):
        return None
    if not compare_digest(kept["proof"], _proof(person.ref, person.password_hash, kept["at"])):
        return None
    secret, step = person.totp_secret or "", person.totp_last_step
    return Waiting(person.id, secret, step, kept["onward"], kept.get("through"), keys)


def _proof(ref: str, password_hash: str | None, at: int) -> str:
    return keyed("waiting for the code", f"{ref}|{password_hash}|{at}")


def enter(token: str, viewer: Viewer) -> None:
    """Give this browser a new session; whatever its cookie held before is gone."""
    cookie.clear()
    login_user(SignedIn(token, viewer))


def leave() -> None:
    """Take the session from this browser, with everything else in its cookie."""
    logout_user()
    cookie.clear()
