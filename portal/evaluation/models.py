"""Panels, declared conflicts, sheets, consensus and results."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from portal.rounds.models import Round, RoundLot
from scoring.stages import SheetStage
from scoring.terms import Panel


class Part(StrEnum):
    """What somebody does in a round; everybody here declares interests."""

    EVALUATOR = "evaluator"
    YOUNG_COMMISSIONER = "young-commissioner"
    MODERATOR = "moderator"
    SUPPORTER = "supporter"  # the Participation Officer
    APPROVER = "approver"


class PanelMember(Base):
    """Somebody who takes part in the evaluation of a round."""

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("round_id", "person_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[Part] = mapped_column(enum_column(Part, "part"))
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    person: Mapped[Person] = relationship()


class Scorer(Base):
    """Who fills a sheet: one person, or one pair of Young Commissioners together."""

    __tablename__ = "scorer"
    __table_args__ = (UniqueConstraint("round_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("SCR"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    panel: Mapped[Panel] = mapped_column(enum_column(Panel, "panel"))
    label: Mapped[str] = mapped_column(String(120))

    round: Mapped[Round] = relationship()
    people: Mapped[list["ScorerPerson"]] = relationship(back_populates="scorer")


class ScorerPerson(Base):
    """Somebody behind a scorer: one for a person, two for a pair."""

    __tablename__ = "scorer_person"
    __table_args__ = (UniqueConstraint("scorer_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorer.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    scorer: Mapped[Scorer] = relationship(back_populates="people")
    person: Mapped[Person] = relationship()


class Interest(StrEnum):
    NONE = "none"
    PERSONAL = "personal"
    PROFESSIONAL = "professional"
    FINANCIAL = "financial"


class ConflictDeclaration(Base):
    """What somebody declared about one bidder before seeing any bid (Procurement Act 2023, sections 81–83)."""

    __tablename__ = "conflict_declaration"
    __table_args__ = (
        UniqueConstraint("person_id", "application_id"),
        CheckConstraint("interest = 'none' OR detail <> ''", name="detail_with_interest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    interest: Mapped[Interest] = mapped_column(enum_column(Interest, "interest"))
    detail: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    earlier: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """What was declared before: `interest`, `detail` and `declared_at` of each, oldest first."""
    mitigation: Mapped[str] = mapped_column(Text, default="")
    mitigated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    mitigated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    mitigated_by: Mapped[Person | None] = relationship(foreign_keys=mitigated_by_id)
    application: Mapped[Application] = relationship()


class Assignment(Base):
    """That a panel's answers were shared out, by what rules; what it came to stands on the sheets."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("ASG"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    panel: Mapped[Panel] = mapped_column(enum_column(Panel, "panel"))
    each: Mapped[int]  # scorers that every answer needs
    sha256: Mapped[str] = mapped_column(String(64))  # of the whole plan, as canonical JSON
    set_aside: Mapped[int] = mapped_column(default=0)  # scores that stopped counting
    applied_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime)

    applied_by: Mapped[Person] = relationship()


@lru_cache(maxsize=4_096)  # few texts, on thousands of sheets
def asked_names(asks: str) -> frozenset[str]:
    """The questions of `Sheet.asks`, each as "question|lot"."""
    return frozenset(asks.splitlines())


class Sheet(Base):
    """One scorer's scores for one bid."""

    __tablename__ = "sheet"
    __table_args__ = (UniqueConstraint("scorer_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("SHT"))
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorer.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    stage: Mapped[SheetStage] = mapped_column(
        enum_column(SheetStage, "stage"), default=SheetStage.DRAFT
    )
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    asks: Mapped[str] = mapped_column(Text, default="")
    """The questions that were assigned, "question|lot" on a line each; empty is all of the panel's."""
    set_aside_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when the bid is not this scorer's any more. What they scored is kept, and counts no more."""

    scorer: Mapped[Scorer] = relationship()
    application: Mapped[Application] = relationship()
    scores: Mapped[list["Score"]] = relationship(back_populates="sheet")

    def asks_for(self, name: str) -> bool:
        """Whether a question ("question|lot") is on this sheet."""
        return not self.asks or name in asked_names(self.asks)

    @property
    def audit_chain(self) -> str:
        return self.application.round.audit_chain


class Score(Base):
    """A score with its reason. No value and `abstained` is "I'd rather not say", never a zero."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("sheet_id", "question_key", "lot_code"),
        # spreads of tens of thousands of scores are counted from the index alone
        Index("ix_score_spread", "sheet_id", "question_key", "lot_code", "value", "set_aside_at"),
        CheckConstraint("value IS NULL OR NOT abstained", name="value_or_abstention"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    question_key: Mapped[str] = mapped_column(String(60))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[int | None]
    abstained: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    set_aside_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when the question is somebody else's. The score is kept, and counts no more."""

    sheet: Mapped[Sheet] = relationship(back_populates="scores")

    @property
    def name(self) -> str:
        """The question (for a lot) as one word."""
        return f"{self.question_key}|{self.lot_code}"


class SheetSubmission(Base):
    """A sheet as it was handed in: kept for ever, whatever happens to it later."""

    __tablename__ = "sheet_submission"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Consensus(Base):
    """What a panel agreed for one question of one bid, with the reason that goes into the letter."""

    __tablename__ = "consensus"
    __table_args__ = (UniqueConstraint("application_id", "question_key", "lot_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    panel: Mapped[Panel] = mapped_column(enum_column(Panel, "panel"))
    question_key: Mapped[str] = mapped_column(String(60))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    why_outside: Mapped[str] = mapped_column(Text, default="")
    dissent: Mapped[str] = mapped_column(Text, default="")  # who saw it another way, and why
    meeting_ref: Mapped[str] = mapped_column(
        String(20), default=""
    )  # of the meeting, where one was open
    present: Mapped[list[str]] = mapped_column(JSON)  # references of the people at the meeting
    revision: Mapped[int] = mapped_column(default=1)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
    recorded_by: Mapped[Person] = relationship()


class YoungSignOff(Base):
    """The Participation Officer's word that the young people's scores for a bid were their own view."""

    __tablename__ = "young_sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Result(Base):
    """What `scoring` computed for one bid in one lot; fractions as "n/d".

    `council` is the name of a council in addresses where price is evaluated for each by itself, or
    empty. `number` is that of the computation; what a later one replaced does not stand any more.
    """

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("application_id", "round_lot_id", "council", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_lot_id: Mapped[int] = mapped_column(ForeignKey("round_lot.id"), index=True)
    council: Mapped[str] = mapped_column(String(60), default="")
    number: Mapped[int] = mapped_column(default=1)
    stands: Mapped[bool] = mapped_column(default=True)
    admitted: Mapped[bool]
    rank: Mapped[int | None]  # none without a ranking, and below a threshold
    total: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
    round_lot: Mapped[RoundLot] = relationship()
