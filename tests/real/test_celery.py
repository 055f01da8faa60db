"""Workers on other machines: a real broker, a real worker, killed in the middle of its work."""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from portal import dispatching, queue
from portal.db import db
from portal.dispatching import Broker
from portal.queue import Job, JobState
from portal.settings import Setting
from tests.servers.processes import Processes

PATIENCE = 120  # seconds; a busy machine is slow to start a worker


@pytest.fixture
def machine(app, session, redis_server, tmp_path, monkeypatch):
    """This process writes the rows; workers are other processes on the same database."""
    monkeypatch.setitem(app.config, "BROKER_URL", redis_server.url)
    monkeypatch.setitem(app.config, "JOB_LEASE_SECONDS", 1)
    dispatching.init_app(app)
    session.add(Setting(key="test-counter", value=0))
    session.commit()
    machine = Machine(app, redis_server.url, tmp_path)
    yield machine
    machine.stop()
    app.extensions.pop("broker")


class Machine(Processes):
    """Where workers run."""

    def __init__(self, app, broker_url, folder):
        super().__init__(folder)
        self.surroundings = {
            "PORTAL_DATABASE_URL": app.config["DATABASE_URL"],
            "PORTAL_DATA_DIR": str(app.config["DATA_DIR"]),
            "PORTAL_BROKER_URL": broker_url,
            "PORTAL_JOB_LEASE_SECONDS": "1",
            "PORTAL_DEMO": "0",
            "FOLDER": str(folder),
            "PYTHONPATH": str(Path.cwd()),
        }

    def worker(self):
        command = [sys.executable, "-m", "celery", "-A", "tests.servers.slow_worker", "worker"]
        how = ["--concurrency", "1", "--without-gossip", "--without-mingle", "-l", "WARNING"]
        return self.start([*command, *how], self.surroundings)

    def wait_for(self, name):
        """What a job says when it has begun: the number of its process."""
        self.wait_until((self.folder / name).exists, f"nobody began {name}")
        return (self.folder / name).read_text()

    def let(self, name):
        (self.folder / f"{name}-may-go-on").touch()

    def wait_until(self, true, what):
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, f"{what}: {self.log.read_text()[-2000:]}"
            time.sleep(0.05)


def state_of(job):
    db.session.rollback()
    with db.reading() as session:
        return session.get_one(Job, job.id).state


def test_a_worker_killed_in_the_middle_is_followed_by_another_and_nothing_happens_twice(
    app, machine, monkeypatch
):
    monkeypatch.setattr(queue, "MISSED", timedelta(seconds=1))
    worker = machine.worker()
    job = asked("first")  # whose commit tells the worker: nobody dispatches yet
    os.kill(int(machine.wait_for("first-1")), signal.SIGKILL)  # as a machine short of memory does
    machine.let("first")

    def dispatched_and_done():
        app.extensions["broker"].tell(queue.to_dispatch(db.clock()))
        return state_of(job) is JobState.DONE

    machine.wait_until(dispatched_and_done, "nobody took the job again")
    assert as_it_is(job).attempts == 2
    assert counted() == 1

    job = asked("second")
    machine.wait_for("second-1")
    os.killpg(worker.pid, signal.SIGKILL)  # the whole machine
    worker.wait()
    monkeypatch.setitem(queue._handlers, "test:slow", count)
    machine.wait_until(
        lambda: queue.run_one(db.clock()), "the embedded worker did not take the job"
    )
    assert (as_it_is(job).state, as_it_is(job).attempts) == (JobState.DONE, 2)
    assert counted() == 2


def asked(subject):
    job = queue.put("test:slow", subject, now=db.clock())
    db.session.commit()
    return job


def count(_job, _now):
    """What the worker elsewhere does, without waiting."""
    db.session.get_one(Setting, "test-counter").value += 1


def as_it_is(job):
    db.session.expire_all()
    return db.session.get_one(Job, job.id)


def counted():
    db.session.expire_all()
    return db.session.get_one(Setting, "test-counter").value


def test_a_broker_that_is_away_stops_nobody(app, session, monkeypatch):
    away = Broker("redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.extensions, "broker", away)
    started = time.monotonic()
    for number in range(3):
        queue.put("test:slow", f"no-{number}", now=db.clock())
        db.session.commit()
    assert time.monotonic() - started < 5
    assert session.query(Job).count() == 3
    assert away.tell(["JOB-1"]) == 0


def test_nobody_is_told_of_a_row_that_was_not_committed(app, session, monkeypatch):
    told = []
    broker = Broker("redis://127.0.0.1:1/0")
    monkeypatch.setattr(broker, "tell", told.extend)
    monkeypatch.setitem(app.extensions, "broker", broker)
    queue.put("test:slow", "first", now=db.clock())
    db.session.rollback()
    kept = queue.put("test:slow", "second", now=db.clock())
    db.session.commit()
    assert told == [kept.ref]
