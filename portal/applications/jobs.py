"""Work of the applications room behind the pages: reminders, and what becomes of a round."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal import mail, queue
from portal.applications import policy, queries, reminders
from portal.applications.clarifications import jobs as jobs_clarifications  # noqa: F401  registers its handlers
from portal.applications.exclusions import jobs as jobs_exclusions  # noqa: F401  registers its handlers
from portal.applications.models import Application
from portal.applications.reminders import REMIND_JOB
from portal.days import today
from portal.db import db
from portal.mail import Message
from portal.rounds import signals
from portal.rounds.models import Round


@queue.handler(REMIND_JOB)
def remind(job: queue.Job, now: datetime) -> None:
    """Remind a provider's people of what is not submitted, or of changes that are not.

    Nobody is reminded of what is submitted as it stands, of a round that is over, or of another
    deadline than the one that now stands.
    """
    application = db.session.scalars(
        select(Application)
        .where(Application.ref == job.subject)
        .options(joinedload(Application.round))
    ).one()
    deadline = application.round.deadline_at
    if deadline is None or not policy.is_open(application.round, now):
        return
    days = int(job.payload["days"])
    if not reminders.fits(job, deadline) or deadline - now > timedelta(days=days):
        return  # the deadline was moved; the reminder that belongs to it comes later
    copy = queries.working_copy_of(application, today(now))
    message = reminders.message_for(copy)
    if message is None:
        return
    mail.write(
        message,
        to=queries.colleagues(application.provider_id),
        now=now,
        about=application.ref,
        round_title=application.round.title,
        deadline_at=deadline,
        days=days,
        missing=copy.missing,
    )


@queue.handler(signals.DEADLINE_MOVED)
def follow_the_deadline(job: queue.Job, now: datetime) -> None:
    """Ask for the reminders of the new deadline, for everything that is not submitted yet."""
    reminders.ask_again(job.subject, now)


@queue.handler(signals.VERSION_PUBLISHED)
def tell_of_a_version(job: queue.Job, now: datetime) -> None:
    """Tell everybody who has started that the round changed; what they wrote is not in the mail."""
    for application in db.session.scalars(_of_round(job.subject)):
        mail.write(
            Message.ROUND_CHANGED,
            to=queries.colleagues(application.provider_id),
            now=now,
            about=application.ref,
            round_title=application.round.title,
            round_ref=application.round.ref,
            number=job.payload["number"],
            deadline_at=application.round.deadline_at,
            submitted=application.standing_number is not None,
        )


@queue.handler(signals.CANCELLED)
def tell_of_cancelling(job: queue.Job, now: datetime) -> None:
    """Tell everybody who has started or submitted an application, each of their own alone."""
    for application in db.session.scalars(_of_round(job.subject)):
        bid_round = application.round
        mail.write(
            Message.ROUND_CANCELLED,
            to=queries.colleagues(application.provider_id),
            now=now,
            about=application.ref,
            round_title=bid_round.title,
            cancelled_at=bid_round.cancelled_at,
            reason=bid_round.cancel_reason,
            contact=bid_round.contact_email,
            submitted=application.standing_number is not None,
        )


def _of_round(ref: str) -> Select[tuple[Application]]:
    return (
        select(Application)
        .join(Application.round)
        .where(Round.ref == ref)
        .options(joinedload(Application.round))
    )
