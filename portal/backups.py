"""The newest backup that this installation knows of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.audit import AuditEntry, Event
from portal.db import db


@dataclass(frozen=True, slots=True)
class Newest:
    """When the newest backup was taken, and what the trail keeps of it.

    Args:
        restored_at: when this installation was put back from it. A backup is noted after it is made,
            so its own note is not in it: the note of the restore is what tells of it.
    """

    at: datetime
    told: dict[str, Any]
    restored_at: datetime | None = None


def newest_backup() -> Newest | None:
    """The newest that was made here or that this installation was restored from. Two statements."""
    found = []
    if made := _last(Event.INSTALLATION_BACKED_UP):
        found.append(Newest(made.at, made.detail))
    if put_back := _last(Event.INSTALLATION_RESTORED):
        taken_at = datetime.fromisoformat(put_back.detail["taken_at"])
        found.append(Newest(taken_at, put_back.detail, put_back.at))
    return max(found, key=lambda one: one.at, default=None)


def _last(what: Event) -> AuditEntry | None:
    of_kind = select(AuditEntry).where(AuditEntry.event == what.value)
    return db.session.scalar(of_kind.order_by(AuditEntry.id.desc()).limit(1))
