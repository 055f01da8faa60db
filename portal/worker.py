"""A worker on any machine: `celery -A portal.worker worker`, woken by messages of the broker."""

from typing import Any

from celery.signals import worker_process_init

from portal import create_app, queue
from portal.config import ConfigError
from portal.db import db
from portal.dispatching import TASK

portal = create_app()
if "broker" not in portal.extensions:
    raise ConfigError("PORTAL_BROKER_URL is not set: there is nothing to listen to.")
app = portal.extensions["broker"].celery


@worker_process_init.connect
def _own_connections(**_told: Any) -> None:
    """A forked process must not talk over its parent's connections."""
    portal.extensions["database"].dispose(close=False)


@app.task(name=TASK)
def run(ref: str) -> None:
    """Do one job. Told twice, or too late, it does nothing."""
    with portal.app_context():
        queue.run_one(db.clock(), ref, beat=True)
