"""What a person is told of themselves: all of it, nobody else's, and no secret."""

import json

import pytest
from sqlalchemy import select

from portal import queue
from portal.access import Role
from portal.audit import AuditEntry
from portal.db import db
from portal.mail import Mail, Message, write
from portal.people import actions, personal
from portal.people.models import Person
from tests.factories.people import a_person, as_person, viewer
from tests.rooms.people.conftest import NOW


@pytest.fixture
def two(session):
    ned = a_person(Role.COMMISSIONER, name="Ned Ash", email="ned@luton.example")
    una = a_person(Role.EVALUATOR, name="Una Oak", email="una@luton.example")
    actions.change_name(ned, "Ned Fir", actor=viewer(ned), now=NOW)
    actions.start_session(ned, "Firefox on Linux", actor=viewer(ned), now=NOW)
    actions.start_session(una, "Safari on Mac", actor=viewer(una), now=NOW)
    for one in (ned, una):
        write(Message.PASSWORD_CHANGED, [one], now=NOW, about=one.ref)
    db.session.commit()
    queue.run_all(NOW)
    return ned, una


def test_all_of_it_is_told(two):
    ned, _ = two
    told = personal.told_of(ned, NOW)
    assert (told["account"]["name"], told["account"]["email"]) == ("Ned Fir", "ned@luton.example")
    assert told["roles"][0]["role"] == "commissioner"
    assert told["records"]["sign_in_session"][0]["device"] == "Firefox on Linux"
    assert [one["subject"] for one in told["mail"]]
    assert "account:changed" in {one["act"] for one in told["acts"]}
    assert told["acts_about_you"]


def test_nothing_of_anybody_else_and_no_secret(two):
    ned, una = two
    text = json.dumps(personal.told_of(ned, NOW), default=str)
    for foreign in (una.name, una.email, una.ref, "Safari"):
        assert foreign not in text
    assert ned.password_hash not in text
    assert ned.totp_secret not in text
    names = {
        key
        for rows in personal.told_of(ned, NOW)["records"].values()
        for row in rows
        for key in row
    }
    assert not [one for one in names if any(word in one for word in personal.SECRET)]


def test_a_mail_that_waits_keeps_its_link_to_itself(session):
    ned = a_person(Role.COMMISSIONER, email="ned@luton.example")
    write(Message.PASSWORD_CHANGED, [ned], now=NOW, about=ned.ref)
    db.session.commit()
    assert personal.told_of(ned, NOW)["mail"] == [
        {"subject": db.session.scalars(select(Mail.subject)).one(), "sent_at": None, "body": ""}
    ]


def test_the_page_and_the_file_are_ones_own(two, browser):
    ned, una = two
    as_person(browser, ned)
    assert "What we keep about you" in browser.get("/account").text
    assert "Sign in session" in browser.get("/account/data").text
    answer = browser.get("/account/data.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.data)["account"]["reference"] == ned.ref
    assert una.ref not in answer.text


def test_a_leaver_is_told_by_a_command_that_leaves_a_trace(two, app, tmp_path):
    ned, _ = two
    file = tmp_path / "ned.json"
    run = app.test_cli_runner().invoke
    assert run(args=["tell-person", ned.ref, str(file)]).exit_code == 0
    assert json.loads(file.read_text())["account"]["reference"] == ned.ref
    assert file.stat().st_mode & 0o077 == 0
    told = select(AuditEntry).where(AuditEntry.event == "account:told")
    assert db.session.scalars(told).one().subject_ref == ned.ref
    assert run(args=["tell-person", ned.ref, str(file)]).exit_code == 1  # never over another file
    assert run(args=["tell-person", "PER-NONE0-NONE0", str(tmp_path / "x")]).exit_code == 1
    assert db.session.get_one(Person, ned.id).email
