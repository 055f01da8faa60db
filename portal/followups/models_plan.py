"""Action plans, and their quarterly reviews: what was said of each action, frozen with its state."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.followups.models import FollowUp
from portal.people.models import Council, Person
from portal.providers.models import ServiceKind
from scoring.stages import FollowUpStage, PlanReviewStage


class Progress(StrEnum):
    """How an action stands in the eyes of whoever reviews it."""

    ON_TRACK = "on-track"
    AT_RISK = "at-risk"
    OFF_TRACK = "off-track"
    DONE = "done"


class ActionPlan(Base):
    """What is reviewed together each quarter: everything of one council, of one kind of service.

    What concerns no provider in particular stands in every plan of its council.
    """

    __tablename__ = "action_plan"
    __table_args__ = (UniqueConstraint("council_id", "service"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PLAN"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    service: Mapped[ServiceKind] = mapped_column(enum_column(ServiceKind, "service"))
    title: Mapped[str] = mapped_column(String(200))
    next_review_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()
    reviews: Mapped[list["PlanReview"]] = relationship(
        back_populates="plan", order_by="PlanReview.id"
    )

    @property
    def open_review(self) -> "PlanReview | None":
        return next((one for one in self.reviews if one.stage is PlanReviewStage.UNDER_WAY), None)


class PlanReview(Base):
    """One quarterly review. What stands in it is a record: it does not change when actions do."""

    __tablename__ = "plan_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("REV"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("action_plan.id"), index=True)
    stage: Mapped[PlanReviewStage] = mapped_column(
        enum_column(PlanReviewStage, "stage"), default=PlanReviewStage.UNDER_WAY
    )
    quarter_on: Mapped[date]  # the first day of the quarter
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    summary: Mapped[str] = mapped_column(Text, default="")
    next_review_on: Mapped[date | None]

    plan: Mapped[ActionPlan] = relationship(back_populates="reviews")
    lines: Mapped[list["PlanReviewLine"]] = relationship(back_populates="review")


class PlanReviewLine(Base):
    """What the review said of one action, with the state and date that it had that day."""

    __tablename__ = "plan_review_line"
    __table_args__ = (UniqueConstraint("review_id", "follow_up_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("plan_review.id"))
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_up.id"), index=True)
    stage: Mapped[FollowUpStage] = mapped_column(enum_column(FollowUpStage, "stage"))
    due_on: Mapped[date]
    progress: Mapped[Progress] = mapped_column(enum_column(Progress, "progress"))
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    review: Mapped[PlanReview] = relationship(back_populates="lines")
    follow_up: Mapped[FollowUp] = relationship()
    by: Mapped[Person | None] = relationship()
