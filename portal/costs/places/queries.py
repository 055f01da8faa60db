"""The blocks of places that a council buys."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Role, Viewer
from portal.costs.places.models import BlockPlaces
from portal.db import db
from portal.paging import Sorting
from portal.people.models import Council
from portal.providers.models import Provider

BY_DAY = Sorting({"from": BlockPlaces.from_on}, default="-from", unique=BlockPlaces.ref)


def visible(viewer: Viewer) -> Select[BlockPlaces]:
    """The blocks of the councils whose money the viewer works on, taken back ones too."""
    mine = (
        viewer.councils_as(Role.FINANCE)
        if viewer.may(Permission.PLACEMENT_COST_READ)
        else frozenset()
    )
    return (
        select(BlockPlaces)
        .where(BlockPlaces.council_id.in_(mine))
        .options(joinedload(BlockPlaces.council), joinedload(BlockPlaces.provider))
    )


def one_block(ref: str, viewer: Viewer) -> BlockPlaces:
    """One of them.

    Raises:
        NotFound: there is none, or it is another council's.
    """
    found = db.session.scalar(visible(viewer).where(BlockPlaces.ref == ref))
    if found is None:
        raise NotFound
    return found


def counting(council: Council) -> Sequence[BlockPlaces]:
    """The blocks of a council that count, by provider and day. One statement."""
    return db.session.scalars(
        select(BlockPlaces)
        .join(BlockPlaces.provider)
        .where(BlockPlaces.council_id == council.id, BlockPlaces.taken_back_at.is_(None))
        .options(joinedload(BlockPlaces.provider))
        .order_by(Provider.name, BlockPlaces.from_on, BlockPlaces.id)
    ).all()


def providers_to_choose(viewer: Viewer) -> Sequence[Provider]:
    """Every provider by name, for whoever brings costs in."""
    if not viewer.may(Permission.COST_IMPORT):
        return []
    return db.session.scalars(select(Provider).order_by(Provider.name, Provider.id)).all()
