"""What bidders ask the council of a round, and what is answered, to all.

A question keeps who asked it beside what was asked. The council's pages read the second alone until
the round is opened (`queries_clarifications.py`).
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from portal.providers.models import Provider
from portal.rounds.models import Round
from scoring.stages import ClarificationStage, QuestionStage


class Clarification(Base):
    """An answer of the council, to one question or several that ask the same.

    `question` and `answer` are the newest wording: of the draft, then of the last version that was
    published. Every published version stands in `versions`.
    """

    __tablename__ = "clarification"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("(stage = 'published') = (number IS NOT NULL)", name="number_if_published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("CLA"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int | None]  # given when it is published: Q1, Q2 and so on
    stage: Mapped[ClarificationStage] = mapped_column(
        enum_column(ClarificationStage, "stage"), default=ClarificationStage.DRAFT
    )
    about: Mapped[str] = mapped_column(String(80), default="")  # "lot:1A", "section:quality"
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=0)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    saved_by: Mapped[Person] = relationship()
    questions: Mapped[list["ClarificationQuestion"]] = relationship(
        back_populates="clarification", order_by="ClarificationQuestion.id"
    )
    versions: Mapped[list["ClarificationVersion"]] = relationship(
        back_populates="clarification", order_by="ClarificationVersion.number"
    )

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain

    @property
    def corrected_at(self) -> datetime | None:
        """When it was last corrected; None when it stands as it was published first."""
        return self.versions[-1].published_at if len(self.versions) > 1 else None


class ClarificationVersion(Base):
    """What was published, word by word. Never changed; a correction is another version."""

    __tablename__ = "clarification_version"
    __table_args__ = (UniqueConstraint("clarification_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"))
    number: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")  # what a correction changes
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)

    clarification: Mapped[Clarification] = relationship(back_populates="versions")


class ClarificationQuestion(Base):
    """A question as a bidder asked it, which stays as it was written."""

    __tablename__ = "clarification_question"
    __table_args__ = (
        CheckConstraint("stage <> 'declined' OR reason <> ''", name="reason_if_declined"),
        CheckConstraint(
            "stage <> 'answered' OR clarification_id IS NOT NULL", name="answer_if_answered"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("ASK"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when the request came in
    text: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(80), default="")
    stage: Mapped[QuestionStage] = mapped_column(
        enum_column(QuestionStage, "stage"), default=QuestionStage.WAITING
    )
    clarification_id: Mapped[int | None] = mapped_column(ForeignKey("clarification.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was declined
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    provider: Mapped[Provider] = relationship()
    asked_by: Mapped[Person] = relationship()
    clarification: Mapped[Clarification | None] = relationship(back_populates="questions")

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain
