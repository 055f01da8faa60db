"""The handlers behind the queue: importing this module registers them all.

What is to be done every day is a job like any other, which asks for the next day's.
"""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

from portal import imports, mail, queue  # noqa: F401  mail registers mail:send
from portal.storage import get_store

ROOMS_WITH_JOBS = ("documents", "followups", "rounds", "applications", "awards", "evidence")
SWEEP_JOB = "house:sweep"
SWEPT_AT = timedelta(hours=2, minutes=30)  # after midnight in UTC, when nobody works
UNFINISHED_FOR = timedelta(days=1)  # no upload takes as long

for _room in ROOMS_WITH_JOBS:
    if find_spec(f"portal.{_room}.jobs") is not None:
        import_module(f"portal.{_room}.jobs")


def begin(now: datetime) -> None:
    """Ask for what is to be done today; a worker does so when it starts. Asked twice, it is one."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    queue.put(SWEEP_JOB, "house", now=now, due_at=midnight + SWEPT_AT)


@queue.handler(SWEEP_JOB)
def sweep(_job: queue.Job, now: datetime) -> None:
    """Once a day: forget previews that nobody took, and files that a killed process left half-written."""
    imports.sweep(now)
    for area in ("documents", "imports"):
        get_store(area).sweep(now - UNFINISHED_FOR)
    begin(now + timedelta(days=1))
