"""What a provider has to report, from when on, and for which branch or setting."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import ContentVersion
from portal.db import Base, UTCDateTime, new_ref
from portal.providers.models import Provider, Registration
from portal.providers.models_settings import Setting
from portal.rounds.models import Agreement, AgreementLot


class KpiPlan(Base):
    """A KPI set that a provider reports on, for some lots of an agreement, from a day on.

    It hangs on the provider and its lots, not on one place on the list: whoever is admitted again
    goes on reporting. Another version of the set is another plan, which follows on this one.
    """

    __tablename__ = "kpi_plan"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="until_after_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KPL"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    kpi_set_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the last day, where it was ended
    attached_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    attached_at: Mapped[datetime] = mapped_column(UTCDateTime)

    provider: Mapped[Provider] = relationship()
    agreement: Mapped[Agreement] = relationship()
    kpi_set: Mapped[ContentVersion] = relationship()
    lots: Mapped[list["KpiPlanLot"]] = relationship(back_populates="plan", order_by="KpiPlanLot.id")
    units: Mapped[list["KpiUnit"]] = relationship(back_populates="plan", order_by="KpiUnit.id")

    @property
    def lot_codes(self) -> str:
        """The lots in words: "1A, 2B"."""
        return ", ".join(sorted(one.agreement_lot.code for one in self.lots))

    @property
    def lots_in_words(self) -> str:
        """The lots as they follow in a sentence: "lot 1A", "lots 1A, 2B"."""
        return f"lot{'s' if len(self.lots) > 1 else ''} {self.lot_codes}"


class KpiPlanLot(Base):
    """A lot that a plan covers."""

    __tablename__ = "kpi_plan_lot"
    __table_args__ = (UniqueConstraint("plan_id", "agreement_lot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("kpi_plan.id"))
    agreement_lot_id: Mapped[int] = mapped_column(ForeignKey("agreement_lot.id"), index=True)

    plan: Mapped[KpiPlan] = relationship(back_populates="lots")
    agreement_lot: Mapped[AgreementLot] = relationship()


class KpiUnit(Base):
    """For what a return is made: the organisation as a whole, one branch, or one setting."""

    __tablename__ = "kpi_unit"
    __table_args__ = (
        UniqueConstraint("plan_id", "registration_id", "setting_id"),
        CheckConstraint("registration_id IS NULL OR setting_id IS NULL", name="one_place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KPU"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("kpi_plan.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("provider_setting.id"), index=True)
    from_on: Mapped[date]  # it reports from the period of this day
    until_on: Mapped[date | None]  # and no more after this one

    plan: Mapped[KpiPlan] = relationship(back_populates="units")
    registration: Mapped[Registration | None] = relationship(lazy="joined")
    setting: Mapped[Setting | None] = relationship(lazy="joined")

    @property
    def is_whole(self) -> bool:
        return self.registration_id is None and self.setting_id is None

    @property
    def words(self) -> str:
        """What it is called: "Whole organisation", a branch, or the name of a setting."""
        if self.setting is not None:
            return self.setting.name
        if self.registration is not None:
            return f"Branch {self.registration.branch or self.registration.urn}"
        return "Whole organisation"
