"""Keeping and deleting: what is due, two people, a hold that stops it, and a chain that still holds."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal import audit, queue, retention
from portal.access import Role, Viewer
from portal.audit import AuditEntry, AuditValues
from portal.db import db
from portal.mail import Mail, Message, write
from portal.people import actions, actions_retention as keeping
from portal.people.models import Person
from portal.queue import Job, JobState
from portal.retention import Deletion
from portal.settings import DEFINITIONS
from scoring.rules import RuleBroken
from tests.factories.people import a_person, as_person, viewer
from tests.factories.sending import send
from tests.rooms.people.conftest import NOW

LATER = NOW + timedelta(days=366 * 9)
PAGE = "/administration/keeping"


@pytest.fixture
def una(session):
    return viewer(a_person(Role.ADMINISTRATOR, name="Una Oak"))


@pytest.fixture
def val(session):
    return viewer(a_person(Role.ADMINISTRATOR, name="Val Elm"))


@pytest.fixture
def past(una):
    """An account that was closed, a mail that was sent, a change of name."""
    ned = a_person(Role.COMMISSIONER, name="Ned Ash", email="ned@luton.example")
    actions.change_name(ned, "Ned Fir", actor=viewer(ned), now=NOW)
    write(Message.PASSWORD_CHANGED, [ned], now=NOW, about=ned.ref)
    actions.close_account(ned, actor=una, now=NOW)
    db.session.commit()
    queue.run_all(NOW)
    return ned


def due(key, on=LATER):
    return next(one for one in keeping.due_now(on.date()) if one.kept.key == key)


def asked_and_agreed(key, una, val):
    deletion = keeping.ask_deletion(key, actor=una, now=LATER)
    db.session.commit()
    keeping.agree_deletion(deletion, actor=val, now=LATER)
    db.session.commit()
    queue.run_all(LATER)
    return deletion.erased


def test_every_class_has_a_period_of_its_own_and_a_reason(app, session):
    found = retention.classes()
    assert {"accounts", "sessions", "mails", "jobs", "audit-values"} <= set(found)
    for kept in found.values():
        assert kept.setting in DEFINITIONS
        assert kept.basis
    assert DEFINITIONS["keep_mails_months"].lowest == 36  # the law's three years


def test_nothing_is_due_before_its_time(past):
    almost = NOW + timedelta(days=700)
    assert due("accounts", almost).items == []
    assert len(due("accounts", almost + timedelta(days=60)).items) == 1


def test_a_month_is_a_month_of_the_calendar(session):
    kept = retention.classes()["jobs"]
    assert retention.due_before(kept, date(2027, 5, 31)) == date(2027, 2, 28)
    assert retention.due_before(kept, date(2027, 2, 1)) == date(2026, 11, 1)


def test_an_account_goes_and_its_acts_stay(past, una, val):
    ref = past.ref
    assert asked_and_agreed("accounts", una, val) == 1
    db.session.expire_all()
    left = db.session.scalars(select(Person).where(Person.ref == ref)).one()
    assert (left.name, left.email, left.password_hash) == ("Closed account", None, None)
    assert db.session.scalar(select(func.count()).where(AuditEntry.actor_ref == ref))
    assert due("accounts").items == []  # and is not due again


def test_values_beside_the_trail_go_and_the_chain_still_holds(past, una, val):
    before = audit.head()
    assert db.session.scalars(select(AuditValues)).all()
    assert asked_and_agreed("audit-values", una, val) >= 1
    assert db.session.scalars(select(AuditValues)).all() == []
    assert list(audit.verify()) == []
    assert audit.number_of(before[1]) == before[0]


def test_mail_jobs_and_sessions_go(past, una, val):
    for key in ("mails", "jobs"):
        assert asked_and_agreed(key, una, val) >= 1
    assert db.session.scalars(select(Mail)).all() == []
    done = db.session.scalars(select(Job).where(Job.state == JobState.DONE)).all()
    assert done  # that it was done stays, or it would be done again
    assert all(job.payload == {} for job in done)


def test_what_remains_says_what_class_went_and_not_what_it_said(past, una, val):
    asked_and_agreed("accounts", una, val)
    record = db.session.scalars(select(Deletion)).one()
    assert (record.kept_key, record.asked, record.erased, record.refs) == ("accounts", 1, 1, [])
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "deletion:done")).one()
    assert told.detail["count"] == 1
    assert past.ref not in str(told.detail)
    assert "Ned" not in str(told.detail)


def test_one_person_is_not_enough(past, una):
    deletion = keeping.ask_deletion("accounts", actor=una, now=LATER)
    with pytest.raises(RuleBroken, match="Somebody else"):
        keeping.agree_deletion(deletion, actor=una, now=LATER)
    with pytest.raises(RuleBroken, match="asked for this already"):
        keeping.ask_deletion("accounts", actor=una, now=LATER)
    with pytest.raises(RuleBroken):
        keeping.agree_deletion(deletion, actor=Viewer.system(), now=LATER)


def test_only_administrators(past, una):
    deletion = keeping.ask_deletion("accounts", actor=una, now=LATER)
    eve = viewer(a_person(Role.AUDITOR))
    for act in (
        lambda: keeping.ask_deletion("mails", actor=eve, now=LATER),
        lambda: keeping.agree_deletion(deletion, actor=eve, now=LATER),
        lambda: keeping.refuse_deletion(deletion, actor=eve, now=LATER),
        lambda: keeping.stop_deleting("mails", "", "Claim", actor=eve, now=LATER),
    ):
        with pytest.raises(RuleBroken, match="Only an administrator"):
            act()


def test_what_was_decided_stays_decided(past, una, val):
    deletion = keeping.ask_deletion("accounts", actor=una, now=LATER)
    keeping.refuse_deletion(deletion, actor=una, now=LATER)  # taken back
    with pytest.raises(RuleBroken, match="decided already"):
        keeping.agree_deletion(deletion, actor=val, now=LATER)
    assert due("accounts").items


@pytest.mark.parametrize("whole", [True, False])
def test_a_hold_stops_it_even_after_it_was_asked_for(past, una, val, whole):
    deletion = keeping.ask_deletion("accounts", actor=una, now=LATER)
    ref = "" if whole else past.ref
    stop = keeping.stop_deleting("accounts", ref, "A claim is coming", actor=una, now=LATER)
    db.session.commit()
    keeping.agree_deletion(deletion, actor=val, now=LATER)
    db.session.commit()
    queue.run_all(LATER)
    assert deletion.erased == 0
    assert due("accounts").items == []
    assert past.name == "Ned Fir"
    with pytest.raises(RuleBroken, match="Nothing of this is due"):
        keeping.ask_deletion("accounts", actor=una, now=LATER)
    with pytest.raises(RuleBroken, match="Somebody else"):
        keeping.lift_stop(stop, actor=una, now=LATER)
    keeping.lift_stop(stop, actor=val, now=LATER)
    assert due("accounts").items


def test_the_page_leads_two_people_through(browser, other_browser, una, val, past):
    browser.application.config["CLOCK"] = lambda: LATER
    people = {one.ref: one for one in db.session.scalars(select(Person))}
    as_person(browser, people[una.ref])
    as_person(other_browser, people[val.ref])
    send(browser, f"{PAGE}/accounts", {}, action=f"{PAGE}/accounts/ask")
    deletion = db.session.scalars(select(Deletion)).one()
    agree = f"{PAGE}/deletions/{deletion.ref}/agree"
    assert agree not in browser.get(PAGE).text
    send(other_browser, PAGE, {}, action=agree)
    assert "A worker deletes it now" in browser.get(f"{PAGE}/deletions/{deletion.ref}").text
    queue.run_all(LATER)
    record = browser.get(f"{PAGE}/deletions/{deletion.ref}").text
    assert "Record of destruction" in record
    assert deletion.refs_sha256 in record
    assert past.ref in browser.get(f"{PAGE}/accounts").text or not due("accounts").items
    shown = browser.get(PAGE).text
    assert "1 deleted, agreed by Val Elm" in " ".join(shown.split())
    answer = send(browser, PAGE, {"kept": "mails", "reason": "A claim"}, action=PAGE)
    assert answer.location == PAGE
    assert "On hold." in browser.get(PAGE).text
