"""Files of Ofsted's outcomes that were taken in, and what councils decided on a downgrade."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council
from portal.providers.models import ServiceKind
from portal.providers.models_ofsted import OutcomeChange


class OfstedColumns(Base):
    """Which column of Ofsted's file is which, as somebody said last, for each service."""

    __tablename__ = "ofsted_columns"
    __table_args__ = (UniqueConstraint("service"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[ServiceKind] = mapped_column(enum_column(ServiceKind, "service"))
    columns: Mapped[dict[str, str]] = mapped_column(JSON)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OfstedImport(Base):
    """A file that was taken in."""

    __tablename__ = "ofsted_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("OFS"))
    service: Mapped[ServiceKind] = mapped_column(enum_column(ServiceKind, "service"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    changed: Mapped[int]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # none: a command
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Answer(StrEnum):
    """What a council does about a downgrade."""

    ACTION_PLAN = "action-plan"
    BY_EXCEPTION = "by-exception"
    SUSPEND = "suspend"
    CARRY_ON = "carry-on"


class DowngradeDecision(Base):
    """What one council decided about one change of an outcome."""

    __tablename__ = "downgrade_decision"
    __table_args__ = (UniqueConstraint("change_id", "council_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("DWN"))
    change_id: Mapped[int] = mapped_column(ForeignKey("outcome_change.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    answer: Mapped[Answer] = mapped_column(enum_column(Answer, "answer"))
    reason: Mapped[str] = mapped_column(Text)
    led_to: Mapped[str] = mapped_column(String(20), default="")  # follow-up, exception, suspension
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    change: Mapped[OutcomeChange] = relationship()
    council: Mapped[Council] = relationship()
