"""Places that a council buys as a block, whether they are used or not."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, new_ref
from portal.people.models import Council
from portal.providers.models import Provider


class BlockPlaces(Base):
    """So many places of one provider at one weekly price. Taken back it stays, and counts no more."""

    __tablename__ = "block_places"
    __table_args__ = (
        CheckConstraint("places > 0", name="places_above_zero"),
        CheckConstraint("weekly_pence > 0", name="price_above_zero"),
        CheckConstraint("until_on >= from_on", name="until_after_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("BLK"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    type: Mapped[str] = mapped_column(String(60))  # of placement
    places: Mapped[int]
    weekly_pence: Mapped[int]  # of one place
    from_on: Mapped[date]
    until_on: Mapped[date]  # its last day
    source: Mapped[str] = mapped_column(String(200))  # the contract or order that says so
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why_taken_back: Mapped[str] = mapped_column(String(500), default="")

    council: Mapped[Council] = relationship()
    provider: Mapped[Provider] = relationship()
