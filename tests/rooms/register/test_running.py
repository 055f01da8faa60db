"""What an administrator sees of work that failed, mail that was refused and files that wait."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal import audit, health, mail, queue
from portal.access import Role, Viewer
from portal.audit import AuditEntry, Event
from portal.documents.actions import SCAN_JOB
from portal.mail import Mail
from portal.queue import Job, JobState
from portal.register import actions_running, parts_running, running
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


def a_backup(session, at, **told):
    facts = {"rows": 12, "files": 3, "bytes": 5 * 1024 * 1024, "seconds": 7, "gone": 0, **told}
    backed_up = Event.INSTALLATION_BACKED_UP
    audit.record(backed_up, "installation", actor=Viewer.system(), now=at, **facts)
    session.commit()


def part(house, name, now=PREPARED):
    health.forget()
    found = parts_running.parts(viewer(house.neil), now)
    return next(one for one in found if one.name == name)


def test_the_last_backup_has_an_age_a_size_and_what_to_do(house, session):
    assert part(house, "Last backup").state == "Never"
    a_backup(session, PREPARED - timedelta(hours=5))
    found = part(house, "Last backup")
    assert found.is_well
    assert "5 hours ago" in found.figures
    assert "12 rows and 3 files, 5.0 MB" in found.figures
    late = part(house, "Last backup", PREPARED + timedelta(hours=40))
    assert (late.state, late.is_well) == ("Old", False)
    assert "each night" in late.to_do


def test_after_a_restore_the_last_backup_is_the_one_that_it_came_from(house, session):
    """A backup is noted after it is made, so its own note is not in it."""
    taken_at = (PREPARED - timedelta(hours=5)).isoformat()
    facts = {"taken_at": taken_at, "rows": 12, "files": 3, "backup": "a" * 64}
    a_backup(session, PREPARED - timedelta(days=9))
    restored = Event.INSTALLATION_RESTORED
    audit.record(restored, "installation", actor=Viewer.system(), now=PREPARED, **facts)
    session.commit()
    found = part(house, "Last backup")
    assert found.is_well
    assert "5 hours ago" in found.figures
    assert found.figures[-1].startswith("restored on ")
    a_backup(session, PREPARED + timedelta(hours=1))
    assert "took 7 s" in part(house, "Last backup", PREPARED + timedelta(hours=2)).figures


def test_a_backup_that_lacks_a_file_is_not_well(house, session):
    a_backup(session, PREPARED, gone=2)
    assert "storage check --mend" in part(house, "Last backup").to_do


def test_every_part_stands_on_the_page_and_what_is_wrong_says_what_to_do(house, monkeypatch):
    def away(_now):
        raise OSError

    monkeypatch.setitem(health.CHECKS, "scanner", away)
    health.forget()
    page = " ".join(house.by(house.neil).get("/running").text.split())
    for words in ("Database", "Documents", "Last backup", "Work and workers", "Mail"):
        assert words in page
    assert "Does not answer" in page
    assert "Start clamd again" in page
    health.forget()


def test_a_full_disk_shows_before_it_is_full(house, monkeypatch):
    usage = SimpleNamespace(total=100, free=3)
    monkeypatch.setattr(parts_running.shutil, "disk_usage", lambda _folder: usage)
    assert part(house, "Documents").state == "Nearly full"


def test_late_work_tells_of_a_missing_worker(house, session):
    a_job(session, "mail:send", JobState.WAITING, "")
    found = part(house, "Work and workers", PREPARED + timedelta(minutes=16))
    assert found.state == "Late"
    assert "no worker is running" in found.to_do


def test_parts_are_for_administrators(house):
    assert parts_running.parts(viewer(house.dev), PREPARED) == []
