"""Keeping and deleting: what a room keeps, for how long, and how it lets it go.

A room hands up one `Kept` for each class of what it keeps (`Room(retention=…)`). The page and the
command collect them; nothing is deleted but by two people, and a legal hold stops it. The second
person's word is a job of the queue; each file goes in a job of its own, after the rows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import settings
from portal.db import Base, UTCDateTime, enum_column, new_ref


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing whose time is over.

    Args:
        ref: what it is called, and what a legal hold may name; never what it says.
        since_on: the day from which its period counts.
        about: the round, the contract, the organisation that it belongs to: a hold may name these.
        held: why the house itself keeps it although its time is over; empty where it may go.
    """

    ref: str
    since_on: date
    about: tuple[str, ...] = ()
    held: str = ""


@dataclass(slots=True)
class Erased:
    """What an act of deletion took away.

    Args:
        number: how many things of the class.
        rows: by table, how many rows went or lost their words.
        files: area and SHA-256 of each object whose row went; the object follows after the commit.
    """

    number: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    files: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Kept:
    """A class of things that are kept for a time.

    Args:
        key: its name in settings, trail and commands; its period is the setting `keep_<key>_months`.
        basis: "law" with its source, "published" or "usual": why this period.
        due: what began before a day, the oldest first, at most so many.
        erase: takes away what these references name, in the caller's transaction; returns how many,
            or all that went.
        goes, stays: in words, what is deleted and what is left of it.
    """

    key: str
    title: str
    counts_from: str
    basis: str
    due: Callable[[date, int], Sequence[DueItem]]
    erase: Callable[[Sequence[str], datetime], int | Erased]
    goes: str = ""
    stays: str = ""

    @property
    def setting(self) -> str:
        return f"keep_{self.key.replace('-', '_')}_months"


ANY = ""  # a hold on every class
CARRY_OUT, DESTROY = "keeping:delete", "keeping:destroy"  # jobs


class DeletionState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"  # a second person agreed, and a worker has it
    DONE = "done"
    REFUSED = "refused"


class LegalStop(Base):
    """A legal hold on what is kept: a whole class, or what belongs to one thing. Nothing under it goes.

    Without a class it holds in every class; without a subject it holds the whole class.
    """

    __tablename__ = "retention_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("STOP"))
    kept_key: Mapped[str] = mapped_column(String(40), index=True)
    subject_ref: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    def holds(self, kept_key: str, item: DueItem) -> bool:
        """Whether it stops the deletion of one thing."""
        if self.kept_key not in {ANY, kept_key}:
            return False
        return self.subject_ref in {"", item.ref, *item.about}


class Deletion(Base):
    """What one person asked to delete and another agreed to: the class and how many, for ever.

    The references are kept only until it is done; their hash stays, so that whoever has a list can
    show that it was this one.
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
    months: Mapped[int] = mapped_column(default=0)  # the period that was in force
    basis: Mapped[str] = mapped_column(Text, default="")  # and why it was that
    refs_sha256: Mapped[str] = mapped_column(String(64), default="")
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # rows by table
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    files: Mapped[list["DestroyedFile"]] = relationship(
        back_populates="deletion", order_by="DestroyedFile.id"
    )
    asked_by: Mapped[Any] = relationship("Person", foreign_keys=[asked_by_id])
    decided_by: Mapped[Any] = relationship("Person", foreign_keys=[decided_by_id])


class FileFate(StrEnum):
    """What became of a file whose row went."""

    WAITING = "waiting"
    DESTROYED = "destroyed"  # with its older versions
    NEEDED = "needed"  # another record points at the same content
    GONE = "gone"  # the store had it no more


class DestroyedFile(Base):
    """A file of the store that a deletion takes away, and what became of it."""

    __tablename__ = "destroyed_file"
    __table_args__ = (UniqueConstraint("deletion_id", "area", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("GONE"))
    deletion_id: Mapped[int] = mapped_column(ForeignKey("deletion.id"))
    area: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    fate: Mapped[FileFate] = mapped_column(enum_column(FileFate, "fate"), default=FileFate.WAITING)
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    versions: Mapped[int] = mapped_column(default=0)  # how many copies went

    deletion: Mapped[Deletion] = relationship(back_populates="files")


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
