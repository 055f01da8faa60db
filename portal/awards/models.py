"""What was recommended, who approved it, and the letters that tell the bidders."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import StoredFile
from portal.people.models import Council, Person
from portal.rounds.models import Round
from scoring.stages import RecommendationStage


class Recommendation(Base):
    """Who is recommended for which lot, from the results, with the reason in words."""

    __tablename__ = "recommendation"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("RECM"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    stage: Mapped[RecommendationStage] = mapped_column(
        enum_column(RecommendationStage, "stage"), default=RecommendationStage.RECOMMENDED
    )
    reason: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # results by lot, as they stood
    sha256: Mapped[str] = mapped_column(String(64))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    made_by: Mapped[Person] = relationship()
    approvals: Mapped[list["Approval"]] = relationship(back_populates="recommendation")

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain


class ApprovalDecision(StrEnum):
    APPROVE = "approve"
    RETURN = "return"


class Approval(Base):
    """A council's decision on its part, by somebody who did not score."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("recommendation_id", "council_id"),
        CheckConstraint("decision = 'approve' OR reason <> ''", name="reason_with_return"),
        CheckConstraint(
            "decision = 'return' OR declared_no_interest", name="approval_without_interest"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    decision: Mapped[ApprovalDecision] = mapped_column(enum_column(ApprovalDecision, "decision"))
    decision_reference: Mapped[str] = mapped_column(String(60), default="")
    declared_no_interest: Mapped[bool] = mapped_column(default=False)
    delegation_limit_pence: Mapped[int | None] = mapped_column(BigInteger)
    call_in_until_on: Mapped[date | None]  # the last day on which councillors may call it in
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship(back_populates="approvals")
    council: Mapped[Council] = relationship()
    decided_by: Mapped[Person] = relationship()


class LetterOutcome(StrEnum):
    """What a letter brings, all lots together."""

    ADMITTED = "admitted"
    PARTLY = "partly"
    NOT_ADMITTED = "not-admitted"
    NOT_SCORED = "not-scored"


class Letter(Base):
    """The assessment summary of one bidder: figures and reasons as they were, and the PDF made of them."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("LET"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    trail_head: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[LetterOutcome | None] = mapped_column(
        enum_column(LetterOutcome, "letter_outcome")
    )
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    application: Mapped[Application] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    @property
    def audit_chain(self) -> str:
        return self.application.round.audit_chain


class AwardNotice(Base):
    """The award as it was made known, and the standstill that began with it.

    Under the Regulations of 2015 there is no notice before the contract: the letters begin the
    period, and the number is empty. Without a standstill the three days are empty.
    """

    __tablename__ = "award_notice"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="last_after_first"),
        CheckConstraint("(first_on IS NULL) = (last_on IS NULL)", name="whole_period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    number: Mapped[str] = mapped_column(String(40), default="")
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    days: Mapped[int | None]  # how many the notice states; none without a standstill
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    holidays: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # those left out, named
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    entered_by: Mapped[Person] = relationship()

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain


class LegalHold(Base):
    """A legal challenge: nothing is concluded until a second person lifts it, with a reason."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("lifted_by_id <> placed_by_id", name="lifted_by_a_second_person"),
        CheckConstraint("lifted_at IS NULL OR lift_reason <> ''", name="reason_with_lifting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("HOLD"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    claimant: Mapped[str] = mapped_column(String(200))  # who challenges the award
    claim_reference: Mapped[str] = mapped_column(String(60))
    notified_on: Mapped[date]  # the day on which the council learned of it
    reason: Mapped[str] = mapped_column(Text)
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lift_reason: Mapped[str] = mapped_column(Text, default="")

    round: Mapped[Round] = relationship()
    placed_by: Mapped[Person] = relationship(foreign_keys=[placed_by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain


class LetterLook(Base):
    """Somebody has looked a letter through before the release."""

    __tablename__ = "letter_look"
    __table_args__ = (UniqueConstraint("letter_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    looked_at: Mapped[datetime] = mapped_column(UTCDateTime)

    letter: Mapped[Letter] = relationship()
    person: Mapped[Person] = relationship()
