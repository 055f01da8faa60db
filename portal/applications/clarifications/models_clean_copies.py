"""A clean copy of a file in which a virus was found after the bidder had been asked its once."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, new_ref
from portal.documents.models import DocumentVersion
from portal.people.models import Person


class CleanCopy(Base):
    """One file of a bid that is asked for again, once, because of its virus and of nothing else."""

    __tablename__ = "clean_copy"
    __table_args__ = (UniqueConstraint("application_id", "lot_code", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("CLN"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    key: Mapped[str] = mapped_column(String(80))  # of the item of the check
    title: Mapped[str] = mapped_column(Text)
    document_type: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime] = mapped_column(UTCDateTime)
    document_version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship()
    version: Mapped[DocumentVersion | None] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    given_by: Mapped[Person | None] = relationship(foreign_keys=[given_by_id])

    @property
    def audit_chain(self) -> str:
        return self.application.audit_chain

    def waits(self, now: datetime) -> bool:
        """Whether the bidder still has time to give it."""
        return self.given_at is None and now < self.until_at
