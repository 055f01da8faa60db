"""Returns: what a provider told of a period, what supports it, and what the council made of it."""

from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.models import ContentVersion
from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.documents.models import DocumentVersion
from portal.kpis.models import KpiPlan, KpiUnit
from scoring.kpi_periods import Frequency, Period
from scoring.stages import KpiReturnStage

IN_ONE = 100  # numbers are kept in whole hundredths, which hold hours and their parts exactly


class KpiReturn(Base):
    """What one organisation, branch or setting reports of one period.

    It is there from the first day of the period, and keeps the version of the KPI set and the KPIs
    that it was asked for, whatever is published or attached later.
    """

    __tablename__ = "kpi_return"
    __table_args__ = (
        UniqueConstraint("unit_id", "frequency", "period_starts_on"),
        Index("ix_kpi_return_due", "stage", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KPR"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("kpi_unit.id"))
    kpi_set_id: Mapped[int] = mapped_column(ForeignKey("content_version.id"))
    kpi_keys: Mapped[list[str]] = mapped_column(JSON)
    frequency: Mapped[Frequency] = mapped_column(enum_column(Frequency, "frequency"))
    period_starts_on: Mapped[date]
    period_ends_on: Mapped[date]
    due_on: Mapped[date]
    stage: Mapped[KpiReturnStage] = mapped_column(
        enum_column(KpiReturnStage, "stage"), default=KpiReturnStage.EXPECTED
    )
    expected_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the first time it was sent
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the last time
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    let_go_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # its words and files

    unit: Mapped[KpiUnit] = relationship()
    kpi_set: Mapped[ContentVersion] = relationship()
    figures: Mapped[list["KpiFigure"]] = relationship(
        back_populates="of_return", order_by="KpiFigure.id"
    )
    evidence: Mapped[list["KpiEvidence"]] = relationship(
        back_populates="of_return", order_by="KpiEvidence.id"
    )
    queries: Mapped[list["KpiQuery"]] = relationship(
        back_populates="of_return", order_by="KpiQuery.id"
    )

    @property
    def plan(self) -> KpiPlan:
        return self.unit.plan

    @property
    def period(self) -> Period:
        return Period(self.period_starts_on, self.period_ends_on)

    @property
    def open_query(self) -> "KpiQuery | None":
        """The council's question that is not answered yet."""
        return next((one for one in reversed(self.queries) if one.answered_at is None), None)

    def figure(self, key: str) -> "KpiFigure | None":
        return next((one for one in self.figures if one.kpi_key == key), None)


class KpiFigure(Base):
    """The two numbers of one KPI, as the provider gave them, in hundredths; and its comment."""

    __tablename__ = "kpi_figure"
    __table_args__ = (
        UniqueConstraint("return_id", "kpi_key"),
        CheckConstraint("numerator_hundredths >= 0", name="numerator_not_negative"),
        CheckConstraint("denominator_hundredths >= 0", name="denominator_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("kpi_return.id"))
    kpi_key: Mapped[str] = mapped_column(String(60))
    numerator_hundredths: Mapped[int | None]
    denominator_hundredths: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    of_return: Mapped[KpiReturn] = relationship(back_populates="figures")
    corrections: Mapped[list["KpiCorrection"]] = relationship(
        back_populates="figure", order_by="KpiCorrection.id"
    )

    @property
    def given(self) -> tuple[Fraction | None, Fraction | None]:
        """Numerator and denominator as the provider gave them."""
        return _whole(self.numerator_hundredths), _whole(self.denominator_hundredths)

    @property
    def correction(self) -> "KpiCorrection | None":
        """The correction that stands: one that the provider's numbers have not replaced since."""
        last = self.corrections[-1] if self.corrections else None
        return last if last is not None and last.revision == self.revision else None

    @property
    def standing(self) -> tuple[Fraction | None, Fraction | None]:
        """Numerator and denominator that count: corrected, or as given."""
        return self.correction.numbers if self.correction else self.given


class KpiCorrection(Base):
    """Other numbers that the council put beside those of the provider, with a reason."""

    __tablename__ = "kpi_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    figure_id: Mapped[int] = mapped_column(ForeignKey("kpi_figure.id"), index=True)
    revision: Mapped[int]  # of the figure that it corrects
    numerator_hundredths: Mapped[int | None]
    denominator_hundredths: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[datetime] = mapped_column(UTCDateTime)
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    figure: Mapped[KpiFigure] = relationship(back_populates="corrections")

    @property
    def numbers(self) -> tuple[Fraction | None, Fraction | None]:
        return _whole(self.numerator_hundredths), _whole(self.denominator_hundredths)


class KpiQuery(Base):
    """What the council asked about a return, and what the provider answered."""

    __tablename__ = "kpi_query"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KPQ"))
    return_id: Mapped[int] = mapped_column(ForeignKey("kpi_return.id"), index=True)
    kpi_key: Mapped[str] = mapped_column(String(60), default="")  # empty: about the whole return
    text: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    of_return: Mapped[KpiReturn] = relationship(back_populates="queries")


class KpiEvidence(Base):
    """A file that supports a return, or one figure of it."""

    __tablename__ = "kpi_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KPE"))
    return_id: Mapped[int] = mapped_column(ForeignKey("kpi_return.id"), index=True)
    kpi_key: Mapped[str] = mapped_column(String(60), default="")
    document_version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"))
    attached_at: Mapped[datetime] = mapped_column(UTCDateTime)

    of_return: Mapped[KpiReturn] = relationship(back_populates="evidence")
    version: Mapped[DocumentVersion] = relationship()


def hundredths(number: Fraction | None) -> int | None:
    """A number as it is kept. Raises ValueError for more than two decimal places."""
    if number is None:
        return None
    kept = number * IN_ONE
    if kept.denominator != 1:
        raise ValueError("a figure has at most two decimal places")
    return int(kept)


def _whole(kept: int | None) -> Fraction | None:
    return None if kept is None else Fraction(kept, IN_ONE)
