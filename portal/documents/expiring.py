"""Documents that run out: who is told, 60, 30 and 14 days before the last day, once each."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal import mail, reminders
from portal.days import today
from portal.db import db
from portal.documents.models import Document, DocumentVersion
from portal.documents.queries import label_of, standing_of
from portal.mail import Message
from portal.people import queries as people
from portal.providers.models import Provider
from portal.reminders import Reminder
from scoring.documents import HOLDS, WARNING_DAYS, expiry_warning, warnings_due

EXPIRING = "document:expiring"


@reminders.source
def running_out(from_on: date, until_on: date) -> Iterator[Reminder]:
    """The warnings of these days, for each version that counts on its day."""
    first, last = from_on, until_on + timedelta(days=max(WARNING_DAYS))
    for document in _ending_between(first, last):
        for version in document.versions:
            if version.valid_until_on is None:
                continue
            for days, on in warnings_due(version.valid_until_on):
                if from_on <= on <= until_on and counting(document, on) is version:
                    title = f"{label_of(document)} runs out in {days} days"
                    yield Reminder(EXPIRING, version.ref, on, title, {"days": days})


@reminders.teller(EXPIRING)
def tell(reminder: Reminder, now: datetime) -> None:
    """Write to the people of the provider, if it still counts and no later warning has come.

    Nobody is told when a new version has come in meanwhile and waits for its check.
    """
    version = db.session.scalars(
        select(DocumentVersion).where(DocumentVersion.ref == reminder.subject)
    ).one()
    document, on = version.document, today(now)
    nearest = expiry_warning(version.valid_until_on, on)
    is_answered = document.newest is not version
    if is_answered or counting(document, on) is not version or nearest != reminder.values["days"]:
        return
    provider = db.session.get_one(Provider, document.provider_id)
    mail.write(
        Message.DOCUMENT_EXPIRING,
        to={one.person_id: one.person for one in people.memberships_at(provider.id)}.values(),
        now=now,
        about=provider.ref,
        title=label_of(document),
        provider_name=provider.name,
        valid_until_on=version.valid_until_on,
    )


def counting(document: Document, on: date) -> DocumentVersion | None:
    """The accepted version that counts on a day; none where none holds."""
    stands = standing_of(document, on)
    if stands.counts is None or stands.state not in HOLDS:
        return None
    return document.versions[stands.counts]


def _ending_between(first: date, last: date) -> list[Document]:
    """Documents in libraries with a version that ends between two days; of closed homes none."""
    ending = select(DocumentVersion.document_id).where(
        DocumentVersion.valid_until_on.between(first, last)
    )
    documents = db.session.scalars(
        select(Document)
        .where(Document.bound_to == "", Document.id.in_(ending))
        .options(selectinload(Document.versions), joinedload(Document.setting))
        .order_by(Document.id)
    )
    return [one for one in documents if one.setting is None or one.setting.closed_on is None]
