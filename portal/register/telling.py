"""Who hears that Ofsted found a provider worse than before: once for each file, after it was taken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import mail
from portal.contracts import people
from portal.contracts.queries_placing import placing_councils
from portal.days import today
from portal.db import db
from portal.mail import Message
from portal.providers.models import Registration
from portal.providers.models_ofsted import OutcomeChange
from portal.register import ofsted
from portal.register.models_ofsted import OfstedImport


def of_downgrades(taken: OfstedImport, now: datetime) -> None:
    """Write to the commissioners of the councils that may place with a provider that got worse.

    Each person gets one mail for the file, whatever number of providers and councils it concerns. It
    counts them and names none: what Ofsted found, and what follows, stands on the page.
    """
    down = ofsted.for_the_worse(_changes(taken))
    providers = {one.registration.provider_id for one in down}
    placing = placing_councils(providers, today(now))
    told: dict[int, list[mail.Addressee]] = {}
    for provider_id in sorted(placing):
        for person in people.commissioners(placing[provider_id]):
            told.setdefault(person.id, []).append(person)
    for same in told.values():
        mail.write(
            Message.OFSTED_DOWNGRADES, to=same[:1], now=now, about=taken.ref, number=len(same)
        )


def _changes(taken: OfstedImport) -> Sequence[OutcomeChange]:
    return db.session.scalars(
        select(OutcomeChange)
        .where(OutcomeChange.source_ref == taken.ref)
        .options(joinedload(OutcomeChange.registration).joinedload(Registration.provider))
        .order_by(OutcomeChange.id)
    ).all()
