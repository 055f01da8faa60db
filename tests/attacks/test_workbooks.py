"""A small workbook is made so that reading it fills the memory, or reads what is not its own."""

import io
import zipfile

import pytest
import xlsxwriter

from portal import sheets
from portal.extents import FEW_CELLS, check_extent
from portal.storage import FileRefused
from tests.rooms.furniture.builders import EXCEL, a_zip, types

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
)
MAIN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def a_workbook(*cells):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("Data")
    for row, column, text in cells:
        page.write_string(row, column, text)
    book.close()
    return out.getvalue()


def with_sheet(markup, name="xl/worksheets/sheet1.xml"):
    """A true workbook whose sheet is this markup."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook((0, 0, "a")))) as true:
        members = {one: true.read(one) for one in true.namelist()}
    members[name] = markup
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one, content in members.items():
            made.writestr(one, content)
    return out.getvalue()


def code_of(content, **options):
    with pytest.raises(FileRefused) as refusal:
        check_extent(content, **options)
    return refusal.value.code


def test_two_cells_far_apart_are_refused_before_the_reader_makes_room_between_them():
    far = a_workbook((0, 0, "a"), (1_048_575, 16_383, "b"))
    assert len(far) < 6_000
    with pytest.raises(FileRefused, match="very far from the others"):
        list(sheets.rows_of(io.BytesIO(far), lambda _: True))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="xfd1048576"><v>1</v></c></row>',
        '<row r="1"><c t="n" r = \'XFD1\'><v>1</v></c></row><row r="1048576"><c r="A1048576"/></row>',
        '<x:row r="1"><x:c r="$XFD$1"/></x:row><x:row r="900000"/>',
        '<row r="1">' + "<c><v>1</v></c>" * 9_000 + '</row><row r="1048576"><c><v>1</v></c></row>',
        "<row><c><v>1</v></c></row>" * 9_000 + '<row><c r="XFD9001"><v>1</v></c></row>',
        '<row r="1"><c ' + "x" * 300_000 + '="" r="XFD1"/></row><row r="1048576"/>',
    ],
)
def test_however_a_sheet_says_it_it_is_measured(cells):
    for name in ("xl/worksheets/sheet1.xml", "xl/anything.bin"):
        assert code_of(with_sheet(SHEET.format(cells), name)) == "file:far-cells"


@pytest.mark.parametrize(
    "markup",
    [
        SHEET.format('<row r="1"><c r' + " " * 5_000 + '="XFD1048576"/></row>'),
        SHEET.format('<row r="1"><c r=' + " " * 5_000 + '"XFD1048576"/></row>'),
        SHEET.format('<row r="1"><c r="XFD1048576"/></row>').encode("utf-16"),
    ],
)
def test_what_cannot_be_measured_is_refused(markup):
    assert code_of(with_sheet(markup)) == "file:broken"


def test_what_people_send_is_let_through():
    wide = [(row, column, "7.50") for row in range(300) for column in range(60)]
    check_extent(a_workbook(*wide), most=FEW_CELLS)
    check_extent(a_workbook((1_048_575, 20, "a full sheet, however many rows it has")))
    unnamed = SHEET.format('<row r="1">' + "<c><v>1</v></c>" * 40 + "</row>") * 1
    check_extent(with_sheet(unnamed), most=FEW_CELLS)


def test_an_entity_is_never_looked_up(tmp_path):
    """A billion laughs and a file of the server's, in the words of a cell."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the-key-of-this-installation")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    markup = (
        f'<!DOCTYPE s [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file://{secret}">]>'
        + SHEET.format(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c>'
            '<c r="B1" t="inlineStr"><is><t>&f;</t></is></c></row>'
        )
    )
    try:
        read = repr(list(sheets.rows_of(io.BytesIO(with_sheet(markup)), lambda _: True)))
    except FileRefused:
        read = ""
    assert "the-key" not in read
    assert len(read) < 1_000


def test_a_member_that_is_named_like_a_path_is_written_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    slip = a_zip({"[Content_Types].xml": types(EXCEL), "../../xl/slip.xml": "x", "xl/w.xml": "x"})
    with pytest.raises(FileRefused):
        list(sheets.rows_of(io.BytesIO(slip), lambda _: True))
    assert list(tmp_path.rglob("*")) == []
