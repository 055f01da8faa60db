"""What KPIs put on the calendar: the days by which returns are due, also of periods still to come."""

from collections.abc import Iterator
from datetime import date, timedelta

from flask import url_for
from sqlalchemy import select

from portal.access import Permission, Viewer
from portal.db import db
from portal.kpis import queries
from portal.kpis.chasing import UNSENT
from portal.kpis.models import KpiPlan, KpiUnit
from portal.kpis.models_returns import KpiReturn
from portal.kpis.sets import kpi_set
from portal.web import CalendarEntry
from scoring.kpi_periods import Period, due_on, periods

KIND = "kpi"
LONGEST = timedelta(days=366 + 92)  # a year's period, and the days after it


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """One entry for each provider and period whose return falls due and is not in."""
    if not viewer.may(Permission.KPI_READ):
        return
    plans = queries.plans_seen(viewer)
    in_already, there = _returns(plans, from_on, until_on)
    councils = queries.councils_by_plan(plans)
    for plan in plans:
        for period, on in _falling_due(plan, from_on, until_on):
            if (plan.id, period) not in in_already:
                ref = there.get((plan.id, period))
                yield CalendarEntry(
                    on,
                    f"{plan.provider.name}: KPI return due, {period.words}",
                    url_for("kpis.show_return", ref=ref)
                    if ref
                    else url_for("kpis.plan", ref=plan.ref),
                    KIND,
                    plan.lots_in_words.replace("lot", "Lot", 1),
                    councils.get(plan.id, frozenset()),
                )


def _falling_due(plan: KpiPlan, from_on: date, until_on: date) -> Iterator[tuple[Period, date]]:
    rules = kpi_set(plan.kpi_set)
    first = max(plan.from_on, from_on - LONGEST)
    last = min(until_on, plan.until_on or until_on)
    found = {
        period: due_on(period, rules.due_days)
        for often in rules.frequencies
        for period in periods(often, first, last)
    }
    return ((period, on) for period, on in sorted(found.items()) if from_on <= on <= until_on)


def _returns(
    plans: list[KpiPlan], from_on: date, until_on: date
) -> tuple[set[tuple[int, Period]], dict[tuple[int, Period], str]]:
    """Periods of which every return is in, and a return of each of the others."""
    wanted = (
        select(KpiUnit.plan_id, KpiReturn)
        .join(KpiReturn.unit)
        .where(
            KpiUnit.plan_id.in_([plan.id for plan in plans]),
            KpiReturn.due_on.between(from_on, until_on),
        )
        .order_by(KpiReturn.id.desc())
    )
    told: set[tuple[int, Period]] = set()
    missing: dict[tuple[int, Period], str] = {}
    for plan_id, one in db.session.execute(wanted):
        told.add((plan_id, one.period))
        if one.stage in UNSENT:
            missing[plan_id, one.period] = one.ref
    return told - missing.keys(), missing
