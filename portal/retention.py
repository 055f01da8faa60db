"""Keeping and deleting: what a room keeps, for how long, and how it lets it go.

A room hands up one `Kept` for each class of what it keeps (`Room(retention=…)`). The page and the
command collect them; nothing is deleted but by two people, and a legal hold stops it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import settings
from portal.db import Base, UTCDateTime, enum_column, new_ref


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing whose time is over.

    Args:
        ref: what it is called, and what a legal hold may name; never what it says.
        since_on: the day from which its period counts.
    """

    ref: str
    since_on: date


@dataclass(frozen=True, slots=True)
class Kept:
    """A class of things that are kept for a time.

    Args:
        key: its name in settings, trail and commands; its period is the setting `keep_<key>_months`.
        basis: "law" with its source, "published" or "usual": why this period.
        due: what began before a day, the oldest first, at most so many.
        erase: takes away what these references name, in the caller's transaction; returns how many.
    """

    key: str
    title: str
    counts_from: str
    basis: str
    due: Callable[[date, int], Sequence[DueItem]]
    erase: Callable[[Sequence[str], datetime], int]

    @property
    def setting(self) -> str:
        return f"keep_{self.key.replace('-', '_')}_months"


class DeletionState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class LegalStop(Base):
    """A legal hold on what is kept: a whole class, or one thing of it. Nothing under it is deleted."""

    __tablename__ = "retention_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("STOP"))
    kept_key: Mapped[str] = mapped_column(String(40), index=True)
    subject_ref: Mapped[str] = mapped_column(String(80), default="")  # empty: the whole class
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Deletion(Base):
    """What one person asked to delete and another agreed to: the class and how many, for ever.

    The references are kept only until it is decided.
    """

    __tablename__ = "deletion"
    __table_args__ = (CheckConstraint("decided_by_id <> asked_by_id", name="decided_by_a_second"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("DEL"))
    kept_key: Mapped[str] = mapped_column(String(40))
    before_on: Mapped[date]
    refs: Mapped[list[str]] = mapped_column(JSON)
    asked: Mapped[int]  # how many
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[DeletionState] = mapped_column(
        enum_column(DeletionState, "state"), default=DeletionState.ASKED
    )
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    erased: Mapped[int] = mapped_column(default=0)

    asked_by: Mapped[Any] = relationship("Person", foreign_keys=[asked_by_id])
    decided_by: Mapped[Any] = relationship("Person", foreign_keys=[decided_by_id])


def classes() -> dict[str, Kept]:
    """Every class that the rooms of this house keep, by its key."""
    rooms: dict[str, Any] = current_app.extensions["rooms"]
    found: Iterable[Kept] = (one for room in rooms.values() for one in room.retention)
    return {one.key: one for one in found}


def due_before(kept: Kept, today: date) -> date:
    """What began before this day has had its time."""
    months = int(settings.get(kept.setting))
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, min(today.day, 28))
