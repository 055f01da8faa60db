"""From a file to rows of text with their line numbers: CSV as programs write it, and Excel."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

from portal.filekinds import FileKind, sniff
from portal.storage import MAX_FILE_BYTES, FileEmpty, FileRefused, FileTooLarge

Line = tuple[int, list[str]]
_DELIMITERS = (",", ";", "\t", "|")
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ADVICE = "Save it as an Excel workbook (.xlsx) or as CSV and upload again."


def rows_of(
    stream: BinaryIO,
    known: Callable[[str], bool],
    *,
    name: str = "",
    most_bytes: int = MAX_FILE_BYTES,
) -> Iterator[Line]:
    """Every row that is not empty, with the line it stands on; cells are stripped text.

    Args:
        known: whether a text is one of the headings looked for; it tells what separates cells.
        name: of the file, for the words of a refusal.

    Raises:
        FileRefused: too large, empty, of another kind, damaged; the message says what to do.
    """
    content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise FileTooLarge(most_bytes)
    if not content.strip():
        raise FileEmpty
    lines = _excel(content, name) if content.startswith(_ZIP) else _csv(_decoded(content), known)
    return ((at, cells) for at, cells in lines if any(cells))


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, or what Windows writes in Britain."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(content, "utf-16")
    if content.startswith(_OLD_OFFICE):
        raise FileRefused("file:old", f"This is an old Excel file, or it has a password. {_ADVICE}")
    if b"\0" in content or content.startswith(b"%PDF-"):
        raise FileRefused("file:not-a-table", f"This file is not a table. {_ADVICE}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode(content, "cp1252")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused(
            "file:letters", f"The letters in this file cannot be read. {_ADVICE}"
        ) from None


def _csv(text: str, known: Callable[[str], bool]) -> Iterator[Line]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text, known), strict=True
    )
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise FileRefused(
                "file:quotes",
                f"Line {line}: a quotation mark is out of place, so the rest cannot be read. "
                "Mend it and upload again.",
            ) from None
        yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """What separates the headings, so that most of them are known."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def worth(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(known(cell.strip()) for cell in cells), len(cells)

    return max(_DELIMITERS, key=worth)


def _excel(content: bytes, name: str) -> Iterator[Line]:
    sniff(io.BytesIO(content), name, allowed={FileKind.XLSX})
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
        rows: Iterable[list[Any]] = book.get_sheet_by_name(shown[0]).iter_rows()
    except (CalamineError, IndexError):
        raise FileRefused("file:broken", f"This workbook is damaged. {_ADVICE}") from None
    for line, cells in enumerate(rows, 1):
        yield line, [cell_text(cell) for cell in cells]


def cell_text(value: Any) -> str:
    """A cell as its reader would have typed it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(format(value, '.15g')):f}"  # the 15 digits that Excel shows
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
