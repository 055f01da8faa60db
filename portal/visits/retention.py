"""What this room has kept for long enough: photographs of visits that are over.

They are working papers of a team and no part of a report. Their period is a setting, and begins when
the visit is closed: while something that it recommended is open, they may still be needed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from portal import settings
from portal.access import Viewer
from portal.db import db
from portal.visits.actions_photos import let_go
from portal.visits.models import Visit
from portal.visits.models_entries import VisitPhoto
from portal.web import LONDON
from scoring.contract_terms import months_after

PHOTOGRAPHS = "visit-photographs"  # the class, as a list of retention names it


@dataclass(frozen=True, slots=True)
class Kept:
    """Something whose period is over. `drop(actor=…, now=…)` deletes it and leaves a record."""

    kind: str
    ref: str
    since_on: date
    due_on: date
    drop: Callable[..., None]


def due(on: date) -> Iterator[Kept]:
    """The photographs whose period is over on this day, the longest first. One statement."""
    months = settings.get("visit_photo_months")
    wanted = (
        select(VisitPhoto)
        .join(VisitPhoto.visit)
        .where(
            VisitPhoto.removed_at.is_(None),
            Visit.closed_at.is_not(None),
        )
        .options(contains_eager(VisitPhoto.visit), joinedload(VisitPhoto.file))
        .order_by(Visit.closed_at, VisitPhoto.id)
    )
    for photo in db.session.scalars(wanted).all():
        since_on = photo.visit.closed_at.astimezone(LONDON).date()
        due_on = months_after(since_on, months)
        if due_on <= on:
            yield Kept(PHOTOGRAPHS, photo.ref, since_on, due_on, partial(_drop, photo, months))


def _drop(photo: VisitPhoto, months: int, *, actor: Viewer, now: datetime) -> None:
    let_go(photo, f"Kept for {months} months after the visit.", actor=actor, now=now)
