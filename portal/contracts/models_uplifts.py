"""A provider's request for higher rates, with everything that was said about it."""

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.contracts.models import ONE_OF_BOTH, Contract, ListMembership
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from scoring.canonical import read_fraction
from scoring.stages import UpliftStage


class UpliftMethod(StrEnum):
    PERCENTAGE = "percentage"
    INDEX = "index"


class UpliftRequest(Base):
    """One request: for which rates, by how much, from when. Its steps tell what became of it."""

    __tablename__ = "uplift_request"
    __table_args__ = (
        CheckConstraint(ONE_OF_BOTH, name="of_one"),
        Index("ix_uplift_request_stage", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("UPL"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    list_membership_id: Mapped[int | None] = mapped_column(
        ForeignKey("list_membership.id"), index=True
    )
    method: Mapped[UpliftMethod] = mapped_column(enum_column(UpliftMethod, "method"))
    working: Mapped[str] = mapped_column(String(200), default="")  # "CPIH from 134.6 to 138.9"
    items: Mapped[list[str]] = mapped_column(JSON)  # keys of the items of the rate card
    stage: Mapped[UpliftStage] = mapped_column(
        enum_column(UpliftStage, "stage"), default=UpliftStage.ASKED
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)

    contract: Mapped[Contract | None] = relationship()
    list_membership: Mapped[ListMembership | None] = relationship()
    steps: Mapped[list["UpliftStep"]] = relationship(
        back_populates="request", order_by="UpliftStep.id"
    )

    letter: Mapped["UpliftLetter | None"] = relationship(back_populates="request")

    @property
    def held(self) -> Contract | ListMembership:
        """What it belongs to; the database holds it to one of both."""
        found = self.contract or self.list_membership
        if found is None:
            raise LookupError("a request belongs to a contract or a place")
        return found

    @property
    def asked(self) -> "UpliftStep":
        return self.steps[0]

    def newest(self, *verbs: str) -> "UpliftStep | None":
        """The newest step of one of these verbs."""
        return next((one for one in reversed(self.steps) if one.verb in verbs), None)


class UpliftStep(Base):
    """What somebody did to a request. Nothing of it is ever changed."""

    __tablename__ = "uplift_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("UST"))
    request_id: Mapped[int] = mapped_column(ForeignKey("uplift_request.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))  # "ask", or a verb of the life `UPLIFT`
    share_text: Mapped[str] = mapped_column(String(60), default="")  # exact, "n/d"; "" is none
    from_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    request: Mapped[UpliftRequest] = relationship(back_populates="steps")
    by: Mapped[Person] = relationship()

    @property
    def share(self) -> Fraction | None:
        """By how much: an exact share of one."""
        return read_fraction(self.share_text) if self.share_text else None


class UpliftLetter(Base):
    """The letter about a decision, word for word as it was sent. Nothing of it is ever changed."""

    __tablename__ = "uplift_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("ULT"))
    request_id: Mapped[int] = mapped_column(ForeignKey("uplift_request.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))  # of the content, as canonical JSON
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)

    request: Mapped[UpliftRequest] = relationship(back_populates="letter")
