"""Parts of the working copy that the bidder asks to be kept from requests for information."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Person
from scoring.confidentiality import Exemption

ANSWER, DOCUMENT, PRICES = "answer", "document", "prices"


class SensitiveMark(Base):
    """One answer, one document, or the prices as a whole."""

    __tablename__ = "sensitive_mark"
    __table_args__ = (UniqueConstraint("application_id", "kind", "key", "lot_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("MRK"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60), default="")
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    exemption: Mapped[Exemption] = mapped_column(enum_column(Exemption, "exemption"))
    reason: Mapped[str] = mapped_column(Text)
    until_on: Mapped[date | None]
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
    marked_by: Mapped[Person] = relationship()

    @property
    def place(self) -> tuple[str, str, str]:
        """Kind, key and lot code."""
        return self.kind, self.key, self.lot_code
