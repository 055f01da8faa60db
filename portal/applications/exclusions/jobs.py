"""Mail about exclusions: the authority is still to be told."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import mail, queue
from portal.applications.exclusions.actions_notices import NOTIFY_JOB
from portal.applications.exclusions.models import Exclusion, ExclusionNotice
from portal.applications.models import Application
from portal.db import db
from portal.mail import Message
from portal.rounds import queries as rounds
from scoring.exclusion_notices import Occasion


@queue.handler(NOTIFY_JOB)
def remind_to_notify(job: queue.Job, now: datetime) -> None:
    """Remind the officers of the lead council, unless somebody has recorded the notice."""
    ref, _, occasion = job.subject.partition(" ")
    notice = db.session.scalars(
        select(ExclusionNotice)
        .join(ExclusionNotice.exclusion)
        .where(Exclusion.ref == ref, ExclusionNotice.occasion == Occasion(occasion))
        .options(
            joinedload(ExclusionNotice.exclusion)
            .joinedload(Exclusion.application)
            .joinedload(Application.round)
        )
    ).one()
    if not notice.is_owed:
        return
    bid_round = notice.exclusion.application.round
    mail.write(
        Message.EXCLUSION_TO_NOTIFY,
        to=rounds.commissioners_of(bid_round.lead_council_id),
        now=now,
        about=notice.exclusion.application.ref,
        round_title=bid_round.title,
        until_on=notice.last_day,
    )
