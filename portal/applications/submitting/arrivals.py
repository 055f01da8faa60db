"""When a submission came in: written down in a transaction of its own before anything else.

A round is not opened while one that came in on time is still being stored. It is finished within
the transaction that stores it, so that no submission is ever both stored and on its way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from portal.access import Viewer
from portal.applications.models import Application, Arrival
from portal.db import db
from portal.rounds.models import Round


class Noted:
    """A submission on its way. It ends as stored, or, however the request ends, as given up."""

    def __init__(self, arrival_id: int | None) -> None:
        self.arrival_id = arrival_id
        self.is_stored = False

    def stored(self, now: datetime) -> None:
        """Say, in the transaction that stores it, that it is stored."""
        if self.arrival_id is not None:
            db.session.get_one(Arrival, self.arrival_id).finished_at = now
        self.is_stored = True


@contextmanager
def noted(
    application_ref: str, received_at: datetime, viewer: Viewer, now: datetime
) -> Iterator[Noted]:
    """Write down that a submission came in, for as long as the block runs.

    To be entered before the request's own session has begun, which holds the write lock.
    Strangers and late ones leave no trace here.
    """
    arrival = Noted(_note(application_ref, received_at, viewer))
    try:
        yield arrival
    finally:
        if not arrival.is_stored:
            db.session.rollback()  # lets go of the write lock
            _give_up(arrival.arrival_id, now)


def _note(application_ref: str, received_at: datetime, viewer: Viewer) -> int | None:
    with db.writing() as session:
        found = session.execute(
            select(Application.id, Round.deadline_at)
            .join(Application.round)
            .where(
                Application.ref == application_ref,
                Application.provider_id.in_(viewer.provider_ids),
            )
        ).one_or_none()
        if found is None or found.deadline_at is None or received_at >= found.deadline_at:
            return None
        arrival = Arrival(application_id=found.id, received_at=received_at)
        session.add(arrival)
        session.flush()
        return arrival.id


def _give_up(arrival_id: int | None, now: datetime) -> None:
    if arrival_id is None:
        return
    with db.writing() as session:
        session.get_one(Arrival, arrival_id).finished_at = now
