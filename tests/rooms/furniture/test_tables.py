"""The same figures on the page and in each file; nothing missing becomes a zero; no formula runs."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from markupsafe import escape
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from werkzeug.exceptions import NotFound

from portal.config import ROOT
from portal.tables import (
    NOT_APPLICABLE,
    NOT_GIVEN,
    Column,
    Table,
    csv_bytes,
    display,
    download,
    excel_bytes,
    file_name,
    pdf_bytes,
)

MONEY = Column("rate", "Weekly rate", "money", total=True)
COLUMNS = [
    Column("provider", "Provider"),
    MONEY,
    Column("children", "Children", "whole", total=True),
    Column("change", "Change", "percent", signed=True),
    Column("score", "Score", "number", decimals=1),
    Column("until", "Until", "date"),
    Column("sent", "Sent", "datetime"),
]
ROWS = [
    {
        "provider": "Bramble Homes",
        "rate": 123_456,
        "children": 1_200,
        "change": Fraction(1, 8),
        "score": Fraction(61, 20),
        "until": date(2027, 3, 31),
        "sent": datetime(2026, 7, 1, 11, 0, tzinfo=UTC),
    },
    {
        "provider": "Łąka & Co",
        "rate": Fraction(-100_001, 2),
        "children": 0,
        "change": Fraction(-1, 200),
        "score": 0,
        "until": date(1899, 1, 1),
        "sent": datetime(2026, 12, 1, 9, 5, tzinfo=UTC),
    },
    dict.fromkeys(("rate", "children", "change", "score", "until", "sent")) | {"provider": "Empty"},
]


@pytest.fixture
def table():
    return Table(
        key="rates",
        title="Rates of lot 1A",
        columns=COLUMNS,
        rows=ROWS,
        source="Bids of the round APL-2027",
        as_at=date(2026, 11, 22),
        filters={"Council": "Luton"},
        rules=["Quartiles stand between two rates in proportion."],
    )


@pytest.fixture
def portal():
    app = Flask("tables", template_folder=str(ROOT / "templates"))
    with app.app_context():
        yield app


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def read_excel(content, sheet=0):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()


# --- one figure ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "column", "shown"),
    [
        (123_456, MONEY, "£1,234.56"),
        (-5, MONEY, "−£0.05"),
        (Fraction(1, 2), MONEY, "£0.01"),  # half a penny goes up
        (Fraction(-1, 2), MONEY, "−£0.01"),  # and away from zero
        (Fraction(-1, 3), MONEY, "£0.00"),  # and is never minus nothing
        (0, MONEY, "£0.00"),
        (123_450, Column("x", "", "money", decimals=0), "£1,235"),
        (Fraction(345, 1000), Column("x", "", "percent"), "35%"),
        (Fraction(125, 1000), Column("x", "", "percent", signed=True, decimals=1), "+12.5%"),
        (Fraction(-4, 1000), Column("x", "", "percent", signed=True), "0%"),
        (1_234_567, Column("x", "", "whole"), "1,234,567"),
        (Fraction(7, 2), Column("x", "", "whole"), "4"),
        (Decimal("2.345"), Column("x", "", "number"), "2.35"),
        (date(2027, 3, 4), Column("x", "", "date"), "4 March 2027"),
        (
            datetime(2026, 7, 1, 11, 0, tzinfo=UTC),
            Column("x", "", "datetime"),
            "12 noon on 1 July 2026",
        ),
        (True, Column("x", ""), "Yes"),
        (None, MONEY, "–"),
        (NOT_APPLICABLE, MONEY, "n/a"),
    ],
)
def test_a_figure_is_rounded_once_and_dressed(value, column, shown):
    assert display(value, column) == shown


@pytest.mark.parametrize("value", [0.1, True, "12", float("nan")])
def test_what_is_not_exact_is_no_figure(value):
    with pytest.raises(TypeError, match="exact"):
        display(value, MONEY)


# --- the page -----------------------------------------------------------------------------


def test_a_page_gets_headings_and_cells(table):
    assert table.headers[1] == {"text": "Weekly rate", "numeric": True, "key": "rate", "hint": ""}
    first = table.body[0]
    assert [cell.text for cell in first] == [
        "Bramble Homes",
        "£1,234.56",
        "1,200",
        "+13%",
        "3.1",
        "31 March 2027",
        "12 noon on 1 July 2026",
    ]
    assert float(first[1].sort) == 123_456
    assert first[5].sort == "2027-03-31"


def test_missing_is_spoken_and_never_zero(table):
    for cell in table.body[2][1:]:
        assert cell.text == "–"
        assert cell.spoken == "not given"
        assert "0" not in str(escape(cell))
        assert '<span class="govuk-visually-hidden">not given</span>' in str(escape(cell))


def test_a_cell_is_safe_in_a_template():
    column = Column("name", "Name", link=lambda row: '/x?"onmouseover="y')
    table = Table("t", "T", [column], [{"name": "<script>alert(1)</script>"}])
    cell = str(escape(table.body[0][0]))
    assert "<script" not in cell
    assert '"onmouseover' not in cell
    assert cell.startswith('<a class="govuk-link" href="/x?')


def test_totals_are_exact_rounded_once_and_say_what_they_leave_out():
    halves = [{"name": name, "rate": Fraction(1, 2)} for name in "abc"] + [
        {"name": "d", "rate": None}
    ]
    table = Table("t", "T", [Column("name", "Name"), MONEY], halves)
    assert [row[1].text for row in table.body] == ["£0.01", "£0.01", "£0.01", "–"]
    assert [cell.text for cell in table.total] == ["Total", "£0.02"]
    assert ("Note", "The total of “Weekly rate” leaves out 1 that is missing.") in table.about


def test_a_total_of_nothing_given_is_missing_and_not_zero():
    table = Table("t", "T", [Column("name", "Name"), MONEY], [{"name": "a", "rate": None}])
    assert table.total[1].text == "–"
    assert Table("t", "T", [MONEY], []).total is None


def test_an_average_in_the_row_of_totals_is_handed_in():
    table = Table(
        "t",
        "T",
        [Column("name", "Name"), MONEY],
        ROWS_OF_TWO,
        total_row={"rate": 777},
        total_title="All",
    )
    assert [cell.text for cell in table.total] == ["All", "£7.77"]


ROWS_OF_TWO = [{"name": "a", "rate": 100}, {"name": "b", "rate": 200}]


def test_a_key_that_rows_do_not_know_is_our_mistake():
    with pytest.raises(KeyError):
        _ = Table("t", "T", [Column("nmae", "Name")], [{"name": "a"}]).body


# --- files --------------------------------------------------------------------------------


def test_csv_holds_the_same_figures_as_numbers(table):
    content = csv_bytes(table)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = read_csv(content)
    assert rows[0][:4] == ["Provider", "Weekly rate (£)", "Children", "Change (%)"]
    assert rows[1] == [
        "Bramble Homes",
        "1234.56",
        "1200",
        "13",
        "3.1",
        "2027-03-31",
        "2026-07-01 12:00",
    ]
    assert rows[2][:4] == ["Łąka & Co", "-500.01", "0", "-1"]
    assert rows[3] == ["Empty", "", "", "", "", "", ""]
    assert rows[4][:3] == ["Total", "734.56", "1200"]
    assert rows[5] == []
    assert ["Source", "Bids of the round APL-2027"] in rows
    assert ["As at", "22 November 2026"] in rows
    assert ["Filter: Council", "Luton"] in rows
    assert ["Note", "An empty cell means not given."] in rows
    assert len(read_csv(csv_bytes(table, about=False))) == 5


def test_excel_holds_numbers_as_numbers_and_dates_as_dates(table):
    rows = read_excel(excel_bytes(table))
    assert rows[1][:5] == ["Bramble Homes", 1234.56, 1200, 0.13, 3.1]
    assert rows[1][5] == date(2027, 3, 31)
    assert rows[1][6] == datetime(2026, 7, 1, 12, 0)  # noqa: DTZ001 Excel knows no zones
    assert rows[2][:4] == ["Łąka & Co", -500.01, 0, -0.01]
    assert rows[2][5] == "1899-01-01"
    assert rows[3] == ["Empty", "", "", "", "", "", ""]
    assert rows[4][:3] == ["Total", 734.56, 1200]
    assert ["Rule", "Quartiles stand between two rates in proportion."] in read_excel(
        excel_bytes(table), 1
    )


def test_excel_shows_money_with_its_sign(table):
    with zipfile.ZipFile(io.BytesIO(excel_bytes(table))) as book:
        styles = book.read("xl/styles.xml").decode()
    assert "£#,##0.00" in styles
    assert "+0%;-0%;0%" in styles
    assert "d mmmm yyyy" in styles


def test_pdf_holds_the_same_figures(table, portal):
    reader = PdfReader(io.BytesIO(pdf_bytes(table)))
    text = " ".join(reader.pages[0].extract_text().split())
    for row in table.body:
        for cell in row:
            assert cell.text in text
    assert "Łąka & Co" in text
    assert "Quartiles stand between" in text
    assert reader.metadata.title == "Rates of lot 1A"
    assert reader.pages[0].mediabox.width > reader.pages[0].mediabox.height


EVIL = [
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    "a;=1",
    '"=1',
]


@pytest.mark.parametrize("text", EVIL)
def test_text_is_never_a_formula(text):
    table = Table(
        "t", text, [Column("name", text), MONEY], [{"name": text, "rate": -5}], source=text
    )
    content = csv_bytes(table)
    for row in read_csv(content):
        for cell in row:
            assert cell == "-0.05" or not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert b'"-0.05"' not in content  # a number below zero stays one
    assert b",-0.05" in content
    with zipfile.ZipFile(io.BytesIO(excel_bytes(table))) as book:
        for name in book.namelist():
            assert b"<f>" not in book.read(name)
            assert b"<hyperlink " not in book.read(name)
    assert read_excel(excel_bytes(table))[1][0].strip() == text.strip()


def test_a_cell_cannot_end_early_where_semicolons_separate():
    table = Table("t", "T", [Column("name", "Name")], [{"name": "a;=1"}])
    assert b'"a;=1"' in csv_bytes(table)


def test_a_text_too_long_for_excel_is_cut_and_says_so():
    table = Table("t", "T", [Column("name", "Name")], [{"name": "x" * 40_000}])
    cell = read_excel(excel_bytes(table))[1][0]
    assert len(cell) == 32_767
    assert "cut short" in cell


@pytest.mark.parametrize("title", ["A/B: [test]?", "x" * 60, "About", "'", ""])
def test_any_title_makes_a_workbook(title):
    assert read_excel(excel_bytes(Table("t", title, COLUMNS, ROWS)))[0][0] == "Provider"


def test_an_empty_table_is_still_a_file(portal):
    table = Table("t", "Nothing", COLUMNS, [])
    assert read_csv(csv_bytes(table))[0][0] == "Provider"
    assert read_excel(excel_bytes(table))[0][0] == "Provider"
    assert "nothing to show" in PdfReader(io.BytesIO(pdf_bytes(table))).pages[0].extract_text()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_download_is_an_attachment_of_its_true_kind(table, portal, kind):
    response = download(table, kind)
    disposition = response.headers["Content-Disposition"]
    assert disposition == f"attachment; filename=rates-of-lot-1a-2026-11-22.{kind}"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "html" not in response.content_type


def test_other_formats_are_not_found(table):
    for kind in ("html", "", "CSV", "../csv"):
        with pytest.raises(NotFound):
            download(table, kind)


def test_a_file_name_is_harmless():
    assert file_name(Table("t", '../Ŵyn "x"\r\n; y', [], []), "csv") == "wyn-x-y.csv"
    assert file_name(Table("t", "…", [], []), "csv") == "table.csv"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, None], "not given"),
        ([1, NOT_APPLICABLE], "not applicable"),
        ([NOT_GIVEN, NOT_APPLICABLE], "not given or not applicable"),
        ([1, 2], None),
    ],
)
def test_files_say_what_an_empty_cell_means_as_the_page_does(values, said):
    table = Table("t", "T", [Column("n", "N", "whole")], [{"n": value} for value in values])
    notes = [row[1] for row in read_csv(csv_bytes(table)) if row[:1] == ["Note"]]
    assert notes == ([f"An empty cell means {said}."] if said else [])
