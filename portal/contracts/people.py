"""Whom the mails about contracts go to."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.people.models import Membership, Person


def of_provider(provider_id: int) -> Sequence[Person]:
    """A provider's administrators, or where it has none, everybody who writes for it."""
    chiefs = _holding(Role.PROVIDER_ADMIN, [provider_id])
    return chiefs or _holding(Role.PROVIDER_CONTRIBUTOR, [provider_id])


def commissioners(council_ids: Collection[int]) -> Sequence[Person]:
    """The commissioners of councils."""
    return _holding(Role.COMMISSIONER, council_ids)


def finance(council_ids: Collection[int]) -> Sequence[Person]:
    """The people who decide on money at councils."""
    return _holding(Role.FINANCE, council_ids)


def _holding(role: Role, organisation_ids: Collection[int]) -> Sequence[Person]:
    held = select(Membership.person_id).where(
        Membership.role == role, Membership.organisation_id.in_(list(organisation_ids))
    )
    wanted = select(Person).where(Person.active.is_(True), Person.id.in_(held))
    return db.session.scalars(wanted.order_by(Person.name, Person.id)).all()
