"""How often somebody may try: counted in the database, since several processes serve.

A try is written down before it is checked and taken back when it succeeds, so that a hundred tries
at once are a hundred tries. Accounts and addresses stand here as keyed hashes only.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal import settings
from portal.db import db
from portal.people.models import Attempt
from portal.people.tokens import keyed
from scoring.rules import RuleBroken

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
MOST_INVITATIONS = 30
TIMES_FOR_ADDRESS = 10  # an office shares one address


def limits(kind: str, who: str, address: str) -> dict[str, int]:
    """The two keys of a try, and how often each may fail within the window.

    Args:
        kind: what is tried: "password", "code", "card", "mail".
        who: the account, as it was typed or is known.
        address: where the request came from.
    """
    most = int(settings.get("sign_in_attempts"))
    return {keyed(kind, who): most, keyed("address", address): most * TIMES_FOR_ADDRESS}


def invitations(who: str) -> dict[str, int]:
    """How many invitations somebody may send within the window: mail to strangers has an end."""
    return {keyed("invitations", who): MOST_INVITATIONS}


def take(keys: Mapping[str, int], now: datetime) -> None:
    """Write a try down, in a transaction of its own.

    Raises:
        RuleBroken: `sign-in:paused`, when one of the keys has none left. The message is the same
            whether the account exists or not.
    """
    with db.writing() as session:
        wait = _take(session, keys, now)
    _refuse(wait)


def take_within(keys: Mapping[str, int], now: datetime) -> None:
    """Write down what is done, as part of the transaction that does it.

    Raises:
        RuleBroken: `sign-in:paused`.
    """
    _refuse(_take(db.session, keys, now))


def _take(session: Session, keys: Mapping[str, int], now: datetime) -> timedelta:
    """How long to wait; when there is no need to, the try is written down."""
    session.execute(delete(Attempt).where(Attempt.at < now - KEPT))
    wait = max(_wait(session, key, most, now) for key, most in sorted(keys.items()))
    if not wait:
        session.add_all(Attempt(key=key, at=now) for key in keys)
    return wait


def _refuse(wait: timedelta) -> None:
    if wait:
        minutes = -(-int(wait.total_seconds()) // 60) or 1
        span = "a minute" if minutes == 1 else f"{minutes} minutes"
        raise RuleBroken("sign-in:paused", f"Too many tries. Wait {span}, then try again.")


def _wait(session: Session, key: str, most: int, now: datetime) -> timedelta:
    """How long until this key may try again; nothing when it may at once."""
    _queue_up(session, key)
    newest = (
        select(Attempt.at)
        .where(Attempt.key == key, Attempt.at > now - WINDOW)
        .order_by(Attempt.at.desc())
        .limit(1)
        .offset(most - 1)
    )
    decisive = session.scalar(newest)
    return timedelta() if decisive is None else decisive + WINDOW - now


def _queue_up(session: Session, key: str) -> None:
    """One try at a time for each key; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        number = int(key[:15], 16)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def forgive(keys: Mapping[str, int], now: datetime) -> None:
    """It was the right person: clear the account's tries, and this one of the address."""
    account, address = keys
    db.session.execute(delete(Attempt).where(Attempt.key == account))
    mine = select(func.max(Attempt.id)).where(Attempt.key == address, Attempt.at == now)
    db.session.execute(delete(Attempt).where(Attempt.id == mine.scalar_subquery()))
