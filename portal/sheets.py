"""From a file to rows of text with their line numbers: CSV as programs write it, and Excel."""

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO

from portal.extents import FEW_CELLS, MOST_CELLS, check_extent
from portal.filekinds import FileKind, sniff
from portal.storage import MAX_FILE_BYTES, FileEmpty, FileRefused, FileTooLarge

Line = tuple[int, list[str]]
Columns = Sequence[Sequence[str]]
Split = Callable[[str, str, int], Columns | None]
_PIECE = 2 * 1024 * 1024
_SOME = 10_000  # rows
MOST_TITLES = 10  # rows above the headings
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
    is_workbook = content.startswith(_ZIP)
    lines = _excel(content, name, FEW_CELLS) if is_workbook else _csv(_decoded(content), known)
    return ((at, cells) for at, cells in lines if any(cells))


@dataclass(frozen=True, slots=True)
class Some:
    """Some rows of a table, column by column.

    Args:
        lines: on which each begins. columns: their cells as they stand, with space around them.
    """

    lines: Sequence[int]
    columns: Columns


@dataclass(frozen=True, slots=True)
class Streamed:
    """A table that is read little by little, however long it is.

    Args:
        sha256: of the file. heading: its first row below a title. chunks: the rows after it; they
            may raise FileRefused. What stands right of the last heading is left out.
    """

    sha256: str
    heading: list[str]
    chunks: Iterator[Some]


def streamed(
    stream: BinaryIO,
    known: Callable[[str], bool],
    *,
    name: str = "",
    most_bytes: int = MAX_FILE_BYTES,
    split: Split | None = None,
) -> Streamed:
    """The rows of a long file, some at a time; a workbook alone is in memory as a whole.

    The stream is read twice, first for its hash and its letters. See `rows_of`.

    Args:
        split: another `columns_of`.
    """
    sha256 = _surveyed(stream, most_bytes)
    head = _from_start(stream).read(_PIECE)
    if head.startswith(_ZIP):
        return _in_chunks(sha256, _excel(_from_start(stream).read(), name))
    encoding = _encoding(stream, head)
    first = codecs.getincrementaldecoder(encoding)("ignore").decode(head)
    text = io.TextIOWrapper(_from_start(stream), encoding, newline="")
    return _Pieces(text, _delimiter(first, known), split or columns_of).streamed(sha256)


def _in_chunks(sha256: str, lines: Iterator[Line]) -> Streamed:
    there = _not_empty(lines)
    above = list(islice(there, MOST_TITLES + 1))
    if not above:
        raise FileEmpty
    at = next((at for at, (_, cells) in enumerate(above) if not _is_title(cells)), 0)
    _, heading = above[at]
    there = chain(above[at + 1 :], there)
    chunks = iter(lambda: list(islice(there, _SOME)), [])
    return Streamed(
        sha256, [cell.strip() for cell in heading], (_turned(some, len(heading)) for some in chunks)
    )


def _not_empty(lines: Iterable[Line]) -> Iterator[Line]:
    return (line for line in lines if any(map(str.strip, line[1])))


def _is_title(cells: Sequence[str]) -> bool:
    """Whether a row is a title above the headings: one cell of several is filled, as if merged."""
    return sum(map(bool, map(str.strip, cells))) == 1 < len(cells)


def _turned(some: Sequence[Line], width: int) -> Some:
    """Rows as columns; a row that is too short ends in empty cells."""
    rows = [(*row, *[""] * (width - len(row)))[:width] for _, row in some]
    return Some([at for at, _ in some], list(zip(*rows, strict=True)))


def columns_of(piece: str, delimiter: str, width: int) -> Columns | None:
    """The columns of lines without quotation marks, or None where a line is longer or shorter.

    A sign that no text holds stands at the end of each line, and must be found at each place where
    a line should end.
    """
    cells = piece.replace("\n", f"{delimiter}\0{delimiter}").split(delimiter)
    marks = cells[width :: width + 1]
    if (len(cells) + 1) % (width + 1) or marks.count("\0") != piece.count("\n"):
        return None
    return [cells[at :: width + 1] for at in range(width)]


class _Pieces:
    """A CSV piece by piece: a plain one is cut by its signs alone, any other is read with care."""

    def __init__(self, text: io.TextIOWrapper, delimiter: str, split: Split) -> None:
        self._text, self._delimiter, self._split = text, delimiter, split
        self._line = 1

    def streamed(self, sha256: str) -> Streamed:
        heading: list[str] = []
        while not heading:
            first = self._text.readline()
            if not first:
                raise FileEmpty
            if '"' in first:  # a heading in quotation marks may hold an end of line
                return _in_chunks(
                    sha256, _csv_lines(chain([first], self._text), self._delimiter, self._line)
                )
            cells = [
                cell.strip() for cell in next(csv.reader([first], delimiter=self._delimiter), [])
            ]
            heading = cells if any(cells) and not _is_title(cells) else []
            self._line += 1
        return Streamed(sha256, heading, self._chunks(len(heading)))

    def _chunks(self, width: int) -> Iterator[Some]:
        while piece := self._text.read(_PIECE):
            piece += self._text.readline()  # a piece ends where a line does
            columns = self._plain(piece, width)
            if columns is None:
                yield from self._with_care(piece, width)
                continue
            rows = len(columns[0])
            yield Some(range(self._line, self._line + rows), columns)
            self._line += rows

    def _plain(self, piece: str, width: int) -> Columns | None:
        """The columns of lines without quotation marks that all have as many cells as the heading."""
        piece = piece.replace("\r\n", "\n").removesuffix("\n")
        if '"' in piece or "\r" in piece:
            return None
        columns = self._split(piece, self._delimiter, width)
        return columns if columns and all(map(str.strip, columns[0])) else None

    def _with_care(self, piece: str, width: int) -> Iterator[Some]:
        """Until quotation marks are closed a row goes on, over the end of the piece."""
        ahead = io.StringIO(piece, newline="")
        lines = _Counted(chain(ahead, self._text))
        there = _not_empty(self._until(ahead, len(piece), lines))
        while some := list(islice(there, _SOME)):
            yield _turned(some, width)
        self._line += lines.number

    def _until(self, ahead: io.StringIO, end: int, lines: Iterable[str]) -> Iterator[Line]:
        for line in _csv_lines(lines, self._delimiter, self._line):
            yield line
            if ahead.tell() == end:
                return


class _Counted:
    """Counts what is drawn from it."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.number = iter(lines), 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        return line


def _from_start(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    return stream


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    _from_start(stream)
    while piece := stream.read(_PIECE):
        yield piece


def _surveyed(stream: BinaryIO, most_bytes: int) -> str:
    digest, size, holds = hashlib.sha256(), 0, False
    for piece in _pieces(stream):
        digest.update(piece)
        size += len(piece)
        holds = holds or bool(piece.strip())
        if size > most_bytes:
            raise FileTooLarge(most_bytes)
    if not holds:
        raise FileEmpty
    return digest.hexdigest()


def _encoding(stream: BinaryIO, head: bytes) -> str:
    """The same choice as `_decoded`, without holding the file."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _readable(stream, "utf-16")
    _refuse_other_kinds(head)
    with suppress(FileRefused):
        return _readable(stream, "utf-8-sig")
    return _readable(stream, "cp1252")


def _readable(stream: BinaryIO, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in _pieces(stream):
            if encoding != "utf-16" and b"\0" in piece:
                _refuse_other_kinds(b"\0")
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _unreadable() from None
    return encoding


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, or what Windows writes in Britain."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(content, "utf-16")
    _refuse_other_kinds(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode(content, "cp1252")


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_OLD_OFFICE):
        raise FileRefused("file:old", f"This is an old Excel file, or it has a password. {_ADVICE}")
    if b"\0" in content or content.startswith(b"%PDF-"):
        raise FileRefused("file:not-a-table", f"This file is not a table. {_ADVICE}")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise _unreadable() from None


def _unreadable() -> FileRefused:
    return FileRefused("file:letters", f"The letters in this file cannot be read. {_ADVICE}")


def _csv(text: str, known: Callable[[str], bool]) -> Iterator[Line]:
    lines = _csv_lines(io.StringIO(text, newline=""), _delimiter(text, known))
    return ((line, [cell.strip() for cell in cells]) for line, cells in lines)


def _csv_lines(text: Iterable[str], delimiter: str, first: int = 1) -> Iterator[Line]:
    """Rows as they stand, with the line on which each begins; the first stands on line `first`."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = first
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + first
    except csv.Error:
        raise FileRefused(
            "file:quotes",
            f"Line {line}: a quotation mark is out of place, so the rest cannot be read. "
            "Mend it and upload again.",
        ) from None


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """What separates the headings, so that most of them are known."""
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "").strip("\r\n")

    def worth(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(known(cell.strip()) for cell in cells), len(cells)

    return max(_DELIMITERS, key=worth)


def _excel(content: bytes, name: str, most_cells: int = MOST_CELLS) -> Iterator[Line]:
    sniff(io.BytesIO(content), name, allowed={FileKind.XLSX})
    check_extent(content, most=most_cells)
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
