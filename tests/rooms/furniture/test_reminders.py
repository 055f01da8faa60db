"""Reminders that rooms hand up: told once, on their day, whatever the worker did meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import jobs, queue, reminders
from portal.db import db
from portal.mail import Mail, Message
from portal.queue import Job, JobState
from portal.reminders import Reminder
from tests.factories.people import a_person

NOON = datetime(2027, 1, 20, 12, tzinfo=UTC)
DUE = date(2027, 1, 31)


@pytest.fixture
def due(app, session, monkeypatch):
    """One reminder, of a day that can be moved: `due["on"]`."""
    ada, said = a_person(), {"on": DUE}

    def found(from_on, until_on):
        if said["on"] and from_on <= said["on"] <= until_on:
            yield Reminder("thing:end", "THING-1", said["on"], "The thing ends", {"days": 7})

    def tell(reminder, now):
        deadline = datetime(2027, 2, 7, 12, tzinfo=UTC)
        mail_words = {"round_title": reminder.title, "deadline_at": deadline, "missing": []}
        from portal import mail

        mail.write(
            Message.DEADLINE_REMINDER, to=[ada], now=now, days=reminder.values["days"], **mail_words
        )

    monkeypatch.setattr(reminders, "_sources", [found])
    monkeypatch.setattr(reminders, "_tellers", {"thing:end": tell})
    return said


def mails():
    db.session.expire_all()
    return [(one.queued_at.date(), one.sent_at is not None) for one in db.session.query(Mail)]


def test_it_is_asked_for_on_its_day_and_told_once(due):
    for hours in range(0, 24 * 16, 12):
        moment = NOON + timedelta(hours=hours)
        reminders.ask(moment)
        db.session.commit()
        queue.run_all(moment)
    assert mails() == [(DUE, True)]


def test_a_worker_that_stood_still_catches_up_and_forgets_what_is_long_over(due):
    reminders.ask(NOON + timedelta(days=20))
    db.session.commit()
    assert db.session.query(Job).filter_by(kind=reminders.REMIND_JOB).count() == 1
    due["on"] = DUE - timedelta(days=8)
    assert reminders.ask(NOON + timedelta(days=20)) == 0


def test_the_mail_is_part_of_the_work(due, monkeypatch):
    """A worker that dies half-way tells nobody; the next one tells once."""

    def die(reminder, now):
        written(reminder, now)
        raise RuntimeError

    written = reminders._tellers["thing:end"]
    reminders.ask(NOON + timedelta(days=11))
    db.session.commit()
    monkeypatch.setitem(reminders._tellers, "thing:end", die)
    queue.run_all(NOON + timedelta(days=11))
    assert mails() == []
    monkeypatch.setitem(reminders._tellers, "thing:end", written)
    queue.run_all(NOON + timedelta(days=12))
    assert len(mails()) == 1


def test_the_day_asks_for_its_reminders(due):
    jobs.begin(NOON)
    db.session.commit()
    for day in range(13):
        queue.run_all(NOON + timedelta(days=day))
    assert mails() == [(DUE, True)]


# --- The moved clock ----------------------------------------------------------------------


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["jobs", "due", *arguments])


@pytest.fixture
def at_noon(app):
    app.config["CLOCK"] = lambda: NOON
    return app


def test_it_says_what_would_be_done_and_does_nothing(due, at_noon):
    db.session.commit()
    said = run(at_noon, "--at", "2027-01-31").output
    assert "8:00am on 31 January 2027  The thing ends  [THING-1]" in said
    assert "1 piece of work by 2027-01-31." in said
    assert "0 pieces" in run(at_noon, "--at", "2027-01-30").output
    assert db.session.query(Job).count() == 0


def test_it_does_what_would_be_done_on_the_day_on_which_it_would(due, at_noon):
    db.session.commit()
    assert run(at_noon, "--at", "2027-03-15", "--do", "--yes").exit_code == 0
    assert mails() == [(DUE, True)]
    again = run(at_noon, "--at", "2027-03-15", "--do", "--yes").output
    assert "0 pieces" in again
    assert len(mails()) == 1


def test_work_that_waits_is_said_too(due, at_noon):
    due["on"] = None
    queue.put("mail:send", "MAIL-1", now=NOON, due_at=NOON + timedelta(days=2))
    db.session.commit()
    assert "Send a mail  [MAIL-1]" in run(at_noon, "--at", "2027-01-22").output
    assert "MAIL-1" not in run(at_noon, "--at", "2027-01-21").output


def test_nobody_sends_mail_before_its_time_by_a_slip(due, at_noon):
    db.session.commit()
    refused = run(at_noon, "--at", "2027-03-15", "--do")
    assert refused.exit_code != 0
    assert "--yes" in refused.output
    assert db.session.query(Job).filter_by(state=JobState.DONE).count() == 0
    assert run(at_noon, "--at", "next week").exit_code != 0
