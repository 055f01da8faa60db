"""Reminders that rooms hand up by day: each is asked for once, and told when its day has come.

A room says which reminders fall on which days, from what its tables say now (`source`), and how
one is told (`teller`). Once a day those of the day become rows of the queue, unique by kind,
subject and day; the mail is written in the transaction that marks the row done, and sent after it.
A date that moves needs nothing to be taken back: a teller looks again before it tells.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from portal import queue
from portal.days import LONDON
from portal.db import db
from portal.queue import Job, JobState

MORNING = time(8)
REMIND_JOB = "house:remind"
CAUGHT_UP = timedelta(days=14)  # a worker that stood still this long misses nobody's reminder


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something of which people are reminded on a day.

    Args:
        kind: as `resource:verb`; whoever tells it is registered under it.
        subject: the reference of what it is about.
        on: the day on which it goes out, at 8 in the morning in London.
        title: what it says, for whoever asks what would be done.
        values: plain texts and numbers that the teller needs.
    """

    kind: str
    subject: str
    on: date
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def due_at(self) -> datetime:
        return datetime.combine(self.on, MORNING, tzinfo=LONDON)


Source = Callable[[date, date], Iterable[Reminder]]
Teller = Callable[[Reminder, datetime], None]
_sources: list[Source] = []
_tellers: dict[str, Teller] = {}


def source(found: Source) -> Source:
    """Register what finds a room's reminders between two days, both included."""
    _sources.append(found)
    return found


def teller(kind: str) -> Callable[[Teller], Teller]:
    """Register what writes the mail of a kind: `tell(reminder, now)`; it flushes, never commits."""

    def register(tell: Teller) -> Teller:
        _tellers[kind] = tell
        return tell

    return register


def coming(from_on: date, until_on: date) -> list[Reminder]:
    """The reminders of these days that nobody has asked for yet, in order."""
    found = [one for find in _sources for one in find(from_on, until_on)]
    asked = _asked({one.subject for one in found})
    fresh = (one for one in found if (one.kind, one.subject, one.on) not in asked)
    return sorted(fresh, key=lambda one: (one.on, one.kind, one.subject))


def ask(now: datetime) -> int:
    """Put the reminders of today, and those that were missed, into the queue; returns how many."""
    today = now.astimezone(LONDON).date()
    fresh = coming(today - CAUGHT_UP, today)
    for one in fresh:
        queue.put(
            REMIND_JOB,
            one.subject,
            now=now,
            due_at=one.due_at,
            recipient=one.kind,
            reminder=one.kind,
            on=one.on.isoformat(),
            title=one.title,
            values=dict(one.values),
        )
    return len(fresh)


@queue.handler(REMIND_JOB)
def tell(job: Job, now: datetime) -> None:
    """Tell one reminder."""
    told = Reminder(
        kind=job.payload["reminder"],
        subject=job.subject,
        on=date.fromisoformat(job.payload["on"]),
        title=job.payload["title"],
        values=job.payload["values"],
    )
    _tellers[told.kind](told, now)


def _asked(subjects: set[str]) -> set[tuple[str, str, date]]:
    if not subjects:
        return set()
    jobs = db.session.scalars(select(Job).where(Job.kind == REMIND_JOB, Job.subject.in_(subjects)))
    return {
        (job.payload["reminder"], job.subject, date.fromisoformat(job.payload["on"]))
        for job in jobs
    }


def waiting(until: datetime) -> list[Job]:
    """The rows of the queue that are due by then and wait, in order."""
    wanted = select(Job).where(Job.state == JobState.WAITING, Job.due_at <= until)
    return list(db.session.scalars(wanted.order_by(Job.due_at, Job.id)))
