"""An agreement stands above its rounds: a list is opened again and again, lot by lot."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import ContentVersion
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.people.models import Council, Person
from scoring.contract_terms import ExtensionTerms
from scoring.stages import RoundFacts, RoundStage, round_stage_at
from scoring.uplifts import UpliftRule


class AgreementKind(StrEnum):
    APL = "apl"
    FRAMEWORK = "framework"


class Regime(StrEnum):
    """The law under which a round is run; it decides notices, standstill, letters and records."""

    PCR_2015_LIGHT_TOUCH = "pcr-2015-light-touch"
    PA_2023_LIGHT_TOUCH = "pa-2023-light-touch"
    PA_2023 = "pa-2023"

    @property
    def title(self) -> str:
        return {
            Regime.PCR_2015_LIGHT_TOUCH: "Public Contracts Regulations 2015, light touch",
            Regime.PA_2023_LIGHT_TOUCH: "Procurement Act 2023, light touch",
            Regime.PA_2023: "Procurement Act 2023",
        }[self]

    @property
    def under_the_act(self) -> bool:
        """Whether it is the Procurement Act 2023, with its grounds and its debarment list."""
        return self is not Regime.PCR_2015_LIGHT_TOUCH

    @property
    def needs_notice(self) -> bool:
        """Whether providers come in only once the notice has been published (Procurement Act 2023)."""
        return self is not Regime.PCR_2015_LIGHT_TOUCH


class UpliftTerms:
    """How rates may rise: published with a round, and kept by what is made from it."""

    uplift_index: Mapped[str] = mapped_column(String(60), default="")  # such as CPIH; "" is none
    uplift_month: Mapped[int] = mapped_column(default=0)  # whose figure counts; 0 is none
    uplift_cap_bp: Mapped[int | None]  # at most so much in any twelve months

    @property
    def uplift_rule(self) -> UpliftRule:
        # A row that is not flushed yet has no defaults.
        return UpliftRule(self.uplift_index or "", self.uplift_month or 0, self.uplift_cap_bp)

    @uplift_rule.setter
    def uplift_rule(self, rule: UpliftRule) -> None:
        self.uplift_index, self.uplift_month = rule.index, rule.month
        self.uplift_cap_bp = rule.cap_bp


class Agreement(Base):
    """An Accredited Provider List or a framework: what providers are members of."""

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("AGR"))
    kind: Mapped[AgreementKind] = mapped_column(enum_column(AgreementKind, "kind"))
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    lots: Mapped[list["AgreementLot"]] = relationship(
        back_populates="agreement", order_by="AgreementLot.position"
    )


class AgreementLot(Base):
    """A part of an agreement that a provider can join by itself."""

    __tablename__ = "agreement_lot"
    __table_args__ = (UniqueConstraint("agreement_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(60), default="")
    ages: Mapped[str] = mapped_column(String(40), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)

    agreement: Mapped[Agreement] = relationship(back_populates="lots")


class Round(UpliftTerms, Base):
    """One opening of an agreement. `stage` is what people did; the clock adds the rest."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("questions_until_at <= deadline_at", name="questions_before_deadline"),
        CheckConstraint("list_years BETWEEN 1 AND 10", name="list_years"),
        CheckConstraint("extension_months BETWEEN 0 AND 120", name="extension_months"),
        CheckConstraint("extension_notice_months BETWEEN 0 AND 24", name="extension_notice"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("RND"))
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    lead_council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    regime: Mapped[Regime] = mapped_column(enum_column(Regime, "regime"))
    stage: Mapped[RoundStage] = mapped_column(
        enum_column(RoundStage, "stage"), default=RoundStage.DRAFT
    )
    blind: Mapped[bool] = mapped_column(default=False)
    list_years: Mapped[int] = mapped_column(default=3)
    extension_months: Mapped[int] = mapped_column(default=0)  # beyond its years, in all
    extension_steps: Mapped[list[int]] = mapped_column(JSON, default=list)  # of each option
    extension_notice_months: Mapped[int] = mapped_column(default=6)
    version: Mapped[int] = mapped_column(default=1)
    made_from: Mapped[str] = mapped_column(String(60), default="")  # the key of its template
    # Keys of the questions of the two-minute check, from those that pass or fail.
    eligibility: Mapped[list[str]] = mapped_column(JSON, default=list)

    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    questions_until_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    notice_number: Mapped[str] = mapped_column(String(40), default="")
    notice_published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    contact_email: Mapped[str] = mapped_column(String(254), default="")

    question_set_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    checklist_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    rate_card_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    scheme_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    officer_scale_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    young_scale_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    ofsted_scale_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))

    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    quality_locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Where prices are part of the scheme two officers open them; elsewhere the lock does.
    prices_opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    concluded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # while a legal challenge stands
    let_go_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the words of its decisions
    # A draft of the next version of a published round stands beside it; there is one at a time.
    version_of_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), unique=True)

    agreement: Mapped[Agreement] = relationship()
    version_of: Mapped["Round | None"] = relationship(remote_side="Round.id")
    lead_council: Mapped[Council] = relationship()
    lots: Mapped[list["RoundLot"]] = relationship(
        back_populates="round", order_by="RoundLot.position"
    )
    councils: Mapped[list["RoundCouncil"]] = relationship(back_populates="round")
    question_set: Mapped[ContentVersion] = relationship(foreign_keys=[question_set_id])
    checklist: Mapped[ContentVersion] = relationship(foreign_keys=[checklist_id])
    rate_card: Mapped[ContentVersion] = relationship(foreign_keys=[rate_card_id])
    scheme: Mapped[ContentVersion] = relationship(foreign_keys=[scheme_id])
    officer_scale: Mapped[ContentVersion] = relationship(foreign_keys=[officer_scale_id])
    young_scale: Mapped[ContentVersion] = relationship(foreign_keys=[young_scale_id])
    ofsted_scale: Mapped[ContentVersion] = relationship(foreign_keys=[ofsted_scale_id])

    @property
    def audit_chain(self) -> str:
        return f"round:{self.ref}"

    @property
    def extension_terms(self) -> ExtensionTerms:
        """What is published about extensions; an older round named only the months in all."""
        whole = [self.extension_months] if self.extension_months else []
        return ExtensionTerms(
            tuple(self.extension_steps or whole), self.extension_notice_months or 0
        )

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(
            stage=self.stage,
            questions_open_at=self.opens_at,
            questions_close_at=self.questions_until_at,
            deadline_at=self.deadline_at,
        )

    def stage_at(self, now: datetime) -> RoundStage:
        """The stage that people see: what was done, and what the clock says."""
        return round_stage_at(self.facts, now)

    @property
    def is_version(self) -> bool:
        """Whether this is the draft of a version, and no round of its own."""
        return self.version_of_id is not None

    @property
    def root(self) -> "Round":
        """The round itself; of a version that is being prepared, the round that it will change."""
        return self.version_of or self

    @property
    def open_lots(self) -> list["RoundLot"]:
        """The lots for which bids are taken: those that were not withdrawn."""
        return [lot for lot in self.lots if lot.cancelled_at is None]

    @property
    def council_ids(self) -> frozenset[int]:
        return frozenset(part.council_id for part in self.councils)


class RoundCouncil(Base):
    """A council that takes part in a round."""

    __tablename__ = "round_council"
    __table_args__ = (UniqueConstraint("round_id", "council_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)

    round: Mapped[Round] = relationship(back_populates="councils")
    council: Mapped[Council] = relationship()


class RoundLot(Base):
    """A lot of an agreement as it is open in one round."""

    __tablename__ = "round_lot"
    __table_args__ = (
        UniqueConstraint("round_id", "agreement_lot_id"),
        UniqueConstraint("round_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    agreement_lot_id: Mapped[int] = mapped_column(ForeignKey("agreement_lot.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    round: Mapped[Round] = relationship(back_populates="lots")
    agreement_lot: Mapped[AgreementLot] = relationship()


class RoundOpening(Base):
    """Two officers open a round together: the first asks, the second confirms."""

    __tablename__ = "round_opening"
    __table_args__ = (
        CheckConstraint("second_officer_id <> first_officer_id", name="two_officers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    first_officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    second_officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # For each bid: its references, the hashes found at that moment, and what did not hold.
    bids: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    round: Mapped[Round] = relationship()
    first_officer: Mapped[Person] = relationship(foreign_keys=[first_officer_id])
    second_officer: Mapped[Person | None] = relationship(foreign_keys=[second_officer_id])
