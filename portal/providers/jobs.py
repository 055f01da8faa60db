"""Work of the providers room behind the pages: a reminder that what is free has grown old."""

from datetime import datetime

from sqlalchemy import select

from portal import mail, queue
from portal.access import Viewer
from portal.db import db
from portal.mail import Message
from portal.people import queries as people
from portal.providers import queries_settings, reminding
from portal.providers.models import Provider


@queue.handler(reminding.OLD_JOB)
def remind(job: queue.Job, now: datetime) -> None:
    """Write once to the people of a provider whose numbers are old, and look again later.

    Nothing is written when somebody has said meanwhile what is free: that word has asked for a
    reminder of its own.
    """
    provider = db.session.scalars(select(Provider).where(Provider.ref == job.subject)).one()
    homes = queries_settings.settings_of([provider.id], Viewer.system())
    old = [one for one in homes if queries_settings.is_old(one, now)]
    if not old:
        return
    everybody = {one.person_id: one.person for one in people.memberships_at(provider.id)}
    mail.write(
        Message.VACANCIES_OLD,
        to=everybody.values(),
        now=now,
        about=provider.ref,
        provider_name=provider.name,
        homes=len(old),
    )
    reminding.ask(provider, now)
