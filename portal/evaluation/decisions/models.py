"""What people decide after the lock: questions on low prices, bids set aside, ties, corrections.

What changes a result is proposed by one person and confirmed by a second; what was proposed stays
on record whatever came of it.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from portal.rounds.models import Round, RoundLot


class PriceQuestion(Base):
    """What a bidder is asked about a price that may be abnormally low, and its answer.

    Source: Procurement Act 2023, section 19(4): a supplier may show that it can perform at its price.
    """

    __tablename__ = "price_question"
    __table_args__ = (
        UniqueConstraint("application_id", "round_lot_id", "council"),
        CheckConstraint("answered_at IS NULL OR answer <> ''", name="words_if_answered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PRQ"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_lot_id: Mapped[int] = mapped_column(ForeignKey("round_lot.id"))
    council: Mapped[str] = mapped_column(String(60), default="")
    flag: Mapped[str] = mapped_column(Text)  # as it was computed; for the council only
    question: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer_until_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
    round_lot: Mapped[RoundLot] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])

    @property
    def audit_chain(self) -> str:
        return self.application.audit_chain


class DecisionKind(StrEnum):
    KEEP = "keep"  # a low price was explained; one person decides
    SET_ASIDE = "set-aside"
    TIE = "tie"


class AwardDecision(Base):
    """A decision that goes into the results. In force from `confirmed_at`, unless it was declined."""

    __tablename__ = "award_decision"
    __table_args__ = (
        CheckConstraint("second_id <> made_by_id", name="two_people"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "confirmed_at IS NULL OR kind = 'keep' OR second_id IS NOT NULL",
            name="second_if_it_counts",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("DEC"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(enum_column(DecisionKind, "kind"))
    round_lot_id: Mapped[int] = mapped_column(ForeignKey("round_lot.id"))
    council: Mapped[str] = mapped_column(String(60), default="")
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("price_question.id"))
    order: Mapped[list[str]] = mapped_column(JSON, default=list)  # of a tie: bids, best first
    reason: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")  # as the result and the letter say it
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decline_reason: Mapped[str] = mapped_column(Text, default="")

    round: Mapped[Round] = relationship()
    round_lot: Mapped[RoundLot] = relationship()
    application: Mapped[Application | None] = relationship()
    question: Mapped[PriceQuestion | None] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    second: Mapped[Person | None] = relationship(foreign_keys=[second_id])

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain

    @property
    def waits(self) -> bool:
        """Whether a second person has yet to confirm it."""
        return self.confirmed_at is None and self.declined_at is None


class Correction(Base):
    """An agreed score mended after the lock: what was wrong, by whom, and who confirmed it.

    The agreed score itself stays as it was recorded; the newest correction in force counts.
    """

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("second_id <> made_by_id", name="two_people"),
        CheckConstraint("new <> old", name="changes_something"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("confirmed_at IS NULL OR second_id IS NOT NULL", name="confirmed_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("COR"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    question_key: Mapped[str] = mapped_column(String(60))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    old: Mapped[int]
    new: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    prices_open: Mapped[bool]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decline_reason: Mapped[str] = mapped_column(Text, default="")

    application: Mapped[Application] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    second: Mapped[Person | None] = relationship(foreign_keys=[second_id])

    @property
    def audit_chain(self) -> str:
        return self.application.audit_chain

    @property
    def waits(self) -> bool:
        """Whether a second person has yet to confirm it."""
        return self.confirmed_at is None and self.declined_at is None
