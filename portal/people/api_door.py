"""Who is behind a request to the interface: a token in its header, and never a cookie.

A browser sends its cookie along whoever wrote the page, so a cookie opens nothing here and there is
nothing to forge. A browser also remembers a name and password that somebody typed into it; so a
token that comes as a password (Excel, Power BI) may look, and only a bearer token may change.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Request, g, request
from sqlalchemy import case, delete
from werkzeug.exceptions import TooManyRequests, Unauthorized

from portal import settings
from portal.access import ANONYMOUS
from portal.days import LONDON
from portal.db import db
from portal.people.models_tokens import ApiUse
from portal.people.scopes import Scope
from portal.people.tokens import keyed
from portal.people.viewers import TokenViewer, viewer_of_api_token
from portal.web import clock

PREFIX = "/api/"
WINDOW = timedelta(minutes=1)
KEPT = timedelta(days=1)
WRONG = "The token is not known, has ended or was revoked."


@dataclass(frozen=True, slots=True)
class Caller:
    """The token of this request: what it may be used for, and how it was sent."""

    ref: str
    scopes: frozenset[Scope]
    as_password: bool

    @property
    def may_change(self) -> bool:
        return not self.as_password


def is_for_programs(asked: Request) -> bool:
    """Whether a request is for the interface, whatever lies there."""
    return asked.path.startswith(PREFIX)


def come_in() -> None:
    """Find out who asks, count it, and refuse who asks too often or with a token that is wrong.

    Everything is decided before a view can take the write lock.

    Raises:
        Unauthorized: a token was sent that opens nothing; the same for every reason.
        TooManyRequests: with the seconds to wait.
    """
    g.viewer, g.caller = ANONYMOUS, None
    now, (sent, as_password) = clock(), _token_of(request)
    with db.reading() as session:
        settings.load(session)
        today = now.astimezone(LONDON).date()
        unseen = timedelta(days=int(settings.get("api_council_days")))
        found = (
            viewer_of_api_token(session, sent, on=today, seen_after=now - unseen) if sent else None
        )
    wait = _count(found, now)
    if wait:
        raise TooManyRequests("Too many calls. Wait, then go on.", retry_after=wait)
    if sent is not None and found is None:
        raise Unauthorized(WRONG)
    if found is not None:
        g.viewer = found.viewer
        g.caller = Caller(found.viewer.token_ref, found.scopes, as_password)


def caller() -> Caller | None:
    """The token of this request, if one was sent."""
    found: Caller | None = g.get("caller")
    return found


def _token_of(asked: Request) -> tuple[str | None, bool]:
    """The token of the header, and whether it came as the password of a name."""
    sent = asked.authorization
    if sent is None:
        return (None, False) if "Authorization" not in asked.headers else ("", False)
    if sent.type == "bearer":
        return sent.token or "", False
    if sent.type == "basic":
        return sent.password or "", True
    return "", False


def _count(found: TokenViewer | None, now: datetime) -> int:
    """Count this call, in a short transaction of its own; the seconds to wait if it is one too many."""
    most = int(settings.get("api_calls" if found else "api_public_calls"))
    address = request.remote_addr or "nowhere"
    key = found.viewer.token_ref if found else keyed("api address", address)
    window = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % WINDOW
    with db.writing() as session:
        number = session.scalar(_counted(key, found.token_id if found else None, window, now))
        if found is None and number == 1:
            old = (ApiUse.token_id.is_(None)) & (ApiUse.seen_at < now - KEPT)
            session.execute(delete(ApiUse).where(old))
    over = number is not None and number > most
    return -int(-(window + WINDOW - now).total_seconds() // 1) if over else 0


def _counted(key: str, token_id: int | None, window: datetime, now: datetime):  # type: ignore[no-untyped-def]
    """One statement, so that two processes never count the same call as one."""
    if db.engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    first = insert(ApiUse).values(
        key=key, token_id=token_id, window_at=window, number=1, seen_at=now
    )
    again = case((ApiUse.window_at == window, ApiUse.number + 1), else_=1)
    return first.on_conflict_do_update(
        index_elements=["key"], set_={"number": again, "window_at": window, "seen_at": now}
    ).returning(ApiUse.number)
