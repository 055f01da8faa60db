"""Work that happens after the commit, from rows written within it.

A worker takes a row with a lease, which it renews while it works; runs its handler in a transaction
of its own; and marks the row done in the same transaction, if the lease is still its own. A worker
that was killed is followed by another when its lease has run out. So what a handler writes here
happens once, and what it does elsewhere (a mail) may happen twice: handlers are idempotent.

The row is the truth, and how many workers look for rows does not matter. With a broker
(portal/dispatching.py) workers on many machines are woken by messages, which may get lost or come
twice.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event, Thread
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import JSON, ColumnElement, Index, String, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, UTCDateTime, db, enum_column, new_ref

ATTEMPTS = 6
MISSED = timedelta(minutes=1)  # after which a message that nobody followed is sent again
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
    taken_by: Mapped[str] = mapped_column(String(20), default="")  # one taking, not one machine
    dispatched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # to workers elsewhere
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Later(Exception):
    """A handler cannot do its work now, and nobody is to blame: it is asked again after a while."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(type(self).__name__)
        self.after = after


class LeaseLost(Exception):
    """Another worker has taken the job meanwhile; what was done here is not kept."""


OWN = "job"  # in a session: the job that it does, as it was taken
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
        ref=new_ref("JOB"),
        kind=kind,
        subject=subject,
        unique_key=unique_key,
        payload=payload,
        due_at=due,
        created_at=now,
    )
    db.session.add(job)
    broker = current_app.extensions.get("broker")
    if broker is not None and due <= now:
        job.dispatched_at = now
        broker.after_commit(db.session, job.ref)
    return job


def again(job: Job, *, now: datetime) -> None:
    """Let a failed job run once more."""
    job.state, job.attempts, job.due_at, job.fault = JobState.WAITING, 0, now, ""
    job.dispatched_at = None


def take(now: datetime, ref: str = "") -> Job | None:
    """Take the next due job under a lease, committing at once so that others pass it by.

    Args:
        ref: take this one and no other.
    """
    wanted = select(Job).where(_ready(now), *([Job.ref == ref] if ref else []))
    wanted = wanted.execution_options(populate_existing=True)  # another may have had it meanwhile
    while True:
        job = db.session.scalar(
            wanted.order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True)
        )
        if job is not None and job.attempts >= ATTEMPTS:  # each time it ended its worker
            job.state, job.lease_until, job.fault = JobState.FAILED, None, "WorkerLost"
            db.session.commit()
            continue
        if job is not None:
            job.state, job.lease_until = JobState.RUNNING, now + _lease()
            job.taken_by, job.attempts = new_ref("RUN"), job.attempts + 1
        db.session.commit()
        return job


def _ready(now: datetime) -> ColumnElement[bool]:
    return (Job.state == JobState.WAITING) & (Job.due_at <= now) | (
        Job.state == JobState.RUNNING
    ) & (Job.lease_until < now)


def _lease() -> timedelta:
    return timedelta(seconds=current_app.config["JOB_LEASE_SECONDS"])


def renew(job: Job, now: datetime) -> None:
    """Keep a job that takes long and commits on its way. Workers do so from beside, too.

    Raises:
        LeaseLost: another worker has taken it meanwhile; what is not committed yet goes.
    """
    own = db.session.info.get(OWN)
    still = own.still if own is not None and own.ref == job.ref else (Job.id == job.id,)
    db.session.flush()
    if _changed(still, {"lease_until": now + _lease()}) != 1:
        raise LeaseLost


def run_one(now: datetime, ref: str = "", *, beat: bool = False) -> bool:
    """Do the next due job; False when there is none.

    Args:
        ref: do this one and no other.
        beat: renew the lease while it is done, as workers do whose time is not a test's.
    """
    job = take(now, ref)
    if job is None:
        return False
    own = db.session.info[OWN] = _Own(job.id, job.ref, job.taken_by, job.attempts)
    try:
        with _beating(own) if beat else nullcontext():
            _handlers[job.kind](job, now)
            _finish(own, now)
        log.info("job done", job=own.ref, kind=job.kind)
    except LeaseLost:
        db.session.rollback()
        log.warning("job taken by another worker meanwhile", job=own.ref)
    except Later as later:
        db.session.rollback()
        _put_back(own, now + later.after, type(later).__name__, attempts=own.attempts - 1)
    except Exception as error:
        db.session.rollback()
        _failed(own, error, now)
    finally:
        db.session.info.pop(OWN, None)
    return True


class _Own:
    """A job as one worker has taken it."""

    def __init__(self, number: int, ref: str, taken_by: str, attempts: int) -> None:
        self.ref, self.attempts = ref, attempts
        self.still = (Job.id == number, Job.taken_by == taken_by, Job.state == JobState.RUNNING)


def _finish(own: _Own, now: datetime) -> None:
    """Mark it done with what was done, or keep neither."""
    db.session.flush()
    done = {"state": JobState.DONE, "finished_at": now, "lease_until": None, "fault": ""}
    if _changed(own.still, done) != 1:
        raise LeaseLost
    db.session.commit()


def _changed(which: Iterable[ColumnElement[bool]], values: dict[str, Any]) -> int:
    """How many jobs were changed: none, where another worker has what this one had."""
    found = db.session.execute(update(Job).where(*which).values(values))
    return int(found.rowcount)  # type: ignore[attr-defined]


def _failed(own: _Own, error: Exception, now: datetime) -> None:
    # the kind of the fault and never its message, which may carry what a person typed
    fault, attempts = type(error).__name__, own.attempts
    if attempts >= ATTEMPTS:
        _put_back(own, now, fault, attempts=attempts, state=JobState.FAILED)
    else:
        _put_back(own, now + timedelta(seconds=5 * 4**attempts), fault, attempts=attempts)
    log.warning("job failed", job=own.ref, attempt=attempts, fault=fault)


def _put_back(
    own: _Own,
    due_at: datetime,
    fault: str,
    *,
    attempts: int,
    state: JobState = JobState.WAITING,
) -> None:
    back = {"state": state, "due_at": due_at, "fault": fault, "attempts": attempts}
    free = {"lease_until": None, "taken_by": "", "dispatched_at": None}
    db.session.execute(update(Job).where(*own.still).values(**back, **free))
    db.session.commit()


@contextmanager
def _beating(own: _Own) -> Iterator[None]:
    """Renew the lease from beside, three times before it runs out."""
    finished = Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    Thread(target=_beat, args=(app, own, finished), daemon=True).start()
    try:
        yield
    finally:
        finished.set()


def _beat(app: Flask, own: _Own, finished: Event) -> None:
    with app.app_context():
        lease = _lease()
        while not finished.wait(lease.total_seconds() / 3):
            try:
                with db.writing() as session:
                    until = db.clock() + lease
                    session.execute(update(Job).where(*own.still).values(lease_until=until))
            except SQLAlchemyError:  # the database is busy or away: the next beat may succeed
                log.warning("lease not renewed", job=own.ref)


def to_dispatch(now: datetime, most: int = 500) -> list[str]:
    """The due jobs that workers elsewhere were not told of, or that nobody took for a while.

    They are marked as told, and committed, before anybody is told: two who ask divide them.
    """
    told_long_ago = or_(Job.dispatched_at.is_(None), Job.dispatched_at < now - MISSED)
    jobs = db.session.scalars(
        select(Job)
        .where(_ready(now), told_long_ago)
        .order_by(Job.due_at, Job.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for job in jobs:
        job.dispatched_at = now
    db.session.commit()
    return [job.ref for job in jobs]


def run_all(now: datetime, most: int = 10_000) -> int:
    """Do everything that is due; returns how many jobs ran."""
    for done in range(most):
        if not run_one(now):
            return done
    return most


def work(*, pause_seconds: float = 0.5, stop: Callable[[], bool] = lambda: False) -> None:
    """The worker's loop. Each job has a session of its own."""
    while not stop():
        ran = run_one(db.clock(), beat=True)
        db.session.close()
        if not ran:
            time.sleep(pause_seconds)
