"""Who leads a round: the commissioners and moderators of its lead council."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.people.models import Membership, Person
from portal.rounds.models import Round

LEADING = (Role.COMMISSIONER, Role.MODERATOR)


def leaders_of(bid_round: Round) -> Sequence[Person]:
    """The people who decide on the results of a round, by name."""
    return db.session.scalars(
        select(Person)
        .join(Membership)
        .where(
            Membership.organisation_id == bid_round.lead_council_id,
            Membership.role.in_(LEADING),
            Person.active,
        )
        .order_by(Person.name, Person.id)
        .distinct()
    ).all()
