"""Uploading: what is taken, what is turned away, and what the person reads then."""

import io
from datetime import date

import pytest

from portal import settings
from portal.days import today
from portal.documents import queries
from portal.documents.models import Document, DocumentVersion, StoredFile
from portal.storage import MAX_FILE_BYTES
from scoring.eligibility import DocumentState
from scoring.stages import ScanStage
from tests.factories.documents import EICAR, a_document, a_file, a_pdf, an_infected_pdf
from tests.factories.people import viewer
from tests.factories.providers import a_setting
from tests.factories.sending import form_on, send
from tests.reading import errors_of, page_of


def address(provider, type_key="safeguarding-policy"):
    return f"/documents/of/{provider.ref}/{type_key}"


def versions(session):
    return session.query(DocumentVersion).order_by(DocumentVersion.id).all()


def test_a_contributor_uploads_a_policy(session, town):
    client = town.by(town.ben)
    answer = send(client, address(town.oak), {"file": a_file("Our policy.pdf")})
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert "uploaded. It is being checked for viruses." in page.text
    assert "Our policy.pdf" in page.text
    assert "Being checked for viruses" in page.text
    [version] = versions(session)
    assert version.file.scan is ScanStage.WAITING
    assert version.document.title == "Safeguarding policy"
    assert version.uploaded_by_id == town.ben.id


def test_the_page_says_what_the_scanner_can_do(town):
    page = town.by(town.ada).get(address(town.oak))
    assert "test scanner only" in page.text


def test_old_versions_stay(session, town):
    first = a_document(town.oak, by=town.ada, words="one")
    second = a_document(town.oak, by=town.ada, words="two")
    assert (first.number, second.number) == (1, 2)
    assert first.document is second.document
    page = town.by(town.ada).get(address(town.oak))
    assert "Earlier versions" in page.text
    assert first.ref in page.text


def test_a_second_click_makes_no_second_version(session, town):
    client = town.by(town.ada)
    form = form_on(client, address(town.oak), ["file"])
    for _ in range(2):
        answer = send(client, address(town.oak), {"file": a_file("a.pdf")}, form=form)
        assert answer.status_code == 302
    assert len(versions(session)) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "This file is empty"),
        ("letter.pdf", b"just words", "The name ends in .pdf, but the file is something else"),
        ("page.html", b"<html>Hello</html>", "web page"),
        ("picture.pdf", b"GIF89a" + bytes(50), "GIF picture"),
        ("virus.com", EICAR, "Eicar-Test-Signature"),
        ("virus.pdf", an_infected_pdf(), "Eicar-Test-Signature"),
        ("cut.pdf", b"%PDF-1.7 and then nothing", "The end of this PDF is missing"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_beside_the_field(
    session, town, name, content, words
):
    client = town.by(town.ada)
    typed = {"file": a_file(name, content)}
    answer = send(client, address(town.oak), typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="file-error"' in answer.text
    assert versions(session) == []
    assert session.query(StoredFile).count() == 0


@pytest.mark.parametrize("end", [b"%%EOF", b""])  # a size is told before a missing end
def test_26_megabytes_are_refused_on_the_same_page_and_the_date_is_kept(session, town, end):
    client = town.by(town.ada)
    large = a_pdf() + bytes(26 * 1024 * 1024) + end
    assert len(large) > MAX_FILE_BYTES
    where = address(town.oak, "cyber-insurance")
    typed = {
        "file": (io.BytesIO(large), "large.pdf"),
        "valid_until_on-day": "31",
        "valid_until_on-month": "3",
        "valid_until_on-year": "2028",
    }
    answer = send(client, where, typed)
    assert answer.status_code == 422
    assert "larger than 25 MB" in answer.text
    assert 'value="2028"' in answer.text
    assert versions(session) == []


def test_what_is_too_large_to_be_read_at_all_leads_back_to_the_field(town):
    where = address(town.oak)
    client = town.by(town.ada)
    form = form_on(client, where, ["file"])
    typed = {"file": a_file("large.pdf", b"%PDF-1.7" + b"x" * MAX_FILE_BYTES * 2)}
    more = {"headers": {"Referer": f"http://localhost{where}"}}
    answer = send(client, where, typed, form=form, **more)
    assert answer.status_code == 413
    assert "A file can be up to 25 MB." in answer.text
    assert f'href="{where}"' in answer.text


def test_the_page_knows_the_limit_of_the_store(town):
    (field,) = page_of(town.by(town.ada).get(address(town.oak))).xpath("//input[@type='file']")
    assert int(field.get("data-most-bytes")) == MAX_FILE_BYTES


def test_a_council_may_take_less(session, town):
    """The setting holds at the door, and the page says it beforehand."""
    settings.change("upload_megabytes", 1)
    session.commit()
    client, where = town.by(town.ada), address(town.oak)
    shown = client.get(where)
    (field,) = page_of(shown).xpath("//input[@type='file']")
    assert int(field.get("data-most-bytes")) == 1024 * 1024
    assert "file of up to 1 MB." in shown.text
    large = a_file("large.pdf", a_pdf() + bytes(1024 * 1024) + b"%%EOF")
    answer = send(client, where, {"file": large})
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.text
    assert versions(session) == []


def test_no_file_is_said(town):
    answer = send(town.by(town.ada), address(town.oak), {"file": None})
    assert answer.status_code == 422
    assert "Choose a file" in answer.text


def test_a_missing_file_and_a_missing_day_are_told_together(town):
    where = address(town.oak, "public-liability-insurance")
    answer = send(town.by(town.ada), where, {"file": None})
    assert errors_of(answer) == [
        ("Choose a file", "#file"),
        ("Enter the last day on which it is valid.", "#valid_until_on-day"),
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (("31", "2", "2028"), "must be a real date"),
        (("31", "", "2028"), "must include a month"),
        (("", "", ""), "Enter the last day on which it is valid"),
        (("1", "1", "2027"), "ran out on 1 January 2027"),
    ],
)
def test_a_bad_date_is_said_beside_it(session, town, day, words):
    where = address(town.oak, "public-liability-insurance")
    typed = dict(zip(("day", "month", "year"), day, strict=True))
    answer = send(
        town.by(town.ada),
        where,
        {"file": a_file()} | {f"valid_until_on-{part}": text for part, text in typed.items()},
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert versions(session) == []


def test_today_is_a_valid_last_day(session, town):
    where = address(town.oak, "public-liability-insurance")
    day = today(town.now)
    typed = {
        "file": a_file(),
        "valid_until_on-day": str(day.day),
        "valid_until_on-month": str(day.month),
        "valid_until_on-year": str(day.year),
    }
    assert send(town.by(town.ada), where, typed).status_code == 302
    [version] = versions(session)
    assert queries.state_of(version, day) is DocumentState.WAITING_FOR_SCAN


def test_papers_of_homes_are_kept_for_each_home(session, town):
    client = town.by(town.ada)
    where = address(town.oak, "gas-safety-record")
    day = {
        "valid_until_on-day": "1",
        "valid_until_on-month": "9",
        "valid_until_on-year": "2027",
    }
    homes = [a_setting(town.oak, name) for name in ("High Street", "Low Street")]
    session.commit()
    for home in homes:
        sent = {"file": a_file(f"{home.name}.pdf"), "home": home.ref, **day}
        answer = send(client, where, sent)
        assert answer.status_code == 302, answer.text
    assert {one.setting_id for one in session.query(Document)} == {one.id for one in homes}
    for wrong in ("", a_setting(town.elm).ref):
        answer = send(client, where, {"file": a_file(), "home": wrong, **day})
        assert answer.status_code == 422
    assert session.query(Document).count() == 2


def test_a_type_that_there_is_not_is_not_found(town):
    assert town.by(town.ada).get(address(town.oak, "love-letters")).status_code == 404


def test_the_library_says_what_is_there_and_what_is_not(session, town):
    a_document(town.oak, "cyber-insurance", by=town.ada, valid_until_on=date(2027, 1, 30))
    lines = {
        line.type_key: line
        for line in queries.library(town.oak.id, viewer(town.ada), today(town.now))
    }
    assert lines["cyber-insurance"].state is DocumentState.WAITING_FOR_CHECK
    assert lines["cyber-insurance"].days_left == 10
    assert lines["accounts"].state is DocumentState.MISSING
    session.commit()
    page = town.by(town.ada).get(f"/documents/of/{town.oak.ref}")
    assert "Valid until the end of 30 January 2027 (10 days left)" in page.text
