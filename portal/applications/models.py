"""A provider's response to a round: the working copy, what was submitted, and the checks on it.

The working copy (answers, attached documents, offered rates) can be edited until the deadline. What
counts is the standing submission: canonical text with its hash, and the prices in an envelope of
their own.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import DocumentVersion
from portal.people.models import Person
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundLot
from scoring.stages import ApplicationLotStage, ApplicationStage

OFFERED_TO = JSON(none_as_null=True)
"""Slugs of the councils to which a lot is offered; null is every council of the round."""


class Application(Base):
    """One provider's application to one round."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("round_id", "provider_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("APP"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    stage: Mapped[ApplicationStage] = mapped_column(
        enum_column(ApplicationStage, "stage"), default=ApplicationStage.DRAFT
    )
    started_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the working copy
    standing_number: Mapped[int | None]  # of the submission that counts; none while there is none
    # The version of the round on which every answer was given or confirmed.
    confirmed_version: Mapped[int] = mapped_column(default=1)
    # Since when its words, prices and files are gone: their time was over, or that of its contract.
    let_go_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship()
    provider: Mapped[Provider] = relationship()
    readiness: Mapped["Readiness | None"] = relationship(back_populates="application")
    lots: Mapped[list["ApplicationLot"]] = relationship(back_populates="application")
    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="application", order_by="Submission.number"
    )

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain

    @property
    def is_ready(self) -> bool:
        """Whether somebody said that it is ready, and nothing was changed since."""
        said = self.readiness
        return said is not None and (self.changed_at is None or self.changed_at <= said.said_at)

    @property
    def standing(self) -> "Submission | None":
        return next((one for one in self.submissions if one.number == self.standing_number), None)


class Readiness(Base):
    """Somebody said that an application is ready to be signed; a later change undoes it."""

    __tablename__ = "readiness"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)

    application: Mapped[Application] = relationship(back_populates="readiness")
    said_by: Mapped[Person] = relationship()


class ApplicationLot(Base):
    """A lot that the working copy applies for."""

    __tablename__ = "application_lot"
    __table_args__ = (UniqueConstraint("application_id", "round_lot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_lot_id: Mapped[int] = mapped_column(ForeignKey("round_lot.id"))
    councils: Mapped[list[str] | None] = mapped_column(OFFERED_TO)
    # Numbers of the registrations that will deliver it; none chosen is every one that fits.
    branches: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    wanted: Mapped[int | None]  # its place in the bidder's own order, where the round asks for one

    application: Mapped[Application] = relationship(back_populates="lots")
    round_lot: Mapped[RoundLot] = relationship()


class Answer(Base):
    """An answer in the working copy. `revision` rises with each save, so that nobody overwrites unseen."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("application_id", "question_key", "lot_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    question_key: Mapped[str] = mapped_column(String(60))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    value: Mapped[Any] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_from: Mapped[str] = mapped_column(String(20), default="")  # the open page, while it saves
    # The version of the round whose text the page showed; none on what was saved before that was kept.
    on_version: Mapped[int | None]

    saved_by: Mapped[Person] = relationship()


class VersionConfirmation(Base):
    """One answer, document or price that was confirmed after a version of the round had touched it."""

    __tablename__ = "version_confirmation"
    __table_args__ = (UniqueConstraint("application_id", "number", "part", "key", "lot_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int]  # of the version
    part: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AttachedDocument(Base):
    """What the working copy offers for one line of the checklist: a document, or a promise to hold it."""

    __tablename__ = "attached_document"
    __table_args__ = (
        UniqueConstraint("application_id", "checklist_key"),
        CheckConstraint("promised OR document_version_id IS NOT NULL", name="document_or_promise"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    checklist_key: Mapped[str] = mapped_column(String(60))
    document_version_id: Mapped[int | None] = mapped_column(ForeignKey("document_version.id"))
    promised: Mapped[bool] = mapped_column(
        default=False
    )  # "will hold from the start", section 22(3)(b)
    attached_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attached_at: Mapped[datetime] = mapped_column(UTCDateTime)
    on_version: Mapped[int | None]  # as in `Answer`

    version: Mapped[DocumentVersion | None] = relationship()
    attached_by: Mapped[Person] = relationship()


class OfferedRate(Base):
    """A price in the working copy; none, once it was taken out again."""

    __tablename__ = "offered_rate"
    __table_args__ = (
        UniqueConstraint("application_id", "lot_code", "item_key"),
        CheckConstraint("amount_pence > 0", name="above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    lot_code: Mapped[str] = mapped_column(String(20))
    item_key: Mapped[str] = mapped_column(String(60))
    amount_pence: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_from: Mapped[str] = mapped_column(String(20), default="")
    on_version: Mapped[int | None]  # as in `Answer`

    saved_by: Mapped[Person] = relationship()


class Submission(Base):
    """What was submitted: canonical JSON, its hash, and when it was received. Never changed."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(
        String(20), unique=True, default=lambda: new_ref("REC")
    )  # of the receipt
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)  # canonical JSON; names prices by their hash only
    sha256: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    trail_head: Mapped[str] = mapped_column(
        String(64)
    )  # of the global chain, printed on the receipt
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdraw_reason: Mapped[str] = mapped_column(Text, default="")

    application: Mapped[Application] = relationship(back_populates="submissions")
    submitted_by: Mapped[Person] = relationship()


class PriceEnvelope(Base):
    """The prices of a submission: a table of their own, read only through the query that asks the lock."""

    __tablename__ = "price_envelope"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)  # canonical JSON
    sha256: Mapped[str] = mapped_column(String(64))


class Arrival(Base):
    """A submission that is on its way: the round is not opened while one is unfinished."""

    __tablename__ = "arrival"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class BidLot(Base):
    """One lot of an opened bid, made from the standing submission at the opening."""

    __tablename__ = "bid_lot"
    __table_args__ = (UniqueConstraint("application_id", "round_lot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_lot_id: Mapped[int] = mapped_column(ForeignKey("round_lot.id"), index=True)
    stage: Mapped[ApplicationLotStage] = mapped_column(
        enum_column(ApplicationLotStage, "stage"), default=ApplicationLotStage.APPLIED
    )
    reason: Mapped[str] = mapped_column(Text, default="")
    councils: Mapped[list[str] | None] = mapped_column(OFFERED_TO)
    wanted: Mapped[int | None]  # as in `ApplicationLot`

    application: Mapped[Application] = relationship()
    round_lot: Mapped[RoundLot] = relationship()


class CheckOutcome(StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    CLARIFY = "clarify"


class ComplianceItem(Base):
    """One decision of the compliance check, for the whole application (no lot) or one lot."""

    __tablename__ = "compliance_item"
    __table_args__ = (
        UniqueConstraint("application_id", "lot_code", "key"),
        CheckConstraint("outcome = 'pass' OR reason <> ''", name="reason_unless_pass"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    key: Mapped[str] = mapped_column(String(80))  # "document:…", "ground:…", "ofsted:URN", "prices"
    outcome: Mapped[CheckOutcome] = mapped_column(enum_column(CheckOutcome, "outcome"))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

    decided_by: Mapped[Person] = relationship()
