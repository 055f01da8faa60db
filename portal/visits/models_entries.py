"""What is written down on a visit: entries, versions that wait for a choice, photographs.

An entry that comes from a phone carries an identifier made there. It is taken once, however often it
is sent; where two people wrote different things, both are kept until somebody chooses.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import StoredFile
from portal.people.models import Person
from portal.visits.models import Visit, VisitSheet


class VisitEntry(Base):
    """What stands at one place of a visit (`scoring.visits.Where`): on a sheet, or the team's."""

    __tablename__ = "visit_entry"
    __table_args__ = (
        # an empty sheet is 0 in `owner`, since two NULLs are different to a database
        UniqueConstraint("visit_id", "owner", "place"),
        CheckConstraint("revision > 0", name="revision_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("visit_sheet.id"), index=True)
    owner: Mapped[int] = mapped_column(default=0)  # the sheet, or 0 for the team
    place: Mapped[str] = mapped_column(String(80))
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)  # by the clock of the phone
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)

    visit: Mapped[Visit] = relationship()
    sheet: Mapped[VisitSheet | None] = relationship()
    saved_by: Mapped[Person] = relationship()


class ChoiceMade(StrEnum):
    WAITING = "waiting"
    STANDING = "standing"  # what stood was kept
    OTHER = "other"  # the version that came aside was kept


class VisitAside(Base):
    """Another version of an entry, kept beside it until a person chooses. Never deleted."""

    __tablename__ = "visit_aside"
    __table_args__ = (Index("ix_visit_aside_visit_id_choice", "visit_id", "choice"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VSA"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("visit_sheet.id"), index=True)
    place: Mapped[str] = mapped_column(String(80))
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    late: Mapped[bool] = mapped_column(default=False)  # it came after the sheet was handed in
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    choice: Mapped[ChoiceMade] = mapped_column(
        enum_column(ChoiceMade, "choice"), default=ChoiceMade.WAITING
    )
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    visit: Mapped[Visit] = relationship()
    sheet: Mapped[VisitSheet | None] = relationship()
    written_by: Mapped[Person] = relationship(foreign_keys=written_by_id)


class VisitArrival(Base):
    """An entry or photograph that arrived: the identifier made on the phone, and the answer given."""

    __tablename__ = "visit_arrival"
    __table_args__ = (UniqueConstraint("person_id", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)


class VisitPhoto(Base):
    """A photograph of a room without people, drawn anew so that nothing is hidden in it."""

    __tablename__ = "visit_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VPH"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    caption: Mapped[str] = mapped_column(String(200), default="")
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_reason: Mapped[str] = mapped_column(String(300), default="")

    visit: Mapped[Visit] = relationship()
    file: Mapped[StoredFile] = relationship()
    taken_by: Mapped[Person] = relationship(foreign_keys=taken_by_id)


class CheckOutcome(StrEnum):
    CLEARED = "cleared"
    HELD = "held"


class VisitCommentCheck(Base):
    """The Participation Officer's look at what a young person wrote, before others read it.

    It holds for one revision: who changes the words asks for another look.
    """

    __tablename__ = "visit_comment_check"
    __table_args__ = (UniqueConstraint("entry_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("visit_entry.id"))
    revision: Mapped[int]
    outcome: Mapped[CheckOutcome] = mapped_column(enum_column(CheckOutcome, "outcome"))
    reason: Mapped[str] = mapped_column(Text, default="")
    checked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime] = mapped_column(UTCDateTime)

    entry: Mapped[VisitEntry] = relationship()
