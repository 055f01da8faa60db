"""What Ofsted said before and after: each change of an outcome, wherever it came from."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, new_ref
from portal.providers.models import Registration


class OutcomeChange(Base):
    """A registration's outcome changed on record."""

    __tablename__ = "outcome_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("OUT"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    before: Mapped[str] = mapped_column(String(40))
    after: Mapped[str] = mapped_column(String(40))
    inspected_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    source_ref: Mapped[str] = mapped_column(String(20), default="")  # of an import, or nothing

    registration: Mapped[Registration] = relationship()
