"""Who is reminded of a KPI return, and when: before it is due, when it is late, and when it is missing.

Each step is told once. What is in when its day comes is not told of.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import mail
from portal.access import Role, Viewer
from portal.db import db
from portal.kpis import queries
from portal.kpis.models import KpiPlan, KpiUnit
from portal.kpis.models_returns import KpiReturn
from portal.mail import Message
from portal.people.queries import people_with_role
from portal.reminders import Reminder, source, teller
from scoring.stages import KpiReturnStage as Stage

STEPS = {
    "kpi-return:remind": (-7, Message.KPI_RETURN_REMINDER, "KPI return due in a week"),
    "kpi-return:chase": (1, Message.KPI_RETURN_LATE, "KPI return late"),
    "kpi-return:miss": (15, Message.KPI_RETURN_LATE, "KPI return missing"),
}
"""Days after the day on which it is due, the mail to the provider, and what it is called."""

UNSENT = (Stage.EXPECTED, Stage.DRAFT)


@source
def coming(from_on: date, until_on: date) -> Iterator[Reminder]:
    """The steps of these days, for every return that is not in."""
    for kind, (days, _, title) in STEPS.items():
        after = timedelta(days=days)
        wanted = select(KpiReturn).where(
            KpiReturn.stage.in_(UNSENT), KpiReturn.due_on.between(from_on - after, until_on - after)
        )
        for one in db.session.scalars(wanted):
            yield Reminder(kind, one.ref, one.due_on + after, f"{title}: {one.period.words}")


@teller("kpi-return:remind")
@teller("kpi-return:chase")
@teller("kpi-return:miss")
def tell(reminder: Reminder, now: datetime) -> None:
    """Write to the provider; at the last step to the commissioners of the contract too."""
    one = db.session.scalar(
        select(KpiReturn)
        .where(KpiReturn.ref == reminder.subject, KpiReturn.stage.in_(UNSENT))
        .options(joinedload(KpiReturn.unit).joinedload(KpiUnit.plan).joinedload(KpiPlan.provider))
    )
    if one is None:
        return  # it came in, or is not asked for any more
    told = {"period": one.period.words, "unit": one.unit.words, "due_on": one.due_on}
    _, message, _ = STEPS[reminder.kind]
    people = queries.colleagues(one.plan.provider_id)
    mail.write(message, to=people, now=now, about=one.ref, **told)
    if reminder.kind == "kpi-return:miss":
        councils = [council.id for council in queries.councils_of(one.plan)]
        mail.write(
            Message.KPI_RETURN_MISSING,
            to=people_with_role(Role.COMMISSIONER, councils, Viewer.system()),
            now=now,
            about=one.ref,
            provider=one.plan.provider.name,
            **told,
        )
