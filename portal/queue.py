"""Work that happens after the commit, from rows written within it.

A worker takes a row with a lease, runs its handler in a transaction of its own and marks it done. A
handler may run twice (a worker that died is followed by another), so handlers are idempotent.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import JSON, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, db, enum_column, new_ref

LEASE = timedelta(minutes=5)
ATTEMPTS = 6
log = structlog.get_logger("queue")


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of work, done once for each `unique_key`."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: new_ref("JOB"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    unique_key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[JobState] = mapped_column(
        enum_column(JobState, "state"), default=JobState.WAITING
    )
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


Handler = Callable[[Job, datetime], None]
_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what does jobs of a kind: `handle(job, now)`, which flushes and does not commit."""

    def register(handle: Handler) -> Handler:
        _handlers[kind] = handle
        return handle

    return register


def put(
    kind: str,
    subject: str,
    *,
    now: datetime,
    due_at: datetime | None = None,
    recipient: str = "",
    **payload: Any,
) -> Job:
    """Ask for work, once for each kind, subject, recipient and due time.

    The row is part of the caller's transaction: without its commit there is no work.
    """
    due = due_at or now
    unique_key = f"{kind}|{subject}|{recipient}|{due.isoformat() if due_at else ''}"
    job = db.session.scalar(select(Job).where(Job.unique_key == unique_key))
    if job is not None:
        return job
    job = Job(
        kind=kind,
        subject=subject,
        unique_key=unique_key,
        payload=payload,
        due_at=due,
        created_at=now,
    )
    db.session.add(job)
    return job


def again(job: Job, *, now: datetime) -> None:
    """Let a failed job run once more."""
    job.state, job.attempts, job.due_at, job.fault = JobState.WAITING, 0, now, ""


def take(now: datetime) -> Job | None:
    """Take the next due job under a lease, committing at once so that others pass it by."""
    ready = (Job.state == JobState.WAITING) & (Job.due_at <= now) | (
        Job.state == JobState.RUNNING
    ) & (Job.lease_until < now)
    job = db.session.scalar(
        select(Job)
        .where(ready)
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.state, job.lease_until = JobState.RUNNING, now + LEASE
        job.attempts += 1
    db.session.commit()
    return job


def run_one(now: datetime) -> bool:
    """Do the next due job; False when there is none."""
    job = take(now)
    if job is None:
        return False
    ref, kind, attempts = job.ref, job.kind, job.attempts
    try:
        _handlers[kind](job, now)
        job.state, job.finished_at, job.lease_until = JobState.DONE, now, None
        db.session.commit()
        log.info("job done", job=ref, kind=kind)
    except Exception as error:
        db.session.rollback()
        _put_back(ref, attempts, error, now)
    return True


def _put_back(ref: str, attempts: int, error: Exception, now: datetime) -> None:
    failed = attempts >= ATTEMPTS
    db.session.execute(
        update(Job)
        .where(Job.ref == ref)
        .values(
            state=JobState.FAILED if failed else JobState.WAITING,
            due_at=now + timedelta(seconds=5 * 4**attempts),
            lease_until=None,
            fault=type(error).__name__,  # never the message: it may carry what a person typed
        )
    )
    db.session.commit()
    log.warning("job failed", job=ref, attempt=attempts, fault=type(error).__name__)


def run_all(now: datetime, most: int = 10_000) -> int:
    """Do everything that is due; returns how many jobs ran."""
    for done in range(most):
        if not run_one(now):
            return done
    return most


def work(*, pause_seconds: float = 0.5, stop: Callable[[], bool] = lambda: False) -> None:
    """The worker's loop. Each job has a session of its own."""
    while not stop():
        ran = run_one(datetime.now(UTC))
        db.session.close()
        if not ran:
            time.sleep(pause_seconds)
