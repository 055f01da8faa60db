"""What an administrator sees of work that failed, mail that was refused and files that wait."""

from types import SimpleNamespace

import pytest

from portal import mail, queue
from portal.access import Role
from portal.audit import AuditEntry
from portal.documents.actions import SCAN_JOB
from portal.mail import Mail
from portal.queue import Job, JobState
from portal.register import actions_running, running
from scoring.rules import RuleBroken
from tests.client import HygieneClient
from tests.factories.people import a_person, as_person, viewer
from tests.factories.rounds import PREPARED, at
from tests.factories.sending import send


@pytest.fixture
def house(app, session):
    at(app, PREPARED)
    people = SimpleNamespace(
        neil=a_person(Role.ADMINISTRATOR, name="Neil Fir"),
        dev=a_person(Role.COMMISSIONER, name="Dev Elm"),
    )
    session.commit()
    people.by = lambda person: as_person(HygieneClient(app, app.response_class), person)
    return people


def a_job(session, kind, state, fault):
    job = queue.put(kind, f"{kind}-{fault}-{state}", now=PREPARED)
    session.flush()
    job.state, job.fault, job.attempts = state, fault, 6
    session.commit()
    return job


def a_refused_mail(session, address, number=1):
    for one in range(number):
        session.add(
            Mail(
                message="told-something",
                address=address,
                subject=f"Subject {one}",
                body="x",
                queued_at=PREPARED,
                refused_at=PREPARED,
                refusal="There is no such mailbox, or it takes no mail from us. (550)",
            )
        )
    session.commit()


def test_a_quiet_installation_says_so(house):
    page = house.by(house.neil).get("/running").text
    for words in ("No file waits", "has failed", "No mail was refused"):
        assert words in page
    assert "/running" in house.by(house.neil).get("/").text


def test_an_administrator_sees_what_failed_and_tries_it_again(house, session):
    job = a_job(session, "mail:send", JobState.FAILED, "OperationalError")
    a_job(session, SCAN_JOB, JobState.WAITING, "ScannerUnavailable")
    browser = house.by(house.neil)
    page = browser.get("/running").text
    for words in ("OperationalError", "The scanner does not answer", "1 file has waited"):
        assert words in page
    home = browser.get("/").text
    assert "Work behind the pages failed" in home
    assert "files wait for it" in home
    pressed = send(browser, "/running", {"kind": "mail:send"}, action="/running/try-again")
    assert pressed.location == "/running"
    session.refresh(job)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    entry = session.query(AuditEntry).filter_by(event="work:tried-again").one()
    assert entry.detail == {"kind": "mail:send", "number": 1}


def test_refused_mail_is_shown_page_by_page(house, session):
    a_refused_mail(session, "gone@oak.example", number=21)
    page = house.by(house.neil).get("/running")
    assert page.text.count("gone@oak.example") == 20
    assert "Older" in page.text


def test_whoever_gets_no_mail_is_told_until_one_arrives(house, session):
    a_refused_mail(session, house.dev.email)
    assert "does not arrive" in house.by(house.dev).get("/").text
    assert "does not arrive" not in house.by(house.neil).get("/").text
    arrived = {"message": "x", "subject": "x", "body": "x", "queued_at": PREPARED}
    session.add(Mail(address=house.dev.email, sent_at=PREPARED, **arrived))
    session.commit()
    assert "does not arrive" not in house.by(house.dev).get("/").text


def test_nobody_else_sees_or_starts_work(house, session):
    a_job(session, "mail:send", JobState.FAILED, "OSError")
    a_refused_mail(session, "gone@oak.example")
    dev = viewer(house.dev)
    assert (running.failed(dev), running.refused(dev, None).items) == ([], [])
    with pytest.raises(RuleBroken, match="Only an administrator"):
        actions_running.try_again("mail:send", actor=dev, now=PREPARED)
    assert house.by(house.dev).get("/running").status_code == 403
    assert session.query(Job).one().state is JobState.FAILED
    assert session.scalars(mail.not_delivered()).all()
