"""People and councils for tests, told in the words of the field.

    ada = a_person(role=Role.COMMISSIONER, council="luton")
    ben = a_person(role=Role.PROVIDER_ADMIN, provider=a_provider())
    as_person(client, ada).get("/rounds")

All of them need an application context (`session`). Sign in after moving the clock: sessions end.
"""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyotp
from sqlalchemy import select

from portal.access import PROVIDER_ROLES, SECOND_FACTOR_ROLES, Role, Viewer
from portal.db import db
from portal.people import queries
from portal.people.models import (
    Council,
    Membership,
    Organisation,
    Person,
    PersonKind,
    SessionSeen,
    SignInSession,
)
from portal.people.passwords import hash_password
from portal.people.tokens import hashed, new_token

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
PASSWORD = "a quiet lane in autumn"
HOST = "luton"
NAMES = "Ada Ben Cyd Dev Eve Fay Gus Hal Ivy Joe Kit Lou Mia Ned Oda Pat Ray Sue Tom Una Val"
SURNAMES = "Ash Birch Cedar Elm Fir Hazel Holly Larch Maple Oak Pine Rowan Willow Yew"
_names = itertools.cycle(f"{first} {last}" for last in SURNAMES.split() for first in NAMES.split())
_numbers = itertools.count(1)


def a_council(slug: str = HOST, *, name: str | None = None) -> Council:
    """The council of that slug; made when it is not there yet. Luton hosts the portal."""
    council = db.session.scalar(select(Council).where(Council.slug == slug))
    if council is None:
        called = name or f"{slug.replace('-', ' ').title()} Council"
        council = Council(slug=slug, name=called, is_host=slug == HOST, created_at=LONG_AGO)
        db.session.add(council)
        db.session.flush()
    return council


def a_person(
    role: Role | Iterable[Role] = Role.COMMISSIONER,
    council: Council | str | None = None,
    *,
    provider: Organisation | None = None,
    name: str | None = None,
    email: str | None = None,
    password: str = PASSWORD,
    enrolled: bool = True,
) -> Person:
    """Somebody with a role (or several) at a council or a provider.

    Args:
        council: a council or its slug; Luton when nothing is said.
        provider: for the two roles of providers; a new one when nothing is said.
        enrolled: whether the second factor is set up, where the role needs one.
    """
    roles = [role] if isinstance(role, Role) else list(role)
    person = _account(_kind(roles), name or next(_names), email, password)
    if enrolled and not SECOND_FACTOR_ROLES.isdisjoint(roles):
        person.totp_secret, person.totp_confirmed_at = pyotp.random_base32(), LONG_AGO
    organisation = _organisation(person.kind, council, provider)
    db.session.add(person)
    db.session.flush()
    for one in roles:
        db.session.add(
            Membership(person=person, organisation=organisation, role=one, given_at=LONG_AGO)
        )
    db.session.flush()
    return person


def _kind(roles: list[Role]) -> PersonKind:
    if Role.YOUNG_COMMISSIONER in roles:
        return PersonKind.YOUNG
    return PersonKind.PROVIDER if set(roles) & PROVIDER_ROLES else PersonKind.STAFF


def _account(kind: PersonKind, name: str, email: str | None, password: str) -> Person:
    person = Person(kind=kind, name=name, created_at=LONG_AGO)
    if kind is not PersonKind.YOUNG:
        unique = f"{name.lower().replace(' ', '.')}.{next(_numbers)}@test.example"
        person.email, person.email_confirmed_at = email or unique, LONG_AGO
        person.password_hash = _hash(password)
    return person


@cache
def _hash(password: str) -> str:
    return hash_password(password)


def _organisation(
    kind: PersonKind, council: Council | str | None, provider: Organisation | None
) -> Organisation:
    if kind is not PersonKind.PROVIDER:
        return council if isinstance(council, Council) else a_council(council or HOST)
    if provider is None:
        from tests.factories.providers import a_provider

        return a_provider()
    return provider


def viewer(person: Person) -> Viewer:
    """The person as a viewer, for queries and actions."""
    return queries.viewer_of(person.id)


def a_viewer(role: Role = Role.COMMISSIONER, council: str = HOST, **more: Any) -> Viewer:
    """Somebody new with a role, as a viewer."""
    return viewer(a_person(role, council, **more))


def as_person(client: Any, person: Person) -> Any:
    """Sign the client in as this person, by a real session that begins now. Returns the client."""
    now = client.application.config["CLOCK"]()
    token = new_token()
    session = SignInSession(token_hash=hashed(token), person_id=person.id, started_at=now)
    db.session.add(session)
    db.session.flush()
    db.session.add(SessionSeen(session_id=session.id, seen_at=now))
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def code_for(person: Person, now: datetime, step: int = 0) -> str:
    """The code that the person's phone shows `step` half minutes from now."""
    return pyotp.TOTP(person.totp_secret).at(now, counter_offset=step)
