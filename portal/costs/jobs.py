"""Checking files behind the page, so that nobody waits for a long one."""

from datetime import datetime

from sqlalchemy import select

from portal import queue
from portal.access import Viewer
from portal.costs.forecasts import drawn as forecast_drawn
from portal.costs.imports import actions
from portal.costs.imports.reading import MOST_BYTES, taken_up
from portal.costs.models import CostImport, ImportStage
from portal.costs.published_tables import actions as actions_tables
from portal.db import db
from portal.storage import NotStored, Store, get_store
from portal.web import clock

CHECK = "costs:check"
AREA = "imports"
GONE = "The file is not there any more. Send it again."


def aside() -> Store:
    """Where rows lie between upload and check: no child's number is in them."""
    return get_store(AREA, most_bytes=MOST_BYTES)


def ask_for_check(one: CostImport, rows: int, now: datetime) -> queue.Job:
    """Let a worker check a file; its rows are known to be so many."""
    job = queue.put(CHECK, one.ref, now=now)
    job.total = rows
    db.session.flush()
    return job


@queue.handler(CHECK)
def check(job: queue.Job, _now: datetime) -> None:
    """Check one file; what was done is committed as it goes, and done again after a crash."""
    one = db.session.scalar(select(CostImport).where(CostImport.ref == job.subject))
    if one is None or one.stage is not ImportStage.WAITING:
        return

    def step(done: int) -> None:
        job.progress = done  # committed with the chunk
        queue.renew(job, clock())

    try:
        with aside().open(one.laid_aside) as stream:
            columns, chunks = taken_up(stream)
            actions.check(one, columns, chunks, actor=Viewer.system(), step=step)
    except NotStored:
        one.stage, one.fault = ImportStage.REFUSED, GONE
    aside().delete(one.laid_aside)


@queue.handler(forecast_drawn.DRAW)
def draw(job: queue.Job, now: datetime) -> None:
    """Draw a forecast of very many rows, and keep it; drawn twice it is the same."""
    forecast_drawn.draw_for(job.payload, now)


def sweep(now: datetime) -> None:
    """Each day: forget published tables that somebody looked at and nobody took."""
    actions_tables.forget_drafts(now)
