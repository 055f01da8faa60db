"""The verb of an administrator for work that failed: let it be tried again."""

from datetime import datetime

from sqlalchemy import select

from portal import audit, queue
from portal.access import Permission, Viewer
from portal.audit import Event
from portal.db import db
from portal.queue import Job, JobState
from scoring.rules import RuleBroken


def try_again(kind: str, *, actor: Viewer, now: datetime) -> int:
    """Let every failed job of a kind run once more; how many there were.

    Raises:
        RuleBroken: `job:not-yours`.
    """
    if not actor.may(Permission.PEOPLE_ADMINISTER):
        raise RuleBroken("job:not-yours", "Only an administrator can start work again.")
    failed = select(Job).where(Job.kind == kind, Job.state == JobState.FAILED)
    jobs = db.session.scalars(failed.with_for_update(skip_locked=True)).all()
    for job in jobs:
        queue.again(job, now=now)
    if jobs:
        audit.record(
            Event.WORK_TRIED_AGAIN, "work", actor=actor, now=now, kind=kind, number=len(jobs)
        )
    db.session.flush()
    return len(jobs)
