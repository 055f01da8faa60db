"""The verbs of care: tell someone, take it on, settle it; whom to ring; time and money."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from portal import audit, mail
from portal.access import Role, Viewer
from portal.audit import Event
from portal.days import today
from portal.db import db, new_ref
from portal.mail import Message
from portal.people import queries as people
from portal.people.models import Council, Membership, Person, PersonKind
from portal.people.young import recorder
from portal.young import policy, queries, words
from portal.young.models import CareContact, Told, YoungEntry
from portal.young.words import Words
from scoring import younglog
from scoring.rules import RuleBroken
from scoring.stages import TOLD, ToldStage, move
from scoring.text import cleaned, meaningful_words
from scoring.younglog import EntryKind


def tell(text: str, *, actor: Viewer, now: datetime) -> Told:
    """A young person tells someone. Those who look after them get a mail without its words.

    Raises:
        RuleBroken: `told:not-young`, `told:empty`, `text:…`.
    """
    council = queries.council_of(actor)
    if council is None or actor.person_id is None:
        raise RuleBroken("told:not-young", "Only Young Commissioners can use this.")
    tidy = cleaned(text, "text")
    if not meaningful_words(tidy):
        raise RuleBroken("told:empty", "Write what you want to tell.", "text")
    told = Told(
        ref=new_ref("TELL"),
        person_id=actor.person_id,
        council=council,
        stage=ToldStage.WAITING,
        told_at=now,
    )
    words.keep_text(told, tidy)
    db.session.add(told)
    db.session.flush()
    audit.record(Event.TOLD, told, actor=actor, now=now)
    mail.write(Message.TOLD_SOMETHING, to=_listeners(council.id), now=now, about=told.ref)
    return told


def _listeners(council_id: int) -> list[Person]:
    held = people.memberships_at(council_id)
    found = {one.person.id: one.person for one in held if one.role is Role.PARTICIPATION_OFFICER}
    contact = queries.contact(council_id)
    if contact is not None and contact.lead is not None and contact.lead.active:
        found[contact.lead.id] = contact.lead
    return list(found.values())


def read(told: Told, *, actor: Viewer, now: datetime) -> Words:
    """Open the words; that somebody did stands in the trail, before they are shown.

    Raises:
        RuleBroken: the actor may not.
    """
    _hear(told, actor)
    audit.record(Event.TOLD_READ, told, actor=actor, now=now)
    db.session.flush()
    return words.opened(told)


def take(told: Told, *, actor: Viewer, now: datetime) -> None:
    """Say that one has read it and is on it, so that the other one knows.

    Raises:
        RuleBroken: the actor may not; `told:take:not-allowed`.
    """
    _hear(told, actor)
    told.stage = move(TOLD, told.stage, "take")
    told.taken_by_id, told.taken_at = recorder(actor), now
    audit.record(Event.TOLD_TAKEN, told, actor=actor, now=now)
    db.session.flush()


def settle(told: Told, note: str, *, actor: Viewer, now: datetime) -> None:
    """Say what was done. What the young person wrote stays as it is.

    Raises:
        RuleBroken: the actor may not; `told:settle:not-allowed`, `told:no-note`.
    """
    _hear(told, actor)
    stage = move(TOLD, told.stage, "settle")
    if not meaningful_words(note):
        raise RuleBroken("told:no-note", "Write what was done.", "note")
    told.stage = stage
    words.keep_note(told, cleaned(note, "note"))
    told.settled_by_id, told.settled_at = recorder(actor), now
    audit.record(Event.TOLD_SETTLED, told, actor=actor, now=now)
    db.session.flush()


def reopen(told: Told, *, actor: Viewer, now: datetime) -> None:
    """It is not over: somebody is on it again.

    Raises:
        RuleBroken: the actor may not; `told:reopen:not-allowed`.
    """
    _hear(told, actor)
    told.stage = move(TOLD, told.stage, "reopen")
    told.taken_by_id, told.taken_at = recorder(actor), now
    audit.record(Event.TOLD_TAKEN, told, actor=actor, now=now, again=True)
    db.session.flush()


def _hear(told: Told, actor: Viewer) -> None:
    policy.may_hear(actor, told, queries.contact(told.council_id)).or_refuse("told:refused")


def change_contact(
    council: Council, ring: str, lead: Person | None, *, actor: Viewer, now: datetime
) -> CareContact:
    """Say whom the young people of a council ring, and who leads on safeguarding.

    Raises:
        RuleBroken: the actor may not; `care:nobody-to-ring`, `care:not-of-the-council`.
    """
    policy.may_look_after(actor, [council.id]).or_refuse("care:refused")
    tidy = cleaned(ring, "ring")
    if not any(letter.isdigit() for letter in tidy):
        raise RuleBroken("care:nobody-to-ring", "Write a telephone number.", "ring")
    if lead is not None and lead.id not in {one.id for one in queries.staff_of(council.id)}:
        raise RuleBroken("care:not-of-the-council", "Choose somebody of the council.", "lead")
    contact = queries.contact(council.id)
    if contact is None:
        contact = CareContact(council_id=council.id)
        db.session.add(contact)
    contact.ring, contact.lead, contact.changed_at = tidy, lead, now
    db.session.flush()
    audit.record(
        Event.CARE_CONTACT_CHANGED, council, actor=actor, now=now, lead=lead.ref if lead else ""
    )
    return contact


# --- Time and money ----------------------------------------------------------------------------


def write_down(
    person: Person,
    kind: EntryKind,
    on: date,
    what: str,
    *,
    minutes: int = 0,
    pence: int = 0,
    actor: Viewer,
    now: datetime,
) -> YoungEntry:
    """Write down hours, an expense or a voucher.

    Raises:
        RuleBroken: the actor may not; `young:not-one`, `young-log:…`.
    """
    _look_after(person, actor)
    younglog.check_entry(kind, minutes, pence, on, today(now))
    if not meaningful_words(what):
        raise RuleBroken("young-log:no-words", "Say what it was for.", "what")
    entry = YoungEntry(
        person=person,
        kind=kind,
        on=on,
        minutes=minutes,
        pence=pence,
        what=cleaned(what, "what")[:200],
        recorded_by_id=recorder(actor),
        recorded_at=now,
    )
    db.session.add(entry)
    db.session.flush()
    audit.record(
        Event.YOUNG_ENTRY_WRITTEN, entry, actor=actor, now=now, person=person.ref, entry=kind
    )
    return entry


def pay(entries: Iterable[YoungEntry], paid_on: date, *, actor: Viewer, now: datetime) -> int:
    """Say on which day expenses and vouchers were handed out; returns how many.

    Raises:
        RuleBroken: the actor may not; `young-log:future`, `young-log:nothing`,
            `young-log:paid-already`.
    """
    chosen = list(entries)
    if not chosen:
        raise RuleBroken("young-log:nothing", "Choose what was paid.", "entries")
    if paid_on > today(now):
        raise RuleBroken("young-log:future", "The day must be today or earlier.", "paid_on")
    for entry in chosen:
        _look_after(entry.person, actor)
        if entry.kind is EntryKind.TIME or entry.paid_on is not None or entry.struck_at:
            raise RuleBroken("young-log:paid-already", "One of these is paid already.", "entries")
        entry.paid_on = paid_on
        audit.record(Event.YOUNG_ENTRY_PAID, entry, actor=actor, now=now, paid_on=paid_on)
    db.session.flush()
    return len(chosen)


def strike_out(entry: YoungEntry, reason: str, *, actor: Viewer, now: datetime) -> None:
    """A wrong entry counts no more; it stays on record with the reason.

    Raises:
        RuleBroken: the actor may not; `young-log:struck`, `young-log:no-reason`.
    """
    _look_after(entry.person, actor)
    if entry.struck_at is not None:
        raise RuleBroken("young-log:struck", "This is struck out already.")
    if not meaningful_words(reason):
        raise RuleBroken("young-log:no-reason", "Say why it is wrong.", "reason")
    entry.struck_reason, entry.struck_at = cleaned(reason, "reason"), now
    audit.record(Event.YOUNG_ENTRY_STRUCK, entry, actor=actor, now=now)
    db.session.flush()


def _look_after(person: Person, actor: Viewer) -> None:
    if person.kind is not PersonKind.YOUNG:
        raise RuleBroken("young:not-one", "This is not a Young Commissioner.")
    at = select(Membership.organisation_id).where(Membership.person_id == person.id)
    councils = db.session.scalars(at).all()
    policy.may_look_after(actor, councils).or_refuse("young:refused")
