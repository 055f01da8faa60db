"""What the house does every day by itself: forget previews and half-written files."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from portal import jobs, queue
from portal.db import db
from portal.queue import Job, JobState
from portal.storage import get_store

NOON = datetime(2027, 1, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(app, session, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "STORAGE", str(tmp_path / "documents"))
    return tmp_path


def asked():
    db.session.expire_all()
    found = db.session.query(Job).filter_by(kind=jobs.SWEEP_JOB).order_by(Job.due_at)
    return [(job.due_at, job.state) for job in found]


def left_behind(area, age):
    """A file that a killed process left half-written, so long ago."""
    store = get_store(area)
    path = store._unfinished() / f"left-{age.days}"
    path.write_bytes(b"half")
    os.utime(path, ((NOON - age).timestamp(),) * 2)
    return path


def test_a_worker_asks_for_it_once_a_day():
    jobs.begin(NOON)
    jobs.begin(NOON + timedelta(hours=3))
    db.session.commit()
    assert asked() == [(NOON.replace(hour=2, minute=30), JobState.WAITING)]


def test_each_day_asks_for_the_next():
    jobs.begin(NOON)
    db.session.commit()
    for day in range(3):
        queue.run_all(NOON + timedelta(days=day))
    first = NOON.replace(hour=2, minute=30)
    assert asked() == [
        *((first + timedelta(days=day), JobState.DONE) for day in range(3)),
        (first + timedelta(days=3), JobState.WAITING),
    ]


def test_old_previews_and_half_written_files_go_and_the_rest_stays():
    previews, documents = get_store("imports"), get_store()
    old, new = (previews.put(io.BytesIO(words)).sha256 for words in (b"old", b"new"))
    document = documents.put(io.BytesIO(b"a document of long ago")).sha256
    for store, name in ((previews, old), (documents, document)):
        long_ago = (NOON - timedelta(days=30)).timestamp()
        os.utime(store._path(name), (long_ago, long_ago))
    os.utime(previews._path(new), (NOON.timestamp(),) * 2)
    stale = [left_behind(area, timedelta(days=2)) for area in ("documents", "imports")]
    fresh = left_behind("documents", timedelta(hours=1))
    jobs.begin(NOON)
    db.session.commit()
    queue.run_all(NOON)
    assert (previews.exists(old), previews.exists(new)) == (False, True)
    assert documents.exists(document)
    assert not any(path.exists() for path in stale)
    assert fresh.exists()


def test_the_command_of_a_worker_begins_the_day(app):
    app.config["CLOCK"] = lambda: NOON
    answer = app.test_cli_runner().invoke(args=["jobs", "once"])
    assert answer.exit_code == 0, answer.output
    assert [state for _, state in asked()] == [JobState.DONE, JobState.WAITING]


def test_every_kind_of_work_is_told_in_words():
    ours = {kind for kind, act in queue._handlers.items() if act.__module__.startswith("portal.")}
    assert set(jobs.WORDS) == ours
