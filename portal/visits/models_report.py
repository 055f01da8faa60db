"""What a team agreed after a visit, what the provider says of it, and what is recommended."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.followups.models import OwnerSide
from portal.people.models import Person
from portal.visits.models import Visit
from scoring.terms import Panel


class VisitAgreed(Base):
    """One score for one matter: of the team of officers, or of the young people among themselves."""

    __tablename__ = "visit_agreed"
    __table_args__ = (
        UniqueConstraint("visit_id", "panel", "matter"),
        CheckConstraint("value IS NULL OR NOT abstained", name="score_or_abstention"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    panel: Mapped[Panel] = mapped_column(enum_column(Panel, "panel"))
    matter: Mapped[str] = mapped_column(String(40))
    value: Mapped[int | None]
    abstained: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    agreed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    visit: Mapped[Visit] = relationship()
    agreed_by: Mapped[Person] = relationship()


class VisitReport(Base):
    """The judgement and what goes with it; one for each visit that is being agreed."""

    __tablename__ = "visit_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    judgement: Mapped[str] = mapped_column(String(40), default="")
    judgement_reason: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")  # what works well, for the provider
    care: Mapped[str] = mapped_column(String(10), default="")
    care_reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    comments_until_on: Mapped[date | None]  # the last day for the provider's comments on facts
    responded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    nothing_to_correct: Mapped[bool] = mapped_column(default=False)

    visit: Mapped[Visit] = relationship()
    saved_by: Mapped[Person] = relationship(foreign_keys=saved_by_id)


class VisitSignOff(Base):
    """The Participation Officer says that it was the young people's own view."""

    __tablename__ = "visit_sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    signed_by: Mapped[Person] = relationship()


class VisitRecommendation(Base):
    """What a home is asked to do. With the final report it becomes a follow-up of its own."""

    __tablename__ = "visit_recommendation"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VRC"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    matter: Mapped[str] = mapped_column(String(40), default="")  # empty: of the whole home
    text: Mapped[str] = mapped_column(Text)
    owner_side: Mapped[OwnerSide] = mapped_column(enum_column(OwnerSide, "owner_side"))
    owner_post: Mapped[str] = mapped_column(String(120))  # a post in words, never somebody's name
    due_on: Mapped[date]
    young: Mapped[bool] = mapped_column(default=False)  # it came from the young people
    followup_ref: Mapped[str] = mapped_column(String(20), default="")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)

    visit: Mapped[Visit] = relationship()


class FactOutcome(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not-accepted"


class VisitFact(Base):
    """A provider's comment on a fact in the report, and what the council says of it."""

    __tablename__ = "visit_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VFC"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    matter: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    outcome: Mapped[FactOutcome] = mapped_column(
        enum_column(FactOutcome, "outcome"), default=FactOutcome.WAITING
    )
    reply: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    visit: Mapped[Visit] = relationship()
