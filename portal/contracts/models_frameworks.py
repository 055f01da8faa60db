"""Awards of an open framework that were made outside the portal."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, new_ref
from portal.people.models import Person
from portal.rounds.models import Agreement


class FrameworkAward(Base):
    """An award that no round of the portal made; one that was withdrawn stays on record."""

    __tablename__ = "framework_award"
    __table_args__ = (
        Index(
            "uq_framework_award_standing",
            "agreement_id",
            "awarded_on",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("FRA"))
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    awarded_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)  # where it is written, such as its notice
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    agreement: Mapped[Agreement] = relationship()
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id])
