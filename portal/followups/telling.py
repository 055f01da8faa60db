"""Who hears of a follow-up, and when: in one mail for what came together, and once for each day.

Reminders are rows of the queue, one for each organisation and day. The job looks up what is due
then, so that a date that was moved, or an answer that came, needs nothing to be taken back.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import mail, queue
from portal.access import PROVIDER_ROLES, Role
from portal.days import LONDON, today
from portal.db import db
from portal.followups.models import FollowUp, OwnerSide
from portal.mail import Message
from portal.people import queries as people
from portal.people.models import Person
from scoring.followups import REMIND_DAYS
from scoring.stages import FollowUpStage

MORNING = time(8)
NEW_JOB, BEFORE_JOB, AFTER_JOB = "follow-ups:new", "follow-ups:due", "follow-ups:overdue"


def of_new(follow_up: FollowUp, now: datetime) -> None:
    """Tell the owner; whatever else this act raises for the same side goes into the same mail."""
    queue.put(NEW_JOB, _side_ref(follow_up), now=now, due_at=now)


def ask_reminders(follow_up: FollowUp, now: datetime) -> None:
    """Ask for the look before its day and the look on the day after it."""
    if follow_up.stage is not FollowUpStage.OPEN:
        return
    to, told = _side_ref(follow_up), {"due_on": follow_up.due_on.isoformat()}
    before = _morning(follow_up.due_on - timedelta(days=REMIND_DAYS))
    after = _morning(follow_up.due_on + timedelta(days=1))
    if before > now:
        queue.put(BEFORE_JOB, to, now=now, due_at=before, **told)
    if after > now:
        queue.put(AFTER_JOB, to, now=now, due_at=after, **told)


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=LONDON)


def of_answer(follow_up: FollowUp, now: datetime) -> None:
    """Tell the commissioners of the council that asked; what was answered stands in no mail."""
    if follow_up.owner_side is OwnerSide.PROVIDER:
        mail.write(
            Message.FOLLOW_UP_ANSWERED,
            to=commissioners(follow_up.council_id),
            now=now,
            about=follow_up.ref,
            owner=follow_up.owner,
        )


def of_sending_back(follow_up: FollowUp, now: datetime) -> None:
    """Tell the owner that more is to be done."""
    to = _owners([follow_up])
    mail.write(Message.FOLLOW_UP_SENT_BACK, to=to, now=now, about=follow_up.ref)


@queue.handler(NEW_JOB)
def tell_of_new(job: queue.Job, now: datetime) -> None:
    """One mail about everything that was raised for one side in one act."""
    found = _open_of(job.subject, FollowUp.raised_at == job.created_at)
    _tell(Message.FOLLOW_UPS_RAISED, found, now)


@queue.handler(BEFORE_JOB)
def remind_before(job: queue.Job, now: datetime) -> None:
    """One mail about what is due a week from then, if it still is; nothing once the day is over."""
    due_on = date.fromisoformat(job.payload["due_on"])
    if due_on >= today(now):
        _tell(Message.FOLLOW_UPS_DUE, _open_of(job.subject, FollowUp.due_on == due_on), now)


@queue.handler(AFTER_JOB)
def remind_after(job: queue.Job, now: datetime) -> None:
    """One mail about what should have been done by the day before."""
    due_on = date.fromisoformat(job.payload["due_on"])
    _tell(Message.FOLLOW_UPS_OVERDUE, _open_of(job.subject, FollowUp.due_on == due_on), now)


def _tell(message: Message, found: Sequence[FollowUp], now: datetime) -> None:
    """Write to each owner about their own."""
    for person, theirs in _by_reader(found):
        mail.write(
            message,
            to=[person],
            now=now,
            about=theirs[0].ref,
            number=len(theirs),
            until=theirs[0].due_on,
        )


def _by_reader(found: Iterable[FollowUp]) -> list[tuple[Person, list[FollowUp]]]:
    read_by: dict[int, tuple[Person, list[FollowUp]]] = {}
    for follow_up in found:
        for person in _owners([follow_up]):
            read_by.setdefault(person.id, (person, []))[1].append(follow_up)
    return list(read_by.values())


def _owners(found: Iterable[FollowUp]) -> list[Person]:
    """Who is written to: the named person while their account is open, else who answers for the side."""
    to: dict[int, Person] = {}
    for follow_up in found:
        named = follow_up.owner_person
        if named is not None and named.active:
            to[named.id] = named
        elif follow_up.owner_side is OwnerSide.COUNCIL:
            to |= {one.id: one for one in commissioners(follow_up.council_id)}
        elif follow_up.provider_id is not None:
            to |= {one.id: one for one in administrators(follow_up.provider_id)}
    return list(to.values())


def commissioners(council_id: int) -> list[Person]:
    """Who gets the mail of a council about follow-ups."""
    held = people.memberships_at(council_id)
    return [one.person for one in held if one.role is Role.COMMISSIONER]


def administrators(provider_id: int) -> list[Person]:
    """Who gets the mail of a provider: its administrators, or else whoever works there."""
    held = people.memberships_at(provider_id)
    chiefs = [one.person for one in held if one.role is Role.PROVIDER_ADMIN]
    return chiefs or [one.person for one in held if one.role in PROVIDER_ROLES]


def _side_ref(follow_up: FollowUp) -> str:
    """The organisation that is to do it, by reference."""
    of_provider = follow_up.owner_side is OwnerSide.PROVIDER and follow_up.provider is not None
    return follow_up.provider.ref if of_provider and follow_up.provider else follow_up.council.ref


def _open_of(side_ref: str, *conditions: object) -> list[FollowUp]:
    """What is open and is to be done by one organisation."""
    found = db.session.scalars(
        select(FollowUp)
        .where(FollowUp.stage == FollowUpStage.OPEN, *conditions)  # type: ignore[arg-type]
        .options(
            joinedload(FollowUp.provider),
            joinedload(FollowUp.council),
            joinedload(FollowUp.owner_person),
        )
        .order_by(FollowUp.due_on, FollowUp.id)
    )
    return [one for one in found if _side_ref(one) == side_ref]
