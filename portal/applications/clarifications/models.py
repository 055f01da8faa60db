"""The council's one request to a bidder, and the bidder's reply, field by field.

What was submitted is never touched: a reply stands beside it.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.applications.models import Application
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import DocumentVersion
from portal.people.models import Person
from scoring.stages import RequestStage


class ClarificationRequest(Base):
    """What the council asks of one bid. There is one for each application: nobody is asked twice."""

    __tablename__ = "clarification_request"
    __table_args__ = (
        CheckConstraint(
            "stage = 'draft' OR (sent_at IS NOT NULL AND reply_until_at IS NOT NULL)",
            name="date_if_sent",
        ),
        CheckConstraint("stage <> 'replied' OR replied_at IS NOT NULL", name="time_if_replied"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("REQ"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    stage: Mapped[RequestStage] = mapped_column(
        enum_column(RequestStage, "stage"), default=RequestStage.DRAFT
    )
    reply_until_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when it came in
    reply_sha256: Mapped[str] = mapped_column(
        String(64), default=""
    )  # of the reply as canonical text

    application: Mapped[Application] = relationship()
    sent_by: Mapped[Person | None] = relationship(foreign_keys=[sent_by_id])
    replied_by: Mapped[Person | None] = relationship(foreign_keys=[replied_by_id])
    fields: Mapped[list["ClarificationField"]] = relationship(
        back_populates="request", order_by="ClarificationField.position"
    )

    @property
    def audit_chain(self) -> str:
        return self.application.audit_chain


class ClarificationField(Base):
    """One field of a request: what is asked, and what the bidder replies. Its place is that of an
    item of the check, or of an answer that only informs (`answer:…`)."""

    __tablename__ = "clarification_field"
    __table_args__ = (UniqueConstraint("request_id", "lot_code", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("FLD"))
    request_id: Mapped[int] = mapped_column(ForeignKey("clarification_request.id"))
    position: Mapped[int] = mapped_column(default=0)
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    key: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(Text)
    asked: Mapped[str] = mapped_column(Text)
    document_type: Mapped[str] = mapped_column(String(60), default="")  # none: words only
    reply: Mapped[str] = mapped_column(Text, default="")
    document_version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    revision: Mapped[int] = mapped_column(default=0)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    request: Mapped[ClarificationRequest] = relationship(back_populates="fields")
    version: Mapped[DocumentVersion | None] = relationship()
    saved_by: Mapped[Person | None] = relationship()

    @property
    def place(self) -> tuple[str, str]:
        """As of an item of the check: lot code and key."""
        return self.lot_code, self.key

    @property
    def takes_document(self) -> bool:
        """Whether a document may be given in reply."""
        return bool(self.document_type)
