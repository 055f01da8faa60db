"""Tables that somebody published: looked at, taken whole, shown beside our own figures."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal.costs import jobs
from portal.costs.published_tables import actions, shown as tables_shown
from portal.costs.published_tables.models import PublishedFigure, PublishedTable, TableStage
from portal.costs.published_tables.reading import Judged, from_bytes, value_of, year_of
from portal.db import db
from portal.storage import FileRefused
from scoring.rules import RuleBroken
from tests.factories.contracts import a_finance_officer
from tests.factories.placements import NOW, SYSTEM, a_costing_council, a_ledger, bring_in
from tests.factories.rounds import an_officer
from tests.rooms.costs.test_cost_pages import ROWS, words

HEAD = "Area,Placement type,Year,Figure,Unit,Value"
FILE = f"""{HEAD}
Luton,,2025/26,Average cost per week,£,"1,017.50"
Luton,IFA,202526,Average cost per week,£,..
England,,2025/26,Average cost per week,£,900
Luton,,someday,Average cost per week,£,900
Luton,,2025/26,Children,children,12
Luton,,2025/26,Children,children,13
""".encode()
ORIGIN = actions.Origin(
    "Spending on placements", "DfE, https://example.org/s251", "OGL v3.0", date(2026, 12, 1),
    "Overheads are left out.\nOne council told nothing.",
)  # fmt: skip


@pytest.fixture
def luton(session):
    council = a_costing_council()
    bring_in(council, ("ledger.csv", a_ledger(*ROWS[:2])))
    return council


def laid(council, content=FILE, actor=SYSTEM, **more):
    read = from_bytes(content, "s251.csv")
    return actions.lay_aside(
        council, ORIGIN, content, read, file_name="s251.csv", actor=actor, now=NOW, **more
    )


def test_figures_stand_beside_ours_with_source_and_faults(luton):
    one = laid(luton)
    judged = actions.judged_of(one)
    assert {(r.line, r.reason[:14]) for r in judged.rejected} == {
        (5, "Write a financ"), (7, "Line 6 has the"),
    }  # fmt: skip
    assert actions.take(one, actor=SYSTEM, now=NOW) == 4
    db.session.commit()
    table = tables_shown.beside(one, a_finance_officer())
    own, not_given, england, children = table.rows
    assert (own["value"], own["computed"]) == (1017.5, 525)
    assert not_given["value"] is tables_shown.NOT_GIVEN
    assert england["computed"] is tables_shown.NOT_APPLICABLE
    assert children["computed"] == 2
    assert "OGL v3.0" in table.source
    assert table.notes == [
        "Known of the published table: Overheads are left out.",
        "Known of the published table: One council told nothing.",
    ]
    reader = tables_shown.beside(one, an_officer())  # two children are few
    assert reader.rows[0]["computed"] is tables_shown.HIDDEN
    assert reader.rows[3]["computed"] is tables_shown.HIDDEN


def test_the_same_file_is_taken_once_and_goes_back_whole(luton):
    first, second = laid(luton), laid(luton)  # two people at once
    actions.take(first, actor=SYSTEM, now=NOW)
    with pytest.raises(RuleBroken) as refusal:
        actions.take(second, actor=SYSTEM, now=NOW)
    assert refusal.value.code == "table:same-file"
    with pytest.raises(RuleBroken) as refusal:
        laid(luton)
    assert refusal.value.code == "table:same-file"
    actions.take_back(first, actor=SYSTEM, now=NOW)
    assert db.session.scalar(select(func.count(PublishedFigure.id))) == 0
    assert actions.take(second, actor=SYSTEM, now=NOW) == 4
    with pytest.raises(RuleBroken) as refusal:
        actions.tell_columns(second, {}, actor=SYSTEM)
    assert refusal.value.code == "table:stage"


def test_a_draft_that_nobody_took_goes_after_a_day_and_what_was_taken_stays(luton):
    draft, kept = laid(luton), laid(luton, FILE + b"Luton,,2024/25,Children,children,9\n")
    actions.take(kept, actor=SYSTEM, now=NOW)
    jobs.sweep(NOW + timedelta(hours=24))
    assert draft.stage is TableStage.DRAFT
    jobs.sweep(NOW + timedelta(hours=24, seconds=1))
    assert (draft.stage, draft.cells) == (TableStage.TAKEN_BACK, [])
    assert kept.stage is TableStage.TAKEN


def test_strangers_and_readers_bring_nothing_in(luton):
    for actor in (an_officer(), a_finance_officer("bedford-borough")):
        with pytest.raises(RuleBroken) as refusal:
            laid(luton, actor=actor)
        assert refusal.value.code == "table:not-allowed"


def test_columns_are_told_once(luton):
    content = b"Wann,Wieviel\n2025/26,1\n"
    one = laid(luton, content)
    assert actions.judged_of(one).missing == ["Value", "Year", "Area", "Figure", "Unit"]
    for_all = {"area": "Luton", "figure": "Children", "unit": "children"}
    told = {"year": "Wann", "value": "Wieviel", "for_all": for_all}
    with pytest.raises(RuleBroken) as refusal:
        actions.tell_columns(one, told | {"type": "Wann"}, actor=SYSTEM)
    assert refusal.value.code == "table:heading-twice"
    actions.tell_columns(one, told, actor=SYSTEM)
    assert actions.take(one, actor=SYSTEM, now=NOW) == 1
    again = laid(luton, b"Wann,Wieviel\n2024/25,2\n")
    assert len(actions.judged_of(again).figures) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Year,Value,Value\n2025/26,1,2\n", "table:twice"),
        (b" \n", "file:empty"),
        (b'Year,Value\n2025/26,"1\n', "file:quotes"),
        (b"\xd0\xcf\x11\xe0 old office", "file:old"),
        (("Year,Value\n" + "2025/26,1\n" * 5001).encode(), "table:long"),
    ],
)
def test_what_is_no_such_table_is_refused(content, code):
    with pytest.raises(FileRefused) as refusal:
        from_bytes(content, "t.csv")
    assert refusal.value.code == code


def test_years_and_values_as_statistics_write_them():
    assert [year_of(text) for text in ("2023/24", "2023-24", "202324", "2024", "2024.0")] == [
        2023
    ] * 5
    for text in ("2023/25", "24", "soon", "3000"):
        with pytest.raises(ValueError, match="financial year"):
            year_of(text)
    assert [value_of(text) for text in ("£1,017.50", "-2", "..", "c", "", "0")] == [
        101750, -200, None, None, None, 0,
    ]  # fmt: skip
    for text in ("about 3", "1e99", "nan", "inf"):
        with pytest.raises(ValueError, match="no figure"):
            value_of(text)
    assert Judged(["Year"], [], {"year": "Year"}).missing == ["Value", "Area", "Figure", "Unit"]


def test_from_the_page_to_the_table_and_back(luton, by):
    client = by(a_finance_officer())
    asked = client.page("/costs/tables/new")
    preview = client.sends(
        asked,
        {
            "file": (io.BytesIO(FILE), "s251.csv"),
            "title": "Spending on placements",
            "source": "DfE",
            "licence": "OGL",
            "faults": "Overheads are left out",
            "published_on-day": "1",
            "published_on-month": "12",
            "published_on-year": "2026",
        },
        button="Look at the table",
        to="/costs/tables/*",
    )
    address = preview.request.path
    assert "4 figures" in words(preview)
    assert "someday" in client.get(f"{address}/rejected.csv").data.decode("utf-8-sig")
    client.page(f"{address}/columns")
    shown = client.sends(preview, button="Take 4 figures", to=address)
    assert "Overheads are left out" in words(shown)
    assert "525.00" in words(shown)
    assert "1,017.50" in client.get(f"{address}/figures.csv").data.decode("utf-8-sig").replace(
        "1017.50", "1,017.50"
    )
    assert "Spending on placements" in words(by(an_officer()).page("/costs/tables"))
    by(a_finance_officer("bedford-borough")).page(address, status=404)
    back = client.page(f"{address}/take-back")
    client.sends(back, button="Take back", to="/costs/tables")
    assert db.session.scalars(select(PublishedTable.stage)).one() is TableStage.TAKEN_BACK
    by(an_officer()).page(address, status=404)


def test_the_command_does_the_same(app, luton, tmp_path):
    file = tmp_path / "s251.csv"
    file.write_bytes(FILE)
    told = ["--council", "luton", "--title", "S251", "--source", "DfE", "--licence", "OGL"]
    command = [
        "costs",
        "import",
        "published-table",
        str(file),
        *told,
        "--published-on",
        "2026-10-01",
    ]
    runner = app.test_cli_runner()
    dry = runner.invoke(args=[*command, "--dry-run"])
    assert "4 figures, 2 rows refused" in dry.output
    assert "Nothing was taken" in dry.output
    done = runner.invoke(args=[*command, "--fault", "Overheads are left out"])
    assert "4 figures are shown now." in done.output, done.output
    assert "This file is here already" in runner.invoke(args=command).output
    ledger = tmp_path / "l.csv"
    ledger.write_text(a_ledger(ROWS[0]))
    old = runner.invoke(args=["costs", "import", str(ledger), "--council", "luton", "--dry-run"])
    assert "Nothing was taken" in old.output, old.output
