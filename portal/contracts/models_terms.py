"""What is decided about a contract or a place on a list while it runs, and how one comes by hand."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.contracts.models import ONE_OF_BOTH, Contract, ListMembership
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council, Person
from portal.providers.models import Provider
from scoring.stages import EntryStage


class ExtensionOption(Base):
    """An extension that the terms allow: how long, and by when to decide."""

    __tablename__ = "extension_option"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("list_membership_id", "number"),
        CheckConstraint(ONE_OF_BOTH, name="of_one"),
        CheckConstraint("months > 0", name="months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("OPT"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    list_membership_id: Mapped[int | None] = mapped_column(ForeignKey("list_membership.id"))
    number: Mapped[int]
    months: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    decide_by_on: Mapped[date]

    contract: Mapped[Contract | None] = relationship(back_populates="options")
    list_membership: Mapped[ListMembership | None] = relationship(back_populates="options")
    decisions: Mapped[list["ExtensionDecision"]] = relationship(
        back_populates="option", order_by="ExtensionDecision.id"
    )

    @property
    def held(self) -> Contract | ListMembership:
        """What it belongs to; the database holds it to one of both."""
        found = self.contract or self.list_membership
        if found is None:
            raise LookupError("an extension option belongs to a contract or a place")
        return found

    @property
    def follows_on(self) -> bool:
        """Whether the period before it still ends the day before; not where a newer place ended it."""
        return self.starts_on == self.held.ends_on + timedelta(days=1)

    @property
    def decision(self) -> "ExtensionDecision | None":
        """The decision that stands: the newest that was not undone."""
        standing = (one for one in reversed(self.decisions) if one.undone_at is None)
        return next(standing, None)


class ExtensionDecision(Base):
    """What an officer decided about an extension; one that was undone stays on record."""

    __tablename__ = "extension_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("EXT"))
    option_id: Mapped[int] = mapped_column(ForeignKey("extension_option.id"), index=True)
    extended: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_reason: Mapped[str] = mapped_column(Text, default="")
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    option: Mapped[ExtensionOption] = relationship(back_populates="decisions")
    decided_by: Mapped[Person] = relationship(foreign_keys=[decided_by_id])
    undone_by: Mapped[Person | None] = relationship(foreign_keys=[undone_by_id])


class Suspension(Base):
    """No new placements from a day on, for one council or for all, until it is lifted."""

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint(ONE_OF_BOTH, name="of_one"),
        CheckConstraint("lifted_on IS NULL OR lifted_on >= from_on", name="lifted_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("SUS"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    list_membership_id: Mapped[int | None] = mapped_column(
        ForeignKey("list_membership.id"), index=True
    )
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"))  # None: all of them
    from_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lifted_on: Mapped[date | None]  # the first day on which it no longer holds
    lift_reason: Mapped[str] = mapped_column(Text, default="")
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    contract: Mapped[Contract | None] = relationship(back_populates="suspensions")
    list_membership: Mapped[ListMembership | None] = relationship(back_populates="suspensions")
    council: Mapped[Council | None] = relationship()
    placed_by: Mapped[Person] = relationship(foreign_keys=[placed_by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])


class EntryKind(StrEnum):
    CONTRACT = "contract"
    MEMBERSHIP = "membership"


class HandEntry(Base):
    """A contract or a place as an officer entered it by hand: nothing holds before a second look.

    `content` is what was typed, as canonical JSON: title, lot, councils, days, extensions, rates.
    """

    __tablename__ = "hand_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("ENT"))
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind, "kind"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)  # whose officer
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    stage: Mapped[EntryStage] = mapped_column(
        enum_column(EntryStage, "stage"), default=EntryStage.PROPOSED
    )
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    made_ref: Mapped[str] = mapped_column(String(20), default="")

    provider: Mapped[Provider] = relationship()
    council: Mapped[Council] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
