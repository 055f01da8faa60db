"""One way for every file that comes in: read it all, show what would happen, then take all or none.

`read` judges every row and changes nothing. `keep` lays the preview aside under its own hash;
when the person confirms, `take` gives back exactly the rows that they saw. A row that was refused
never gets in, and nobody has to guess why.
"""

import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from portal.parsing import date_on, money, one_of, text, text_of, whole
from portal.previews import (
    Duplicate,
    Preview,
    Rejection,
    Row,
    Values,
    drop,
    keep,
    rejected_table,
    sweep,
    take,
)
from portal.sheets import Line, rows_of
from portal.storage import MAX_FILE_BYTES, FileEmpty, FileRefused
from scoring.rules import RuleBroken

__all__ = [
    "Duplicate",
    "ImportColumn",
    "ImportSpec",
    "Preview",
    "Rejection",
    "Row",
    "date_on",
    "drop",
    "keep",
    "money",
    "one_of",
    "read",
    "rejected_table",
    "sweep",
    "take",
    "text",
    "text_of",
    "whole",
]

_HIDDEN = "(not shown)"
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column that is looked for.

    Args:
        name: the key of its value. title: its heading; capitals, spaces and signs do not matter.
        parse: from text to a value; ValueError with a sentence refuses the row.
        required: the file must have the column.
        blank: a cell may be empty, and its value is then None. True where it is not required.
        aliases: other headings for it.
        private: its text is never repeated in a list of what was refused.
    """

    name: str
    title: str
    parse: Callable[[str], Any] = text
    required: bool = True
    blank: bool = False
    aliases: tuple[str, ...] = ()
    private: bool = False

    @property
    def headings(self) -> set[str]:
        """Every way to write its heading, reduced."""
        return {_reduced(word) for word in (self.name, self.title, *self.aliases)}


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """What a file must hold.

    Args:
        check_row: refusals of a row whose cells could all be read, as (column name or "", reason);
            it may also raise RuleBroken.
        natural_key: what makes two rows the same thing.
    """

    key: str
    columns: Sequence[ImportColumn]
    check_row: Callable[[Values], Iterable[tuple[str, str]]] | None = None
    natural_key: Callable[[Values], Hashable] | None = None
    most_rows: int = 100_000
    most_bytes: int = MAX_FILE_BYTES


def read(stream: BinaryIO, spec: ImportSpec, file_name: str = "") -> Preview:
    """Judge every row of a CSV or Excel file; keep nothing.

    Raises:
        FileRefused: the file as a whole cannot be read, or lacks a column; the message says what
            to do.
    """
    content = stream.read(spec.most_bytes + 1)
    headings = set().union(*(column.headings for column in spec.columns))
    lines = rows_of(
        io.BytesIO(content),
        lambda cell: _reduced(cell) in headings,
        name=file_name,
        most_bytes=spec.most_bytes,
    )
    heading = next(lines, None)
    if heading is None:
        raise FileEmpty
    judge = _Judge(spec, _places(spec, heading))
    for number, line in enumerate(lines, 1):
        if number > spec.most_rows:
            raise FileRefused(
                "import:too-many-rows",
                f"The file has more than {spec.most_rows:,} rows. Split it and upload each part.",
            )
        judge.judge(line, len(heading[1]))
    return Preview(
        spec=spec.key,
        file_name=file_name,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=tuple(judge.rows),
        rejected=tuple(judge.rejected),
        duplicates=tuple(judge.duplicates),
        unknown_columns=tuple(
            cell for cell in heading[1] if cell and _reduced(cell) not in headings
        ),
    )


@dataclass(slots=True)
class _Judge:
    """Sorts rows into those that are taken, refused and passed over."""

    spec: ImportSpec
    places: Mapping[str, int]
    rows: list[Row] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    _seen: dict[Hashable, Row] = field(default_factory=dict)

    def judge(self, line: Line, width: int) -> None:
        at, cells = line
        faults, values = self._values(at, cells)
        if any(cells[width:]):
            faults.append(Rejection(at, "", "", "The row has more cells than there are headings."))
        if not faults:
            faults = self._check(at, cells, values)
        if faults:
            self.rejected += faults
        elif not self._is_known(Row(at, values)):
            self.rows.append(Row(at, values))

    def _values(self, at: int, cells: list[str]) -> tuple[list[Rejection], Values]:
        faults, values = [], {}
        for column in self.spec.columns:
            written = self._written(column.name, cells)
            try:
                values[column.name] = _value(column, written)
            except (ValueError, RuleBroken) as error:
                faults.append(_rejection(at, column, written, str(error)))
        return faults, values

    def _written(self, name: str, cells: list[str]) -> str:
        place = self.places.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    def _check(self, at: int, cells: list[str], values: Values) -> list[Rejection]:
        columns = {column.name: column for column in self.spec.columns}
        try:
            refusals = list(self.spec.check_row(values) or ()) if self.spec.check_row else []
        except RuleBroken as broken:
            refusals = [(broken.field or "", broken.message)]
        return [
            _rejection(at, columns.get(name), self._written(name, cells), reason)
            for name, reason in refusals
        ]

    def _is_known(self, row: Row) -> bool:
        """Whether an earlier line said the same; another value for the same thing is refused."""
        if self.spec.natural_key is None:
            return False
        first = self._seen.setdefault(self.spec.natural_key(row.values), row)
        if first is row:
            return False
        if first.values == row.values:
            self.duplicates.append(Duplicate(row.line, first.line))
        else:
            reason = f"Line {first.line} is about the same thing and says something else."
            self.rejected.append(Rejection(row.line, "", "", reason))
        return True


def _value(column: ImportColumn, written: str) -> Any:
    if written:
        return column.parse(written)
    if column.required and not column.blank:
        raise ValueError("This cell is empty.")
    return None


def _rejection(at: int, column: ImportColumn | None, written: str, reason: str) -> Rejection:
    if column is None:
        return Rejection(at, "", "", reason)
    shown = written if len(written) <= _SHOWN_CHARACTERS else written[:_SHOWN_CHARACTERS] + "…"
    return Rejection(at, column.title, _HIDDEN if column.private and written else shown, reason)


def _places(spec: ImportSpec, heading: Line) -> dict[str, int]:
    """Where each column stands. Raises FileRefused when one is missing, or there twice."""
    reduced = [_reduced(cell) for cell in heading[1]]
    places: dict[str, int] = {}
    missing = []
    for column in spec.columns:
        found = [at for at, word in enumerate(reduced) if word in column.headings]
        if len(found) > 1:
            raise FileRefused("import:column-twice", f"The column “{column.title}” is there twice.")
        if found:
            places[column.name] = found[0]
        elif column.required:
            missing.append(f"“{column.title}”")
    if missing:
        raise FileRefused(
            "import:column-missing",
            f"The file has no column {', '.join(missing)}. The first row must hold the headings.",
        )
    return places


def _reduced(heading: str) -> str:
    """A heading without capitals, spaces and signs: "Weekly cost (£)" is "weeklycost"."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", heading)).casefold()
