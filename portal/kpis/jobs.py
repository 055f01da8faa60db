"""Work of the KPI room behind the pages: the returns of a new period."""

from datetime import datetime

from sqlalchemy import select

from portal import queue
from portal.db import db
from portal.kpis import chasing  # noqa: F401  registers who is reminded of what
from portal.kpis.expecting import EXPECT_JOB, expect
from portal.kpis.models import KpiPlan


@queue.handler(EXPECT_JOB)
def expect_returns(job: queue.Job, now: datetime) -> None:
    """Make the returns of the periods that have begun, and ask for the next ones."""
    plan = db.session.scalars(select(KpiPlan).where(KpiPlan.ref == job.subject)).one()
    expect(plan, now)
