"""From a row to a Viewer: who somebody is and what they may do, as a plain value."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from portal.access import SECOND_FACTOR_ROLES, OrganisationKind, Post, Role, Viewer
from portal.people.models import (
    Membership,
    Organisation,
    Passkey,
    Person,
    SecondStep,
    SessionSeen,
    SignInSession,
)
from portal.people.tokens import hashed


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives, in the installation's own numbers."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class SeenViewer:
    """The viewer of a session, and when that session was last used."""

    viewer: Viewer
    seen_at: datetime


has_second_factor = or_(
    Person.totp_confirmed_at.is_not(None), exists().where(Passkey.person_id == Person.id)
)
_POSTS = (
    Membership.role,
    Organisation.id.label("organisation_id"),
    Organisation.kind,
    Organisation.name.label("organisation_name"),
)


def viewer_of_person(session: Session, person_id: int) -> Viewer | None:
    """The viewer that a person is, with every post; None for a closed account."""
    rows = session.execute(
        select(Person.id, Person.ref, Person.name, *_POSTS)
        .select_from(Person)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(Person.id == person_id, Person.active.is_(True))
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    return Viewer(rows[0].id, rows[0].name, tuple(_posts(rows)), ref=rows[0].ref)


def viewer_of_token(
    session: Session, token: str, *, limits: Limits, now: datetime
) -> SeenViewer | None:
    """The viewer of a signed-in browser, read with one statement.

    Nobody, when the session has ended, was not used for too long or began too long ago, or when
    the account was closed. Somebody who still has to set up a second factor holds no post yet.
    """
    rows = session.execute(
        select(
            Person.id,
            Person.ref,
            Person.name,
            has_second_factor.label("enrolled"),
            SignInSession.id.label("session_id"),
            SignInSession.started_at,
            SignInSession.second_step,
            SignInSession.council_id,
            SessionSeen.seen_at,
            *_POSTS,
        )
        .select_from(SignInSession)
        .join(Person, Person.id == SignInSession.person_id)
        .outerjoin(SessionSeen, SessionSeen.session_id == SignInSession.id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            SignInSession.token_hash == hashed(token),
            SignInSession.ended_at.is_(None),
            Person.active.is_(True),
        )
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    row = rows[0]
    seen_at = row.seen_at or row.started_at
    if now - row.started_at >= limits.absolute or now - seen_at >= limits.idle:
        return None
    posts = tuple(_posts(rows))
    vouched = row.second_step is SecondStep.COUNCIL
    if vouched and not factor_counts(posts, row.council_id):
        return None  # a role elsewhere was given meanwhile, and needs more than that council's word
    must_enrol = (
        not vouched and not row.enrolled and needs_second_factor(post.role for post in posts)
    )
    viewer = Viewer(
        row.id,
        row.name,
        () if must_enrol else posts,
        ref=row.ref,
        session_id=row.session_id,
        must_enrol=must_enrol,
    )
    return SeenViewer(viewer, seen_at)


def needs_second_factor(roles: Iterable[Role]) -> bool:
    """Whether one of the roles asks for a second factor."""
    return not SECOND_FACTOR_ROLES.isdisjoint(roles)


def factor_counts(posts: Collection[Post], council_id: int | None) -> bool:
    """Whether this council may vouch for the second factor: only where no other one would have to.

    Somebody with a role at another council keeps the phone or the passkey: one council's provider
    does not open the other's records.
    """
    return not needs_second_factor(
        post.role
        for post in posts
        if post.kind is not OrganisationKind.COUNCIL or post.organisation_id != council_id
    )


def _posts(rows: Iterable[object]) -> Iterable[Post]:
    for row in rows:
        role: Role | None = getattr(row, "role", None)
        if role is not None:
            yield Post(
                role,
                getattr(row, "organisation_id", 0),
                OrganisationKind(getattr(row, "kind", "")),
                getattr(row, "organisation_name", ""),
            )
