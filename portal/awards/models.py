"""What was recommended, who approved it, and the letters that tell the bidders."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
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
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship(back_populates="approvals")
    council: Mapped[Council] = relationship()
    decided_by: Mapped[Person] = relationship()


class Letter(Base):
    """The assessment summary of one bidder: figures and reasons as they were, and the PDF made of them."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("LET"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    trail_head: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    application: Mapped[Application] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    @property
    def audit_chain(self) -> str:
        return self.application.round.audit_chain
