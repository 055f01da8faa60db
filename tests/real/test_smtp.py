"""Mail over a real server: handed over once, tried again when it is busy, told when it is refused."""

from datetime import timedelta
from itertools import pairwise

import pytest

from portal import mail, queue
from portal.db import db
from portal.mail import Mail, Message
from portal.queue import Job, JobState
from tests.rooms.people.conftest import NOW

TOKEN = "aB3_-" * 9


@pytest.fixture
def server(app, session, mail_server, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_CA", str(mail_server.authority))
    monkeypatch.setitem(app.config, "SMTP_URL", mail_server.address("smtp+starttls"))
    mail_server.taken()
    return mail_server


def written(address="ada@oak.example"):
    more = {"token": TOKEN, "name": "Ada Ŵ", "organisation": "Oak", "inviter": "Ben", "role": "x"}
    mail.to_address(Message.CONFIRM_EMAIL, address, now=NOW, until=NOW, **more)
    db.session.commit()


def kept():
    db.session.expire_all()
    return db.session.query(Mail).one()


def job():
    return db.session.query(Job).filter(Job.kind == "mail:send").one()


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_mail_arrives_with_its_link_and_is_kept_without_it(app, server, monkeypatch, scheme):
    monkeypatch.setitem(app.config, "SMTP_URL", server.address(scheme))
    monkeypatch.setitem(app.config, "MAIL_FROM", "portal@council.example")
    written()
    queue.run_all(NOW)
    (arrived,) = server.taken()
    assert (arrived["To"], arrived["From"]) == ("ada@oak.example", "portal@council.example")
    assert arrived["Message-ID"] == f"<{kept().ref}@localhost>"
    assert TOKEN in arrived.get_content()
    assert TOKEN not in kept().body
    assert kept().sent_at == NOW


def test_a_mail_whose_worker_died_after_sending_has_the_same_number(app, server):
    written()
    mail._by_smtp(kept())  # handed over, and the worker is killed before it could say so
    db.session.rollback()
    queue.run_all(NOW)
    first, second = server.taken()
    assert first["Message-ID"] == second["Message-ID"]


def test_no_password_and_no_mail_travel_without_tls(app, server, monkeypatch):
    for scheme, login in (("smtp", "portal:x"), ("smtp+starttls", "portal:wrong")):
        monkeypatch.setitem(app.config, "SMTP_URL", server.address(scheme, login))
        with pytest.raises(mail.smtplib.SMTPException):
            mail._by_smtp(
                Mail(ref="MAIL-1", subject="x", address="a@b.example", body="x", queued_at=NOW)
            )
    assert server.taken() == []


def test_a_server_that_nobody_vouches_for_gets_nothing(app, server, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_CA", "")
    written()
    queue.run_all(NOW)
    assert server.taken() == []
    assert (job().state, job().fault) == (JobState.WAITING, "MailServerAway")


def test_a_busy_server_is_asked_again_less_and_less_often_and_then_no_more(
    app, server, monkeypatch
):
    monkeypatch.setattr(mail, "GIVEN_UP_AFTER", timedelta(hours=6))  # it is days
    written("busy@oak.example")
    now, tries = NOW, []
    while job().state is JobState.WAITING:
        assert len(tries) < 80
        tries.append(now)
        queue.run_one(now)
        db.session.expire_all()
        now = max(job().due_at, now + timedelta(seconds=1))
    gaps = [after - before for before, after in pairwise(tries)]
    assert gaps[0] == timedelta(minutes=1)
    assert max(gaps) == timedelta(hours=1)
    assert timedelta(hours=6) < tries[-1] - NOW < timedelta(hours=8)
    assert kept().refusal == "No mail server took it for two days."
    assert TOKEN not in kept().body


def test_a_permanent_refusal_is_kept_in_words_and_not_tried_again(app, server):
    written("nobody@oak.example")
    assert queue.run_all(NOW) == 1
    refused = kept()
    assert (refused.sent_at, refused.refused_at) == (None, NOW)
    assert refused.refusal == "There is no such mailbox, or it takes no mail from us. (550)"
    assert TOKEN not in refused.body
    assert db.session.scalars(mail.not_delivered()).all() == [refused]


def test_nothing_is_locked_while_the_server_thinks(app, server, monkeypatch):
    """Somebody else can write meanwhile; on SQLite there is one writer at a time."""
    hand_over, wrote = mail._by_smtp, []

    def slow(one):
        with db.writing() as session:
            session.add(Mail(message="x", address="x", subject="x", body="x", queued_at=NOW))
        wrote.append(one.ref)
        hand_over(one)

    monkeypatch.setattr(mail, "_by_smtp", slow)
    written()
    queue.run_all(NOW)
    assert len(wrote) == 1
    assert len(server.taken()) == 1
