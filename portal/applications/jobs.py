"""Work of the applications room behind the pages: reminders before a deadline."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import mail, queue
from portal.applications import policy, queries
from portal.applications.models import Application
from portal.applications.reminders import REMIND_JOB
from portal.db import db
from portal.mail import Message
from scoring.stages import ApplicationStage


@queue.handler(REMIND_JOB)
def remind(job: queue.Job, now: datetime) -> None:
    """Remind a provider's people, unless it is submitted, the round is over, or it is far too late."""
    application = db.session.scalars(
        select(Application)
        .where(Application.ref == job.subject)
        .options(joinedload(Application.round))
    ).one()
    deadline = application.round.deadline_at
    waits = application.stage is ApplicationStage.DRAFT and policy.is_open(application.round, now)
    if not waits or deadline is None:
        return
    days = int(job.payload["days"])
    if deadline - now > timedelta(days=days):
        return  # the deadline was moved; the reminder that belongs to it comes later
    mail.write(
        Message.DEADLINE_REMINDER,
        to=queries.colleagues(application.provider_id),
        now=now,
        about=application.ref,
        round_title=application.round.title,
        deadline_at=deadline,
        days=days,
    )
