"""What this room and the furniture keep, and how each is let go: accounts, sessions, mail, jobs, values."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import delete, func, select, update

from portal.audit import AuditEntry, AuditValues
from portal.audit_events import Event
from portal.db import db
from portal.mail import Mail
from portal.people.models import (
    CouncilIdentity,
    OneTimeLink,
    Passkey,
    Person,
    PersonKind,
    RecoveryCode,
    SessionSeen,
    SignInSession,
)
from portal.queue import Job, JobState
from portal.retention import DueItem, Kept

ERASED_NAME, ERASED_ALIAS = "Closed account", "Closed"


def _begin(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=UTC)


def _items(rows: Any) -> list[DueItem]:
    return [DueItem(str(ref), at.date()) for ref, at in rows]


def _closed_accounts(before: date, most: int) -> Sequence[DueItem]:
    closed_at = (
        select(AuditEntry.subject_ref, func.max(AuditEntry.at).label("at"))
        .where(AuditEntry.event == Event.ACCOUNT_CLOSED.value)
        .group_by(AuditEntry.subject_ref)
        .subquery()
    )
    rows = db.session.execute(
        select(Person.ref, closed_at.c.at)
        .join(closed_at, closed_at.c.subject_ref == Person.ref)
        .where(
            Person.active.is_(False),
            closed_at.c.at < _begin(before),
            Person.name.not_in([ERASED_NAME, ERASED_ALIAS]),
        )
        .order_by(closed_at.c.at)
        .limit(most)
    )
    return _items(rows)


def _erase_accounts(refs: Sequence[str], _now: datetime) -> int:
    """The name, the address and every key go; the row stays, for acts on record point at it."""
    people = db.session.scalars(
        select(Person).where(Person.ref.in_(refs), Person.active.is_(False))
    ).all()
    for person in people:
        if person.email:
            db.session.execute(delete(OneTimeLink).where(OneTimeLink.email == person.email))
        for keys in (Passkey, CouncilIdentity, RecoveryCode):
            db.session.execute(delete(keys).where(keys.person_id == person.id))
        person.name = ERASED_ALIAS if person.kind is PersonKind.YOUNG else ERASED_NAME
        person.email = person.email_confirmed_at = person.password_hash = None
        person.totp_secret = person.totp_confirmed_at = None
    db.session.flush()
    return len(people)


def _old_sessions(before: date, most: int) -> Sequence[DueItem]:
    rows = db.session.execute(
        select(SignInSession.ref, SignInSession.started_at)
        .where(SignInSession.started_at < _begin(before))
        .order_by(SignInSession.started_at)
        .limit(most)
    )
    return _items(rows)


def _erase_sessions(refs: Sequence[str], _now: datetime) -> int:
    ids = select(SignInSession.id).where(SignInSession.ref.in_(refs))
    db.session.execute(delete(SessionSeen).where(SessionSeen.session_id.in_(ids)))
    return _gone(delete(SignInSession).where(SignInSession.ref.in_(refs)))


def _old_mail(before: date, most: int) -> Sequence[DueItem]:
    rows = db.session.execute(
        select(Mail.ref, Mail.sent_at)
        .where(Mail.sent_at < _begin(before))
        .order_by(Mail.sent_at)
        .limit(most)
    )
    return _items(rows)


def _erase_mail(refs: Sequence[str], _now: datetime) -> int:
    return _gone(delete(Mail).where(Mail.ref.in_(refs)))


def _old_jobs(before: date, most: int) -> Sequence[DueItem]:
    rows = db.session.execute(
        select(Job.ref, Job.finished_at)
        .where(Job.state == JobState.DONE, Job.finished_at < _begin(before))
        .order_by(Job.finished_at)
        .limit(most)
    )
    return _items(rows)


def _erase_jobs(refs: Sequence[str], _now: datetime) -> int:
    """What a job carried goes; that it was done stays, or it would be done again."""
    emptied = update(Job).where(Job.ref.in_(refs), Job.state == JobState.DONE)
    done = db.session.execute(emptied.values(payload={}, finished_at=None).returning(Job.id))
    return len(done.all())


def _old_values(before: date, most: int) -> Sequence[DueItem]:
    rows = db.session.execute(
        select(AuditValues.entry_id, AuditEntry.at)
        .join(AuditEntry, AuditEntry.id == AuditValues.entry_id)
        .where(AuditEntry.at < _begin(before))
        .order_by(AuditEntry.at)
        .limit(most)
    )
    return _items(rows)


def _erase_values(refs: Sequence[str], _now: datetime) -> int:
    """The chain holds a keyed digest of them, and verifies without them."""
    ids = [int(ref) for ref in refs]
    return _gone(delete(AuditValues).where(AuditValues.entry_id.in_(ids)))


def _gone(statement: Any) -> int:
    return int(db.session.execute(statement).rowcount)


KEPT = (
    Kept(
        "accounts",
        "Closed accounts: name, email address and keys",
        "the day on which the account was closed",
        "usual",
        _closed_accounts,
        _erase_accounts,
    ),
    Kept(
        "sessions",
        "Sessions: browser and times of sign-in",
        "the sign-in",
        "usual",
        _old_sessions,
        _erase_sessions,
    ),
    Kept(
        "mails",
        "Mail that was sent",
        "the day on which it was sent",
        "law: Procurement Act 2023, section 98 – communications are kept for three years",
        _old_mail,
        _erase_mail,
    ),
    Kept(
        "jobs",
        "What finished jobs carried",
        "the day on which it was done",
        "usual",
        _old_jobs,
        _erase_jobs,
    ),
    Kept(
        "audit-values",
        "Values before and after, beside the audit trail",
        "the act",
        "law: at least as long as the records of a procurement (section 98)",
        _old_values,
        _erase_values,
    ),
)
