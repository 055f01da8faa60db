"""Reminders of an application that is not submitted: asked for when it starts, kept if it still is.

Each belongs to one deadline. When the deadline of a round moves, new ones are asked for, and those
of the old deadline do nothing when their time comes.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import queue
from portal.applications.models import Application, PriceEnvelope
from portal.applications.submitting.sealing import seal, secret_of
from portal.applications.working_copy import WorkingCopy
from portal.db import db
from portal.mail import Message
from portal.queue import JobState
from portal.rounds.models import Round
from scoring.stages import ApplicationStage

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
            told = {"days": days, "deadline": _written(deadline)}
            job = queue.put(REMIND_JOB, application.ref, now=now, due_at=due_at, **told)
            _take_over(job, told)


def message_for(copy: WorkingCopy) -> Message | None:
    """What a provider's people are to be reminded of: nothing, where what is written is submitted.

    Whoever changed something after submitting is told that the change does not count yet.
    """
    application = copy.application
    if application.stage is ApplicationStage.DRAFT:
        return Message.DEADLINE_REMINDER
    standing = application.standing
    if application.stage is not ApplicationStage.SUBMITTED or standing is None:
        return None
    envelope = db.session.get_one(PriceEnvelope, standing.id)
    now_written = seal(copy, secret_of(envelope.content)).sha256
    return None if now_written == standing.sha256 else Message.CHANGES_NOT_SUBMITTED


def ask_again(round_ref: str, now: datetime) -> None:
    """Queue the reminders of every application to a round, whose deadline has moved."""
    drafts = (
        select(Application)
        .join(Application.round)
        .where(
            Round.ref == round_ref,
            Application.stage.in_((ApplicationStage.DRAFT, ApplicationStage.SUBMITTED)),
        )
        .options(joinedload(Application.round))
    )
    for application in db.session.scalars(drafts):
        ask(application, now)


def fits(job: queue.Job, deadline: datetime) -> bool:
    """Whether a reminder belongs to this deadline; one without any was made before they had one."""
    return job.payload.get("deadline") in {None, _written(deadline)}


def _take_over(job: queue.Job, told: dict[str, Any]) -> None:
    """At the same moment there may wait a reminder of the deadline before: it becomes this one."""
    if job.state is JobState.WAITING and job.payload != told:
        job.payload = told


def _written(deadline: datetime) -> str:
    return deadline.astimezone(UTC).isoformat()
