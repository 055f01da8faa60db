"""Rows without files, files without rows, and files that are not what they were."""

import io
import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from portal.documents.actions import stage_file
from portal.keeping import checking
from portal.keeping.checking import Problem, check
from portal.storage import get_store
from tests.factories.documents import a_document, a_pdf

NOW = datetime.now(UTC)  # files have the machine's time
LATER = NOW + timedelta(days=2)  # every file that a test stores is old by then


def path_of(version):
    store = get_store()
    return store.folder / version.file.sha256[:2] / version.file.sha256


def found(**how):
    return [(one.problem, one.sha256, one.mended) for one in check(LATER, **how).findings]


def test_rows_and_files_that_fit(home):
    report = check(LATER)
    assert (report.rows, report.files, report.findings) == (2, 2, ())
    assert home.run(args=["storage", "check"]).exit_code == 0


def test_a_row_without_its_file_is_named_and_comes_back_when_it_was_set_aside(home):
    lost = home.documents[0]
    get_store().set_aside(lost.file.sha256, before=LATER)
    assert found() == [(Problem.NO_FILE, lost.file.sha256, False)]
    said = home.run(args=["storage", "check", "--json"])
    told = json.loads(said.output)
    assert (said.exit_code, told["left"]) == (1, 1)
    assert told["findings"][0]["rows"] == [f"stored_file {lost.file.ref}"]
    assert found(mend=True) == [(Problem.NO_FILE, lost.file.sha256, True)]
    assert found() == []


def test_what_is_lost_for_good_is_said_and_not_hidden(home):
    get_store().delete(home.documents[0].file.sha256)
    assert found(mend=True) == [(Problem.NO_FILE, home.documents[0].file.sha256, False)]
    assert "1 to mend" in home.run(args=["storage", "check", "--mend"]).output


def test_a_changed_file_is_found_by_its_content(home):
    path = path_of(home.documents[0])
    path.write_bytes(b"x" * path.stat().st_size)  # the size alone tells nothing
    assert found(quick=True) == []
    assert found() == [(Problem.CHANGED, home.documents[0].file.sha256, False)]


def test_a_shorter_file_is_found_without_reading(home):
    path_of(home.documents[0]).write_bytes(b"short")
    assert found(quick=True) == [(Problem.CHANGED, home.documents[0].file.sha256, False)]


def test_a_file_without_a_row_is_set_aside_when_its_row_cannot_follow_any_more(home):
    staged = stage_file(io.BytesIO(a_pdf("three")), "three.pdf")
    report = check(NOW)
    assert (report.on_their_way, report.findings) == (1, ())
    assert found() == [(Problem.NO_ROW, staged.sha256, False)]
    assert found(mend=True) == [(Problem.NO_ROW, staged.sha256, True)]
    assert not get_store().exists(staged.sha256)
    assert get_store().recover(staged.sha256)


def test_a_file_that_is_sent_again_while_it_is_set_aside_stays(home, session, monkeypatch):
    staged = stage_file(io.BytesIO(a_pdf("three")), "three.pdf")
    path = get_store().folder / staged.sha256[:2] / staged.sha256
    long_ago = NOW.timestamp() - 9 * 86400
    os.utime(path, (long_ago, long_ago))
    rows = checking._rows

    def meanwhile():
        seen = rows()
        a_document(home.oak, by=home.ada, words="three")  # stores it again and writes its row
        get_store().put(io.BytesIO(a_pdf("three")))
        session.commit()
        return seen

    monkeypatch.setattr(checking, "_rows", meanwhile)
    (finding,) = check(NOW, mend=True).findings
    assert (finding.problem, finding.sha256, finding.mended) == (
        Problem.NO_ROW,
        staged.sha256,
        False,
    )
    assert get_store().exists(staged.sha256)


def test_a_store_that_is_away_is_no_finding(home, monkeypatch):
    from portal.storage import LocalStore, StoreAway

    def away(_store):
        raise StoreAway
        yield

    monkeypatch.setattr(LocalStore, "iterate", away)
    said = home.run(args=["storage", "check"])
    assert said.exit_code == 2
    assert "Try again" in said.output


@pytest.mark.parametrize("area", ["documents", "evidence"])
def test_each_area_is_looked_at(home, area):
    stray = get_store(area).put(io.BytesIO(b"stray"))
    assert found() == [(Problem.NO_ROW, stray.sha256, False)]
