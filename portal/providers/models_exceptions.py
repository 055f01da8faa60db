"""Exceptions: a council places all the same, for a reason and until a day."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council
from portal.providers.models import Provider


class Hindrance(StrEnum):
    """What stands against a placement."""

    DOCUMENT = "document"
    REGISTRATION = "registration"


class PlacementException(Base):
    """A council places in spite of one thing. What it is about is a plain reference with its words."""

    __tablename__ = "placement_exception"
    __table_args__ = (Index("ix_placement_exception_about", "council_id", "about_ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("EXC"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    about: Mapped[Hindrance] = mapped_column(enum_column(Hindrance, "about"))
    about_ref: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text)
    until_on: Mapped[date]  # the last day on which it holds
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship()
    council: Mapped[Council] = relationship()

    def holds(self, on: date) -> bool:
        """Whether it holds on a day, to the end of its last one."""
        return self.ended_at is None and on <= self.until_on
