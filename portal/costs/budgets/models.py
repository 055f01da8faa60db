"""What a council budgets for placements, and what its in-house cost holds."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council
from scoring.years import first_day


class InHouse(StrEnum):
    """What in-house cost in the ledger and in the budget is."""

    CARER_PAYMENTS = "carer-payments"
    FULL_COST = "full-cost"  # with workers, training and overheads
    NOT_SAID = "not-said"


class CostBudget(Base):
    """A budget of one financial year, of all placements or of one type: the council's own share.

    The newest that was not taken back counts; the others stay.
    """

    __tablename__ = "cost_budget"
    __table_args__ = (
        CheckConstraint("pence > 0", name="pence_above_zero"),
        Index("ix_cost_budget_council_year", "council_id", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("BUD"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    year: Mapped[int]  # 2026 is 2026/27
    type: Mapped[str] = mapped_column(String(60))  # of placement; "overall" is all of them
    pence: Mapped[int] = mapped_column(BigInteger)
    in_house: Mapped[InHouse] = mapped_column(enum_column(InHouse, "in_house"))
    source: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why_taken_back: Mapped[str] = mapped_column(String(500), default="")

    council: Mapped[Council] = relationship()

    @property
    def from_on(self) -> date:
        """Its first day."""
        return first_day(self.year)
