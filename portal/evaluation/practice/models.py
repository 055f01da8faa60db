"""Practice: made-up bids to try the scale on. Its tables stand apart, so that nothing counts it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import ContentVersion
from portal.db import Base, UTCDateTime, new_ref
from portal.people.models import Council, Person
from portal.rounds.models import Round


class PracticeRound(Base):
    """Questions of a round, asked of bids that nobody sent. No round, and in no figure of one."""

    __tablename__ = "practice_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PRA"))
    title: Mapped[str] = mapped_column(String(200))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("round.id"))  # whose questions they are
    question_set_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    scheme_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    officer_scale_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    young_scale_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()
    source: Mapped[Round] = relationship()
    question_set: Mapped[ContentVersion] = relationship(foreign_keys=question_set_id)
    scheme: Mapped[ContentVersion] = relationship(foreign_keys=scheme_id)
    officer_scale: Mapped[ContentVersion] = relationship(foreign_keys=officer_scale_id)
    young_scale: Mapped[ContentVersion] = relationship(foreign_keys=young_scale_id)
    bids: Mapped[list["PracticeBid"]] = relationship(
        back_populates="practice", order_by="PracticeBid.label"
    )


class PracticeBid(Base):
    """One made-up bid: its answers, and the scores that somebody experienced would give."""

    __tablename__ = "practice_bid"
    __table_args__ = (UniqueConstraint("practice_round_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PRB"))
    practice_round_id: Mapped[int] = mapped_column(ForeignKey("practice_round.id"))
    label: Mapped[str] = mapped_column(String(60))
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    model: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)  # value and reason of each

    practice: Mapped[PracticeRound] = relationship(back_populates="bids")


class PracticeScore(Base):
    """What somebody gave a made-up answer, to learn from it."""

    __tablename__ = "practice_score"
    __table_args__ = (
        UniqueConstraint("practice_bid_id", "person_id", "question_key"),
        CheckConstraint("value IS NULL OR NOT abstained", name="value_or_abstention"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_bid_id: Mapped[int] = mapped_column(ForeignKey("practice_bid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    question_key: Mapped[str] = mapped_column(String(60))
    value: Mapped[int | None]
    abstained: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)

    bid: Mapped[PracticeBid] = relationship()
    person: Mapped[Person] = relationship()


class PracticePairScore(Base):
    """What a pair agreed to give a made-up answer. It belongs to these two, whatever pairs come later."""

    __tablename__ = "practice_pair_score"
    __table_args__ = (
        UniqueConstraint(
            "practice_bid_id",
            "first_id",
            "second_id",
            "question_key",
            name="uq_practice_pair_score_once",  # the usual name is too long for a database
        ),
        CheckConstraint("value IS NULL OR NOT abstained", name="value_or_abstention"),
        CheckConstraint("first_id < second_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_bid_id: Mapped[int] = mapped_column(ForeignKey("practice_bid.id"))
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    question_key: Mapped[str] = mapped_column(String(60))
    value: Mapped[int | None]
    abstained: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)

    bid: Mapped[PracticeBid] = relationship()

    @property
    def people(self) -> tuple[int, int]:
        return (self.first_id, self.second_id)


class PracticeAgreed(Base):
    """What the pairs of the young people's panel agreed on a made-up answer: a rehearsal."""

    __tablename__ = "practice_agreed"
    __table_args__ = (UniqueConstraint("practice_bid_id", "question_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_bid_id: Mapped[int] = mapped_column(ForeignKey("practice_bid.id"))
    question_key: Mapped[str] = mapped_column(String(60))
    value: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    why_outside: Mapped[str] = mapped_column(Text, default="")
    dissent: Mapped[str] = mapped_column(Text, default="")
    present: Mapped[list[str]] = mapped_column(JSON)  # references of who was there
    revision: Mapped[int] = mapped_column(default=0)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)

    bid: Mapped[PracticeBid] = relationship()
    saved_by: Mapped[Person] = relationship()
