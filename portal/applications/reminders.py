"""Reminders of an application that is not submitted: asked for when it starts, kept if it still is."""

from datetime import datetime, timedelta

from portal import queue
from portal.applications.models import Application

REMIND_JOB = "application:remind"
DAYS_BEFORE = (7, 2, 1)


def ask(application: Application, now: datetime) -> None:
    """Queue a reminder for each of the days before the deadline that are still to come."""
    deadline = application.round.deadline_at
    if deadline is None:
        return
    for days in DAYS_BEFORE:
        due_at = deadline - timedelta(days=days)
        if due_at > now:
            queue.put(REMIND_JOB, application.ref, now=now, due_at=due_at, days=days)
