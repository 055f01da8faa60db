"""How far the cells of a workbook lie apart, found out before a reader lays a sheet out in memory.

A sheet of two cells, A1 and XFD1048576, is a file of five kilobytes. The reader of workbooks makes
a place for every cell between them: 17 thousand million, for which no machine has the memory, and
the process that asked for it ends. So each sheet is measured first, piece by piece.
"""

import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

from portal.storage import FileRefused
from portal.zips import BadZip, open_zip, read_members

MOST_CELLS = 30_000_000  # a full sheet of 28 columns
FEW_CELLS = 2_000_000  # of a workbook that people fill in by hand
_OVERLAP, _LONGEST_TAG = 512, 256 * 1024
_PLACE = rb"\sr\s{0,64}=\s{0,64}[\"']\$?"  # the attribute that says where a cell or row lies
_COLUMNS = re.compile(_PLACE + rb"([A-Za-z]+)\$?\d")
_ROWS = re.compile(_PLACE + rb"[A-Za-z]*\$?(\d+)")
_CELLS = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_PLACED = re.compile(_PLACE + rb"[A-Za-z]")
_STRETCHED = re.compile(rb"\sr\s{64}|\sr\s*=\s{64}")  # no program writes it so
_WIDE_LETTERS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")  # two bytes each: not looked into


def check_extent(content: bytes, *, most: int = MOST_CELLS) -> None:
    """Refuse a workbook with a sheet that would take too much room, however small its file is.

    Args:
        most: places for cells, from the first to the last row and column.

    Raises:
        FileRefused: `file:far-cells`, `file:broken`.
    """
    try:
        with open_zip(io.BytesIO(content)) as archive:
            if any(rows * columns > most for rows, columns in _extents(archive)):
                raise FileRefused(
                    "file:far-cells",
                    "This workbook has cells that lie very far from the others. Copy what counts"
                    " into a new workbook and upload that.",
                )
    except BadZip:
        raise _broken() from None


def _extents(archive: ZipFile) -> Iterator[tuple[int, int]]:
    """Rows and columns of every member: a sheet may be called anything."""
    for _name, pieces in read_members(archive):
        extent = _Extent()
        for text in _at_tags(pieces):
            extent.add(text)
        yield extent.rows, extent.columns + extent.widest


def _at_tags(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, cut where a tag ends; what has no tags is cut anywhere, with some of it twice."""
    before = b""
    for number, piece in enumerate(pieces):
        if number == 0 and piece.startswith(_WIDE_LETTERS):
            raise _broken()
        text = before + piece
        at = text.rfind(b">") + 1
        if at == 0 and len(text) > _LONGEST_TAG:
            yield text
            before = text[-_OVERLAP:]
        else:
            yield text[:at]
            before = text[at:]
    yield before


class _Extent:
    """How many rows and columns a sheet has, as far as it was read."""

    def __init__(self) -> None:
        self.rows = self.columns = 1
        self.widest = 0  # cells of one row that do not say where they lie: beside the one before
        self._numbered = self._going_on = 0

    def add(self, text: bytes) -> None:
        if _STRETCHED.search(text):
            raise _broken()
        self._numbered += len(_ROW.findall(text))
        self.rows = max([self.rows, self._numbered, *map(int, set(_ROWS.findall(text)))])
        self.columns = max([self.columns, *map(_number_of, set(_COLUMNS.findall(text)))])
        if len(_CELLS.findall(text)) > len(_PLACED.findall(text)):
            self._count_along(text)

    def _count_along(self, text: bytes) -> None:
        counts = [len(_CELLS.findall(row)) for row in _ROW.split(text)]
        counts[0] += self._going_on
        self.widest, self._going_on = max([self.widest, *counts]), counts[-1]


def _number_of(letters: bytes) -> int:
    """Of a column: A is 1, XFD 16384."""
    number = 0
    for letter in letters.upper()[:9]:
        number = number * 26 + letter - 64
    return number


def _broken() -> FileRefused:
    return FileRefused(
        "file:broken", "This workbook is damaged. Save it again and upload the new file."
    )
