"""What a young person told, whom to ring, and what was given and paid."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council, Person
from scoring.stages import ToldStage
from scoring.younglog import EntryKind


class CareContact(Base):
    """Whom the young people of a council ring, and who leads on safeguarding there."""

    __tablename__ = "care_contact"

    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), primary_key=True)
    ring: Mapped[str] = mapped_column(Text)  # names and numbers, one a line
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    council: Mapped[Council] = relationship()
    lead: Mapped[Person | None] = relationship()


class Told(Base):
    """What a young person told with “Tell someone”. Only the two who look after them read it.

    The words lie sealed in the database, and a list never loads them: `words.py` opens them.
    """

    __tablename__ = "told"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("TELL"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    stage: Mapped[ToldStage] = mapped_column(
        enum_column(ToldStage, "stage"), default=ToldStage.WAITING
    )
    sealed_text: Mapped[str] = mapped_column("text", Text, deferred=True)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sealed_note: Mapped[str] = mapped_column("note", Text, default="", deferred=True)  # done

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    council: Mapped[Council] = relationship()
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id])
    settled_by: Mapped[Person | None] = relationship(foreign_keys=[settled_by_id])


class YoungEntry(Base):
    """Hours, an expense or a voucher of a young person. A wrong one is struck out, with a reason."""

    __tablename__ = "young_entry"
    __table_args__ = (
        CheckConstraint("minutes >= 0 AND pence >= 0", name="not_negative"),
        CheckConstraint("(kind = 'time') = (pence = 0)", name="time_or_money"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("LOG"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind, "kind"))
    on: Mapped[date] = mapped_column("on_day")
    minutes: Mapped[int]
    pence: Mapped[int]
    what: Mapped[str] = mapped_column(String(200))
    paid_on: Mapped[date | None]
    struck_reason: Mapped[str] = mapped_column(Text, default="")
    struck_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
