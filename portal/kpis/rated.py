"""How providers of a lot stand in their KPIs, in a word and two numbers, for pages of other rooms."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.access import Viewer
from portal.db import db
from portal.kpis.assessing import visible_assessments
from portal.kpis.board import Filters, board
from portal.kpis.board_rows import load
from portal.kpis.models import KpiPlan, KpiPlanLot
from portal.kpis.models_assessments import KpiAssessment
from scoring.kpi_assessing import Performance
from scoring.kpis import RATED, Rating
from scoring.stages import AssessmentStage


@dataclass(frozen=True, slots=True)
class Rated:
    """A provider's KPIs.

    Args:
        assessed: the newest final assessment, of the financial year that begins in `year`.
        met: of `rated` KPIs, in the newest period of each.
    """

    assessed: Performance | None = None
    year: int | None = None
    met: int = 0
    rated: int = 0


def ratings(
    provider_ids: Iterable[int], agreement_ref: str, lot_id: int, viewer: Viewer, on: date
) -> dict[int, Rated]:
    """How each provider stands in a lot. Some seven statements, however many there are."""
    ids = list(provider_ids)
    found = board(load(viewer, on), Filters(agreement=agreement_ref), on)
    plans = _plans_of(lot_id)
    met, rated = Counter[int](), Counter[int]()
    for row in found.rows:
        if row.of.plan_id in plans and row.rating in RATED:
            rated[row.of.provider_id] += 1
            met[row.of.provider_id] += row.rating is Rating.GREEN
    assessed = _assessed(ids, plans, viewer)
    return {
        one: Rated(
            assessed[one].decided if one in assessed else None,
            assessed[one].year if one in assessed else None,
            met[one],
            rated[one],
        )
        for one in ids
        if one in assessed or rated[one]
    }


def _plans_of(lot_id: int) -> frozenset[int]:
    return frozenset(
        db.session.scalars(select(KpiPlanLot.plan_id).where(KpiPlanLot.agreement_lot_id == lot_id))
    )


def _assessed(
    provider_ids: list[int], plans: frozenset[int], viewer: Viewer
) -> dict[int, KpiAssessment]:
    wanted = visible_assessments(viewer).where(
        KpiPlan.provider_id.in_(provider_ids),
        KpiPlan.id.in_(plans),
        KpiAssessment.stage == AssessmentStage.FINAL,
    )
    rows = db.session.scalars(wanted.order_by(KpiAssessment.year, KpiAssessment.id)).unique()
    return {one.plan.provider_id: one for one in rows}
