"""Which returns are expected: made from the plan and the calendar.

A return is there from the first day of its period, so that it can be filled in bit by bit.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from portal import queue
from portal.days import LONDON, today
from portal.db import db
from portal.kpis.models import KpiPlan, KpiUnit
from portal.kpis.models_returns import KpiReturn
from portal.kpis.sets import kpi_set
from scoring.kpi_periods import Frequency, Period, due_on, period_of, periods

EXPECT_JOB = "kpi:expect"
HOUR = time(8)  # in London, when people begin to work


def expect(plan: KpiPlan, now: datetime) -> list[KpiReturn]:
    """Make every return of a plan whose period has begun and that is not there yet.

    Asked twice, it makes nothing new. The next time it is asked is when the next period begins.
    """
    until = min(today(now), plan.until_on or date.max)
    there = {
        (one.unit_id, one.frequency, one.period_starts_on)
        for one in db.session.scalars(
            select(KpiReturn).join(KpiReturn.unit).where(KpiUnit.plan_id == plan.id)
        )
    }
    made = [
        one
        for unit in plan.units
        for one in _of_unit(plan, unit, until, now)
        if (unit.id, one.frequency, one.period_starts_on) not in there
    ]
    db.session.add_all(made)
    db.session.flush()
    _ask_again(plan, now)
    return made


def _of_unit(plan: KpiPlan, unit: KpiUnit, until: date, now: datetime) -> list[KpiReturn]:
    asked = kpi_set(plan.kpi_set)
    has_sites = any(not one.is_whole and one.until_on is None for one in plan.units)
    until = min(until, unit.until_on or date.max)
    found = []
    for frequency in asked.frequencies:
        keys = asked.asked(frequency, whole=unit.is_whole, has_sites=has_sites)
        if keys:
            found += [
                _return(plan, unit, frequency, period, keys=keys, now=now)
                for period in periods(frequency, unit.from_on, until)
            ]
    return found


def _return(
    plan: KpiPlan,
    unit: KpiUnit,
    frequency: Frequency,
    period: Period,
    *,
    keys: list[str],
    now: datetime,
) -> KpiReturn:
    return KpiReturn(
        unit_id=unit.id,
        kpi_set_id=plan.kpi_set_id,
        kpi_keys=keys,
        frequency=frequency,
        period_starts_on=period.starts_on,
        period_ends_on=period.ends_on,
        due_on=due_on(period, kpi_set(plan.kpi_set).due_days),
        expected_at=now,
    )


def _ask_again(plan: KpiPlan, now: datetime) -> None:
    """Queue this very work for the first day of the next period, while the plan runs."""
    often = kpi_set(plan.kpi_set).frequencies
    begins_on = min(period_of(one, today(now)).ends_on for one in often) + timedelta(days=1)
    if plan.until_on is None or begins_on <= plan.until_on:
        queue.put(
            EXPECT_JOB,
            plan.ref,
            now=now,
            due_at=_in_the_morning(begins_on),
            title="Ask for the KPI returns of a new period",
        )


def _in_the_morning(on: date) -> datetime:
    return datetime.combine(on, HOUR, tzinfo=LONDON).astimezone(UTC)
