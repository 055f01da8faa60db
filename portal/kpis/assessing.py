"""The figures of a year for its assessment, and who may read one. Drafts are the council's own."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import settings
from portal.access import Permission, Role, Viewer
from portal.db import db
from portal.kpis import queries
from portal.kpis.models import KpiPlan, KpiPlanLot, KpiUnit
from portal.kpis.models_assessments import KpiAssessment
from portal.kpis.models_returns import KpiFigure, KpiReturn
from portal.kpis.presentation import value_of_figure, value_words
from portal.kpis.sets import kpi_set
from portal.paging import Page, Sorting, paginate
from portal.providers.models import Provider
from scoring.canonical import fraction_text
from scoring.kpi_periods import financial_year, year_period
from scoring.kpis import Rating, rate
from scoring.stages import AssessmentStage, KpiReturnStage

FIGURE = dict[str, Any]


def figures_of_year(plan: KpiPlan, year: int) -> dict[str, list[FIGURE]]:
    """Every accepted figure of a year by KPI, in the order of the set, oldest first."""
    period = year_period(year)
    wanted = (
        select(KpiReturn)
        .join(KpiReturn.unit)
        .where(
            KpiUnit.plan_id == plan.id,
            KpiReturn.stage == KpiReturnStage.ACCEPTED,
            KpiReturn.period_starts_on >= period.starts_on,
            KpiReturn.period_ends_on <= period.ends_on,
        )
        .options(
            contains_eager(KpiReturn.unit),
            selectinload(KpiReturn.figures).selectinload(KpiFigure.corrections),
        )
        .order_by(KpiReturn.period_starts_on, KpiReturn.unit_id)
    )
    returns = db.session.scalars(wanted).unique().all()
    found: dict[str, list[FIGURE]] = {key: [] for key in kpi_set(plan.kpi_set).kpis}
    for one in returns:
        for kpi in kpi_set(one.kpi_set).of(one.kpi_keys):
            value = value_of_figure(kpi, one.figure(kpi.key))
            rating = rate(kpi, value)
            found.setdefault(kpi.key, []).append(
                {
                    "period": one.period.words,
                    "unit": one.unit.words,
                    "value": None if value is None else fraction_text(value),
                    "words": value_words(kpi, value, rating),
                    "rating": rating.value,
                    "return": one.ref,
                }
            )
    return found


def ratings_of(figures: Sequence[FIGURE]) -> list[Rating]:
    """The ratings of a year, as the rules read them."""
    return [Rating(one["rating"]) for one in figures]


def years_of(plan: KpiPlan, on: date) -> list[int]:
    """The financial years of a plan that are over, the newest first."""
    last = min(on, plan.until_on or on)
    years = range(financial_year(plan.from_on), financial_year(last) + 1)
    return [year for year in reversed(years) if year_period(year).ends_on < on]


def visible_assessments(viewer: Viewer) -> Select[tuple[KpiAssessment]]:
    """What is shared and final for everybody who sees the plan; a draft for its own councils."""
    told = KpiAssessment.stage != AssessmentStage.DRAFT
    own_draft = KpiAssessment.plan_id.in_(queries.checked_plans(viewer))
    return (
        select(KpiAssessment)
        .join(KpiAssessment.plan)
        .join(KpiPlan.provider)
        .where(queries.sees_plan(viewer), or_(told, own_draft))
        .options(
            contains_eager(KpiAssessment.plan).options(
                contains_eager(KpiPlan.provider),
                joinedload(KpiPlan.agreement),
                joinedload(KpiPlan.kpi_set),
                selectinload(KpiPlan.lots).joinedload(KpiPlanLot.agreement_lot),
            )
        )
    )


SORT = Sorting(
    {"year": KpiAssessment.year, "provider": Provider.name},
    default="-year",
    unique=KpiAssessment.ref,
)


def assessments_page(viewer: Viewer, *, cursor: str | None = None) -> Page[KpiAssessment]:
    """Assessments, the newest year first."""
    wanted = visible_assessments(viewer)
    if not viewer.may(Permission.KPI_READ):
        wanted = wanted.where(KpiAssessment.id < 0)
    size = settings.get("list_page_size")
    return paginate(db.session, wanted, SORT, cursor=cursor, size=size)


def assessment(ref: str, viewer: Viewer) -> KpiAssessment | None:
    """One assessment with its lines; nothing for a stranger."""
    if not viewer.may(Permission.KPI_READ):
        return None
    wanted = visible_assessments(viewer).where(KpiAssessment.ref == ref)
    return db.session.scalars(wanted.options(selectinload(KpiAssessment.lines))).unique().first()


def of_plan(plan: KpiPlan, viewer: Viewer) -> Sequence[KpiAssessment]:
    """The assessments of one plan that somebody may read, the newest first."""
    wanted = visible_assessments(viewer).where(KpiAssessment.plan_id == plan.id)
    return db.session.scalars(wanted.order_by(KpiAssessment.year.desc())).unique().all()


def of_provider(provider: Provider, viewer: Viewer) -> Sequence[KpiAssessment]:
    """The assessments of a provider that somebody may read."""
    wanted = visible_assessments(viewer).where(KpiPlan.provider_id == provider.id)
    return db.session.scalars(wanted.order_by(KpiAssessment.year.desc())).unique().all()


def waiting_for_comment(viewer: Viewer) -> Sequence[KpiAssessment]:
    """What a provider's administrator may comment on now."""
    own = [one.organisation_id for one in viewer.posts if one.role is Role.PROVIDER_ADMIN]
    wanted = visible_assessments(viewer).where(
        KpiPlan.provider_id.in_(own),
        KpiAssessment.stage == AssessmentStage.SHARED,
        KpiAssessment.commented_at.is_(None),
    )
    return db.session.scalars(wanted.order_by(KpiAssessment.comment_until_on)).unique().all()


def to_conclude(viewer: Viewer, on: date) -> Sequence[KpiAssessment]:
    """What a commissioner can make final: commented, or the time for it is over."""
    wanted = visible_assessments(viewer).where(
        KpiAssessment.plan_id.in_(queries.checked_plans(viewer)),
        KpiAssessment.stage == AssessmentStage.SHARED,
        or_(KpiAssessment.commented_at.is_not(None), KpiAssessment.comment_until_on < on),
    )
    return db.session.scalars(wanted.order_by(KpiAssessment.id)).unique().all()
