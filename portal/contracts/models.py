"""Who is on a list, for which lot, from when to when, and at what rate."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import DocumentVersion
from portal.people.models import Council
from portal.providers.models import Provider
from portal.rounds.models import AgreementLot, Round, UpliftTerms
from scoring.contract_terms import Pause, contract_stage_at, last_day, membership_stage_at
from scoring.stages import ContractStage, MembershipStage, PromiseStage

if TYPE_CHECKING:
    from portal.contracts.models_terms import ExtensionOption, Suspension

ONE_OF_BOTH = "(contract_id IS NULL) <> (list_membership_id IS NULL)"


class Held(UpliftTerms):
    """What a contract and a place on a list share: periods, councils, what was decided about them.

    `ends_on` is the day on which it ends as things stand; `first_ends_on` the day on which it ended
    before any extension or termination.
    """

    first_ends_on: Mapped[date | None]  # None: as `ends_on`
    terminated_on: Mapped[date | None]  # its last day, where it was ended before its time
    termination_reason: Mapped[str] = mapped_column(Text, default="")
    value_pence: Mapped[int | None]  # as the contract estimates it, in all
    entry_ref: Mapped[str] = mapped_column(String(20), default="")  # how it was entered by hand
    by_deed: Mapped[bool] = mapped_column(default=False)  # its records are kept for twelve years
    let_go_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # its words and the bid's

    @property
    def council_ids(self) -> frozenset[int]:
        parts: Any = self.councils  # type: ignore[attr-defined]
        return frozenset(part.council_id for part in parts)

    @property
    def most_on(self) -> date:
        """Its last day if every extension that is still open is taken."""
        options: Any = self.options  # type: ignore[attr-defined]
        ends_on: date = self.ends_on  # type: ignore[attr-defined]
        stated: int = getattr(self, "extension_months", 0)
        if not options and stated:  # of an older round, and not laid out as options yet
            return last_day(ends_on + timedelta(days=1), stated)
        following = [one for one in options if one.starts_on > ends_on]
        lapsed = any(one.decision is not None and not one.decision.extended for one in following)
        lapsed = lapsed or not (following and following[0].follows_on)
        return ends_on if lapsed else following[-1].ends_on

    @property
    def pauses(self) -> list[Pause]:
        """Its suspensions, as the rules read them."""
        found: Any = self.suspensions  # type: ignore[attr-defined]
        return [Pause(one.from_on, one.lifted_on, one.council_id) for one in found]


class ListMembership(Held, Base):
    """A provider's place on one lot of an agreement."""

    __tablename__ = "list_membership"
    __table_args__ = (
        UniqueConstraint("provider_id", "agreement_lot_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("LST"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    agreement_lot_id: Mapped[int] = mapped_column(ForeignKey("agreement_lot.id"), index=True)
    stage: Mapped[MembershipStage] = mapped_column(
        enum_column(MembershipStage, "stage"), default=MembershipStage.ACTIVE
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    application_ref: Mapped[str] = mapped_column(String(20), default="")  # the bid that earned it
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship()
    agreement_lot: Mapped[AgreementLot] = relationship()
    councils: Mapped[list["MembershipCouncil"]] = relationship(back_populates="list_membership")
    options: Mapped[list["ExtensionOption"]] = relationship(
        back_populates="list_membership", order_by="ExtensionOption.number"
    )
    suspensions: Mapped[list["Suspension"]] = relationship(
        back_populates="list_membership", order_by="Suspension.id"
    )
    promises: Mapped[list["Promise"]] = relationship(
        back_populates="list_membership", order_by="Promise.id"
    )

    def stage_on(self, on: date, councils: Collection[int] = ()) -> MembershipStage:
        """Its stage on a day, for these councils."""
        ended = self.stage is MembershipStage.ENDED
        return membership_stage_at(self.ends_on, ended, self.pauses, on, councils)

    @property
    def title(self) -> str:
        lot = self.agreement_lot
        return f"{lot.agreement.title}, lot {lot.code}: {lot.title}"


class MembershipCouncil(Base):
    """A council for which a place on the list holds."""

    __tablename__ = "membership_council"
    __table_args__ = (UniqueConstraint("list_membership_id", "council_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_membership_id: Mapped[int] = mapped_column(ForeignKey("list_membership.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)

    list_membership: Mapped[ListMembership] = relationship(back_populates="councils")
    council: Mapped[Council] = relationship()


class RateSource(StrEnum):
    BID = "bid"
    UPLIFT = "uplift"
    SPOT = "spot"
    HAND = "hand"  # of a contract or place that was entered by hand


class Rate(Base):
    """A price in pence that holds from a date: of a provider, for a lot and an item of the rate card.

    `council_id` is empty for a rate that the whole consortium shares; a spot rate belongs to one council.
    """

    __tablename__ = "rate"
    __table_args__ = (
        CheckConstraint("amount_pence > 0", name="above_zero"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="until_after_from"),
        Index("ix_rate_lot_item", "agreement_lot_id", "item_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("RATE"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    agreement_lot_id: Mapped[int] = mapped_column(ForeignKey("agreement_lot.id"))
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"))
    item_key: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(20))
    included_hours: Mapped[int] = mapped_column(default=0)
    amount_pence: Mapped[int]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    source: Mapped[RateSource] = mapped_column(enum_column(RateSource, "source"))
    source_ref: Mapped[str] = mapped_column(String(40), default="")
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship()
    agreement_lot: Mapped[AgreementLot] = relationship()


class Contract(Held, Base):
    """What a ranked tender ends in: one provider, one lot, the councils that buy, for how long.

    Its rates stand in `Rate`, with the bid as their source. One that is older than the portal was
    entered by hand: it has no round, and no bid.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("application_ref", "agreement_lot_id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("extension_months >= 0", name="extension_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("CON"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    agreement_lot_id: Mapped[int] = mapped_column(ForeignKey("agreement_lot.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    extension_months: Mapped[int] = mapped_column(default=0)  # that the round stated; 0 is none
    application_ref: Mapped[str | None] = mapped_column(String(20))  # the bid that won it
    submission_sha256: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship()
    agreement_lot: Mapped[AgreementLot] = relationship()
    round: Mapped[Round | None] = relationship()
    councils: Mapped[list["ContractCouncil"]] = relationship(back_populates="contract")
    options: Mapped[list["ExtensionOption"]] = relationship(
        back_populates="contract", order_by="ExtensionOption.number"
    )
    suspensions: Mapped[list["Suspension"]] = relationship(
        back_populates="contract", order_by="Suspension.id"
    )
    promises: Mapped[list["Promise"]] = relationship(
        back_populates="contract", order_by="Promise.id"
    )

    @property
    def audit_chain(self) -> str | None:
        return None if self.round is None else self.round.audit_chain

    def stage_on(self, on: date, councils: Collection[int] = ()) -> ContractStage:
        """Its stage on a day, for these councils."""
        ended = self.terminated_on is not None
        return contract_stage_at(self.ends_on, ended, self.pauses, on, councils)


class ContractCouncil(Base):
    """A council that buys under a contract."""

    __tablename__ = "contract_council"
    __table_args__ = (UniqueConstraint("contract_id", "council_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)

    contract: Mapped[Contract] = relationship(back_populates="councils")
    council: Mapped[Council] = relationship()


class Promise(Base):
    """What a bid promised, word for word, with where it stands in what was submitted.

    It belongs to the contract, or to the place on a list, that the bid earned.
    """

    __tablename__ = "promise"
    __table_args__ = (
        UniqueConstraint("contract_id", "question_key", "lot_code"),
        UniqueConstraint("list_membership_id", "question_key", "lot_code"),
        CheckConstraint(ONE_OF_BOTH, name="of_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PRM"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    list_membership_id: Mapped[int | None] = mapped_column(ForeignKey("list_membership.id"))
    question_key: Mapped[str] = mapped_column(String(60))
    lot_code: Mapped[str] = mapped_column(String(20), default="")
    question: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    submission_sha256: Mapped[str] = mapped_column(String(64))  # "" where it was entered by hand

    contract: Mapped[Contract | None] = relationship(back_populates="promises")
    list_membership: Mapped[ListMembership | None] = relationship(back_populates="promises")
    checks: Mapped[list["PromiseCheck"]] = relationship(
        back_populates="promise", order_by="PromiseCheck.id"
    )

    @property
    def held(self) -> Contract | ListMembership:
        """What it was promised for."""
        found = self.contract or self.list_membership
        assert found is not None  # noqa: S101  the database holds one of the two
        return found

    @property
    def stage(self) -> PromiseStage:
        """Whether it is kept, as the newest look at it found."""
        return self.checks[-1].stage if self.checks else PromiseStage.NOT_LOOKED_AT


class PromiseCheck(Base):
    """One look at a promise: what was found, and how it can be seen."""

    __tablename__ = "promise_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("PCK"))
    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id"), index=True)
    stage: Mapped[PromiseStage] = mapped_column(enum_column(PromiseStage, "stage"))
    evidence: Mapped[str] = mapped_column(Text)
    looked_on: Mapped[date]
    looked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    promise: Mapped[Promise] = relationship(back_populates="checks")
    documents: Mapped[list["PromiseDocument"]] = relationship(
        back_populates="check", order_by="PromiseDocument.id"
    )


class PromiseDocument(Base):
    """A document of the provider's library that shows what was found: that version, for good."""

    __tablename__ = "promise_document"
    __table_args__ = (UniqueConstraint("promise_check_id", "document_version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    promise_check_id: Mapped[int] = mapped_column(ForeignKey("promise_check.id"))
    document_version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"), index=True)

    check: Mapped[PromiseCheck] = relationship(back_populates="documents")
    version: Mapped[DocumentVersion] = relationship()
