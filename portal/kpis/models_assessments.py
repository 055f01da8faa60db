"""The yearly assessment of a provider's KPIs, as it is decided, shared, commented and made final."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, UTCDateTime, enum_column, new_ref
from portal.kpis.models import KpiPlan
from scoring.kpi_assessing import Performance
from scoring.stages import AssessmentStage


class KpiAssessment(Base):
    """How a provider performed in one financial year."""

    __tablename__ = "kpi_assessment"
    __table_args__ = (UniqueConstraint("plan_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("KPA"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("kpi_plan.id"))
    year: Mapped[int]  # in which the financial year begins
    stage: Mapped[AssessmentStage] = mapped_column(
        enum_column(AssessmentStage, "stage"), default=AssessmentStage.DRAFT
    )
    suggested: Mapped[Performance] = mapped_column(enum_column(Performance, "suggested"))
    decided: Mapped[Performance | None] = mapped_column(enum_column(Performance, "decided"))
    reason: Mapped[str] = mapped_column(Text, default="")
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    shared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    comment_until_on: Mapped[date | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    commented_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    commented_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    final_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    final_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    plan: Mapped[KpiPlan] = relationship()
    lines: Mapped[list["KpiAssessmentLine"]] = relationship(
        back_populates="assessment", order_by="KpiAssessmentLine.id"
    )


class KpiAssessmentLine(Base):
    """One KPI of the year: what its ratings suggest, what a person decided, and why.

    `figures` are those of the year as they stood when the assessment was begun, or read afresh:
    period, unit, exact value and rating, so that the notice says the same for ever.
    """

    __tablename__ = "kpi_assessment_line"
    __table_args__ = (UniqueConstraint("assessment_id", "kpi_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("kpi_assessment.id"))
    kpi_key: Mapped[str] = mapped_column(String(60))
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    suggested: Mapped[Performance] = mapped_column(enum_column(Performance, "suggested"))
    decided: Mapped[Performance | None] = mapped_column(enum_column(Performance, "decided"))
    reason: Mapped[str] = mapped_column(Text, default="")

    assessment: Mapped[KpiAssessment] = relationship(back_populates="lines")
