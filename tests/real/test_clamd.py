"""A real virus scanner: a file is opened by nobody until it was found clean, whatever happens to it."""

import io
import zipfile
from datetime import timedelta

import pytest

from portal import queue
from portal.documents import actions, scans
from portal.documents.models import DocumentVersion
from portal.mail import Mail
from portal.queue import Job, JobState
from portal.scanning import ScanStatus
from portal.scanning_clamd import Clamd, ClamdScanner
from portal.storage import FileRefused
from scoring.stages import ScanStage
from tests.client import HygieneClient
from tests.factories.documents import a_file, a_pdf
from tests.factories.people import as_person
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import PREPARED, at, shipped_content
from tests.factories.sending import send
from tests.servers.clamd import EICAR, WORM


def zipped(content, times=1):
    for _ in range(times):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inside.txt", content)
        content = file.getvalue()
    return content


def said(server, content):
    result = Clamd(server.address).scan(io.BytesIO(content))
    return result.status, result.signature


@pytest.mark.parametrize(
    ("content", "signature"),
    [
        (EICAR, "Portal.Eicar.UNOFFICIAL"),
        (zipped(EICAR), "Portal.Eicar.UNOFFICIAL"),
        (zipped(WORM, times=3), "Portal.Worm.UNOFFICIAL"),
        (a_pdf("x" * 5_000_000) + WORM, "Portal.Worm.UNOFFICIAL"),
    ],
    ids=["bare", "zipped", "zipped three times", "at the end of a long file"],
)
def test_a_virus_is_found_wherever_it_is(clamd_server, content, signature):
    assert said(clamd_server, content) == (ScanStatus.INFECTED, signature)


def test_a_clean_file_is_clean_and_the_stream_stands_at_its_start(clamd_server):
    stream = io.BytesIO(a_pdf("clean" * 500_000))
    assert Clamd(clamd_server.address).scan(stream).is_clean
    assert stream.tell() == 0


def test_what_is_too_long_for_it_was_not_looked_at(clamd_server):
    assert said(clamd_server, bytes(31 * 1024 * 1024))[0] is ScanStatus.UNAVAILABLE


@pytest.mark.parametrize("address", ["unix:/nowhere/clamd.sock", "tcp:127.0.0.1:1"])
def test_nobody_there_means_nobody_looked(address):
    assert Clamd(address).scan(io.BytesIO(b"x")).status is ScanStatus.UNAVAILABLE
    assert not Clamd(address).is_there()


@pytest.mark.parametrize("address", ["", "clamd", "http://x", "unix:"])
def test_an_address_that_is_none_is_refused_at_the_start(address):
    with pytest.raises(ValueError, match="unix:/path"):
        Clamd(address)


@pytest.fixture
def oak(app, session, clamd_server, monkeypatch):
    """A provider of an installation with clamd."""
    at(app, PREPARED)
    monkeypatch.setitem(app.config, "CLAMD", clamd_server.address)
    app.extensions.pop("scanner", None)
    shipped_content()
    oak = a_provider("Oak House")
    oak.ada = a_provider_admin(oak, name="Ada Ash")
    session.commit()
    oak.browser = as_person(HygieneClient(app, app.response_class), oak.ada)
    oak.page = f"/documents/of/{oak.ref}/accounts"
    yield oak
    app.extensions.pop("scanner", None)


def test_a_virus_is_turned_away_at_the_door(oak, session):
    for content in (a_pdf("x") + EICAR, a_pdf("x") + WORM):
        answer = send(oak.browser, oak.page, {"file": a_file("a.pdf", content)})
        assert answer.status_code == 422
        assert "so it was not kept" in answer.text
    assert session.query(DocumentVersion).count() == 0


def test_clamd_away_uploads_wait_visibly_and_are_scanned_when_it_is_back(
    app, oak, session, clamd_server
):
    clamd_server.end()
    try:
        assert send(oak.browser, oak.page, {"file": a_file("a.pdf")}).status_code == 302
        worm = {"file": a_file("b.pdf", a_pdf("worm") + WORM)}
        assert send(oak.browser, oak.page, worm).status_code == 302
        clean, infected = session.query(DocumentVersion).order_by(DocumentVersion.id)
        now = PREPARED
        for _ in range(20):  # however long it lasts, no try is the last one
            queue.run_all(now)
            now += timedelta(minutes=2)
        jobs = session.query(Job).filter(Job.kind == actions.SCAN_JOB).all()
        assert {(job.state, job.fault) for job in jobs} == {
            (JobState.WAITING, "ScannerUnavailable")
        }
        assert scans.waiting().number == 2
        page = oak.browser.get(oak.page).text
        assert "The virus check is not running at the moment" in page
        for version in (clean, infected):
            session.refresh(version.file)
            assert version.file.scan is ScanStage.WAITING
            address = f"/documents/versions/{version.ref}/file"
            assert oak.browser.get(address).status_code == 409
    finally:
        clamd_server.begin()
    app.extensions["scanner"] = ClamdScanner(clamd_server.address)
    queue.run_all(now)
    for version in (clean, infected):
        session.refresh(version.file)
    assert (clean.file.scan, infected.file.scan) == (ScanStage.CLEAN, ScanStage.INFECTED)
    assert oak.browser.get(f"/documents/versions/{clean.ref}/file").status_code == 200
    assert oak.browser.get(f"/documents/versions/{infected.ref}/file").status_code == 409
    (mail,) = session.query(Mail)
    assert (mail.address, "Portal.Worm" in mail.body) == (oak.ada.email, True)
    assert scans.waiting().number == 0
    assert "not running at the moment" not in oak.browser.get(oak.page).text


def test_the_door_says_what_was_found(app, oak):
    with pytest.raises(FileRefused, match=r"Portal\.Worm"):
        actions.stage_file(io.BytesIO(a_pdf("x") + WORM), "x.pdf")
