"""Who is who. Everything here is scoped to the viewer; strangers find nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal import paging, settings
from portal.access import ANONYMOUS, OrganisationKind, Permission, Role, Viewer
from portal.db import db
from portal.paging import Page, Sorting
from portal.people import policy
from portal.people.models import (
    BreakGlass,
    Council,
    CouncilIdentity,
    LinkKind,
    Membership,
    OneTimeLink,
    Organisation,
    Passkey,
    Person,
    PersonKind,
    RecoveryCode,
    SessionSeen,
    SignInSession,
)
from portal.people.models_tokens import ApiToken, ApiUse
from portal.people.scopes import Scope
from portal.people.viewers import Limits, viewer_of_person, viewer_unattended


def viewer_of(person_id: int) -> Viewer:
    """A person as a viewer with every post; nobody for a closed account. For jobs, demo and tests."""
    return viewer_of_person(db.session, person_id) or ANONYMOUS


def reader_unattended(person_id: int, now: datetime) -> Viewer:
    """A person for whom a programme reads while nobody signs in; nobody, where none could sign in."""
    unseen = timedelta(days=int(settings.get("api_council_days")))
    return viewer_unattended(db.session, person_id, seen_after=now - unseen) or ANONYMOUS


def people_with_role(
    role: Role, council_ids: Iterable[int] | None, viewer: Viewer
) -> Sequence[Person]:
    """People with an open account who hold a role at one of the councils (None: at any), by name.

    For councils' own work: a provider or a stranger finds nobody.
    """
    if not (viewer.is_system or viewer.council_ids or viewer.may(Permission.PEOPLE_ADMINISTER)):
        return []
    held = select(Membership.person_id).where(Membership.role == role)
    if council_ids is not None:
        held = held.where(Membership.organisation_id.in_(list(council_ids)))
    return db.session.scalars(
        select(Person)
        .where(Person.active.is_(True), Person.id.in_(held))
        .order_by(Person.name, Person.id)
    ).all()


def council(slug: str) -> Council | None:
    return db.session.scalar(select(Council).where(Council.slug == slug))


def councils_as(role: Role, viewer: Viewer) -> Sequence[Council]:
    """The councils where somebody holds a role, by name."""
    wanted = select(Council).where(Council.id.in_(viewer.councils_as(role)))
    return db.session.scalars(wanted.order_by(Council.name)).all()


def councils(session: Session | None = None) -> Sequence[Council]:
    """Every council, by name."""
    return (session or db.session).scalars(select(Council).order_by(Council.name)).all()


# --- One's own account -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A signed-in browser as its owner sees it."""

    ref: str
    device: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


def own(viewer: Viewer) -> Person:
    """The person behind the viewer, with roles."""
    return db.session.scalars(
        select(Person).where(Person.id == viewer.person_id).options(_with_roles())
    ).one()


def own_sessions(viewer: Viewer, limits: Limits, now: datetime) -> list[OpenSession]:
    """The sessions that are still open, the newest first."""
    seen = func.coalesce(SessionSeen.seen_at, SignInSession.started_at)
    rows = db.session.execute(
        select(SignInSession, SessionSeen.seen_at)
        .outerjoin(SessionSeen, SessionSeen.session_id == SignInSession.id)
        .where(
            SignInSession.person_id == viewer.person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.started_at > now - limits.absolute,
            seen > now - limits.idle,
        )
        .order_by(seen.desc(), SignInSession.id.desc())
    )
    return [
        OpenSession(
            row.ref,
            row.device,
            row.started_at,
            row.started_at if seen_at is None else seen_at,
            is_this=row.id == viewer.session_id,
        )
        for row, seen_at in rows
    ]


def own_session(ref: str, viewer: Viewer) -> SignInSession | None:
    return db.session.scalar(
        select(SignInSession)
        .where(SignInSession.ref == ref, SignInSession.person_id == viewer.person_id)
        .options(joinedload(SignInSession.person))
    )


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A token as its owner sees it: everything but the token."""

    token: ApiToken
    seen_at: datetime | None
    scopes: tuple[Scope, ...]


def own_tokens(viewer: Viewer, on: date) -> list[KeptToken]:
    """The tokens that still open something, the newest first. One statement."""
    rows = db.session.execute(
        select(ApiToken, ApiUse.seen_at)
        .outerjoin(ApiUse, ApiUse.token_id == ApiToken.id)
        .where(
            ApiToken.person_id == viewer.person_id,
            ApiToken.revoked_at.is_(None),
            ApiToken.last_on >= on,
        )
        .order_by(ApiToken.id.desc())
    )
    return [
        KeptToken(token, seen_at, tuple(Scope(one) for one in token.scopes))
        for token, seen_at in rows
    ]


def own_token(ref: str, viewer: Viewer) -> ApiToken | None:
    """One token of one's own that was not revoked yet."""
    return db.session.scalar(
        select(ApiToken)
        .where(
            ApiToken.ref == ref,
            ApiToken.person_id == viewer.person_id,
            ApiToken.revoked_at.is_(None),
        )
        .options(joinedload(ApiToken.person))
    )


def current_session(viewer: Viewer) -> SignInSession | None:
    return db.session.scalar(
        select(SignInSession)
        .where(SignInSession.id == viewer.session_id)
        .options(joinedload(SignInSession.person))
    )


def own_identities(viewer: Viewer) -> Sequence[CouncilIdentity]:
    """The councils' accounts that are connected to one's own."""
    return identities_of(viewer.person_id or 0, viewer)


def identities_of(person_id: int, viewer: Viewer) -> Sequence[CouncilIdentity]:
    """The councils' accounts of a person, for that person and for administrators."""
    if person_id != viewer.person_id and not policy.may_administer(viewer):
        return []
    return db.session.scalars(
        select(CouncilIdentity)
        .where(CouncilIdentity.person_id == person_id)
        .options(joinedload(CouncilIdentity.council))
        .order_by(CouncilIdentity.id)
    ).all()


def identity(ref: str, viewer: Viewer) -> CouncilIdentity | None:
    """A connected account of a council, for administrators."""
    if not policy.may_administer(viewer):
        return None
    return db.session.scalar(
        select(CouncilIdentity)
        .where(CouncilIdentity.ref == ref)
        .options(joinedload(CouncilIdentity.council), joinedload(CouncilIdentity.person))
    )


def passkeys_of(person_id: int, session: Session | None = None) -> Sequence[Passkey]:
    """The passkeys of a person, for the door and the page of the account; the oldest first."""
    return (
        (session or db.session)
        .scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id))
        .all()
    )


def own_passkey(ref: str, viewer: Viewer, session: Session | None = None) -> Passkey | None:
    return (session or db.session).scalar(
        select(Passkey)
        .where(Passkey.ref == ref, Passkey.person_id == viewer.person_id)
        .options(joinedload(Passkey.person))
    )


def recovery_codes_left(viewer: Viewer) -> int:
    """How many printed codes still work."""
    codes = select(func.count()).where(
        RecoveryCode.person_id == viewer.person_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(codes) or 0


# --- Administration ---------------------------------------------------------------------------

PEOPLE_SORTING = Sorting(
    {"name": Person.name, "made": Person.created_at}, default="name", unique=Person.ref
)


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the list of people is narrowed to; empty means all."""

    words: str = ""
    role: Role | None = None
    organisation_ref: str = ""
    closed: bool = False


def people_page(
    viewer: Viewer, wanted: PeopleFilter, *, sort: str | None, cursor: str | None, size: int
) -> tuple[Page[Person], int]:
    """A page of people with their roles, and how many there are: three statements. Administrators."""
    if not viewer.may(Permission.PEOPLE_ADMINISTER):
        return Page([]), 0
    people = _matching(wanted).options(_with_roles())
    page = paging.paginate(db.session, people, PEOPLE_SORTING, sort=sort, cursor=cursor, size=size)
    return page, paging.count(db.session, _matching(wanted))


def _matching(wanted: PeopleFilter) -> Any:
    people = select(Person).where(Person.active.is_(not wanted.closed))
    for word in wanted.words.lower().split():
        people = people.where(
            or_(
                func.lower(Person.name).contains(word, autoescape=True),
                Person.email.contains(word, autoescape=True),
            )
        )
    if wanted.role is not None or wanted.organisation_ref:
        held = select(Membership.person_id)
        if wanted.role is not None:
            held = held.where(Membership.role == wanted.role)
        if wanted.organisation_ref:
            held = held.join(Organisation).where(Organisation.ref == wanted.organisation_ref)
        people = people.where(Person.id.in_(held))
    return people


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people by id; the caller has asked who may see what they did. One statement."""
    wanted = set(ids) - {None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def person(ref: str, viewer: Viewer) -> Person | None:
    """A person with roles: oneself, or anybody for an administrator."""
    found = db.session.scalar(select(Person).where(Person.ref == ref).options(_with_roles()))
    if found is None or found.id == viewer.person_id or policy.may_administer(viewer):
        return found
    return None


def membership(
    person_ref: str, organisation_ref: str, role: str, viewer: Viewer
) -> Membership | None:
    """A role of somebody, for whoever manages the people of that organisation."""
    found = db.session.scalar(
        select(Membership)
        .join(Person)
        .join(Organisation)
        .where(Person.ref == person_ref, Organisation.ref == organisation_ref)
        .where(Membership.role.in_([one for one in Role if one.value == role]))
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
    )
    if found is None or not policy.may_manage_people_of(viewer, found.organisation):
        return None
    return found


GLASSES_SHOWN = 50


def glasses(viewer: Viewer) -> Sequence[BreakGlass]:
    """The last times at which an administrator took a role in an emergency, the newest first."""
    if not policy.may_administer(viewer):
        return []
    return db.session.scalars(
        select(BreakGlass)
        .options(joinedload(BreakGlass.person), joinedload(BreakGlass.organisation))
        .order_by(BreakGlass.id.desc())
        .limit(GLASSES_SHOWN)
    ).all()


def glass(ref: str, viewer: Viewer) -> BreakGlass | None:
    """One of them, for administrators."""
    if not policy.may_administer(viewer):
        return None
    wanted = select(BreakGlass).where(BreakGlass.ref == ref)
    return db.session.scalar(wanted.options(joinedload(BreakGlass.person)))


def memberships_at(organisation_id: int) -> Sequence[Membership]:
    """Who works for an organisation, by name; the caller has asked whether the viewer may know."""
    return db.session.scalars(
        select(Membership)
        .join(Person)
        .where(Membership.organisation_id == organisation_id, Person.active.is_(True))
        .options(joinedload(Membership.person))
        .order_by(Person.name, Membership.id)
    ).all()


def people_of_councils(viewer: Viewer) -> dict[int, int]:
    """How many people each council has, for an administrator."""
    if not policy.may_administer(viewer):
        return {}
    rows = db.session.execute(
        select(Membership.organisation_id, func.count(Membership.person_id.distinct()))
        .join(Person)
        .where(Person.active.is_(True))
        .group_by(Membership.organisation_id)
    )
    return {row[0]: row[1] for row in rows}


def organisations(kind: OrganisationKind | None = None) -> Sequence[Organisation]:
    """Every council and provider, by name, for an administrator's lists of choices."""
    wanted = select(Organisation).order_by(Organisation.name, Organisation.id)
    if kind is not None:
        wanted = wanted.where(Organisation.kind == kind)
    return db.session.scalars(wanted).all()


def _with_roles() -> Any:
    return selectinload(Person.memberships).joinedload(Membership.organisation)


# --- Invitations ------------------------------------------------------------------------------


def invitations(viewer: Viewer, organisation_ids: Iterable[int] | None) -> Sequence[OneTimeLink]:
    """Invitations that wait for an answer or ran out, the newest first.

    Args:
        organisation_ids: of these; None is every council, for an administrator.
    """
    waiting = (
        select(OneTimeLink)
        .join(OneTimeLink.organisation)
        .where(
            OneTimeLink.kind == LinkKind.INVITATION,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.revoked_at.is_(None),
        )
        .options(joinedload(OneTimeLink.organisation))
        .order_by(OneTimeLink.made_at.desc(), OneTimeLink.id.desc())
    )
    if organisation_ids is None:
        waiting = waiting.where(Organisation.kind == OrganisationKind.COUNCIL)
    else:
        waiting = waiting.where(OneTimeLink.organisation_id.in_(list(organisation_ids)))
    found = db.session.scalars(waiting).all()
    return [link for link in found if _may_manage(viewer, link)]


def invitation(ref: str, viewer: Viewer) -> OneTimeLink | None:
    """An invitation, for whoever may take it back."""
    link = db.session.scalar(
        select(OneTimeLink)
        .where(OneTimeLink.ref == ref, OneTimeLink.kind == LinkKind.INVITATION)
        .options(joinedload(OneTimeLink.organisation))
    )
    return link if link is not None and _may_manage(viewer, link) else None


def _may_manage(viewer: Viewer, link: OneTimeLink) -> bool:
    place = link.organisation
    return place is not None and bool(policy.may_manage_people_of(viewer, place))


def has_account(email: str, session: Session) -> bool:
    """Whether an invited address has an open account; asked only by whoever holds the invitation."""
    open_ones = select(Person.id).where(Person.email == email, Person.active.is_(True))
    return session.scalar(open_ones) is not None


def demonstration_people() -> list[tuple[Role, list[Person]]]:
    """Everybody in the demonstration, by role; asked for by its sign-in page only."""
    rows = db.session.execute(
        select(Membership.role, Person)
        .join(Person)
        .where(Person.active.is_(True), Person.kind != PersonKind.YOUNG)
        .options(_with_roles())
        .order_by(Person.id)
    ).unique()
    found: dict[Role, list[Person]] = {role: [] for role in Role}
    for role, person in rows:
        if person not in found[role]:
            found[role].append(person)
    return [(role, people) for role, people in found.items() if people]
