"""Provider organisations; a stranger finds none."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from portal import paging
from portal.access import Permission, Role, Viewer
from portal.db import db
from portal.paging import Page, Sorting
from portal.people import queries as people
from portal.people.models import Membership, OneTimeLink, Person
from portal.providers import policy
from portal.providers.models import Provider, Registration, ServiceKind

SORTING = Sorting(
    {"name": Provider.name, "made": Provider.created_at}, default="name", unique=Provider.ref
)


def provider(ref: str, viewer: Viewer) -> Provider | None:
    """An organisation with its registrations: for its own people and for councils."""
    found = db.session.scalar(
        select(Provider).where(Provider.ref == ref).options(selectinload(Provider.registrations))
    )
    return found if found is not None and policy.may_read(viewer, found) else None


def own_provider(ref: str, viewer: Viewer) -> Provider | None:
    """One of the viewer's own organisations."""
    found = provider(ref, viewer)
    return found if found is not None and found.id in viewer.provider_ids else None


def own_providers(viewer: Viewer) -> Sequence[Provider]:
    """The organisations that the viewer acts for, by name."""
    return db.session.scalars(
        select(Provider)
        .where(Provider.id.in_(viewer.provider_ids))
        .options(selectinload(Provider.registrations))
        .order_by(Provider.name, Provider.id)
    ).all()


def providers_page(
    viewer: Viewer,
    *,
    words: str = "",
    service: ServiceKind | None = None,
    sort: str | None = None,
    cursor: str | None = None,
    size: int = paging.SIZE,
) -> tuple[Page[Provider], int]:
    """A page of all organisations, and how many there are: for councils."""
    if not viewer.may(Permission.REGISTER_READ):
        return Page([]), 0
    wanted = _matching(words, service)
    page = paging.paginate(
        db.session,
        wanted.options(selectinload(Provider.registrations)),
        SORTING,
        sort=sort,
        cursor=cursor,
        size=size,
    )
    return page, paging.count(db.session, wanted)


def _matching(words: str, service: ServiceKind | None) -> Any:
    wanted = select(Provider)
    for word in words.lower().split():
        urns = select(Registration.provider_id).where(
            func.lower(Registration.urn).contains(word, autoescape=True)
        )
        wanted = wanted.where(
            or_(
                func.lower(Provider.name).contains(word, autoescape=True),
                func.lower(Provider.trading_name).contains(word, autoescape=True),
                func.lower(Provider.company_number).contains(word, autoescape=True),
                Provider.id.in_(urns),
            )
        )
    if service is not None:
        served = select(Registration.provider_id).where(Registration.service == service)
        wanted = wanted.where(Provider.id.in_(served))
    return wanted


def registration(ref: str, provider: Provider) -> Registration | None:
    """A registration of this organisation."""
    return next((one for one in provider.registrations if one.ref == ref), None)


def colleagues(provider: Provider, viewer: Viewer) -> Sequence[Membership]:
    """Who works for an organisation, for its own people."""
    return people.memberships_at(provider.id) if provider.id in viewer.provider_ids else []


def colleague(person_ref: str, provider: Provider, viewer: Viewer) -> Person | None:
    """One of the people who work for an organisation, for its own people."""
    found = (one.person for one in colleagues(provider, viewer) if one.person.ref == person_ref)
    return next(found, None)


def administrators(provider_id: int) -> Sequence[Person]:
    """Who gets an organisation's mail. For the portal's own letters and messages."""
    return [
        one.person for one in people.memberships_at(provider_id) if one.role is Role.PROVIDER_ADMIN
    ]


def invitations(provider: Provider, viewer: Viewer) -> Sequence[OneTimeLink]:
    """Invitations that wait, for an administrator of the organisation."""
    return people.invitations(viewer, [provider.id])


def invitation(ref: str, provider: Provider, viewer: Viewer) -> OneTimeLink | None:
    """One invitation to this organisation, for its administrator."""
    found = people.invitation(ref, viewer)
    return found if found is not None and found.organisation_id == provider.id else None


def everybody(viewer: Viewer) -> Sequence[Provider]:
    """Every organisation by name, for a council's lists of choices."""
    if not viewer.may(Permission.REGISTER_READ):
        return []
    return db.session.scalars(select(Provider).order_by(Provider.name, Provider.id)).all()
