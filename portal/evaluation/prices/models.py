"""The opening of the prices, and every computation of a round's results."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column
from portal.people.models import Person
from portal.rounds.models import Round


class PriceOpening(Base):
    """Two officers open the prices together, once quality is locked: the first asks, the second confirms."""

    __tablename__ = "price_opening"
    __table_args__ = (
        CheckConstraint("second_officer_id <> first_officer_id", name="two_officers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    first_officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    second_officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # For each bid: its references, the hash of its envelope at that moment, and what did not hold.
    envelopes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    round: Mapped[Round] = relationship()
    first_officer: Mapped[Person] = relationship(foreign_keys=[first_officer_id])
    second_officer: Mapped[Person | None] = relationship(foreign_keys=[second_officer_id])


class Cause(StrEnum):
    """Why results were computed."""

    LOCK = "lock"
    PRICES = "prices"
    DECISION = "decision"
    CORRECTION = "correction"


class Computation(Base):
    """One computation of all results of a round. The newest counts; earlier ones are kept.

    `lots` holds what stands for a lot as a whole: what prices were measured by, ties, what must be
    settled. Results of a round that was locked before computations were kept have none.
    """

    __tablename__ = "computation"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    cause: Mapped[Cause] = mapped_column(enum_column(Cause, "cause"))
    subject: Mapped[str] = mapped_column(String(20), default="")  # of the decision or correction
    refusal: Mapped[str] = mapped_column(String(500), default="")  # why nothing could be computed
    lots: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
