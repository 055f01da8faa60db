"""The exclusion of a supplier from a round: its grounds, its hearing, two officers' decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import DocumentVersion
from portal.people.models import Person
from scoring.exclusion import About, Debarment, ExclusionStage
from scoring.exclusion_notices import Occasion, last_day


class Exclusion(Base):
    """One procedure about one bidder. What was decided stays, when it is lifted too."""

    __tablename__ = "exclusion"
    __table_args__ = (CheckConstraint("second_id <> first_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("EXC"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    stage: Mapped[ExclusionStage] = mapped_column(
        enum_column(ExclusionStage, "stage"), default=ExclusionStage.HEARING
    )
    notice: Mapped[str] = mapped_column(Text)  # what the supplier is told
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer_until_at: Mapped[datetime] = mapped_column(UTCDateTime)

    answer: Mapped[str] = mapped_column(Text, default="")  # the supplier's representations
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    exclude: Mapped[bool | None]
    may_recur: Mapped[bool | None]
    weighed: Mapped[list[str]] = mapped_column(JSON, default=list)  # keys of CONSIDERATIONS
    reason: Mapped[str] = mapped_column(Text, default="")  # the supplier reads it
    first_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_back: Mapped[str] = mapped_column(
        Text, default=""
    )  # why the second person did not confirm
    # Where the bid and its lots stood when it left, so that it can return.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    lift_reason: Mapped[str] = mapped_column(Text, default="")
    lift_first_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lift_second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    application: Mapped[Application] = relationship()
    grounds: Mapped[list["ExclusionGround"]] = relationship(
        back_populates="exclusion", order_by="ExclusionGround.id"
    )
    files: Mapped[list["ExclusionFile"]] = relationship(
        back_populates="exclusion", order_by="ExclusionFile.id"
    )
    notices: Mapped[list["ExclusionNotice"]] = relationship(
        back_populates="exclusion", order_by="ExclusionNotice.id"
    )
    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
    first: Mapped[Person | None] = relationship(foreign_keys=[first_id])
    second: Mapped[Person | None] = relationship(foreign_keys=[second_id])

    @property
    def audit_chain(self) -> str:
        return self.application.audit_chain


class ExclusionGround(Base):
    """A ground that may apply, of whom, since when."""

    __tablename__ = "exclusion_ground"
    __table_args__ = (CheckConstraint("about = 'supplier' OR who <> ''", name="of_whom"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exclusion_id: Mapped[int] = mapped_column(ForeignKey("exclusion.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    about: Mapped[About] = mapped_column(enum_column(About, "about"))
    who: Mapped[str] = mapped_column(String(200), default="")
    happened_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)
    replaced: Mapped[bool] = mapped_column(default=False)

    exclusion: Mapped[Exclusion] = relationship(back_populates="grounds")


class ExclusionFile(Base):
    """A file that the supplier gives with its answer. No council reads it before the answer is sent."""

    __tablename__ = "exclusion_file"
    __table_args__ = (UniqueConstraint("exclusion_id", "document_version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exclusion_id: Mapped[int] = mapped_column(ForeignKey("exclusion.id"))
    document_version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)

    exclusion: Mapped[Exclusion] = relationship(back_populates="files")
    version: Mapped[DocumentVersion] = relationship()


class ExclusionNotice(Base):
    """What the appropriate authority has to be told, since when, and that it was told.

    It is settled when it was given, or when somebody said why none is needed.
    """

    __tablename__ = "exclusion_notice"
    __table_args__ = (
        UniqueConstraint("exclusion_id", "occasion"),
        CheckConstraint("given_on IS NULL OR told <> ''", name="told_whom"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exclusion_id: Mapped[int] = mapped_column(ForeignKey("exclusion.id"))
    occasion: Mapped[Occasion] = mapped_column(enum_column(Occasion, "occasion"))
    happened_on: Mapped[date]
    given_on: Mapped[date | None]
    told: Mapped[str] = mapped_column(String(200), default="")  # which authority
    reference: Mapped[str] = mapped_column(String(100), default="")  # under which it answered
    not_needed: Mapped[str] = mapped_column(Text, default="")  # why
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    exclusion: Mapped[Exclusion] = relationship(back_populates="notices")
    settled_by: Mapped[Person | None] = relationship()

    @property
    def last_day(self) -> date:
        return last_day(self.happened_on)

    @property
    def is_owed(self) -> bool:
        return self.settled_at is None

    @property
    def was_late(self) -> bool:
        return self.given_on is not None and self.given_on > self.last_day


class DebarmentCheck(Base):
    """A look-up in the debarment list for one bidder: who, when, what was found."""

    __tablename__ = "debarment_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("DEB"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    found: Mapped[Debarment] = mapped_column(enum_column(Debarment, "found"))
    names: Mapped[str] = mapped_column(Text)  # under which it was looked for
    note: Mapped[str] = mapped_column(Text, default="")
    looked_up_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    looked_up_at: Mapped[datetime] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
    looked_up_by: Mapped[Person] = relationship()

    @property
    def audit_chain(self) -> str:
        return self.application.audit_chain
