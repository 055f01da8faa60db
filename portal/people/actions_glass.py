"""Breaking the glass: an administrator takes a role for hours, and everybody who should know is told.

For the night on which nobody who holds the role can be reached. What an administrator must never see
stays forbidden: prohibitions win over every role.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal import audit, mail, queue, settings
from portal.access import COUNCIL_ROLES, Role, Viewer
from portal.audit import AuditEntry, Event
from portal.db import db
from portal.mail import Message
from portal.people import accounts, policy
from portal.people.models import BreakGlass, Council, Membership, Person
from scoring.rules import RuleBroken

END_JOB = "glass:end"
TAKEN = COUNCIL_ROLES - {Role.ADMINISTRATOR, Role.YOUNG_COMMISSIONER, Role.AUDITOR}


def break_glass(
    council: Council, role: Role, reason: str, *, actor: Viewer, now: datetime
) -> BreakGlass:
    """Take a role at a council for the hours that the settings allow, with a reason.

    Raises:
        RuleBroken: the actor is no administrator; `glass:role`, `glass:reason`,
            `role:already-held`.
    """
    policy.may_break_glass(actor).or_refuse("glass:refused")
    if role not in TAKEN:
        raise RuleBroken("glass:role", "Nobody takes this role in an emergency.", "role")
    if len(reason.split()) < settings.get("glass_reason_words"):
        raise RuleBroken("glass:reason", "Say in a sentence or two why it cannot wait.", "reason")
    person = db.session.get_one(Person, actor.acting_id())
    accounts.add_role(person, council, role, actor=actor, now=now)
    glass = BreakGlass(
        person=person,
        organisation_id=council.id,
        role=role,
        reason=reason.strip(),
        began_at=now,
        until_at=now + timedelta(hours=settings.get("glass_hours")),
    )
    db.session.add(glass)
    db.session.flush()
    audit.record(
        Event.GLASS_BROKEN,
        glass,
        actor=actor,
        now=now,
        values={"reason": glass.reason},
        role=role.value,
        at=council.ref,
    )
    mail.write(
        Message.GLASS_BROKEN,
        watchers(glass),
        now=now,
        about=glass.ref,
        who=person.name,
        role=role.title,
        council=council.name,
        until=glass.until_at,
    )
    queue.put(END_JOB, glass.ref, now=now, due_at=glass.until_at)
    return glass


def end_glass(glass: BreakGlass, *, actor: Viewer, now: datetime) -> None:
    """Take the role away again, and report what was done meanwhile; ended twice, it is once.

    Raises:
        RuleBroken: the actor may not.
    """
    if not actor.is_system:
        policy.may_administer(actor).or_refuse("glass:refused")
    if glass.ended_at is not None:
        return
    held = accounts.membership_of(glass.person_id, glass.organisation_id, glass.role)
    if held is not None:
        db.session.delete(held)
    glass.ended_at = now
    glass.acts = acts_of(glass, now)
    db.session.flush()
    audit.record(Event.GLASS_MENDED, glass, actor=actor, now=now, acts=glass.acts)
    mail.write(
        Message.GLASS_MENDED,
        watchers(glass),
        now=now,
        about=glass.ref,
        who=glass.person.name,
        role=glass.role.title,
        acts=glass.acts,
    )


def acts_of(glass: BreakGlass, now: datetime) -> int:
    """How many acts of this person the trail holds since the glass was broken."""
    counted = select(func.count()).select_from(AuditEntry)
    done = counted.where(
        AuditEntry.actor_ref == glass.person.ref, AuditEntry.at.between(glass.began_at, now)
    )
    return db.session.scalar(done) or 0


def watchers(glass: BreakGlass) -> list[Person]:
    """Whom it concerns: the council's auditors and approvers, and every other administrator."""
    at_council = (Membership.organisation_id == glass.organisation_id) & Membership.role.in_(
        [Role.AUDITOR, Role.APPROVER]
    )
    concerned = select(Membership.person_id).where(
        at_council | (Membership.role == Role.ADMINISTRATOR)
    )
    people = select(Person).where(
        Person.id.in_(concerned), Person.id != glass.person_id, Person.active.is_(True)
    )
    return list(db.session.scalars(people.order_by(Person.id)))
