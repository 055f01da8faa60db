"""Placement choices: who was considered for a placement, on which facts, who was chosen, and why.

A placement has a reference of the council's and no name. The facts are those of the day and are
never changed; a correction is a further version with its reason.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, new_ref
from portal.people.models import Council, Person
from portal.rounds.models import AgreementLot


class PlacementChoice(Base):
    """One choice of a provider for one placement."""

    __tablename__ = "placement_choice"
    __table_args__ = (Index("ix_placement_choice_council_day", "council_id", "decided_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("CHC"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    agreement_lot_id: Mapped[int] = mapped_column(ForeignKey("agreement_lot.id"))
    like: Mapped[str] = mapped_column(String(20))  # hours of support, or an age band
    decided_on: Mapped[date]
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # of each provider; pence as "n/d"
    facts_sha256: Mapped[str] = mapped_column(String(64))
    # as the newest version has them, to find and list by
    reference: Mapped[str] = mapped_column(String(40), index=True)
    chosen_ref: Mapped[str] = mapped_column(String(20), index=True)
    taken_back: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()
    agreement_lot: Mapped[AgreementLot] = relationship()
    versions: Mapped[list["PlacementChoiceVersion"]] = relationship(
        back_populates="choice", order_by="PlacementChoiceVersion.number"
    )

    def fact(self, provider_ref: str) -> dict[str, Any]:
        """What was known of a provider that day."""
        return next(one for one in self.facts if one["provider"] == provider_ref)

    @property
    def newest(self) -> "PlacementChoiceVersion":
        return self.versions[-1]


class PlacementChoiceVersion(Base):
    """What was recorded, or corrected."""

    __tablename__ = "placement_choice_version"
    __table_args__ = (UniqueConstraint("choice_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    choice_id: Mapped[int] = mapped_column(ForeignKey("placement_choice.id"), index=True)
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(40))
    considered: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    chosen_ref: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(Text)
    why_alone: Mapped[str] = mapped_column(Text, default="")
    correction: Mapped[str] = mapped_column(Text, default="")  # why it was corrected
    taken_back: Mapped[bool] = mapped_column(default=False)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    choice: Mapped[PlacementChoice] = relationship(back_populates="versions")
    made_by: Mapped[Person] = relationship()
