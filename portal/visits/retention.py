"""What this room keeps for a time: photographs of visits that are over.

They are working papers of a team and no part of a report. Their period begins when the visit is
closed, or ended without a report: while something that it recommended is open, they may still be
needed. Who deletes, who agrees and what a legal hold stops is the house's (`portal.retention`).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.days import LONDON
from portal.db import UTCDateTime, db
from portal.retention import DueItem, Kept
from portal.visits.actions_photos import let_go
from portal.visits.models import Visit
from portal.visits.models_entries import VisitPhoto


def due(before: date, most: int) -> Sequence[DueItem]:
    """The photographs of visits that were closed before a day, the oldest first. One statement."""
    over_at = func.coalesce(Visit.closed_at, Visit.ended_at, type_=UTCDateTime)
    rows = db.session.execute(
        select(VisitPhoto.ref, over_at)
        .join(VisitPhoto.visit)
        .where(
            VisitPhoto.removed_at.is_(None),
            over_at < datetime.combine(before, time(), tzinfo=UTC),
        )
        .order_by(over_at, VisitPhoto.id)
        .limit(most)
    )
    return [DueItem(ref, at.astimezone(LONDON).date()) for ref, at in rows]


def erase(refs: Sequence[str], now: datetime) -> int:
    """Take the pictures and their captions away; that there was one, and why it went, stays."""
    photos = db.session.scalars(
        select(VisitPhoto)
        .where(VisitPhoto.ref.in_(refs), VisitPhoto.removed_at.is_(None))
        .options(joinedload(VisitPhoto.visit), joinedload(VisitPhoto.file))
    ).all()
    for photo in photos:
        let_go(photo, "The time for which it was kept is over.", actor=Viewer.system(), now=now)
    return len(photos)


KEPT = (
    Kept(
        key="visit-photos",
        title="Photographs of visits",
        counts_from="the day on which the visit was closed, or ended without a report",
        basis="usual: a year after everything that was recommended is done",
        due=due,
        erase=erase,
    ),
)
