"""Yearly assessments as files: the list of them, and one of them KPI by KPI."""

from collections.abc import Sequence
from datetime import date

from portal.kpis.models_assessments import KpiAssessment
from portal.kpis.notice import Notice
from portal.tables import Column, Kind, Table
from scoring.kpi_periods import year_words
from scoring.stages import AssessmentStage

STAGE_WORDS = {
    AssessmentStage.DRAFT: "Being decided",
    AssessmentStage.SHARED: "With the provider",
    AssessmentStage.FINAL: "Final",
}
COLUMNS = (
    Column("provider", "Provider"),
    Column("year", "Year"),
    Column("agreement", "Agreement"),
    Column("lots", "Lots"),
    Column("overall", "Overall"),
    Column("stage", "Where it stands"),
    Column("commented_on", "Provider commented", Kind.DATE),
    Column("final_on", "Final since", Kind.DATE),
)
LINE_COLUMNS = (
    Column("kpi", "KPI"),
    Column("target", "Target"),
    Column("figures", "Figures of the year"),
    Column("suggested", "The figures suggest"),
    Column("decided", "Decided"),
    Column("reason", "Why"),
)


def listed(found: Sequence[KpiAssessment], on: date) -> Table:
    """The assessments that somebody may read, the newest year first."""
    rows = [
        {
            "provider": one.plan.provider.name,
            "year": year_words(one.year),
            "agreement": one.plan.agreement.title,
            "lots": one.plan.lot_codes,
            "overall": one.decided.words if one.decided else "Not decided yet",
            "stage": STAGE_WORDS[one.stage],
            "commented_on": one.commented_at.date() if one.commented_at else None,
            "final_on": one.final_at.date() if one.final_at else None,
        }
        for one in found
    ]
    source = "Yearly assessments of the councils"
    return Table("kpi-assessments", "Yearly assessments", COLUMNS, rows, source=source, as_at=on)


def of_one(one: KpiAssessment, notice: Notice, on: date) -> Table:
    """One assessment, KPI by KPI, with the whole, its reason and the provider's comment below."""
    rows = [
        {
            "kpi": line.kpi.name,
            "target": line.target,
            "figures": line.figures,
            "suggested": line.line.suggested.words,
            "decided": line.value,
            "reason": line.line.reason,
        }
        for line in notice.lines
    ]
    whole = f"Overall: {notice.overall}. {one.reason}".strip()
    said = (
        f"The provider’s comment: {one.comment}" if one.comment else "The provider made no comment."
    )
    return Table(
        "kpi-assessment",
        f"KPI assessment of {one.plan.provider.name}, {notice.year}",
        LINE_COLUMNS,
        rows,
        source=f"{one.plan.agreement.title}, {one.plan.lots_in_words}",
        as_at=on,
        filters={"Where it stands": STAGE_WORDS[one.stage]},
        notes=[whole, said],
    )
