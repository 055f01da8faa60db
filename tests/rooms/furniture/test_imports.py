"""A file is judged whole; a refused row says where and why; what is accepted is what was shown."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import xlsxwriter

from portal import imports
from portal.imports import ImportColumn, ImportSpec, Rejection, read
from portal.storage import FileEmpty, FileRefused, FileTooLarge, LocalStore
from portal.tables import Column, Table, csv_bytes, excel_bytes
from scoring.rules import RuleBroken
from tests.rooms.furniture.builders import a_zip

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def check_row(values):
    if values["until"] and values["until"] < values["start"]:
        yield "until", "The end is before the start."
    if values["provider"] == "Nobody":
        raise RuleBroken("provider:unknown", "There is no such provider.", "provider")


SPEC = ImportSpec(
    key="rates",
    columns=[
        ImportColumn("provider", "Provider", imports.text, aliases=("Supplier",)),
        ImportColumn("rate_pence", "Weekly rate", imports.money, blank=True),
        ImportColumn("start", "From", imports.date_on),
        ImportColumn("until", "Until", imports.date_on, required=False),
        ImportColumn("places", "Places", imports.whole, required=False),
        ImportColumn("child", "Child", imports.text_of(10), required=False, private=True),
    ],
    check_row=check_row,
    natural_key=lambda values: (values["provider"], values["start"]),
)
HEAD = "Provider,Weekly rate,From,Until,Places\n"


def reading(content, **options):
    content = content.encode() if isinstance(content, str) else content
    return read(io.BytesIO(content), SPEC, "rates.csv", **options)


def refused(content):
    with pytest.raises(FileRefused) as refusal:
        reading(content)
    return refusal.value


def an_excel(rows, sheets=("Sheet1",)):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name in sheets:
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                for at, cell in enumerate(cells):
                    style = day if isinstance(cell, date) else None
                    if cell is not None:
                        sheet.write(line, at, cell, style)
    return out.getvalue()


# --- reading ------------------------------------------------------------------------------


def test_rows_are_read_with_their_lines():
    preview = reading(
        HEAD + 'Bramble,"£1,234.50",01/04/2026,,4\n\nOak House,,2026-04-01,31/03/2027,\n'
    )
    assert [row.line for row in preview.rows] == [2, 4]
    assert preview.rows[0].values == {
        "provider": "Bramble",
        "rate_pence": 123_450,
        "start": date(2026, 4, 1),
        "until": None,
        "places": 4,
        "child": None,
    }
    assert preview.rows[1].values["rate_pence"] is None  # missing, not zero
    assert preview.can_be_taken
    assert preview.total == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_come_as_programs_write_them(encoding, delimiter, end):
    lines = ["Provider,Weekly rate,From", "Siân’s Place – £,1000.00,01/04/2026"]
    content = end.join(lines).replace(",", delimiter).encode(encoding)
    row = reading(content).rows[0]
    assert row.values["provider"] == "Siân’s Place – £"
    assert row.values["rate_pence"] == 100_000


def test_headings_are_found_whatever_their_order_capitals_and_signs():
    preview = reading("from;WEEKLY_RATE (£);supplier;Colour;\n01/04/2026;5;Oak;red;\n")
    assert preview.rows[0].values["rate_pence"] == 500
    assert preview.unknown_columns == ("Colour",)


def test_a_row_over_several_lines_is_told_by_its_first():
    preview = reading(HEAD + '"Two\nlines",1,01/04/2026,,\nX,bad,01/04/2026,,\n')
    assert preview.rows[0].line == 2
    assert preview.rejected[0].line == 4


def test_excel_is_read_as_its_reader_sees_it():
    preview = reading(
        an_excel(
            [
                [],
                ["Provider", "Weekly rate", "From", "Places"],
                ["Oak", 0.1 + 0.2, date(2026, 4, 1), 3],
                [],
                ["Ash", "£1,000.00", "01/04/2026", "4"],
            ],
            sheets=("Rates", "About"),
        )
    )
    assert [(row.line, row.values["rate_pence"]) for row in preview.rows] == [(3, 30), (5, 100_000)]
    assert preview.rows[0].values["start"] == date(2026, 4, 1)
    assert preview.rows[0].values["places"] == 3


@pytest.mark.parametrize("make", [csv_bytes, excel_bytes])
def test_what_the_portal_writes_it_reads_again(make):
    columns = [
        Column("provider", "Provider"),
        Column("rate", "Weekly rate", "money"),
        Column("start", "From", "date"),
    ]
    rows = [{"provider": "=Oak", "rate": 123_456, "start": date(2026, 4, 1)}]
    table = Table("rates", "Rates", columns, rows)
    content = csv_bytes(table, about=False) if make is csv_bytes else make(table)
    values = reading(content).rows[0].values
    assert (values["provider"], values["rate_pence"]) == ("=Oak", 123_456)


# --- refusing rows ------------------------------------------------------------------------


def test_every_fault_of_a_row_is_told_with_line_column_and_reason():
    preview = reading(HEAD + "Oak,12.345,31/02/2026,soon,1.5\n,1,01/04/2026,,\n")
    assert preview.rejected == (
        Rejection(2, "Weekly rate", "12.345", "Write no more than two digits for the pence."),
        Rejection(2, "From", "31/02/2026", "There is no such day. Write the day before the month."),
        Rejection(2, "Until", "soon", "Write a date like 31/03/2026 or 2026-03-31."),
        Rejection(2, "Places", "1.5", "Write a whole number, like 12."),
        Rejection(3, "Provider", "", "This cell is empty."),
    )
    assert preview.rows == ()
    assert not preview.can_be_taken
    assert preview.rejected_lines == 2


def test_what_a_row_says_as_a_whole_is_checked():
    preview = reading(
        HEAD + "Oak,1,01/04/2026,01/03/2026,\nNobody,1,01/04/2026,,\nAsh,1,01/04/2026,,\n"
    )
    assert preview.rejected == (
        Rejection(2, "Until", "01/03/2026", "The end is before the start."),
        Rejection(3, "Provider", "Nobody", "There is no such provider."),
    )
    assert [row.line for row in preview.rows] == [4]


def test_more_cells_than_headings_are_refused_and_fewer_are_empty():
    preview = reading("Provider,Weekly rate,From\nOak,1,01/04/2026,surplus\nAsh,1\n")
    assert [(r.line, r.column, r.reason) for r in preview.rejected] == [
        (2, "", "The row has more cells than there are headings."),
        (3, "From", "This cell is empty."),
    ]


def test_the_same_thing_twice_is_passed_over_and_a_contradiction_is_refused():
    line = "Oak,1,01/04/2026,,\n"
    preview = reading(HEAD + line + line + "Oak,2,01/04/2026,,\n")
    assert [row.line for row in preview.rows] == [2]
    assert [(d.line, d.first_line) for d in preview.duplicates] == [(3, 2)]
    assert preview.rejected == (
        Rejection(4, "", "", "Line 2 is about the same thing and says something else."),
    )
    assert preview.total == 3


def test_what_is_private_is_not_repeated():
    preview = reading(
        "Provider,Weekly rate,From,Child\nOak,1,01/04/2026,A-very-long-number-1234567\n"
    )
    assert preview.rejected[0].value == "(not shown)"
    assert "1234567" not in repr(preview)


def test_refused_rows_can_be_taken_away_safely():
    preview = reading(HEAD + "=cmd|' /C calc'!A0,1,=1+1,,\n")
    content = csv_bytes(imports.rejected_table(preview)).decode("utf-8-sig")
    assert content.splitlines()[0] == '"Line","Column","What it says","Why it is refused"'
    assert content.splitlines()[1] == (
        '2,"From","\'=1+1","Write a date like 31/03/2026 or 2026-03-31."'
    )


# --- refusing files -----------------------------------------------------------------------


def test_a_missing_column_is_named():
    refusal = refused("Provider,Colour\nOak,red\n")
    assert refusal.code == "import:column-missing"
    assert "“Weekly rate”, “From”" in refusal.message


def test_a_column_that_is_there_twice_is_refused():
    assert refused("Provider,Supplier,Weekly rate,From\n").code == "import:column-twice"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\n%%EOF", "file:not-a-table"),
        (b"\0\1\2\3", "file:not-a-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "file:old"),
        (b"\x89\x81\x8d", "file:letters"),
        (b"PK\x03\x04 broken", "file:broken"),
        (HEAD.encode() + b'"never closed,1,01/04/2026', "file:quotes"),
    ],
)
def test_what_is_no_table_is_refused_with_advice(content, code):
    refusal = refused(content)
    assert refusal.code == code
    assert "upload" in refusal.message


def test_an_excel_file_with_macros_or_a_bomb_is_refused(files):
    assert refused(files["docx"]).code == "file:kind"
    assert refused(a_zip({"a.csv": "x"})).code == "file:zip"
    types = "spreadsheetml.sheet.main+xml"
    macros = a_zip({"[Content_Types].xml": types, "xl/workbook.xml": "", "xl/vbaProject.bin": ""})
    assert refused(macros).code == "file:macros"
    bomb = a_zip({"[Content_Types].xml": types, "xl/workbook.xml": b"\0" * 30_000_000})
    assert refused(bomb).code == "file:bomb"
    assert refused(files["xlsx"]).code == "file:broken"


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", an_excel([])])
def test_an_empty_file_is_said_to_be_empty(content):
    with pytest.raises(FileEmpty):
        reading(content)


def test_limits_hold_for_bytes_and_rows():
    small = ImportSpec("rates", SPEC.columns, most_rows=2, most_bytes=400)
    line = "Oak,1,01/04/2026,,\n"
    assert len(read(io.BytesIO((HEAD + line * 2).encode()), small).rows) == 2
    with pytest.raises(FileRefused, match="more than 2 rows"):
        read(io.BytesIO((HEAD + line * 3).encode()), small)
    with pytest.raises(FileTooLarge):
        read(io.BytesIO(b"x" * 401), small)


# --- keeping ------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path)


@pytest.fixture
def preview():
    return reading(HEAD + "Oak,1,01/04/2026,,\nOak,1,01/04/2026,,\nAsh,bad,01/04/2026,,\n")


def kept(preview, store, **changes):
    return imports.keep(preview, **{"bound_to": "ada:luton", "now": NOW, "store": store, **changes})


def taken(token, store, spec="rates", **changes):
    return imports.take(
        token, spec, **{"bound_to": "ada:luton", "now": NOW, "store": store, **changes}
    )


def test_what_is_accepted_is_exactly_what_was_shown(preview, store):
    token = kept(preview, store)
    assert taken(token, store) == preview
    assert taken(token, store) == preview  # until the commit
    imports.drop(token, store=store)
    with pytest.raises(RuleBroken, match="Upload the file again"):
        taken(token, store)
    imports.drop(token, store=store)


@pytest.mark.parametrize(
    "changes",
    [
        {"bound_to": "ben:luton"},
        {"spec": "ledger"},
        {"now": NOW + timedelta(hours=24, seconds=1)},
    ],
)
def test_a_preview_is_for_one_person_one_purpose_and_one_day(preview, store, changes):
    token = kept(preview, store)
    with pytest.raises(RuleBroken) as refusal:
        taken(token, store, **changes)
    assert refusal.value.code == "import:gone"


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "a" * 64])
def test_a_made_up_token_finds_nothing(store, token):
    with pytest.raises(RuleBroken) as refusal:
        taken(token, store)
    assert refusal.value.code == "import:gone"
    imports.drop(token, store=store)


def test_a_preview_that_was_changed_on_disk_is_not_taken(preview, store):
    token = kept(preview, store)
    path = store.folder / token[:2] / token
    path.write_text(path.read_text().replace("Oak", "Elm"))
    with pytest.raises(RuleBroken):
        taken(token, store)


def test_the_file_itself_is_not_kept(store):
    content = (
        "Provider,Weekly rate,From,Child\nOak,1,01/04/2026,C-1\nAsh,1,01/04/2026,C-secret-99999\n"
    )
    spec = ImportSpec(
        "rates",
        [
            *SPEC.columns[:3],
            ImportColumn("child", "Child", lambda text: f"hash-{len(text)}", private=True),
        ],
    )
    token = kept(read(io.BytesIO(content.encode()), spec), store)
    path = store.folder / token[:2] / token
    assert "C-1" not in path.read_text()
    assert "secret" not in path.read_text()


def test_exact_values_come_back_exact(store):
    values = {
        "date": date(2026, 4, 1),
        "moment": NOW,
        "decimal": Decimal("0.10"),
        "fraction": Fraction(1, 3),
        "nothing": None,
        "yes": True,
        "words": "Ŵ",
    }
    preview = imports.Preview("rates", "f", "0" * 64, (imports.Row(2, values),))
    back = taken(kept(preview, store), store).rows[0].values
    assert back == values
    assert [type(value) for value in back.values()] == [type(value) for value in values.values()]
    with pytest.raises(TypeError):
        kept(imports.Preview("rates", "f", "", (imports.Row(2, {"x": 0.1}),)), store)


def test_old_previews_are_swept(preview, store):
    token = kept(preview, store)
    now = datetime.now(UTC)
    assert imports.sweep(now, store=store) == 0
    assert imports.sweep(now + timedelta(days=2), store=store) == 1
    assert not store.exists(token)


# --- cells --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1234.5", 123_450),
        ("£1,234.56", 123_456),
        ("0", 0),
        ("-£5", -500),
        ("−5.00", -500),
        ("(12.30)", -1_230),
        ("£ 1 000", 100_000),
        ("7.", 700),
    ],
)
def test_money_is_read_as_pence(text, pence):
    assert imports.money(text) == pence


@pytest.mark.parametrize(
    "text", ["", "x", "1,23", "1.234,56", "1e3", "--1", "1.005", "nan", "١", "9" * 20, "$5", "=1+1"]
)
def test_what_is_no_money_is_refused(text):
    with pytest.raises(ValueError, match="Write"):
        imports.money(text)


@pytest.mark.parametrize(
    "text", ["31/03/2026", "2026-03-31", "2026-03-31 00:00:00", "31/03/2026 00:00"]
)
def test_a_date_is_read_in_both_ways(text):
    assert imports.date_on(text) == date(2026, 3, 31)


def test_a_date_with_one_digit_for_the_day_is_read():
    assert imports.date_on("1/4/2026") == date(2026, 4, 1)


@pytest.mark.parametrize(
    "text",
    ["03/31/2026", "31/3/26", "2026-3-31", "2026-02-30", "46112", "31.03.2026", "31/03/1066", ""],
)
def test_a_date_that_could_mean_something_else_is_refused(text):
    with pytest.raises(ValueError, match=r"Write|no such day"):
        imports.date_on(text)


def test_words_from_a_list_are_known_whatever_their_capitals():
    reader = imports.one_of({"Block": "block", "Spot": "spot"})
    assert reader("SPOT") == "spot"
    with pytest.raises(ValueError, match="Write one of: Block, Spot"):
        reader("other")


def test_text_with_control_characters_is_refused():
    with pytest.raises(ValueError, match="cannot be kept"):
        imports.text("a\x00b")
    with pytest.raises(ValueError, match="10 characters"):
        imports.text_of(10)("x" * 11)


def test_a_kept_preview_is_plain_json(preview, store):
    token = kept(preview, store)
    with store.open(token) as file:
        assert json.load(file)["preview"]["spec"] == "rates"
