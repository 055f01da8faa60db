"""Everything that is kept about one person, for that person: UK GDPR, articles 15 and 20.

Tables are asked by the schema: what points at a person with `person_id` tells that person's rows, and
what else points at one is counted, so that a table that is added later is in it. Secrets never are:
they tell nothing of anybody, and open doors. What was told in confidence is named and stays sealed.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Table, func, select

from portal.audit import AuditEntry
from portal.db import Base, db
from portal.mail import Mail
from portal.people.models import Membership, OneTimeLink, Organisation, Person

SECRET = ("hash", "secret", "token", "pin", "credential", "public_key", "challenge", "sign_count")
SEALED = frozenset({("told", "text"), ("told", "note")})
KEYS = frozenset({"id", "person_id"})
FORMAT = "personal-data/1"


def told_of(person: Person, now: datetime) -> dict[str, Any]:
    """All of it, as a program can read it. A constant number of statements for each table."""
    return {
        "format": FORMAT,
        "written_at": now.isoformat(),
        "account": _account(person),
        "roles": list(_roles(person)),
        "records": {table.name: rows for table, rows in _records(person) if rows},
        "named_in": [
            {"table": table.name, "as": column.name.removesuffix("_id"), "rows": number}
            for table, column, number in _named_in(person)
        ],
        "invitations": _links(person),
        "mail": list(_mail(person)),
        "acts": _acts(AuditEntry.actor_ref == person.ref),
        "acts_about_you": _acts(AuditEntry.subject_ref == person.ref),
    }


def _account(person: Person) -> dict[str, Any]:
    return {
        "reference": person.ref,
        "name": person.name,
        "email": person.email,
        "email_confirmed_at": _plain(person.email_confirmed_at),
        "codes_by_phone_since": _plain(person.totp_confirmed_at),
        "made_at": _plain(person.created_at),
        "open": person.active,
    }


def _roles(person: Person) -> Iterator[dict[str, Any]]:
    rows = db.session.execute(
        select(Membership.role, Organisation.name, Membership.given_at)
        .join(Membership.organisation)
        .where(Membership.person_id == person.id)
        .order_by(Membership.id)
    )
    for role, organisation, given_at in rows:
        yield {"role": role.value, "at": organisation, "since": _plain(given_at)}


def _records(person: Person) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows that belong to the person, without keys, secrets and what lies sealed."""
    for table in Base.metadata.sorted_tables:
        column = table.columns.get("person_id")
        if column is None or not _points_at_person(column) or table.name == "membership":
            continue
        shown = [one for one in table.columns if _is_shown(table, one)]
        rows = db.session.execute(select(column, *shown).where(column == person.id))
        names = [one.key for one in shown]
        yield table, [dict(zip(names, map(_plain, row[1:]), strict=True)) for row in rows]


def _is_shown(table: Table, column: Column[Any]) -> bool:
    if column.name in KEYS or column.foreign_keys or (table.name, column.name) in SEALED:
        return False
    return not any(word in column.name for word in SECRET)


def _named_in(person: Person) -> Iterator[tuple[Table, Column[Any], int]]:
    """Where else the person's name stands: by table and part, how often."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name == "person_id" or not _points_at_person(column):
                continue
            counted = select(func.count()).select_from(table).where(column == person.id)
            if number := db.session.scalar(counted):
                yield table, column, number


def _points_at_person(column: Column[Any]) -> bool:
    return any(key.column.table.name == Person.__tablename__ for key in column.foreign_keys)


def _links(person: Person) -> list[dict[str, Any]]:
    if not person.email:
        return []
    rows = db.session.execute(
        select(OneTimeLink.kind, OneTimeLink.made_at, OneTimeLink.used_at)
        .where(OneTimeLink.email == person.email)
        .order_by(OneTimeLink.id)
    )
    return [
        {"kind": kind.value, "made_at": _plain(made), "used_at": _plain(used)}
        for kind, made, used in rows
    ]


def _mail(person: Person) -> Iterator[dict[str, Any]]:
    """What was sent to the address. A mail that waits may hold a link that works once: its words do not."""
    if not person.email:
        return
    mails = select(Mail).where(Mail.address == person.email).order_by(Mail.id)
    for one in db.session.scalars(mails):
        body = one.body if one.sent_at else ""
        yield {"subject": one.subject, "sent_at": _plain(one.sent_at), "body": body}


def _acts(mine: Any) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.event, AuditEntry.subject_kind, AuditEntry.subject_ref)
        .where(mine)
        .order_by(AuditEntry.id)
    )
    return [
        {"at": _plain(at), "act": act, "on": kind, "reference": ref} for at, act, kind, ref in rows
    ]


def _plain(value: Any) -> Any:
    """As JSON takes it."""
    return value.isoformat() if isinstance(value, datetime | date) else value
