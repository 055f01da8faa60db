"""Work of the people room behind the pages: emergencies end, and what two people let go is deleted."""

from datetime import datetime

from sqlalchemy import select

from portal import queue
from portal.access import Viewer
from portal.db import db
from portal.people import actions_glass, actions_retention
from portal.people.models import BreakGlass
from portal.retention import CARRY_OUT, Deletion


@queue.handler(actions_glass.END_JOB)
def end_glass(job: queue.Job, now: datetime) -> None:
    """Take the role away when its hours are over."""
    wanted = select(BreakGlass).where(BreakGlass.ref == job.subject)
    actions_glass.end_glass(db.session.scalars(wanted).one(), actor=Viewer.system(), now=now)


@queue.handler(CARRY_OUT)
def delete(job: queue.Job, now: datetime) -> None:
    """Delete what one person asked for and another agreed to."""
    wanted = select(Deletion).where(Deletion.ref == job.subject).with_for_update()
    actions_retention.carry_out(db.session.scalars(wanted).one(), now)
