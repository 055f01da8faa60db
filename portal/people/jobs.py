"""Work of the people room behind the pages: a role taken in an emergency ends by itself."""

from datetime import datetime

from sqlalchemy import select

from portal import queue
from portal.access import Viewer
from portal.db import db
from portal.people import actions_glass
from portal.people.models import BreakGlass


@queue.handler(actions_glass.END_JOB)
def end_glass(job: queue.Job, now: datetime) -> None:
    """Take the role away when its hours are over."""
    wanted = select(BreakGlass).where(BreakGlass.ref == job.subject)
    actions_glass.end_glass(db.session.scalars(wanted).one(), actor=Viewer.system(), now=now)
