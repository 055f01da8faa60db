"""Judging rows: each is taken, refused with column and reason, or known already.

A chunk is judged column by column. Cells repeat a great deal (dates, prices, types), so each reader
remembers what it has read; only rows with a fault are looked at one by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any

from portal.costs.imports.judging import JUDGES
from portal.costs.imports.known import Known
from portal.costs.imports.layouts import LAYOUTS, Field
from portal.costs.imports.reading import UNREADABLE, Cells, Chunk
from portal.costs.models import FileKind
from portal.previews import Rejection

if TYPE_CHECKING:  # numpy comes with it, which pages do without
    from portal.costs.imports.twins import Twins

MOST_REMEMBERED = 30_000  # cells of a column
MOST_LISTED = 10_000  # refused rows of one file; more of them means another file
HIDDEN = "(not shown)"
FEW = 50
Column = Sequence[Any]


class Fault(str):
    """Why a cell cannot be read."""

    __slots__ = ()


class Reader(dict[str, Any]):
    """Reads the cells of a column, and remembers; a fault is remembered too."""

    def __init__(self, one: Field) -> None:
        super().__init__()
        self.parse, self.filled, self.differs = one.parse, one.filled, one.differs
        self.many = one.many
        self.faults: set[str] = set()

    def column(self, cells: Cells) -> Column:
        """The value of each cell, or its fault."""
        if self.differs and (plain := self._as_they_stand(cells)):
            return plain
        if len(self) > MOST_REMEMBERED:
            self.clear()
            self.faults.clear()
        if self.many:
            self.update(self.many(set(cells).difference(self)))
        return list(map(self.__getitem__, cells))

    def _as_they_stand(self, cells: Cells) -> Column:
        """Texts of plain letters need no reading; nothing where one of them is not plain."""
        column = list(map(str.strip, cells))
        letters = "|".join(column)
        plain = letters.isascii() and letters.isprintable() and "'" not in letters
        lengths = set(map(len, column))
        return column if plain and min(lengths) > 0 and max(lengths) <= self.differs else ()

    def __missing__(self, text: str) -> Any:
        value = self[text] = self._read(text.strip())
        if isinstance(value, Fault):
            self.faults.add(text)
        return value

    def _read(self, text: str) -> Any:
        if not text:
            return Fault("This cell is empty.") if self.filled else None
        if text == UNREADABLE:
            return Fault("This is no date or month of birth.")
        try:
            return self.parse(text)
        except ValueError as error:
            return Fault(str(error))


_readers: dict[Any, Reader] = {}


def _reader(one: Field) -> Reader:
    """What reads a column, in this file and the next: days and prices are the same in all of them."""
    key = (one.parse, one.filled, one.differs, one.many)
    return _readers.get(key) or _readers.setdefault(key, Reader(one))


@dataclass(frozen=True, slots=True)
class Accepted:
    """The rows of a chunk that would be taken, as values for the table's columns.

    Args:
        columns: in the order of `judging.TABLES`; the line comes first.
    """

    columns: Sequence[Column]

    def __len__(self) -> int:
        return len(self.columns[0])


@dataclass(slots=True)
class Check:
    """What came of judging: filled while the accepted rows are drawn from `chunks`.

    Args:
        twins: what has been said, in the files that count and in this one so far.
    """

    kind: FileKind
    columns: Sequence[str]
    known: Known
    twins: "Twins"
    lines: int = 0
    accepted: int = 0
    on_record: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)  # words or codes without a type
    missing_prices: int = 0

    def chunks(self, chunks: Iterable[Chunk]) -> Iterator[Accepted]:
        """The rows that would be taken, chunk by chunk."""
        fields = {one.name: one for one in LAYOUTS[self.kind].fields}
        own = [fields.get(name) or _measured(name) for name in self.columns]
        readers = [_reader(one) for one in own]
        judge = JUDGES[self.kind](self.known)
        for chunk in chunks:
            self.lines += len(chunk.lines)
            if len(accepted := self._judged(chunk, own, readers, judge)):
                yield accepted
        self.rejections.sort(key=lambda one: one.line)

    def _judged(
        self, chunk: Chunk, own: Sequence[Field], readers: Sequence[Reader], judge: Any
    ) -> Accepted:
        values = [
            reader.column(cells) for reader, cells in zip(readers, chunk.columns, strict=True)
        ]
        faulty = _faulty(readers, chunk.columns, values)
        for at in sorted(faulty):
            self._refuse_cells(chunk, at, own, values)
        chunk, values = _without(faulty, chunk, values)
        if not chunk.lines:
            return Accepted([[]])
        made = judge(dict(zip(self.columns, values, strict=True)), len(chunk.lines))
        for at, (name, reason) in made.refused.items():
            self._refuse(chunk, at, own, name, reason)
        lines, *columns = _kept(made.refused, [chunk.lines, *made.columns])
        self.missing_prices += sum(_kept(made.refused, [made.missing])[0]) if made.missing else 0
        for words in filter(None, _kept(made.refused, [made.unknown])[0] if made.unknown else ()):
            self.unknown[words] = self.unknown.get(words, 0) + 1
        return self._new(lines, columns, made.identity)

    def _new(
        self, lines: Sequence[int], columns: Sequence[Column], identity: Sequence[int]
    ) -> Accepted:
        """Those that nobody has said yet; what says otherwise of the same thing is refused."""
        told = self.twins.look(lines, [columns[at] for at in identity], columns)
        self.on_record += told.same
        for at, first in told.other.items():
            reason = (
                f"Line {first} is about the same thing and says something else."
                if first
                else "Another file, which was taken, says something else of it."
            )
            self._list(Rejection(lines[at], "", "", reason))
        self.rejected += len(told.other)
        columns = _kept(told.passed_over, [lines, *columns])
        self.accepted += len(columns[0])
        return Accepted(columns)

    def _refuse_cells(
        self, chunk: Chunk, at: int, own: Sequence[Field], values: Sequence[Column]
    ) -> None:
        self.rejected += 1
        for one, cells, column in zip(own, chunk.columns, values, strict=True):
            if isinstance(column[at], Fault):
                self._list(
                    Rejection(chunk.lines[at], one.title, _shown(one, cells[at]), column[at])
                )

    def _refuse(self, chunk: Chunk, at: int, own: Sequence[Field], name: str, reason: str) -> None:
        self.rejected += 1
        for one, cells in zip(own, chunk.columns, strict=True):
            if one.name == name:
                shown = _shown(one, cells[at])
                self._list(Rejection(chunk.lines[at], one.title, shown, reason))

    def _list(self, rejection: Rejection) -> None:
        if len(self.rejections) < MOST_LISTED:
            self.rejections.append(rejection)


def _shown(one: Field, cell: str) -> str:
    return HIDDEN if one.hidden and cell else cell.strip()[:200]


def _measured(name: str) -> Field:
    """What reading put in the place of two postcodes."""
    return Field(name, name.capitalize(), int)


def _faulty(
    readers: Sequence[Reader], cells: Sequence[Cells], values: Sequence[Column]
) -> set[int]:
    """The rows with a cell that cannot be read; a column without faults is not looked through."""
    return {
        at
        for reader, texts, column in zip(readers, cells, values, strict=True)
        if reader.faults and not reader.faults.isdisjoint(texts)
        for at, value in enumerate(column)
        if type(value) is Fault
    }


def _kept(out: Mapping[int, Any] | set[int], columns: Sequence[Column]) -> Sequence[Column]:
    """Columns without some of their rows."""
    if not out:
        return columns
    if len(out) <= FEW:  # taking a few out is quicker than going through all
        columns = [list(column) for column in columns]
        for at in sorted(out, reverse=True):
            for column in columns:
                del column[at]
        return columns
    stays = bytearray(b"\1") * len(columns[0])
    for at in out:
        stays[at] = 0
    return [list(compress(column, stays)) for column in columns]


def _without(
    faulty: set[int], chunk: Chunk, values: Sequence[Column]
) -> tuple[Chunk, Sequence[Column]]:
    if not faulty:
        return chunk, values
    lines, *columns = _kept(faulty, [chunk.lines, *chunk.columns, *values])
    own = len(chunk.columns)
    return Chunk(lines, columns[:own]), columns[own:]
