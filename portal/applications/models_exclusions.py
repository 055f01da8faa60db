"""The exclusion of a supplier from a round: its grounds, its hearing, two officers' decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from scoring.exclusion import About, Debarment, ExclusionStage


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
