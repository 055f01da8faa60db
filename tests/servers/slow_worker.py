"""The portal's own Celery worker, with one more kind of job: one that takes as long as a test wants.

FOLDER (in the environment) is where it says what it does, and where it looks whether it may go on.
"""

import os
import time
from pathlib import Path

from portal import queue
from portal.db import db
from portal.settings import Setting
from portal.worker import app  # noqa: F401  what `celery -A` looks for

FOLDER = Path(os.environ["FOLDER"])
KIND, COUNTER = "test:slow", "test-counter"


@queue.handler(KIND)
def slow(job: queue.Job, _now: object) -> None:
    """Count up, say so, and wait with the count uncommitted until it may go on."""
    counter = db.session.get_one(Setting, COUNTER)
    counter.value += 1
    db.session.flush()
    said = FOLDER / f"{job.subject}-{job.attempts}"
    said.with_suffix(".new").write_text(str(os.getpid()))
    said.with_suffix(".new").rename(said)
    while not (FOLDER / f"{job.subject}-may-go-on").exists():
        time.sleep(0.02)
