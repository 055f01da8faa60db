"""The handlers behind the queue: importing this module registers them all.

What is to be done every day is a job like any other, which asks for the next day's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

from portal import imports, mail, queue, reminders  # noqa: F401  mail registers mail:send
from portal.days import LONDON, end_of
from portal.db import db
from portal.storage import get_store

ROOMS_WITH_JOBS = (
    "people",
    "providers",
    "documents",
    "followups",
    "contracts",
    "applications",
    "awards",
    "evidence",
    "kpis",
    "costs",
    "visits",
    "keeping",
    "register",
)
SWEEP_JOB = "house:sweep"
SWEPT_AT = timedelta(hours=2, minutes=30)  # after midnight in UTC, when nobody works
UNFINISHED_FOR = timedelta(days=1)  # no upload takes as long

WORDS = {
    "action-plan:review": "Remind of the quarterly review of an action plan",
    "application:remind": "Remind of the deadline of an application that is not submitted",
    "clarification-request:remind": "Remind of what a council asked about a bid",
    "clarifications:tell": "Tell those who apply that an answer is published",
    "costs:check": "Check a file of costs",
    "costs:forecast": "Draw a forecast of placements and costs",
    "document:scan": "Look through a file for viruses",
    "evidence:make": "Make an evidence pack",
    "exclusion:notify": "Remind of a notice about an exclusion",
    "follow-ups:due": "Tell a provider or council what is soon due of its follow-ups",
    "follow-ups:new": "Tell a provider or council of new follow-ups",
    "follow-ups:overdue": "Tell a provider or council which follow-ups are overdue",
    "glass:end": "End an access in an emergency",
    "house:remind": "Remind somebody",
    "house:sweep": "Ask for the day’s reminders, and clear away what was left half done",
    "keeping:delete": "Delete what was kept for its time",
    "keeping:destroy": "Destroy files that were deleted",
    "kpi:expect": "Ask for the KPI returns of a new period",
    "letter:pdf": "Make a letter as a PDF",
    "mail:send": "Send a mail",
    "round:cancelled": "Tell those who apply that a round is cancelled",
    "round:deadline-moved": "Set the reminders of a deadline that moved",
    "round:version-published": "Tell those who apply that a round has changed",
    "visit:drop-photo": "Delete a photograph that was taken out of a visit",
}
"""What a piece of work does, for whoever asks what would be done."""
SWEEPS: list[Callable[[datetime], None]] = []  # what rooms forget each day: `sweep` of their jobs

for _room in ROOMS_WITH_JOBS:
    _jobs = import_module(f"portal.{_room}.jobs")
    if hasattr(_jobs, "sweep"):
        SWEEPS.append(_jobs.sweep)


def begin(now: datetime) -> None:
    """Ask for what is to be done today; a worker does so when it starts. Asked twice, it is one."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    queue.put(SWEEP_JOB, "house", now=now, due_at=midnight + SWEPT_AT)


@queue.handler(SWEEP_JOB)
def sweep(_job: queue.Job, now: datetime) -> None:
    """Once a day: ask for the day's reminders, forget previews that nobody took and half-written files."""
    reminders.ask(now)
    imports.sweep(now)
    for forget in SWEEPS:
        forget(now)
    for area in ("documents", "imports"):
        get_store(area).sweep(now - UNFINISHED_FOR)
    begin(now + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Work:
    """Something that would be done: when, what, and the reference of what it is about."""

    at: datetime
    what: str
    subject: str


def due_by(day: date, now: datetime) -> list[Work]:
    """What would be done by the end of a day if nothing changed until then."""
    today = now.astimezone(LONDON).date()
    found = [Work(job.due_at, _words(job), job.subject) for job in reminders.waiting(end_of(day))]
    found += [
        Work(one.due_at, one.title, one.subject)
        for one in reminders.coming(today - reminders.CAUGHT_UP, day)
    ]
    return sorted(found, key=lambda one: (one.at, one.what, one.subject))


def _words(job: queue.Job) -> str:
    return str(job.payload.get("title", "")) or WORDS.get(job.kind, job.kind)


def do_until(day: date, now: datetime) -> int:
    """Do, day by day, what is due by the end of a day, as if each had come. Returns the jobs done.

    Each day's work sees that day's clock, so that nobody is told today what would be told in March.
    """
    done, at = 0, now.astimezone(LONDON).date()
    while at <= day:
        moment = max(end_of(at), now)
        reminders.ask(moment)
        db.session.commit()
        done += queue.run_all(moment)
        at += timedelta(days=1)
    return done
