"""A file is what it is inside. Whatever cannot be verified is refused with advice."""

import io

import pytest

from portal.filekinds import DOCUMENTS, PICTURES, FileKind, safe_download_name, sniff
from portal.storage import FileEmpty, FileRefused
from tests.rooms.furniture.builders import EXCEL, WORD, a_zip, types


def refused(content, **options):
    stream = io.BytesIO(content)
    with pytest.raises(FileRefused) as refusal:
        sniff(stream, **options)
    assert stream.tell() == 0
    return refusal.value


@pytest.mark.parametrize("kind", list(FileKind))
def test_each_kind_is_known_by_its_content_whatever_its_name(files, kind):
    stream = io.BytesIO(files[kind.name.lower()])
    assert sniff(stream, "holiday.exe") is kind
    assert stream.tell() == 0


def test_a_kind_that_is_not_welcome_here_is_refused(files):
    refusal = refused(files["docx"], allowed=PICTURES)
    assert refusal.code == "file:kind"
    assert refusal.message == "This is a Word document. Save it as JPEG or PNG and upload that."
    assert refused(files["png"], allowed=DOCUMENTS).message.endswith(
        "Save it as PDF and upload again."
    )


@pytest.mark.parametrize(
    ("allowed", "advice"),
    [
        (DOCUMENTS, "Save it as PDF and upload again."),
        (PICTURES, "Save it as JPEG or PNG and upload that."),
        ({FileKind.XLSX}, "Upload a file of this kind: Excel workbook."),
    ],
)
@pytest.mark.parametrize("content", [b"lot,price", b"GIF89a" + bytes(20), b"<svg/>"])
def test_what_to_send_instead_is_a_kind_that_is_welcome(content, allowed, advice):
    assert refused(content, allowed=allowed).message.endswith(advice)


def test_nothing_is_said_to_be_empty():
    with pytest.raises(FileEmpty):
        sniff(io.BytesIO(b""))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file:old"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file:markup"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>", "file:markup"),
        (b"<?xml version='1.0'?><svg/>", "file:markup"),
        (b"GIF89a" + bytes(20), "file:gif"),
        (b"MZ" + bytes(80), "file:program"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "file:heic"),
        (b"Dear council, here is our plan.", "file:kind"),
        (b"<html>%PDF-1.7 %%EOF", "file:markup"),
        (b"garbage %PDF-1.7 %%EOF", "file:two-kinds"),
        (b"%PDF-1.7 cut short", "file:cut-short"),
        (b"PK\x03\x04 no directory", "file:broken"),
        (b"\x89PNG\r\n\x1a\n but no picture", "file:kind"),
    ],
)
def test_what_cannot_be_verified_is_refused_and_says_what_to_do(content, code):
    refusal = refused(content)
    assert refusal.code == code
    assert "pload" in refusal.message


def test_a_name_that_promises_something_else_is_told():
    assert refused(b"<html></html>", name="Plan.PDF").message.startswith(
        "The name ends in .pdf, but"
    )
    assert refused(b"<html></html>", name="plan.html").message.startswith("This is a web page")


@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg"])
def test_a_zip_hidden_behind_another_file_is_refused(files, kind):
    assert refused(files[kind] + files["docx"] + b"%%EOF").code == "file:two-kinds"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (
            {
                "[Content_Types].xml": types(WORD),
                "word/document.xml": "",
                "word/vbaProject.bin": "x",
            },
            "file:macros",
        ),
        (
            {
                "[Content_Types].xml": types(WORD),
                "word/document.xml": "",
                "word/VBAPROJECT.BIN": "x",
            },
            "file:macros",
        ),
        (
            {
                "[Content_Types].xml": types(
                    "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
                ),
                "xl/workbook.xml": "",
            },
            "file:macros",
        ),
        (
            {
                "[Content_Types].xml": types(EXCEL),
                "xl/workbook.xml": "",
                "xl/macrosheets/sheet1.xml": "",
            },
            "file:macros",
        ),
        (
            {"[Content_Types].xml": types(WORD) + types(EXCEL), "word/d.xml": "", "xl/w.xml": ""},
            "file:two-kinds",
        ),
        ({"[Content_Types].xml": types("text/plain"), "xl/workbook.bin": ""}, "file:template"),
        ({"[Content_Types].xml": types("text/plain"), "ppt/presentation.xml": ""}, "file:slides"),
        ({"a.pdf": "%PDF-1.7 %%EOF"}, "file:zip"),
        ({"word/document.xml": "no list of types"}, "file:template"),
    ],
)
def test_an_office_file_must_be_plain_and_whole(members, code):
    assert refused(a_zip(members)).code == code


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = a_zip({"[Content_Types].xml": types(WORD), "word/document.xml": b"\0" * 30_000_000})
    assert len(bomb) < 400_000
    assert refused(bomb).code == "file:bomb"


def test_a_zip_with_very_many_members_is_refused_before_its_directory_is_read():
    assert (
        refused(a_zip({f"word/{number:050}": "" for number in range(12_000)})).code == "file:bomb"
    )


def test_a_locked_member_is_refused(files):
    locked = bytearray(files["docx"])
    locked[6] |= 1
    for at in range(len(locked) - 4):
        if locked[at : at + 4] == b"PK\x01\x02":
            locked[at + 8] |= 1
    refusal = refused(bytes(locked))
    assert refusal.code == "file:locked"
    assert "password" in refusal.message


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("Statement of purpose.pdf", "Statement of purpose.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ada\\plan.docx", "plan.pdf"),
        ("Łukasz Ŵyn ŷ.pdf", "Łukasz Ŵyn ŷ.pdf"),
        ('a"; filename="evil.exe', "a- filename-evil.pdf"),
        ("line\r\nSet-Cookie: x.pdf", "line Set-Cookie- x.pdf"),
        ("cod\u202efdp.exe", "codfdp.pdf"),
        ("St Mary's plan (v2).PDF", "St Mary’s plan (v2).pdf"),
        ("invoice.pdf.exe", "invoice.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("con.pdf", "_con.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_download_name_is_safe_and_ends_as_what_it_is(given, safe):
    assert safe_download_name(given, FileKind.PDF) == safe


def test_without_a_kind_the_ending_stays():
    assert safe_download_name("Rates 2026.xlsx") == "Rates 2026.xlsx"
    assert safe_download_name("Notes of 3.4 and more") == "Notes of 3.4 and more"
