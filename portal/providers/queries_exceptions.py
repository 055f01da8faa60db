"""Exceptions, for the officers of the council that gave them; local to it."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access import Permission, Viewer
from portal.db import db
from portal.providers.models_exceptions import PlacementException


def exceptions(viewer: Viewer, provider_ids: Iterable[int]) -> Sequence[PlacementException]:
    """What the viewer's councils placed in spite of, newest first."""
    if not viewer.may(Permission.REGISTER_READ):
        return []
    return db.session.scalars(
        select(PlacementException)
        .where(
            PlacementException.provider_id.in_(set(provider_ids)),
            PlacementException.council_id.in_(viewer.council_ids),
        )
        .options(joinedload(PlacementException.council))
        .order_by(PlacementException.given_at.desc(), PlacementException.id.desc())
    ).all()


def exception(ref: str, viewer: Viewer) -> PlacementException | None:
    """One of the viewer's councils' exceptions."""
    return db.session.scalar(
        select(PlacementException).where(
            PlacementException.ref == ref, PlacementException.council_id.in_(viewer.council_ids)
        )
    )


def holding(
    known: Iterable[PlacementException], viewer: Viewer, on: date
) -> dict[str, PlacementException]:
    """By what they are about: those that hold today for every council of the viewer's."""
    found: dict[str, list[PlacementException]] = {}
    for one in known:
        if one.holds(on):
            found.setdefault(one.about_ref, []).append(one)
    return {
        about: own[0]
        for about, own in found.items()
        if {one.council_id for one in own} >= viewer.council_ids
    }
