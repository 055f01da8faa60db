"""Mail: kept without the links that open doors, and found by a part of an address."""

import pytest

from portal import mail, queue
from portal.db import db
from portal.mail import Mail, Message
from tests.rooms.people.conftest import NOW

TOKEN = "aB3_-" * 9


def write(address="ada@oak.example", message=Message.CONFIRM_EMAIL):
    more = {"token": TOKEN, "name": "Ada", "organisation": "Oak", "inviter": "Ben", "role": "x"}
    mail.to_address(message, address, now=NOW, until=NOW, **more)
    db.session.commit()


def kept():
    db.session.expire_all()
    return db.session.query(Mail).one()


@pytest.mark.parametrize(
    "message", [Message.CONFIRM_EMAIL, Message.INVITATION, Message.PASSWORD_RESET]
)
def test_a_link_that_works_once_is_blanked_when_the_mail_is_sent(
    app, session, message, monkeypatch
):
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://mail.example")
    sent = []
    monkeypatch.setattr(mail, "_by_smtp", lambda one: sent.append(one.body))
    write(message=message)
    assert TOKEN in kept().body  # it has to be sent yet
    queue.run_all(NOW)
    assert TOKEN in sent[0]
    assert TOKEN not in kept().body
    assert "/[link]" in kept().body
    assert kept().sent_at == NOW


def test_a_mail_that_could_not_be_sent_keeps_its_link(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://mail.example")

    def refuse(_one):
        raise OSError("no mail server")

    monkeypatch.setattr(mail, "_by_smtp", refuse)
    write()
    queue.run_one(NOW)
    assert TOKEN in kept().body
    assert kept().sent_at is None


def test_in_the_demonstration_links_are_followed_from_the_outbox(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    write()
    queue.run_all(NOW)
    assert TOKEN in kept().body


def test_references_and_hashes_stay_readable():
    body = "http://x/applications/APP-ABCDE-FGHJK\nSHA-256: " + "0" * 64
    assert mail.without_links(body) == body


def test_every_mail_with_a_token_is_one_of_these(app):
    source = {
        one for one in Message if "{{ token }}" in app.jinja_env.loader.get_source(
            app.jinja_env, f"emails/{one.value}.txt"
        )[0]
    }  # fmt: skip
    assert source == {Message.CONFIRM_EMAIL, Message.INVITATION, Message.PASSWORD_RESET}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", {"ada@oak.example", "Ben@Elm.example", "a_b@oak.example"}),
        ("oak", {"ada@oak.example", "a_b@oak.example"}),
        (" ADA@ ", {"ada@oak.example"}),
        ("ben@elm", {"Ben@Elm.example"}),
        ("a_b", {"a_b@oak.example"}),
        ("%", set()),
        ("fir", set()),
    ],
)
def test_the_outbox_finds_a_part_of_an_address(app, session, words, found):
    for address in ("ada@oak.example", "Ben@Elm.example", "a_b@oak.example"):
        write(address)
    assert {one.address for one in db.session.scalars(mail.sent_to(words))} == found
