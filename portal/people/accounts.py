"""Small steps that several verbs of this room share; who may take them is asked by the verb."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select, update

from portal import audit
from portal.access import PROVIDER_ROLES, Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.people.models import (
    Council,
    Membership,
    OneTimeLink,
    Organisation,
    Person,
    PersonKind,
    SignInCard,
    SignInSession,
)
from portal.people.models_tokens import ApiToken
from scoring.rules import RuleBroken

LAST_ONES = frozenset({Role.ADMINISTRATOR, Role.PROVIDER_ADMIN})


def by_email(email: str) -> Person | None:
    """The account of an address, open or closed."""
    return db.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def council_by_slug(slug: str) -> Council | None:
    return db.session.scalar(select(Council).where(Council.slug == slug))


def new_person(
    kind: PersonKind,
    name: str,
    email: str | None,
    *,
    password_hash: str | None,
    confirmed: bool,
    actor: Viewer,
    now: datetime,
) -> Person:
    """An account.

    Raises:
        RuleBroken: `email:taken`.
    """
    email = email.strip().lower() if email else None
    if email is not None and by_email(email) is not None:
        raise RuleBroken("email:taken", "This email address has an account already.", "email")
    person = Person(
        kind=kind,
        name=name.strip(),
        email=email,
        email_confirmed_at=now if email and confirmed else None,
        password_hash=password_hash,
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    audit.record(Event.ACCOUNT_CREATED, person, actor=actor, now=now, kind=kind.value)
    return person


def add_role(
    person: Person, organisation: Organisation, role: Role, *, actor: Viewer, now: datetime
) -> Membership:
    """A role, once.

    Raises:
        RuleBroken: `role:already-held`.
    """
    if membership_of(person.id, organisation.id, role) is not None:
        raise RuleBroken("role:already-held", f"{person.name} has this role already.", "role")
    membership = Membership(person=person, organisation=organisation, role=role, given_at=now)
    db.session.add(membership)
    db.session.flush()
    audit.record(
        Event.ROLE_GIVEN, person, actor=actor, now=now, role=role.value, at=organisation.ref
    )
    return membership


def membership_of(person_id: int, organisation_id: int, role: Role) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.organisation_id == organisation_id,
            Membership.role == role,
        )
    )


def memberships_of(person: Person) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership).where(Membership.person_id == person.id).order_by(Membership.id)
    ).all()


def refuse_last(membership: Membership) -> None:
    """The portal keeps an administrator, and so does each provider.

    The organisation's row is held, so that two administrators cannot remove each other at once.

    Raises:
        RuleBroken: `role:last-administrator`.
    """
    if membership.role not in LAST_ONES:
        return
    organisation = select(Organisation.id).where(Organisation.id == membership.organisation_id)
    db.session.execute(organisation.with_for_update(of=Organisation))
    others = (
        select(Membership.id)
        .join(Person)
        .where(
            Membership.role == membership.role,
            Membership.id != membership.id,
            Person.active.is_(True),
            Person.email_confirmed_at.is_not(None),
        )
    )
    if membership.role in PROVIDER_ROLES:
        others = others.where(Membership.organisation_id == membership.organisation_id)
    if db.session.scalar(select(exists(others))):
        return
    place = "The portal" if membership.role is Role.ADMINISTRATOR else "An organisation"
    raise RuleBroken(
        "role:last-administrator",
        f"{place} needs an administrator. Give somebody else the role first.",
    )


def end_sessions(person: Person, now: datetime, *, but: int | None = None) -> None:
    """Sign somebody out everywhere, except in one browser where that is wanted."""
    ended = update(SignInSession).where(
        SignInSession.person_id == person.id, SignInSession.ended_at.is_(None)
    )
    if but is not None:
        ended = ended.where(SignInSession.id != but)
    db.session.execute(ended.values(ended_at=now))


def end_tokens(
    person: Person, now: datetime, *, actor: Viewer, only: ApiToken | None = None
) -> None:
    """Revoke the tokens of somebody's programs, or one of them; each is recorded."""
    standing = select(ApiToken).where(
        ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None)
    )
    if only is not None:
        standing = standing.where(ApiToken.id == only.id)
    for token in db.session.scalars(standing):
        token.revoked_at = now
        audit.record(Event.TOKEN_REVOKED, token, actor=actor, now=now, of=person.ref)
    db.session.flush()


def end_doors(person: Person, now: datetime, *, actor: Viewer) -> None:
    """Nothing that was given to this person opens a door any more."""
    end_sessions(person, now)
    end_tokens(person, now, actor=actor)
    links = update(OneTimeLink).where(
        OneTimeLink.email == (person.email or ""),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.revoked_at.is_(None),
    )
    db.session.execute(links.values(revoked_at=now))
    cards = update(SignInCard).where(
        SignInCard.person_id == person.id, SignInCard.revoked_at.is_(None)
    )
    db.session.execute(cards.values(revoked_at=now))


def close(person: Person, *, actor: Viewer, now: datetime, reason: str) -> None:
    """Close an account at once."""
    for membership in memberships_of(person):
        refuse_last(membership)
    person.active = False
    end_doors(person, now, actor=actor)
    audit.record(Event.ACCOUNT_CLOSED, person, actor=actor, now=now, reason=reason)
    db.session.flush()
