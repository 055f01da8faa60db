"""Who is who. Everything here is scoped to the viewer."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from portal.access import ANONYMOUS, Permission, Role, Viewer
from portal.db import db
from portal.people.models import Council, Membership, Person
from portal.people.viewers import viewer_of_person


def viewer_of(person_id: int) -> Viewer:
    """A person as a viewer with every post; nobody for a closed account. For jobs, demo and tests."""
    return viewer_of_person(db.session, person_id) or ANONYMOUS


def people_with_role(
    role: Role, council_ids: Iterable[int] | None, viewer: Viewer
) -> Sequence[Person]:
    """People with an open account who hold a role at one of the councils (None: at any), by name.

    For councils' own work: a provider or a stranger finds nobody.
    """
    if not (viewer.is_system or viewer.council_ids or viewer.may(Permission.PEOPLE_ADMINISTER)):
        return []
    found = (
        select(Person)
        .join(Membership)
        .where(Membership.role == role, Person.active.is_(True))
        .order_by(Person.name, Person.id)
        .distinct()
    )
    if council_ids is not None:
        found = found.where(Membership.organisation_id.in_(list(council_ids)))
    return db.session.scalars(found).all()


def council(slug: str) -> Council | None:
    return db.session.scalar(select(Council).where(Council.slug == slug))


def councils() -> Sequence[Council]:
    """Every council, by name."""
    return db.session.scalars(select(Council).order_by(Council.name)).all()
