"""Work of this room behind the pages: reminders of extensions to decide on, and of ends."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal import mail, reminders
from portal.contracts import people, queries_frameworks, queries_held
from portal.contracts.models import Contract, ListMembership
from portal.contracts.models_terms import ExtensionOption
from portal.db import db
from portal.mail import Message
from portal.reminders import Reminder
from portal.rounds.models import AgreementLot
from scoring.stages import MembershipStage

DECIDE, ENDS, DUTY = "extension:decide", "contract:end", "framework:duty"
DECIDE_DAYS = (90, 30, 7)
END_DAYS = (180, 60)
DUTY_DAYS = (540, 365, 180, 60)
KINDS: tuple[Any, ...] = (Contract, ListMembership)


@reminders.source
def extensions_to_decide(from_on: date, until_on: date) -> Iterator[Reminder]:
    """For those who decide: three times before the day by which they must."""
    for kind in KINDS:
        last = until_on + timedelta(days=max(DECIDE_DAYS))
        wanted = queries_held.open_options(None, kind).where(
            ExtensionOption.decide_by_on.between(from_on, last)
        )
        for option in db.session.scalars(wanted).unique():
            if not queries_held.is_next(option):
                continue
            for days in DECIDE_DAYS:
                on = option.decide_by_on - timedelta(days=days)
                if from_on <= on <= until_on:
                    title = f"Decide on an extension in {days} days: {option.held.title}"
                    yield Reminder(DECIDE, option.ref, on, title)


@reminders.teller(DECIDE)
def tell_to_decide(reminder: Reminder, now: datetime) -> None:
    """Nothing is told of an extension that was decided on meanwhile."""
    option = db.session.scalar(
        select(ExtensionOption).where(ExtensionOption.ref == reminder.subject)
    )
    if option is None or not queries_held.is_next(option) or option.held.terminated_on is not None:
        return
    mail.write(
        Message.EXTENSION_DUE,
        to=people.commissioners(option.held.council_ids),
        now=now,
        about=option.held.ref,
        title=option.held.title,
        until=option.decide_by_on,
    )


@reminders.source
def ends(from_on: date, until_on: date) -> Iterator[Reminder]:
    """For both sides, where nothing is left to be decided: half a year and two months before."""
    for kind in KINDS:
        for held in _ending(kind, from_on, until_on + timedelta(days=max(END_DAYS))):
            for days in END_DAYS:
                on = held.ends_on - timedelta(days=days)
                if from_on <= on <= until_on:
                    yield Reminder(ENDS, held.ref, on, f"Ends in {days} days: {held.title}")


def _ending(kind: Any, from_on: date, until_on: date) -> Iterator[Any]:
    wanted = (
        select(kind)
        .where(kind.ends_on.between(from_on, until_on))
        .options(
            joinedload(kind.agreement_lot).joinedload(AgreementLot.agreement),
            selectinload(kind.options).selectinload(ExtensionOption.decisions),
        )
    )
    if kind is ListMembership:
        wanted = wanted.where(kind.stage != MembershipStage.ENDED)
    for held in db.session.scalars(wanted).unique():
        if not any(queries_held.is_next(option) for option in held.options):
            yield held


@reminders.teller(ENDS)
def tell_of_the_end(reminder: Reminder, now: datetime) -> None:
    """Nothing is told of a day that has moved: the reminder of the new one comes by itself."""
    kind: Any = Contract if reminder.subject.startswith("CON-") else ListMembership
    held = db.session.scalar(select(kind).where(kind.ref == reminder.subject))
    if held is None or (held.ends_on - reminder.on).days not in END_DAYS:
        return
    to = [*people.commissioners(held.council_ids), *people.of_provider(held.provider_id)]
    mail.write(
        Message.CONTRACT_ENDING,
        to=to,
        now=now,
        about=held.ref,
        title=held.title,
        until=held.ends_on,
    )


@reminders.source
def framework_duties(from_on: date, until_on: date) -> Iterator[Reminder]:
    """For the commissioners of an open framework: from a year and a half before, since to open it
    again takes the better part of a year."""
    for one in queries_frameworks.every_framework():
        for duty in one.duties:
            for days in DUTY_DAYS:
                on = duty.by_on - timedelta(days=days)
                if from_on <= on <= until_on:
                    title = f"{duty.words} In {days} days: {one.agreement.title}"
                    by = {"by_on": duty.by_on.isoformat()}
                    yield Reminder(DUTY, one.agreement.ref, on, title, by)


@reminders.teller(DUTY)
def tell_of_a_duty(reminder: Reminder, now: datetime) -> None:
    """Nothing is told of a duty that an award has met meanwhile."""
    by_on = date.fromisoformat(reminder.values["by_on"])
    for one in queries_frameworks.every_framework():
        duty = next((owed for owed in one.duties if owed.by_on == by_on), None)
        if one.agreement.ref == reminder.subject and duty is not None:
            mail.write(
                Message.FRAMEWORK_DUTY,
                to=people.commissioners(one.council_ids),
                now=now,
                about=one.agreement.ref,
                title=one.agreement.title,
                duty=duty.words,
                by_on=by_on,
            )
