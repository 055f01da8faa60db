"""From a row to a Viewer: who somebody is and what they may do, as a plain value."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from portal.access import SECOND_FACTOR_ROLES, OrganisationKind, Permission, Post, Role, Viewer
from portal.people.models import (
    CouncilIdentity,
    Membership,
    Organisation,
    Passkey,
    Person,
    SecondStep,
    SessionSeen,
    SignInSession,
)
from portal.people.models_tokens import ApiToken
from portal.people.scopes import Scope
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


def viewer_unattended(session: Session, person_id: int, *, seen_after: datetime) -> Viewer | None:
    """The viewer for whom a programme reads by a secret address, while nobody signs in.

    Nobody, where a browser would let nobody in either: a closed account; a role that needs a second
    factor which is not set up, and no council that vouches for it; and who is known by a council's
    own sign-in and has not come through it lately, as with a token of the interface.
    """
    viewer = viewer_of_person(session, person_id)
    if viewer is None:
        return None
    came_at = func.coalesce(CouncilIdentity.last_used_at, CouncilIdentity.connected_at)
    known = session.execute(
        select(CouncilIdentity.council_id, came_at.label("came_at")).where(
            CouncilIdentity.person_id == person_id
        )
    ).all()
    if known and max(row.came_at for row in known) < seen_after:
        return None
    enrolled = session.scalar(select(has_second_factor).where(Person.id == person_id))
    vouched = any(factor_counts(viewer.posts, row.council_id) for row in known)
    needed = needs_second_factor(viewer.roles)
    return None if needed and not enrolled and not vouched else viewer


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
    must_enrol = not vouched and _lacks_second_factor(row, posts)
    viewer = Viewer(
        row.id,
        row.name,
        () if must_enrol else posts,
        ref=row.ref,
        session_id=row.session_id,
        must_enrol=must_enrol,
    )
    return SeenViewer(viewer, seen_at)


def _lacks_second_factor(row: Any, posts: Iterable[Post]) -> bool:
    """Whether a role of theirs needs a second factor that is not set up."""
    return not row.enrolled and needs_second_factor(post.role for post in posts)


@dataclass(frozen=True, slots=True)
class TokenViewer:
    """The viewer of a token, and what the token may be used for."""

    viewer: Viewer
    token_id: int
    scopes: frozenset[Scope]


def viewer_of_api_token(
    session: Session, token: str, *, on: date, seen_after: datetime
) -> TokenViewer | None:
    """The person for whom a program acts, with every post of today, read with one statement.

    Nobody, when the token was revoked or its last day is over, or when the account was closed.
    Somebody who still has to set up a second factor holds no post, as in a browser.

    Args:
        seen_after: who is known by a council's own sign-in must have come through it since: that
            somebody left is told there first, and a token asks nobody.
    """
    came_at = select(
        func.max(func.coalesce(CouncilIdentity.last_used_at, CouncilIdentity.connected_at))
    ).where(CouncilIdentity.person_id == Person.id)
    rows = session.execute(
        select(
            Person.id,
            Person.ref,
            Person.name,
            has_second_factor.label("enrolled"),
            ApiToken.id.label("token_id"),
            ApiToken.ref.label("token_ref"),
            ApiToken.scopes,
            ApiToken.council_id,
            came_at.scalar_subquery().label("came_at"),
            *_POSTS,
        )
        .select_from(ApiToken)
        .join(Person, Person.id == ApiToken.person_id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            ApiToken.token_hash == hashed(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.last_on >= on,
            Person.active.is_(True),
        )
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    row, posts = rows[0], tuple(_posts(rows))
    if row.came_at is not None and row.came_at < seen_after:
        return None
    vouched = row.council_id is not None and factor_counts(posts, row.council_id)
    must_enrol = not vouched and _lacks_second_factor(row, posts)
    viewer = Viewer(
        row.id,
        row.name,
        () if must_enrol else posts,
        ref=row.ref,
        token_ref=row.token_ref,
        must_enrol=must_enrol,
    )
    if not must_enrol and not viewer.may(
        Permission.TOKEN_KEEP
    ):  # a post that has no tokens came since
        return None
    return TokenViewer(viewer, row.token_id, frozenset(Scope(one) for one in row.scopes))


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
