"""Files that wait for the virus check because the scanner is away, and what people are told of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.db import db
from portal.documents.actions import SCAN_JOB
from portal.queue import Job, JobState
from portal.scanning import get_scanner

FAULT = "ScannerUnavailable"  # of a job that found nobody to look


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many files nobody could look at, and since when."""

    number: int
    since: datetime | None


def waiting() -> Waiting:
    """The files that wait because the scanner is away; none while it only has much to do."""
    wanted = select(func.count(), func.min(Job.created_at)).where(
        Job.kind == SCAN_JOB, Job.state == JobState.WAITING, Job.fault == FAULT
    )
    number, since = db.session.execute(wanted).one()
    return Waiting(number, since)


def words() -> str:
    """What stands beside an upload: how files are checked, and that the check is away when it is."""
    told = get_scanner().description
    if not waiting().number:
        return told
    return (
        f"{told} The virus check is not running at the moment. You can still upload: every file is "
        "kept, counts from when you sent it, and is checked as soon as the check runs again. Until "
        "then nobody can open it."
    )
