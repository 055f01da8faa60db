"""The draft of a contract performance notice, to be typed into Find a Tender.

It says what the portal knows and names what is still to be found elsewhere. Source: the contents of
the contract performance notice (UK9) under the Procurement Act 2023, section 71.
"""

from dataclasses import dataclass

from portal.kpis import queries
from portal.kpis.models_assessments import KpiAssessment, KpiAssessmentLine
from portal.kpis.presentation import target_words
from portal.kpis.sets import kpi_set
from portal.web import date_text
from scoring.kpi_assessing import Performance
from scoring.kpi_periods import year_period, year_words
from scoring.kpis import Kpi

TO_FIND = "To be added: the number of the contract’s notices in Find a Tender"


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One KPI in the notice."""

    kpi: Kpi
    line: KpiAssessmentLine

    @property
    def value(self) -> str:
        return _words(self.line.decided)

    @property
    def target(self) -> str:
        return target_words(self.kpi)

    @property
    def figures(self) -> str:
        """The year's values, period by period; each with its unit where there are several."""
        units = {one["unit"] for one in self.line.figures}
        told = [
            f"{one['period']}, {one['unit']}: {one['words']}"
            if len(units) > 1
            else f"{one['period']}: {one['words']}"
            for one in self.line.figures
        ]
        return "; ".join(told) or "Nothing was accepted"


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything that stands in the notice."""

    title: str
    about: tuple[tuple[str, str], ...]
    lines: tuple[NoticeLine, ...]
    overall: str
    year: str


def notice_of(one: KpiAssessment) -> Notice:
    """The notice as it stands now. Two statements."""
    plan, rules = one.plan, kpi_set(one.plan.kpi_set)
    period = year_period(one.year)
    councils = ", ".join(council.name for council in queries.councils_of(plan))
    about = (
        ("Contracting authorities", councils),
        ("Supplier", plan.provider.name),
        ("Supplier’s identifier (PPON)", plan.provider.ppon or "Not on record"),
        ("Agreement", f"{plan.agreement.title}, {plan.lots_in_words}"),
        ("Notices of this contract", TO_FIND),
        ("Period assessed", f"{date_text(period.starts_on)} to {date_text(period.ends_on)}"),
        ("KPI set", f"{plan.kpi_set.title}, version {plan.kpi_set.version}"),
    )
    return Notice(
        title=f"UK9: contract performance, {year_words(one.year)}",
        about=about,
        lines=tuple(NoticeLine(rules.kpis[line.kpi_key], line) for line in one.lines),
        overall=_words(one.decided),
        year=year_words(one.year),
    )


def _words(value: Performance | None) -> str:
    return value.words if value else "Not decided yet"
