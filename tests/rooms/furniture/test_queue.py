"""The queue: a job is done once, by one worker, and a killed worker's job by the next."""

from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest

from portal import queue
from portal.db import db
from portal.queue import Job, JobState, Later
from portal.settings import Setting
from tests.rooms.people.conftest import NOW

LEASE = timedelta(seconds=60)


@pytest.fixture
def does(monkeypatch):
    """What jobs of the kind `test:job` do."""

    def do(handle):
        monkeypatch.setitem(queue._handlers, "test:job", handle)

    return do


def asked(number=1):
    jobs = [queue.put("test:job", f"no-{one}", now=NOW) for one in range(number)]
    db.session.commit()
    return jobs[0]


def as_it_is(job):
    db.session.expire_all()
    return db.session.get_one(Job, job.id)


def test_a_killed_workers_job_is_taken_up_when_its_lease_has_run_out(app, session, does):
    done = []
    does(lambda job, _now: done.append(job.ref))
    job = asked()
    assert queue.take(NOW).ref == job.ref  # and the worker is killed
    assert not queue.run_one(NOW + LEASE)
    assert queue.run_one(NOW + LEASE + timedelta(seconds=1))
    assert done == [job.ref]
    assert (as_it_is(job).state, as_it_is(job).attempts) == (JobState.DONE, 2)


def test_who_lost_the_lease_keeps_nothing(app, session, does):
    """A worker that was stopped for longer than its lease, and goes on."""

    def slow(_job, now):
        db.session.add(Setting(key="made", value=1))
        db.session.flush()
        if now == NOW:
            db.session.rollback()  # SQLite has one writer; the other comes in between
            second = queue.take(NOW + 2 * LEASE)
            taken.append(second.taken_by)
            db.session.add(Setting(key="made", value=1))

    taken = []
    does(slow)
    job = asked()
    queue.run_one(NOW)
    assert as_it_is(job).taken_by == taken[0]
    assert as_it_is(job).state is JobState.RUNNING
    assert db.session.get(Setting, "made") is None


def test_who_commits_on_the_way_stops_where_another_has_taken_over(app, session, does):
    """A worker that lays down chunk by chunk, and is stopped for longer than its lease."""

    def lays_down(job, now):
        db.session.add(Setting(key="first", value=1))
        queue.renew(job, now)
        db.session.commit()
        taken.append(queue.take(now + 2 * LEASE).taken_by)  # the lease has run out meanwhile
        db.session.add(Setting(key="second", value=2))
        queue.renew(job, now)
        pytest.fail("two workers lay down the same")

    taken = []
    does(lays_down)
    job = asked()
    queue.run_one(NOW)
    kept = {one.key for one in db.session.query(Setting)}
    assert "first" in kept
    assert "second" not in kept
    assert (as_it_is(job).taken_by, as_it_is(job).state) == (taken[0], JobState.RUNNING)


def test_what_can_only_be_done_later_is_never_given_up(app, session, does):
    class NotYet(Later):
        pass

    def wait(_job, _now):
        db.session.add(Setting(key="half", value=1))
        raise NotYet(timedelta(minutes=1))

    does(wait)
    job, now = asked(), NOW
    for _ in range(20):
        assert queue.run_one(now)
        now += timedelta(minutes=1)
    assert (as_it_is(job).state, as_it_is(job).fault) == (JobState.WAITING, "NotYet")
    assert as_it_is(job).attempts == 0
    assert db.session.get(Setting, "half") is None


def test_a_job_that_fails_is_tried_six_times(app, session, does):
    def fail(_job, _now):
        raise ValueError("what somebody typed")

    does(fail)
    job, now = asked(), NOW
    for _ in range(6):
        assert queue.run_one(now)
        now += timedelta(hours=2)
    assert not queue.run_one(now)
    assert (as_it_is(job).state, as_it_is(job).fault) == (JobState.FAILED, "ValueError")


def test_a_job_that_ends_its_worker_each_time_is_given_up(app, session, does):
    does(lambda _job, _now: None)
    job, now = asked(), NOW
    for _ in range(6):
        assert queue.take(now) is not None
        now += LEASE + timedelta(seconds=1)
    assert queue.take(now) is None
    assert (as_it_is(job).state, as_it_is(job).fault) == (JobState.FAILED, "WorkerLost")


def test_a_beating_worker_keeps_its_lease(app, session, does, monkeypatch):
    import time

    monkeypatch.setitem(app.config, "JOB_LEASE_SECONDS", 0.3)
    monkeypatch.setitem(app.config, "CLOCK", lambda: NOW)
    seen = []

    def slow(job, _now):
        for _ in range(60):
            time.sleep(0.05)
            with db.reading() as other:
                until = other.get_one(Job, job.id).lease_until
            if until != NOW + timedelta(seconds=0.3):
                break
            monkeypatch.setitem(app.config, "CLOCK", lambda: NOW + timedelta(minutes=1))
        seen.append(until)

    does(slow)
    job = asked()
    queue.run_one(NOW, beat=True)
    assert seen == [NOW + timedelta(minutes=1, seconds=0.3)]
    assert as_it_is(job).state is JobState.DONE


def test_workers_side_by_side_divide_the_work_and_do_none_twice(app, session, does):
    done = Counter()
    does(lambda job, _now: done.update([job.subject]))
    asked(number=12)

    def worker():
        with app.app_context():
            while queue.run_one(NOW):
                pass

    workers = [Thread(target=worker) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert done == Counter({f"no-{one}": 1 for one in range(12)})
    assert not queue.run_one(NOW)


def test_one_job_can_be_asked_for_by_its_reference(app, session, does):
    does(lambda _job, _now: None)
    asked(number=2)
    second = db.session.query(Job).filter_by(subject="no-1").one()
    assert queue.run_one(NOW, second.ref)
    assert not queue.run_one(NOW, second.ref)  # a message that came twice
    assert as_it_is(second).state is JobState.DONE


def test_others_are_told_of_what_is_due_once_a_minute(app, session, does):
    first, later = asked(), queue.put("test:job", "tomorrow", now=NOW, due_at=NOW + 24 * 60 * LEASE)
    db.session.commit()
    assert queue.to_dispatch(NOW) == [first.ref]
    assert queue.to_dispatch(NOW) == []
    assert queue.to_dispatch(NOW + timedelta(seconds=61)) == [first.ref]  # nobody followed
    queue.take(NOW)
    assert queue.to_dispatch(NOW + timedelta(seconds=30)) == []
    again = queue.to_dispatch(NOW + timedelta(days=2))  # its worker was killed
    assert sorted(again) == sorted([first.ref, later.ref])
