"""Reviews of packages: what was agreed for a placement, delivered and paid. No names."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.contracts.models import ONE_OF_BOTH, Contract, ListMembership
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council, Person
from scoring.packages import Package, read_ratio
from scoring.stages import ReviewStage


class ReviewOutcome(StrEnum):
    """What a review leads to."""

    AS_AGREED = "as-agreed"
    RECOVER = "recover"
    PAY = "pay"
    CHANGE = "change-the-package"

    @property
    def title(self) -> str:
        return {
            ReviewOutcome.AS_AGREED: "Nothing to settle",
            ReviewOutcome.RECOVER: "Ask for money back",
            ReviewOutcome.PAY: "Pay what is missing",
            ReviewOutcome.CHANGE: "Change the package",
        }[self]


class PackageReview(Base):
    """One council's look at its placements under a contract or place, for a period."""

    __tablename__ = "package_review"
    __table_args__ = (
        CheckConstraint(ONE_OF_BOTH, name="of_one"),
        CheckConstraint("until_on >= from_on", name="until_after_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PKG"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    list_membership_id: Mapped[int | None] = mapped_column(
        ForeignKey("list_membership.id"), index=True
    )
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    stage: Mapped[ReviewStage] = mapped_column(
        enum_column(ReviewStage, "stage"), default=ReviewStage.DRAFT
    )
    outcome: Mapped[ReviewOutcome | None] = mapped_column(enum_column(ReviewOutcome, "outcome"))
    words: Mapped[str] = mapped_column(Text, default="")
    follow_up_ref: Mapped[str] = mapped_column(String(20), default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    contract: Mapped[Contract | None] = relationship()
    list_membership: Mapped[ListMembership | None] = relationship()
    council: Mapped[Council] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    concluded_by: Mapped[Person | None] = relationship(foreign_keys=[concluded_by_id])
    lines: Mapped[list["PackageLine"]] = relationship(
        back_populates="review", order_by="PackageLine.placement", cascade="all, delete-orphan"
    )

    @property
    def held(self) -> Contract | ListMembership:
        """What it belongs to; the database holds it to one of both."""
        found = self.contract or self.list_membership
        if found is None:
            raise LookupError("a review belongs to a contract or a place")
        return found


class PackageLine(Base):
    """One placement of a review. Weeks and hours are kept in tenths, so that they stay exact."""

    __tablename__ = "package_line"
    __table_args__ = (UniqueConstraint("review_id", "placement"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PKL"))
    review_id: Mapped[int] = mapped_column(ForeignKey("package_review.id"))
    placement: Mapped[str] = mapped_column(String(30))
    weeks_tenths: Mapped[int]
    core_pence: Mapped[int]
    hour_pence: Mapped[int]
    agreed_hours_tenths: Mapped[int]
    agreed_ratio: Mapped[str] = mapped_column(String(10))
    delivered_hours_tenths: Mapped[int]
    delivered_ratio: Mapped[str] = mapped_column(String(10))
    paid_pence: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")

    review: Mapped[PackageReview] = relationship(back_populates="lines")

    @property
    def package(self) -> Package:
        """The line as the rules read it."""
        return Package(
            weeks=Decimal(self.weeks_tenths) / 10,
            core_pence=self.core_pence,
            hour_pence=self.hour_pence,
            agreed_hours=Decimal(self.agreed_hours_tenths) / 10,
            agreed=read_ratio(self.agreed_ratio),
            delivered_hours=Decimal(self.delivered_hours_tenths) / 10,
            delivered=read_ratio(self.delivered_ratio),
            paid_pence=self.paid_pence,
        )
