"""Work of the providers room behind the pages: a reminder that what is free has grown old."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal import mail, reminders, settings
from portal.access import Viewer
from portal.db import db
from portal.mail import Message
from portal.people import queries as people
from portal.providers import queries_settings
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.reminders import Reminder

OLD = "vacancies:old"


@reminders.source
def growing_old(from_on: date, until_on: date) -> Iterator[Reminder]:
    """One for each provider and day on which a count grows old, and each time it is as old again."""
    every = int(settings.get("vacancy_days"))
    asked: dict[tuple[str, date], None] = {}
    for home in queries_settings.open_settings(Viewer.system()):
        said_on = queries_settings.last_word_on(home)
        times = range(
            max((from_on - said_on).days // every, 1), (until_on - said_on).days // every + 1
        )
        for time in times:
            on = said_on + timedelta(days=every * time)
            if from_on <= on <= until_on:
                asked[home.provider.ref, on] = None
    for ref, on in asked:
        yield Reminder(OLD, ref, on, "Free places to say again")


@reminders.teller(OLD)
def remind(reminder: Reminder, now: datetime) -> None:
    """Write to the people of a provider, unless somebody has said meanwhile what is free."""
    provider = db.session.scalars(select(Provider).where(Provider.ref == reminder.subject)).one()
    homes = queries_settings.settings_of([provider.id], Viewer.system())
    old: list[Setting] = [one for one in homes if queries_settings.is_old(one, now)]
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
