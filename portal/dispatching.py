"""Telling workers on other machines that a job waits: Celery on Redis.

A message carries the reference of a row and nothing else. It is sent after the commit of the row; a
message that is lost, or a broker that is away, delays the job until the dispatcher looks again.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal import queue
from portal.db import db

TASK, QUEUE = "portal.run", "portal"
CONNECT_SECONDS = 2  # a page waits for it
REST_SECONDS = 30  # after a failure nobody asks the broker for so long
log = structlog.get_logger("dispatching")
_KEY = "jobs to tell of"


class Broker:
    """What carries messages to workers."""

    def __init__(self, url: str) -> None:
        from celery import Celery

        self.celery = Celery("portal", broker=url)
        patience = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS}
        self.celery.conf.update(
            task_default_queue=QUEUE,
            task_ignore_result=True,
            task_serializer="json",
            accept_content=["json"],
            worker_prefetch_multiplier=1,
            worker_hijack_root_logger=False,
            broker_connection_retry_on_startup=True,
            broker_transport_options={**patience, "max_retries": 0},
        )
        self._rests_until = 0.0

    def after_commit(self, session: Session, ref: str) -> None:
        """Tell of this job when the session has committed its row."""
        session.info.setdefault(_KEY, []).append(ref)

    def tell(self, refs: Iterable[str]) -> int:
        """Send a message for each job; how many were sent. A broker that is away is no fault."""
        from kombu.exceptions import OperationalError

        told = 0
        if time.monotonic() < self._rests_until:
            return told
        try:
            with self.celery.producer_pool.acquire(block=True, timeout=CONNECT_SECONDS) as producer:
                for ref in refs:
                    self.celery.send_task(TASK, args=[ref], producer=producer, retry=False)
                    told += 1
        except (OperationalError, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning("the broker is away", fault=type(error).__name__)
        return told


def init_app(app: Flask) -> None:
    """Tell workers elsewhere, where there is a broker."""
    if app.config["BROKER_URL"]:
        app.extensions["broker"] = Broker(app.config["BROKER_URL"])


@event.listens_for(Session, "after_commit")
def _tell(session: Session) -> None:
    refs = session.info.pop(_KEY, [])
    if refs:
        from flask import current_app

        current_app.extensions["broker"].tell(refs)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_KEY, None)


def dispatch(
    broker: Any, *, pause_seconds: float = 2.0, stop: Callable[[], bool] = lambda: False
) -> None:
    """Tell of everything that is due, again and again: of what waited for its time, of what was
    lost, and of jobs whose worker was killed."""
    while not stop():
        refs = queue.to_dispatch(db.clock())
        db.session.close()
        if refs:
            broker.tell(refs)
        else:
            time.sleep(pause_seconds)
