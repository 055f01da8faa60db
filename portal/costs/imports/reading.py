"""From a file to rows that hold no child's number, no birth date and no postcode.

Whatever happens to a file afterwards happens to these rows: they are what is laid aside for the
check, and what a list of refused rows repeats. A file is read in chunks, column by column, so that
its length costs no memory and a cell costs little more than looking it up.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from portal.costs.imports.hashing import ChildHasher
from portal.costs.imports.layouts import LAYOUTS, Field, Layout, kind_of, month, reduced
from portal.costs.imports.splitting import shared_columns
from portal.costs.models import FileKind
from portal.sheets import Some, streamed
from portal.storage import FileRefused

MOST_BYTES = 1024**3  # of a file on this machine; a browser sends 25 MB at most
UNREADABLE = "?"  # what stands for a birth date that is none
Cells = Sequence[str]
Distances = Callable[[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file.

    Args:
        lines: on which each row stands. columns: the cells of each column, row by row.
    """

    lines: Sequence[int]
    columns: Sequence[Cells]


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
        columns: names of its cells, in order. chunks: its rows, to be drawn once.
    """

    kind: FileKind
    sha256: str
    columns: tuple[str, ...]
    chunks: Iterator[Chunk]


def clean(
    stream: BinaryIO,
    hasher: ChildHasher,
    mappings: Callable[[FileKind, Sequence[str]], Mapping[str, str]],
    *,
    name: str = "",
    distances: Distances = no_distance,
    most_bytes: int = MOST_BYTES,
) -> CleanFile:
    """Begin to read a file; its rows come chunk by chunk.

    Args:
        mappings: what the council's files of a kind call the columns, by their headings.

    Raises:
        UnknownColumns, FileRefused: the file as a whole cannot be read.
    """
    known = {
        heading for one in LAYOUTS.values() for field in one.fields for heading in field.headings
    }
    table = streamed(
        stream,
        lambda cell: reduced(cell) in known,
        name=name,
        most_bytes=most_bytes,
        split=shared_columns,
    )
    heading = table.heading
    layout = LAYOUTS[kind_of(heading)]
    places = layout.places(heading, mappings(layout.kind, heading))
    if missing := layout.missing(places):
        raise UnknownColumns(layout, heading, missing)
    columns = tuple(one.name for one in layout.fields if one.name in places)
    cleaner = _Cleaner(layout, places, hasher)
    chunks = map(cleaner.chunk, table.chunks)
    if "home" in places and "placed" in places:
        chunks = _measured(chunks, columns, distances)
        columns = (
            *(one for one in columns if one not in {"home", "placed"}),
            "distance",
            "outside",
        )
    return CleanFile(layout.kind, table.sha256, columns, chunks)


class _Cleaner:
    """Takes the known columns out of rows, and what must not be kept out of them."""

    def __init__(self, layout: Layout, places: Mapping[str, int], hasher: ChildHasher) -> None:
        fields = [one for one in layout.fields if one.name in places]
        self._at = [places[one.name] for one in fields]
        self._hidden = [one.hidden for one in fields]
        self._readers: Mapping[str, Callable[[Cells], Cells]] = {
            "number": hasher.each,
            "birth": lambda cells: list(map(_month_only, cells)),
        }

    def chunk(self, some: Some) -> Chunk:
        return Chunk(
            some.lines,
            [
                self._readers[hidden](some.columns[at])
                if hidden in self._readers
                else some.columns[at]
                for at, hidden in zip(self._at, self._hidden, strict=True)
            ],
        )


def _measured(
    chunks: Iterable[Chunk], columns: Sequence[str], distances: Distances
) -> Iterator[Chunk]:
    home, placed = columns.index("home"), columns.index("placed")
    for chunk in chunks:
        pairs = zip(chunk.columns[home], chunk.columns[placed], strict=True)
        measured = list(zip(*(distances(*pair) for pair in pairs), strict=True))
        rest = [cells for at, cells in enumerate(chunk.columns) if at not in {home, placed}]
        yield Chunk(chunk.lines, [*rest, *measured])


@lru_cache(maxsize=100_000)
def _month_only(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        return f"{month(text):%Y-%m}"
    except ValueError:
        return UNREADABLE


class Aside(io.RawIOBase):
    """The rows as a file of our own, to be checked by a job; written while it is read.

    Args (as attributes): rows: how many went through.
    """

    def __init__(self, file: CleanFile) -> None:
        self.rows = 0
        self._rest = b""
        self._parts = self._written(file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._parts, b"")
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def _written(self, file: CleanFile) -> Iterator[bytes]:
        yield _as_csv([["line", *file.columns]])
        for chunk in file.chunks:
            self.rows += len(chunk.lines)
            yield _as_csv(zip(chunk.lines, *chunk.columns, strict=True))


def _as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def taken_up(stream: BinaryIO) -> tuple[tuple[str, ...], Iterator[Chunk]]:
    """The columns and rows of a file that was laid aside."""
    table = streamed(
        stream, lambda cell: cell == "line", most_bytes=2 * MOST_BYTES, split=shared_columns
    )
    chunks = (Chunk(list(map(int, some.columns[0])), some.columns[1:]) for some in table.chunks)
    return tuple(table.heading[1:]), chunks
