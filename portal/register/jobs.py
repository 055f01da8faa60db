"""Work of the high pages behind the scenes: reminders of downgrades that a council has to decide on."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from portal import mail, reminders
from portal.contracts import people
from portal.mail import Addressee, Message
from portal.register import ofsted
from portal.reminders import Reminder

REMIND, CHASE = "downgrade:remind", "downgrade:chase"
STEPS = {REMIND: timedelta(days=-3), CHASE: timedelta(days=1)}
"""When each goes out, counted from the day by which a council decides."""
EVERYBODY = "ofsted"  # one reminder for all that is due on one day


@reminders.source
def to_decide(from_on: date, until_on: date) -> Iterator[Reminder]:
    """The days on which a downgrade that somebody still has to decide on is told again."""
    by_days = {ofsted.decide_by(change) for change, _ in ofsted.undecided(until_on)}
    for kind, after in STEPS.items():
        for by_on in by_days:
            if from_on <= by_on + after <= until_on:
                words = "overdue" if kind == CHASE else "due in 3 days"
                yield Reminder(
                    kind, EVERYBODY, by_on + after, f"Decision on an Ofsted downgrade {words}"
                )


@reminders.teller(REMIND)
@reminders.teller(CHASE)
def tell(reminder: Reminder, now: datetime) -> None:
    """Write to the commissioners whose council has not decided; one mail each, which names nobody."""
    by_on = reminder.on - STEPS[reminder.kind]
    told: dict[int, list[Addressee]] = {}
    for change, councils in ofsted.undecided(reminder.on):
        if ofsted.decide_by(change) == by_on:
            for person in people.commissioners(councils):
                told.setdefault(person.id, []).append(person)
    for same in told.values():
        mail.write(
            Message.DOWNGRADES_WAIT,
            to=same[:1],
            now=now,
            about=EVERYBODY,
            number=len(same),
            decide_by_on=by_on,
            is_late=reminder.kind == CHASE,
        )
