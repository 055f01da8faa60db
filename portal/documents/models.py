"""Files, documents of a type, and their versions. Old versions stay."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.providers.models_settings import Setting
from scoring.stages import CheckStage, ScanStage


class StoredFile(Base):
    """A file in the document store, named by its hash. It is there before this row says so."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("FILE"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))  # as the person called it; shown, never a path
    scan: Mapped[ScanStage] = mapped_column(
        enum_column(ScanStage, "scan"), default=ScanStage.WAITING
    )
    scanned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Document(Base):
    """A document of one type, in a provider's library or bound to one bid.

    `bound_to` is empty in the library, or the reference of an application. A paper of a home points
    at its setting; its title is then what the home was called when it was first sent.
    """

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_provider_type", "provider_id", "type_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("DOC"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    type_key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    bound_to: Mapped[str] = mapped_column(String(20), default="", index=True)
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("provider_setting.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    setting: Mapped[Setting | None] = relationship()
    versions: Mapped[list["DocumentVersion"]] = relationship(
        back_populates="document", order_by="DocumentVersion.number"
    )

    @property
    def newest(self) -> "DocumentVersion":
        return self.versions[-1]


class DocumentVersion(Base):
    """One upload of a document."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("VER"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    valid_until_on: Mapped[date | None]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    check: Mapped[CheckStage] = mapped_column(
        "check_state", enum_column(CheckStage, "check_state"), default=CheckStage.WAITING
    )
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    check_reason: Mapped[str] = mapped_column(Text, default="")

    document: Mapped[Document] = relationship(back_populates="versions")
    file: Mapped[StoredFile] = relationship(lazy="joined")
