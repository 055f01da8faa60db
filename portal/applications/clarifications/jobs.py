"""Mail about clarifications: new answers to everybody who takes part, and a reminder to reply."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import joinedload

from portal import mail, queue
from portal.access import PROVIDER_ROLES
from portal.applications import queries
from portal.applications.clarifications.actions import REMIND_JOB
from portal.applications.clarifications.models import ClarificationRequest
from portal.applications.clarifications.queries import stage_of
from portal.applications.models import Application
from portal.db import db
from portal.mail import Message
from portal.people.models import Membership, Person
from portal.rounds.actions_clarifications import TELL_JOB
from portal.rounds.models import Round
from portal.rounds.models_clarifications import ClarificationQuestion
from scoring.stages import QuestionStage, RequestStage, RoundStage


@queue.handler(TELL_JOB)
def tell_of_answers(job: queue.Job, now: datetime) -> None:
    """Write once to all who work for a provider that applies or has asked."""
    bid_round = db.session.scalars(select(Round).where(Round.ref == job.subject)).one()
    if bid_round.stage is not RoundStage.PUBLISHED:
        return  # cancelled or opened in the meantime: there is nothing to be done with an answer
    mail.write(
        Message.CLARIFICATION_PUBLISHED,
        _people_of(bid_round),
        now=now,
        about=bid_round.ref,
        title=bid_round.title,
    )


def _people_of(bid_round: Round) -> Sequence[Person]:
    taking_part = union(
        select(Application.provider_id).where(Application.round_id == bid_round.id),
        select(ClarificationQuestion.provider_id).where(
            ClarificationQuestion.round_id == bid_round.id,
            ClarificationQuestion.stage != QuestionStage.WITHDRAWN,
        ),
    )
    return db.session.scalars(
        select(Person)
        .join(Membership)
        .where(
            Membership.organisation_id.in_(taking_part),
            Membership.role.in_(PROVIDER_ROLES),
            Person.active,
        )
        .order_by(Person.id)
        .distinct()
    ).all()


@queue.handler(REMIND_JOB)
def remind_to_reply(job: queue.Job, now: datetime) -> None:
    """Remind a bidder's people the day before the date, unless the reply is sent."""
    request = db.session.scalars(
        select(ClarificationRequest)
        .where(ClarificationRequest.ref == job.subject)
        .options(joinedload(ClarificationRequest.application).joinedload(Application.round))
    ).one()
    if stage_of(request, now) is not RequestStage.SENT:
        return
    bid = request.application
    mail.write(
        Message.CLARIFICATION_REMINDER,
        queries.colleagues(bid.provider_id),
        now=now,
        about=bid.ref,
        title=bid.round.title,
        until_at=request.reply_until_at,
    )
