"""The scan behind the page, and the check by a commissioner."""

import io

import pytest

from portal import queue
from portal.audit import AuditEntry
from portal.documents import actions
from portal.documents.jobs import ScannerUnavailable
from portal.documents.models import DocumentVersion
from portal.mail import Mail
from portal.queue import Job, JobState
from portal.scanning import ScanResult, ScanStatus
from scoring.rules import RuleBroken
from scoring.stages import CheckStage, ScanStage
from tests.factories.documents import a_document, a_file, a_pdf
from tests.factories.people import viewer
from tests.factories.sending import send


class Says:
    """A scanner that always says the same."""

    description = "A scanner that was told what to say."

    def __init__(self, status, signature=""):
        self.result = ScanResult(status, signature)

    def scan(self, stream):
        stream.seek(0)
        return self.result


@pytest.fixture
def scanner(app):
    def say(status, signature=""):
        app.extensions["scanner"] = Says(status, signature)

    yield say
    app.extensions.pop("scanner", None)


def uploaded(session, town):
    address = f"/documents/of/{town.oak.ref}/accounts"
    assert send(town.by(town.ben), address, {"file": a_file()}).status_code == 302
    session.expire_all()
    return session.query(DocumentVersion).one()


def test_the_worker_scans_what_was_uploaded(session, town):
    version = uploaded(session, town)
    queue.run_all(town.now)
    session.refresh(version.file)
    assert version.file.scan is ScanStage.CLEAN
    assert version.file.scanned_at == town.now
    assert session.query(Mail).count() == 0


def test_an_infected_file_is_refused_and_its_sender_told(session, town, scanner):
    version = uploaded(session, town)
    scanner(ScanStatus.INFECTED, "Worm-99")
    queue.run_all(town.now)
    session.refresh(version.file)
    assert version.file.scan is ScanStage.INFECTED
    mail = session.query(Mail).one()
    assert mail.address == town.ben.email
    assert "Worm-99" in mail.body
    page = town.by(town.ada).get(f"/documents/of/{town.oak.ref}/accounts")
    assert "Virus found" in page.text


def test_without_a_scanner_the_file_waits(session, town, scanner):
    version = uploaded(session, town)
    scanner(ScanStatus.UNAVAILABLE)
    queue.run_all(town.now)
    session.refresh(version.file)
    assert version.file.scan is ScanStage.WAITING
    job = session.query(Job).filter(Job.kind == "document:scan").one()
    assert (job.state, job.fault) == (JobState.WAITING, ScannerUnavailable.__name__)


def test_a_file_that_could_not_be_scanned_at_the_door_is_taken(session, town, scanner):
    scanner(ScanStatus.UNAVAILABLE)
    assert uploaded(session, town).file.scan is ScanStage.WAITING


def test_a_job_that_runs_twice_does_nothing(session, town):
    version = uploaded(session, town)
    queue.run_all(town.now)
    job = session.query(Job).filter(Job.kind == "document:scan").one()
    queue.again(job, now=town.now)
    session.commit()
    queue.run_all(town.now)
    session.expire_all()
    assert version.file.scan is ScanStage.CLEAN
    assert session.query(AuditEntry).filter_by(event="document:scanned").count() == 1


def test_the_trail_tells_no_type_of_a_sealed_file(session, town):
    a_document(town.oak, "self-cleaning-evidence", by=town.ada, bound_to="APP-11111-22222")
    session.commit()
    entry = session.query(AuditEntry).filter_by(event="document:uploaded").one()
    assert "self-cleaning" not in str(entry.detail)


def check_address(version):
    return f"/documents/versions/{version.ref}/check"


def test_a_commissioner_accepts(session, town):
    version = a_document(town.oak, by=town.ada)
    dev = town.by(town.dev)
    assert check_address(version) in dev.get("/documents/to-check").text
    answer = send(dev, check_address(version), {"outcome": "accepted", "reason": ""})
    assert answer.location == "/documents/to-check"
    session.refresh(version)
    assert (version.check, version.checked_by_id) == (CheckStage.ACCEPTED, town.dev.id)
    assert check_address(version) not in dev.get("/documents/to-check").text


def test_a_rejection_needs_a_reason_which_the_provider_reads(session, town):
    version = a_document(town.oak, by=town.ben)
    dev = town.by(town.dev)
    refused = send(dev, check_address(version), {"outcome": "rejected", "reason": ""})
    assert refused.status_code == 422
    assert "Say what is wrong" in refused.text
    answer = send(
        dev, check_address(version), {"outcome": "rejected", "reason": "Page 2 is missing"}
    )
    assert answer.status_code == 302
    page = town.by(town.ada).get(f"/documents/of/{town.oak.ref}/safeguarding-policy")
    assert "Page 2 is missing" in page.text
    mail = session.query(Mail).one()
    assert mail.address == town.ben.email
    assert "Page 2" not in mail.body


def test_a_rejected_file_can_be_sent_again(session, town):
    first = a_document(town.oak, by=town.ada, words="same", checked=CheckStage.REJECTED)
    second = a_document(town.oak, by=town.ada, words="same")
    assert second is not first


def test_a_second_click_on_a_check_is_harmless(session, town):
    version = a_document(town.oak, by=town.ada)
    dev = viewer(town.dev)
    for _ in range(2):
        actions.check(version, CheckStage.ACCEPTED, "", actor=dev, now=town.now)
    session.commit()
    assert session.query(AuditEntry).filter_by(event="document:checked").count() == 1


def test_only_the_newest_version_is_checked(session, town):
    first = a_document(town.oak, by=town.ada, words="one")
    a_document(town.oak, by=town.ada, words="two")
    with pytest.raises(RuleBroken, match="newer version"):
        actions.check(first, CheckStage.ACCEPTED, "", actor=viewer(town.dev), now=town.now)


def test_nothing_is_checked_before_its_scan(session, town):
    version = a_document(town.oak, by=town.ada, scanned=False)
    with pytest.raises(RuleBroken, match="checked for viruses"):
        actions.check(version, CheckStage.ACCEPTED, "", actor=viewer(town.dev), now=town.now)
    assert town.by(town.dev).get(check_address(version)).status_code == 409


def test_a_provider_checks_nothing(session, town):
    version = a_document(town.oak, by=town.ada)
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        actions.check(version, CheckStage.ACCEPTED, "", actor=viewer(town.ada), now=town.now)
    assert town.by(town.ada).get(check_address(version)).status_code == 403


def test_nobody_uploads_for_another_provider(session, town):
    staged = actions.stage_file(io.BytesIO(a_pdf()), "a.pdf")
    for stranger in (town.cyd, town.dev):
        with pytest.raises(RuleBroken) as refused:
            actions.add_version(
                town.oak, "accounts", "", staged, None, actor=viewer(stranger), now=town.now
            )
        assert refused.value.code == "document:upload-refused"


def test_an_unknown_type_is_refused(session, town):
    staged = actions.stage_file(io.BytesIO(a_pdf()), "a.pdf")
    with pytest.raises(RuleBroken) as refused:
        actions.add_version(
            town.oak, "love-letters", "", staged, None, actor=viewer(town.ada), now=town.now
        )
    assert refused.value.code == "document:unknown-type"
