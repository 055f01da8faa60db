"""From a file to rows that hold no child's number, no birth date and no postcode.

Whatever happens to a file afterwards happens to these rows: they are what is laid aside for the
check, and what a list of refused rows repeats.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from portal.costs.hashing import ChildHasher
from portal.costs.layouts import LAYOUTS, Field, Layout, kind_of, month, reduced
from portal.costs.models import FileKind
from portal.sheets import rows_of
from portal.storage import FileEmpty, FileRefused

MOST_BYTES = 1024**3  # of a file on this machine; a browser sends 25 MB at most
UNREADABLE = "?"  # what stands for a birth date that is none
CleanRow = tuple[int, list[str]]
Distances = Callable[[str, str], tuple[str, str]]


class UnknownColumns(FileRefused):
    """The file lacks columns under the names that we know: a person must say which they are."""

    def __init__(self, layout: Layout, headings: Sequence[str], missing: Sequence[Field]) -> None:
        words = ", ".join(f"“{one.title}”" for one in missing)
        super().__init__("import:column-missing", f"The file has no column {words}.")
        self.layout, self.headings = layout, list(headings)


def no_distance(_home: str, _placed: str) -> tuple[str, str]:
    """Without a postcode file every distance is unknown."""
    return "", ""


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file as it may be kept.

    Args:
        columns: names of its cells, in order. rows: line and cells.
    """

    kind: FileKind
    sha256: str
    columns: tuple[str, ...]
    rows: Iterator[CleanRow]


def clean(
    stream: BinaryIO,
    hasher: ChildHasher,
    mappings: Callable[[FileKind, Sequence[str]], Mapping[str, str]],
    *,
    name: str = "",
    distances: Distances = no_distance,
    most_bytes: int = MOST_BYTES,
) -> CleanFile:
    """Begin to read a file; its rows come one by one.

    Args:
        mappings: what the council's files of a kind call the columns, by their headings.

    Raises:
        UnknownColumns, FileRefused: the file as a whole cannot be read.
    """
    content = stream.read(most_bytes + 1)
    known = {
        heading for one in LAYOUTS.values() for field in one.fields for heading in field.headings
    }
    lines = rows_of(
        io.BytesIO(content), lambda cell: reduced(cell) in known, name=name, most_bytes=most_bytes
    )
    heading = next(lines, None)
    if heading is None:
        raise FileEmpty
    layout = LAYOUTS[kind_of(heading[1])]
    places = layout.places(heading[1], mappings(layout.kind, heading[1]))
    if missing := layout.missing(places):
        raise UnknownColumns(layout, heading[1], missing)
    columns = tuple(one.name for one in layout.fields if one.name in places)
    rows = _rows(lines, layout, places, hasher)
    if "home" in places and "placed" in places:
        rows = _measured(rows, columns, distances)
        columns = (
            *(one for one in columns if one not in {"home", "placed"}),
            "distance",
            "outside",
        )
    return CleanFile(layout.kind, hashlib.sha256(content).hexdigest(), columns, rows)


def _rows(
    lines: Iterator[CleanRow], layout: Layout, places: Mapping[str, int], hasher: ChildHasher
) -> Iterator[CleanRow]:
    fields = [one for one in layout.fields if one.name in places]
    at = [places[one.name] for one in fields]
    most = max(at) + 1
    numbers = [number for number, one in enumerate(fields) if one.hidden == "number"]
    births = [number for number, one in enumerate(fields) if one.hidden == "birth"]
    for line, cells in lines:
        whole = cells if len(cells) >= most else [*cells, *[""] * (most - len(cells))]
        kept = [whole[place] for place in at]
        for number in numbers:
            kept[number] = hasher(kept[number])
        for number in births:
            kept[number] = _month_only(kept[number])
        yield line, kept


def _measured(
    rows: Iterator[CleanRow], columns: Sequence[str], distances: Distances
) -> Iterator[CleanRow]:
    home, placed = columns.index("home"), columns.index("placed")
    for line, cells in rows:
        measured = distances(cells[home], cells[placed])
        rest = [cell for at, cell in enumerate(cells) if at not in {home, placed}]
        yield line, [*rest, *measured]


@lru_cache(maxsize=100_000)
def _month_only(text: str) -> str:
    if not text:
        return ""
    try:
        return f"{month(text):%Y-%m}"
    except ValueError:
        return UNREADABLE


def lay_aside(file: CleanFile) -> bytes:
    """The rows as a file of our own, to be checked by a job."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", *file.columns])
    writer.writerows([line, *cells] for line, cells in file.rows)
    return out.getvalue().encode()


def taken_up(stream: BinaryIO) -> tuple[tuple[str, ...], Iterator[CleanRow]]:
    """The columns and rows of a file that was laid aside."""
    reader = csv.reader(io.TextIOWrapper(stream, "utf-8", newline=""))
    columns = tuple(next(reader)[1:])
    return columns, ((int(row[0]), row[1:]) for row in reader)
