"""What happens at the door, before anything is written: who tries, and whether it is right.

Each check counts the try first, in a short transaction of its own, and verifies slow hashes without
any lock. The same work is done for an account that does not exist.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.people import attempts, doors
from portal.people.models import Person, SignInCard
from portal.people.passwords import verify
from portal.people.tokens import hashed, ungrouped

WRONG = "The email address or the password is not right."
WRONG_PIN = "That PIN is not right. Try again."


@dataclass(frozen=True, slots=True)
class Tried:
    """A try to come in: whom it was about, whether it was right, and the keys it counted on."""

    person_id: int | None
    right: bool
    keys: dict[str, int]
    card_id: int | None = None


def try_password(email: str, password: str, *, address: str, now: datetime) -> Tried:
    """Raises RuleBroken `sign-in:paused`."""
    email = email.strip().lower()
    keys = attempts.limits("password", email, address)
    attempts.take(keys, now)
    with db.reading() as session:
        found = select(Person.id, Person.password_hash, Person.active).where(Person.email == email)
        row = session.execute(found).one_or_none()
        elsewhere = row is not None and doors.is_bound(session, row.id)
    right = verify(row.password_hash if row and row.active else None, password)
    return Tried(row.id if row else None, right and not elsewhere, keys)


def try_own_password(person_id: int, password: str, *, address: str, now: datetime) -> Tried:
    """Somebody who is signed in says their password again. Raises RuleBroken `sign-in:paused`."""
    keys = attempts.limits("own-password", str(person_id), address)
    attempts.take(keys, now)
    with db.reading() as session:
        kept = session.scalar(select(Person.password_hash).where(Person.id == person_id))
    return Tried(person_id, verify(kept, password), keys)


def count_code(person_id: int, *, address: str, now: datetime) -> dict[str, int]:
    """Count a try at the second step. Raises RuleBroken `sign-in:paused`."""
    keys = attempts.limits("code", str(person_id), address)
    attempts.take(keys, now)
    return keys


def try_card(number: str, pin: str, *, address: str, now: datetime) -> Tried:
    """Raises RuleBroken `sign-in:paused`."""
    token_hash = hashed(ungrouped(number))
    keys = attempts.limits("card", token_hash, address)
    attempts.take(keys, now)
    with db.reading() as session:
        row = session.execute(
            select(SignInCard.id, SignInCard.person_id, SignInCard.pin_hash)
            .join(Person, Person.id == SignInCard.person_id)
            .where(
                SignInCard.token_hash == token_hash,
                SignInCard.revoked_at.is_(None),
                Person.active.is_(True),
            )
        ).one_or_none()
    right = verify(row.pin_hash if row else None, pin)
    return Tried(row.person_id if row else None, right, keys, card_id=row.id if row else None)


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),  # the last: the others say that they are it
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """A browser in the words of whoever looks at the list of sessions: "Firefox on Windows"."""
    found = (
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    )
    return " on ".join(part for part in found if part) or "Another browser"
