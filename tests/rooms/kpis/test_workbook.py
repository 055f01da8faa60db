"""A return as a workbook: only its own comes back, cell by cell, all of it or nothing."""

import csv
import io
from html import unescape

import pytest

from portal import settings
from portal.db import db
from portal.kpis import actions_returns as actions, workbook
from portal.storage import FileRefused
from scoring.rules import RuleBroken
from tests.client import HygieneClient
from tests.factories.kpis import AFTER, PLANS, STAFF, a_kpi_set, a_plan, returns_of, told
from tests.factories.people import as_person
from tests.factories.providers import a_provider, a_provider_admin, an_administering_viewer


@pytest.fixture
def oak(session):
    return a_provider("Oak House")


@pytest.fixture
def one(oak):
    return returns_of(a_plan(oak, now=AFTER))[0]


def filled(one, **cells):
    """The workbook of a return as CSV saved from it, with some cells written over (`E6="7"`)."""
    lines = workbook.read(workbook.workbook(one))
    rows = [[] for _ in range(max(at for at, _ in lines))]
    for at, line in lines:
        rows[at - 1] = list(line)
    for name, text in cells.items():
        row = rows[int(name[1:]) - 1]
        row += [""] * (7 - len(row))
        row["ABCDEFG".index(name[0])] = text
    out = io.StringIO()
    csv.writer(out).writerows(row or [""] for row in rows)
    return out.getvalue().encode()


def compared(one, content):
    return workbook.compare(one, workbook.read(content), content)


def test_a_workbook_that_comes_back_untouched_changes_nothing(oak, one):
    ada = an_administering_viewer(oak)
    actions.save_figures(one, {"plans": told(9, 10, "=1+1")}, actor=ada, now=AFTER)
    found = compared(one, workbook.workbook(one))
    assert (found.changes, found.faults, found.same) == ([], [], 2)


def test_what_was_written_is_compared_and_taken_whole(oak, one):
    ada = an_administering_viewer(oak)
    found = compared(one, filled(one, E6="1,009.00", F6="1200", G6="@Good", E7="8", F7="8"))
    assert found.faults == []
    rows = [row.values for row in found.changes]
    assert workbook.words_of(one, rows[0]) == [
        "Plans in time",
        "– of –",
        "1,009 of 1,200 (@Good)",
    ]
    assert actions.take_workbook(one, rows, found.sha256, actor=ada, now=AFTER) == 2
    assert one.figure("staff").given == (8, 8)
    with pytest.raises(RuleBroken) as refused:
        actions.take_workbook(one, rows, found.sha256, actor=ada, now=AFTER)
    assert refused.value.code == "kpi:changed-since"


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        ({"E6": "nine"}, "E6"),
        ({"E6": "-1"}, "E6"),
        ({"E6": "1e3"}, "E6"),
        ({"E6": "1.999"}, "E6"),
        ({"E6": "1.5", "F6": "4"}, "E6"),
        ({"E6": "1", "F6": "4.5"}, "F6"),
        ({"F6": "99999999999"}, "F6"),
        ({"E6": "11", "F6": "10"}, "E6"),
        ({"F6": "10"}, "E6"),
        ({"E6": "3", "F6": "0"}, "E6"),
        ({"G6": "x" * 2001}, "G6"),
        ({"A7": "plans"}, "A7"),
        ({"A7": "other"}, "A7"),
    ],
)
def test_a_cell_that_is_wrong_is_named(one, cells, cell):
    assert cell in {fault.cell for fault in compared(one, filled(one, **cells)).faults}


def test_a_kpi_without_denominator(oak, session):
    count = PLANS | {"key": "count", "unit": "number", "denominator": "", "level": "organisation"}
    one = returns_of(a_plan(oak, kpi_set=a_kpi_set(count, STAFF), now=AFTER))[0]
    assert [fault.cell for fault in compared(one, filled(one, E6="3", F6="4")).faults] == ["F6"]
    assert compared(one, filled(one, E6="3")).faults == []


def test_the_workbook_of_something_else_is_refused(oak, one):
    def code(content):
        with pytest.raises(FileRefused) as refused:
            compared(one, content)
        return refused.value.code

    running = returns_of(one.plan)[1]
    assert code(workbook.workbook(running)) == "kpi-book:period"
    other = returns_of(a_plan(a_provider(), kpi_set=one.kpi_set, now=AFTER))[0]
    assert code(workbook.workbook(other)) == "kpi-book:return"
    assert code(filled(one, D2="version 2")) == "kpi-book:version"
    assert code(filled(one, A2="Other")) == "kpi-book:not-ours"
    assert code(filled(one, E5="Top")) == "kpi-book:headings"
    assert code(b"a,b\n1,2\n") == "kpi-book:not-ours"


def test_the_pages(app, oak, one, monkeypatch):
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    app.config["CLOCK"] = lambda: AFTER
    ada = as_person(app.test_client(), a_provider_admin(oak))
    address = f"/kpis/returns/{one.ref}"
    assert ada.get(f"{address}/workbook.xlsx").data.startswith(b"PK")

    def sent(content, **more):
        file = (io.BytesIO(content), "figures.csv")
        return ada.sends(ada.page(f"{address}/upload"), {"file": file}, button="Upload", **more)

    bad = sent(filled(one, E6="11", F6="10"), status=422)
    assert "cannot be more than" in unescape(bad.text)
    db.session.expire_all()
    assert one.figures == []
    shown = sent(filled(one, E6="9", F6="10"), to=f"{address}/upload/*")
    assert "9 of 10" in shown.text
    ada.sends(shown, {}, button="Take this figure", to=address)
    db.session.expire_all()
    assert one.figure("plans").given == (9, 10)
    same = sent(filled(one), status=200)
    assert "nothing to take" in same.text
    other = as_person(app.test_client(), a_provider_admin(a_provider()))
    other.page(f"{address}/upload", status=404)


def test_a_workbook_that_is_larger_than_the_installation_takes_is_not_read(
    app, oak, one, monkeypatch
):
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    app.config["CLOCK"] = lambda: AFTER
    settings.change("upload_megabytes", 1)
    ada = as_person(app.test_client(), a_provider_admin(oak))
    shown = ada.page(f"/kpis/returns/{one.ref}/upload")
    file = (io.BytesIO(filled(one, E6="9", F6="10") + b"\n" * 1024 * 1024), "figures.csv")
    answer = ada.sends(shown, {"file": file}, button="Upload", status=422)
    assert "This file is larger than 1 MB. Upload a smaller file." in answer.text
