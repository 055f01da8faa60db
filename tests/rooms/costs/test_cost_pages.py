"""Placements and costs in the browser: bring files in, read a report, follow a figure to its spells."""

import csv
import io
from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from portal import queue, settings
from portal.access import Role
from portal.audit import AuditEntry, Event, verify
from portal.costs.models import (
    ColumnMapping,
    CostImport,
    EpisodeRow,
    ImportStage,
    LedgerEntry,
)
from portal.db import db
from portal.storage import get_store
from tests.factories.contracts import a_finance_officer
from tests.factories.people import a_viewer
from tests.factories.placements import NOW, a_costing_council, a_ledger, bring_in
from tests.factories.rounds import an_officer, at

ADDRESS = "/costs/imports"
NUMBER = "4711007"
ROWS = (
    f"P1,{NUMBER},Oak House,IFA,01/04/2025,01/04/2026,700.00",
    "P2,4711008,In house,In-house fostering,2025-04-01,2026-04-01,350.00",
    "P3,4711009,Elm House,Space hotel,2025-04-01,,900.00",
)


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def send(client, *files, **more):
    """Send files; the page that follows."""
    shown = client.page(ADDRESS)
    uploads = [(io.BytesIO(_bytes(content)), name) for name, content in files]
    client.sends(shown, {"files": uploads, **more}, button="Check the files", to=f"{ADDRESS}/*")


def _bytes(content):
    return content.encode() if isinstance(content, str) else content


def newest():
    return db.session.scalars(select(CostImport).order_by(CostImport.id.desc())).first()


def looked_at(client, *files, **more):
    """The preview of files, after a worker has checked them."""
    send(client, *files, **more)
    queue.run_all(NOW)
    return client.page(f"{ADDRESS}/{newest().batch}")


@pytest.fixture
def luton(session):
    return a_costing_council()


def test_a_ledger_is_looked_at_and_taken(luton, by):
    client = by(a_finance_officer())
    preview = looked_at(client, ("ledger.csv", a_ledger(*ROWS)))
    said = words(preview)
    assert "3 new" in said
    assert "they go under “Other”: Space hotel (1)." in said
    assert "Nothing counts yet." in said
    assert NUMBER not in preview.text
    after = client.sends(preview, button="Take 3 new rows", to="/costs")
    assert "3 rows count now." in words(after)
    shown = words(client.page("/costs/reports/unit-costs?council=luton"))
    assert "£650.00" in shown  # 700, 350 and 900 in equal parts
    assert "Published: projected from Period 3" in shown
    assert "does not reconcile" in shown
    assert "365 ÷ 7 is £15,289,120, and the total says £13,840,152" in shown
    assert list(verify()) == []


def test_no_number_lies_on_a_disk_or_in_a_table(luton, by, app, caplog, monkeypatch):
    from werkzeug import formparser

    monkeypatch.setattr(formparser, "default_stream_factory", _no_files)
    client = by(a_finance_officer())
    before = laid_aside()
    many = [f"P{at},{NUMBER}{at},{'Oak House ' * 9},IFA,01/04/2025,,7.00" for at in range(5000)]
    send(client, ("ledger.csv", a_ledger(*many)))
    (aside,) = laid_aside() - before
    with get_store("imports").open(aside) as file:
        assert NUMBER.encode() not in file.read()
    queue.run_all(NOW)
    assert newest().stage is ImportStage.CHECKED
    assert laid_aside() == before
    assert NUMBER not in caplog.text


def test_a_council_may_take_smaller_files_than_the_portal_could(luton, by):
    """The setting holds for each of several files, and the page says it beforehand."""
    settings.change("upload_megabytes", 1)
    client, before = by(a_finance_officer()), laid_aside()
    large = ("large.csv", a_ledger(*ROWS) + "\n" * 1024 * 1024)
    for files in ([large], [("ledger.csv", a_ledger(*ROWS)), large]):
        shown = client.page(ADDRESS)
        assert 'data-most-bytes="1048576"' in shown.text
        uploads = [(io.BytesIO(_bytes(content)), name) for name, content in files]
        answer = client.sends(shown, {"files": uploads}, button="Check the files", status=422)
        assert "This file is larger than 1 MB. Upload a smaller file." in words(answer)
    assert newest() is None
    assert laid_aside() == before


def laid_aside():
    """The files that wait to be looked at; other tests may have left some of theirs."""
    return {one.sha256 for one in get_store("imports").iterate()}


def _no_files(*_args, **_more):
    raise AssertionError("an upload was laid into a folder")


def test_a_row_is_refused_by_line_and_column_and_no_number_is_repeated(luton, by):
    client = by(a_finance_officer())
    preview = looked_at(
        client,
        (
            "ledger.csv",
            a_ledger(
                ROWS[0],
                f"P7,{NUMBER},Oak House,IFA,31/02/2025,,700.00",
                f"P8,{NUMBER},Oak House,IFA,01/05/2025,01/04/2025,700.00",
                "P9,,Oak House,IFA,01/05/2025,,700.00",
            ),
        ),
    )
    assert "3 refused" in words(preview)
    link = html.document_fromstring(preview.text).xpath(
        "//a[contains(@href, 'rejected.csv')]/@href"
    )
    lines = list(csv.reader(io.StringIO(client.get(link[0]).data.decode("utf-8-sig"))))
    told = {(line[0], line[1]): line[3] for line in lines[1:4]}
    assert told["3", "Start"].startswith("There is no such day")
    assert told["4", "End"] == "It ends before it begins."
    assert told["5", "Child"] == "This cell is empty."
    assert NUMBER not in str(lines)


def test_other_headings_are_asked_once_and_remembered(luton, by):
    client = by(a_finance_officer())
    other = "Vertrag,Kind,Wer,Was,Von,Bis,Preis\n" + ROWS[0] + "\n"
    send(client, ("own.csv", other))
    asked = db.session.scalars(select(ColumnMapping)).one()
    page = client.page(f"{ADDRESS}/columns/{asked.ref}")
    names = ("placement_ref", "child", "provider", "placement_type", "start", "end", "weekly_cost")
    chosen = dict(zip(names, other.split("\n")[0].split(","), strict=True))
    client.sends(page, chosen, button="Remember the columns", to=ADDRESS)
    assert "1 new" in words(looked_at(client, ("own.csv", other)))
    by(a_finance_officer("bedford-borough")).page(f"{ADDRESS}/columns/{asked.ref}", status=404)


def test_nobody_else_comes_near_the_files(luton, by):
    (one,) = bring_in(luton, ("ledger.csv", a_ledger(*ROWS)))
    stranger = by(a_finance_officer("bedford-borough"))
    for path in (f"{ADDRESS}/{one.batch}", f"{ADDRESS}/{one.batch}/{one.ref}/take-back"):
        stranger.page(path, status=404)
    stranger.page("/costs/reports/unit-costs?council=luton", status=404)
    stranger.page("/costs/spells?council=luton&year=2025/26&type=ifa", status=404)
    officer = by(an_officer())
    officer.page(ADDRESS, status=403)
    officer.page("/costs/spells?council=luton&year=2025/26&type=ifa", status=403)
    for role in (Role.EVALUATOR, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR):
        by(a_viewer(role)).page("/costs", status=403)


def test_a_commissioner_sees_no_small_number_in_page_or_file(luton, by):
    bring_in(luton, ("ledger.csv", a_ledger(*ROWS)))
    officer = by(an_officer())
    shown = words(officer.page("/costs/reports/unit-costs"))
    assert "Numbers of 1 to 4 children are hidden" in shown
    for figure in ("£650.00", "£350.00", "£700.00"):
        assert figure not in shown
    for name in ("unit-costs", "unit-costs-detail"):
        said = officer.get(f"/costs/reports/unit-costs/{name}.csv").data.decode("utf-8-sig")
        assert "hidden" in said
        assert "650.00" not in said
        assert "350.00" not in said
    officer.page("/costs/reports/unit-costs/bridge.csv", status=404)


def test_a_figure_leads_to_its_spells_and_they_add_up(luton, by):
    bring_in(luton, ("ledger.csv", a_ledger(*ROWS)))
    client = by(a_finance_officer())
    report = client.page("/costs/reports/unit-costs")
    links = html.document_fromstring(report.text).xpath("//td//a[contains(@href,'type=ifa')]/@href")
    behind = words(client.page(links[0]))
    assert "Oak House" in behind
    assert "365 child-days" in behind
    assert "£36,500.00 cost" in behind  # 700.00 × 365 ÷ 7
    assert NUMBER not in behind
    file = client.get("/costs/spells.csv?year=2025/26&type=overall").data.decode("utf-8-sig")
    assert '"Total"' in file


def test_a_file_that_was_wrong_is_taken_back(luton, by):
    (one,) = bring_in(luton, ("ledger.csv", a_ledger(*ROWS)))
    client = by(a_finance_officer())
    asked = client.page(f"{ADDRESS}/{one.batch}/{one.ref}/take-back")
    client.sends(asked, button="Take the file back", to=ADDRESS)
    assert db.session.scalars(select(LedgerEntry)).all() == []
    assert "Nothing is brought in yet" in words(client.page("/costs"))
    events = db.session.scalars(select(AuditEntry.event)).all()
    assert {Event.COSTS_TAKEN.value, Event.COSTS_TAKEN_BACK.value} <= set(events)


def test_files_that_nobody_wants_are_thrown_away_after_a_question(luton, by):
    client = by(a_finance_officer())
    preview = looked_at(client, ("ledger.csv", a_ledger(*ROWS)))
    assert "Throw the file away" in words(preview)
    address = f"{ADDRESS}/{newest().batch}/discard"
    by(a_finance_officer("bedford-borough")).page(address, status=404)
    asked = client.page(address)
    assert "ledger.csv: nothing of it counts yet" in words(asked)
    assert db.session.scalars(select(LedgerEntry)).all() != []
    after = client.sends(asked, button="Throw away", to=ADDRESS)
    assert "Thrown away, and nothing of it counts: ledger.csv." in words(after)
    assert db.session.scalars(select(LedgerEntry)).all() == []
    assert newest().stage is ImportStage.DISCARDED
    client.goes(address, to=f"{ADDRESS}/*")


def test_files_that_nobody_took_are_forgotten_after_a_day(luton, by, app):
    client = by(a_finance_officer())
    looked_at(client, ("ledger.csv", a_ledger(*ROWS)))
    first = newest()
    at(app, NOW + timedelta(hours=30))
    send(by(a_finance_officer()), ("other.csv", a_ledger(ROWS[1])))
    db.session.refresh(first)
    assert first.stage is ImportStage.DISCARDED


def test_a_control_total_says_whether_the_ledger_reconciles(luton, by):
    client = by(a_finance_officer())
    preview = looked_at(
        client,
        ("ledger.csv", a_ledger(ROWS[0])),
        control_year="2025/26",
        control_total="36,499.99",
    )
    assert "the rows come to £36,500.00, a difference of £0.01." in words(preview)


def test_excel_holds_numbers_and_no_formula(luton, by):
    import python_calamine

    bring_in(luton, ("l.csv", a_ledger("=1+1,17,=Oak,IFA,2025-04-01,2026-04-01,700.00")))
    client = by(a_finance_officer())
    made = client.get("/costs/spells.xlsx?year=2025/26&type=ifa").data
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0)
    row = rows.to_python()[1]
    assert row[1:3] == ["=1+1", "=Oak"]
    assert (row[6], row[7], row[9]) == (365.0, 700.0, 36500.0)
    assert row[4] == date(2025, 4, 1)


def test_the_command_imports_and_reports_the_same(luton, app, tmp_path):
    file = tmp_path / "ledger.csv"
    file.write_text(a_ledger(*ROWS, "P9,,x,IFA,2025-04-01,,1.00"))
    runner = app.test_cli_runner()
    refused = tmp_path / "refused.csv"
    done = runner.invoke(
        args=["costs", "import", str(file), "--council", "luton", "--rejected", str(refused)]
    )
    assert "3 rows count now." in done.output
    assert "This cell is empty." in refused.read_text(encoding="utf-8-sig")
    again = runner.invoke(args=["costs", "import", str(file), "--council", "luton"])
    assert "Nothing was taken." in again.output
    told = runner.invoke(args=["costs", "report", "unit-costs", "--council", "luton"])
    assert "650.00" in told.output
    nobody = runner.invoke(args=["costs", "report", "unit-costs", "--council", "nowhere"])
    assert nobody.exit_code == 1
    assert "There is no council nowhere." in nobody.output


POSTCODES = """pcds,oseast1m,osnrth1m,oslaua
LU1 2BQ,509100,221300,E06000032
SG18 8AA,519000,244400,E06000056
AL1 1AA,514700,250000,E10000015
GIR 0AA,,,
"""
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    "1,01/04/2025,S,C2,N1,U4,PR4,,,,LU1 2BQ,SG188AA,\n"
    "2,01/04/2025,S,C2,N1,U4,PR4,,,,LU1 2BQ,lu1 2bq,\n"
    "3,01/04/2025,S,C2,N1,K2,PR4,,,,LU1 2BQ,ZZ1 1ZZ,\n"
)


def test_postcodes_become_a_distance_and_are_gone(luton, by, app, tmp_path):
    where, episodes = tmp_path / "onspd.csv", tmp_path / "903.csv"
    where.write_text(POSTCODES)
    episodes.write_text(EPISODES)
    runner = app.test_cli_runner()
    assert (
        "3 postcodes have a place" in runner.invoke(args=["costs", "postcodes", str(where)]).output
    )
    runner.invoke(args=["costs", "import", str(episodes), "--council", "luton"])
    rows = db.session.execute(
        select(EpisodeRow.distance_tenths, EpisodeRow.outside).order_by(EpisodeRow.line)
    ).all()
    assert [tuple(row) for row in rows] == [(156, True), (0, False), (None, None)]
    told = runner.invoke(args=["costs", "report", "distance", "--council", "luton"]).output
    assert '"2025/26","External",2,0,1,0.0,1,1,50.0' in told


def test_what_if_starts_from_a_year_that_is_over(luton, by):
    bring_in(luton, ("ledger.csv", a_ledger(*ROWS[:2])))
    client = by(a_finance_officer())
    said = words(client.page("/costs/what-if?year=2025/26&uplift=10&moved=1&leaving=ifa&void=0"))
    assert "£54,750.00" in said  # (700 + 350) × 365 ÷ 7
    assert "+£3,650.00" in said
    assert "−£21,900.00" in said  # (350 − 770) × 365 ÷ 7
    wrong = client.page("/costs/what-if?year=2025/26&uplift=lots&moved=1", status=422)
    assert "must be a percentage" in words(wrong)
    assert "No year to try it on" in words(by(an_officer()).page("/costs/what-if"))


def test_rows_that_overlap_are_named_by_their_providers_in_words(luton, by):
    client = by(a_finance_officer())
    rows = [
        f"P{at},{NUMBER},Oak House,IFA,2025-04-{at:02d},2025-06-01,700.00" for at in range(1, 9)
    ]
    preview = looked_at(client, ("ledger.csv", a_ledger(*rows)))
    said = words(preview)
    assert "28 pairs of rows overlap" in said
    assert "Ledger, Oak House" in said
    assert "('" not in said
    assert "The first 20 of 28 pairs." in said


def test_what_is_said_of_a_return_holds_for_all_that_came_with_it(luton, by):
    client = by(a_finance_officer())
    headers = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,02/04/2011,,,,\n"
    alone = words(looked_at(client, ("2026.csv", EPISODES)))
    assert "3 children have no month of birth yet: bring in the headers too." in alone
    both = looked_at(client, ("2026.csv", EPISODES), ("h.csv", headers))
    assert "no month of birth without the headers that came with this file." in words(both)
    client.sends(both, button="Take 4 new rows", to="/costs")
    again = words(looked_at(client, ("2026.csv", EPISODES)))
    assert "The very same file was taken on 3 May 2027." in again
    assert "There is nothing new in these files." in again
    assert "There is a return of this year already" not in again


def test_refused_rows_of_several_files_are_one_table_for_the_command(luton, app, tmp_path):
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for number, file in enumerate(files):
        file.write_text(a_ledger(ROWS[number], f"P9{number},,x,IFA,2025-04-01,,1.00"))
    refused = tmp_path / "refused.csv"
    names = [str(file) for file in files]
    args = ["costs", "import", *names, "--council", "luton", "--rejected", str(refused)]
    app.test_cli_runner().invoke(args=args)
    rows = list(csv.reader(refused.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["File", "Line", "Column", "What it says", "Why it is refused"]
    assert [row[:3] for row in rows[1:]] == [["a.csv", "3", "Child"], ["b.csv", "3", "Child"]]


def test_a_change_beside_a_published_year_says_what_it_is_measured_from(luton, by):
    """Figure 10 ends with 2021/22; what was computed of that year is another figure."""
    days = "2021-06-01,2023-02-01"
    bring_in(luton, ("ledger.csv", a_ledger(f"P1,17,Oak House,IFA,{days},700.00")))
    client = by(a_finance_officer())
    address = "/costs/reports/unit-costs?council=luton&from_year=2022/23"
    said = "The change of 2022/23 is on the figures computed for 2021/22"
    assert said in words(client.page(address))
    assert said not in words(client.page(address.replace("2022/23", "2021/22")))
