"""Whether everything that the portal leans on answers: for whoever watches the installation."""

import os
import smtplib
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from io import BytesIO
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from portal.db import db
from portal.queue import Job, JobState
from portal.scanning import get_scanner
from portal.storage import get_store

ASKED_EVERY = 10.0  # seconds: whoever asks more often is told what was found then
MAIL_WAIT = 5
LATE = timedelta(minutes=15)  # a job that waits as long has no worker
NEEDED = frozenset({"database", "store"})  # without one of these no page is worth sending


class State(StrEnum):
    UP = "up"
    DOWN = "down"
    OFF = "off"  # this installation has none
    LATE = "late"  # it answers, and is behind


_found: dict[int, tuple[float, dict[str, State]]] = {}


def parts(now: datetime) -> dict[str, State]:
    """Every part by name, as it was at most ten seconds ago."""
    key = id(current_app.extensions["database"])  # each portal of a process has its own
    at, found = _found.get(key, (0.0, {}))
    if not found or time.monotonic() - at > ASKED_EVERY:
        found = {name: _asked(check, now) for name, check in CHECKS.items()}
        _found[key] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Ask anew at the next look."""
    _found.clear()


def is_ready(found: dict[str, State]) -> bool:
    """Whether people can work: what only waits (mail, scans, jobs) does not turn them away."""
    return all(found[name] is State.UP for name in NEEDED)


def _asked(check: Callable[[datetime], State], now: datetime) -> State:
    try:
        return check(now)
    except Exception:  # whatever is wrong with it, it does not answer
        return State.DOWN


def _database(_now: datetime) -> State:
    with db.reading() as session:
        session.execute(select(1))
    return State.UP


def _store(_now: datetime) -> State:
    get_store("documents").exists("0" * 64)
    if not current_app.config.get("S3_BUCKET"):
        return State.UP if os.access(current_app.config["DATA_DIR"], os.W_OK) else State.DOWN
    return State.UP


def _queue(now: datetime) -> State:
    waiting = select(Job.id).where(Job.state == JobState.WAITING, Job.due_at < now - LATE).limit(1)
    with db.reading() as session:
        return State.UP if session.scalar(waiting) is None else State.LATE


def _scanner(_now: datetime) -> State:
    seen = get_scanner().scan(BytesIO(b"is anybody there"))
    return State.UP if seen.is_clean else State.DOWN


def _mail(_now: datetime) -> State:
    address = current_app.config["SMTP_URL"]
    if not address:
        return State.OFF
    server = urlsplit(address)
    host, port = server.hostname or "localhost", server.port or 25
    if server.scheme == "smtps":  # whom it vouches with is looked at where mail is sent
        with socket.create_connection((host, server.port or 465), timeout=MAIL_WAIT):
            return State.UP
    with smtplib.SMTP(host, port, timeout=MAIL_WAIT) as connection:
        connection.noop()
    return State.UP


CHECKS: dict[str, Callable[[datetime], State]] = {
    "database": _database,
    "store": _store,
    "queue": _queue,
    "scanner": _scanner,
    "mail": _mail,
}
