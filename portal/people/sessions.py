"""Who is behind a request: Flask's signed cookie carries a token, everything else lies here.

Read in a short session of its own before the write lock is taken, for every request anew: a role
that was taken, an account that was closed and a session that was ended elsewhere count at once.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from flask import Flask, request
from flask import session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError

from portal import settings
from portal.access import Viewer
from portal.db import db
from portal.extensions import login
from portal.people.models import SessionSeen
from portal.people.viewers import Limits, viewer_of_token
from portal.web import clock

SEEN_EVERY = timedelta(minutes=1)


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
    with db.reading() as session:
        settings.load(session)
    _ = current_user.is_authenticated  # Flask-Login asks the loader once for each request


@login.user_loader
def load(token: str) -> SignedIn | None:
    """The signed-in person behind a token, or nobody."""
    now = clock()
    with db.reading() as session:
        settings.load(session)
        found = viewer_of_token(session, token, limits=limits(), now=now)
    if found is None:
        return None
    if now - found.seen_at >= SEEN_EVERY and found.viewer.session_id is not None:
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


def enter(token: str, viewer: Viewer) -> None:
    """Give this browser a new session; whatever its cookie held before is gone."""
    cookie.clear()
    login_user(SignedIn(token, viewer))


def leave() -> None:
    """Take the session from this browser, with everything else in its cookie."""
    logout_user()
    cookie.clear()
