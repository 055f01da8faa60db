"""What KPIs tell of a provider by day: each accepted return in a line, and each assessment."""

from collections import Counter
from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.access import Permission, Viewer
from portal.days import LONDON
from portal.db import db
from portal.kpis import assessing, queries
from portal.kpis.models import KpiPlan, KpiUnit
from portal.kpis.models_returns import KpiFigure, KpiReturn
from portal.kpis.presentation import value_of_figure
from portal.kpis.sets import kpi_set
from portal.providers.models import Provider
from portal.web import Evidence
from scoring.kpi_assessing import Performance
from scoring.kpi_periods import year_words
from scoring.kpis import RATED, Rating, rate
from scoring.stages import AssessmentStage, KpiReturnStage as Stage

KIND = "KPI"
MOST = 16  # returns: four years of quarters


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """Accepted returns with how many targets were met, and assessments that are final."""
    if not viewer.may(Permission.KPI_READ):
        return
    for one in accepted(provider, viewer):
        yield _of_return(one)
    for made in assessing.of_provider(provider, viewer):
        if made.stage is AssessmentStage.FINAL and made.final_at is not None:
            poor = made.decided in {Performance.INADEQUATE, Performance.REQUIRES_IMPROVEMENT}
            yield Evidence(
                made.final_at.astimezone(LONDON).date(),
                KIND,
                f"Assessed for {year_words(made.year)}: {made.decided.words if made.decided else ''}",
                made.plan.lots_in_words.replace("lot", "Lot", 1),
                url_for("kpis.assessment", ref=made.ref),
                "bad" if poor else "good" if made.decided is Performance.GOOD else "care",
            )


def accepted(provider: Provider, viewer: Viewer) -> list[KpiReturn]:
    """The newest returns of a provider that were accepted, as far as the viewer may see them."""
    wanted = (
        select(KpiReturn)
        .join(KpiReturn.unit)
        .join(KpiUnit.plan)
        .where(
            KpiPlan.provider_id == provider.id,
            queries.sees_plan(viewer),
            KpiReturn.stage == Stage.ACCEPTED,
        )
        .options(
            contains_eager(KpiReturn.unit),
            joinedload(KpiReturn.kpi_set),
            selectinload(KpiReturn.figures).selectinload(KpiFigure.corrections),
        )
        .order_by(KpiReturn.period_starts_on.desc(), KpiReturn.id)
        .limit(MOST)
    )
    return list(db.session.scalars(wanted).unique())


def _of_return(one: KpiReturn) -> Evidence:
    ratings = Counter(
        rate(kpi, value_of_figure(kpi, one.figure(kpi.key)))
        for kpi in kpi_set(one.kpi_set).of(one.kpi_keys)
    )
    rated = sum(number for rating, number in ratings.items() if rating in RATED)
    red = ratings[Rating.RED]
    words = f"{ratings[Rating.GREEN]} of {rated} targets met"
    words += f", {ratings[Rating.AMBER]} just missed, {red} missed" if rated else ""
    return Evidence(
        one.period_ends_on,
        KIND,
        f"KPIs {one.period.words}: {words}",
        one.unit.words,
        url_for("kpis.show_return", ref=one.ref),
        "" if not rated else "good" if ratings[Rating.GREEN] == rated else "care",
    )
