"""Answers with rows: a table such as staffing, and a list of homes with their addresses.

A row is kept as its filled-in cells by the key of the column, each in the form of its kind
(`scoring/answers.py`); rows in which nothing stands are left out. A list of homes ("settings") always
has the columns `SETTING_COLUMNS`, and after them those of its question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from scoring.content import Content
from scoring.rules import RuleBroken

TABLE, SETTINGS = "table", "settings"
ROW_KINDS = frozenset({TABLE, SETTINGS})
CELL_KINDS = ("text", "number", "whole", "money", "date", "yes-no", "one-of", "postcode")
MOST_ROWS, MOST_IN_A_CELL = 100, 200
MOST_TOLD = 5  # faults in one message; the page shows each beside its cell

Cell: TypeAlias = "str | int"
Row: TypeAlias = "dict[str, str | int]"
ReadCell: TypeAlias = "Callable[[Content, object], object]"

POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})")
WHOLE = re.compile(r"[0-9]{1,6}")

SETTING_COLUMNS: tuple[Content, ...] = (
    {"key": "name", "label": "Name of the home", "kind": "text", "required": True},
    {"key": "address", "label": "Address, without the postcode", "kind": "text", "required": True},
    {"key": "postcode", "label": "Postcode", "kind": "postcode", "required": True},
    {"key": "places", "label": "Places", "kind": "whole", "required": True},
    {"key": "opened", "label": "Open since", "kind": "date", "required": True},
)


class CellsRefused(RuleBroken):
    """Cells that cannot be read, or that are missing: `cells` by (number of the row, column's key).

    Rows are counted from 0.
    """

    def __init__(self, code: str, cells: Mapping[tuple[int, str], str], question: Content) -> None:
        labels = {column["key"]: column["label"] for column in columns_of(question)}
        lines = [f"Row {row + 1}, {labels[key]}: {words}" for (row, key), words in cells.items()]
        more = len(lines) - MOST_TOLD
        told = " ".join(lines[:MOST_TOLD]) + (f" And {more} more." if more > 0 else "")
        super().__init__(code, told, question["key"])
        self.cells = dict(cells)

    def __reduce__(self) -> tuple[type[RuleBroken], tuple[str, str, str | None]]:
        return (RuleBroken, (self.code, self.message, self.field))


def columns_of(question: Content) -> tuple[Content, ...]:
    """Return the columns of a question with rows, in order."""
    fixed = SETTING_COLUMNS if question["kind"] == SETTINGS else ()
    return (*fixed, *(question.get("columns") or ()))


def row_title(question: Content) -> str:
    """Return what one row is called: "Home", or as the content says."""
    usual = "Home" if question["kind"] == SETTINGS else "Row"
    return str(question.get("row_title") or usual)


def read_rows(question: Content, raw: object, read_cell: ReadCell) -> list[Row] | None:
    """Read the rows of a draft; None where nothing stands in any of them.

    Args:
        raw: a list of rows, each a mapping of column keys to what was typed. Other keys are left
            out.
        read_cell: reads one cell like an answer of its kind; None where nothing was typed.

    Raises:
        CellsRefused: `answer:cells`, naming every cell that cannot be read.
        RuleBroken: `answer:unknown-kind` (these are no rows), `answer:too-many-rows`.
    """
    if raw is None or raw in ("", []):
        return None
    if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
        raise RuleBroken("answer:unknown-kind", "This answer cannot be read.", question["key"])
    rows: list[Row] = []
    refused: dict[tuple[int, str], str] = {}
    for typed in raw:
        row, faults = _read_row(question, typed, read_cell)
        if row or faults:
            refused |= {(len(rows), key): words for key, words in faults.items()}
            rows.append(row)
    if len(rows) > most_rows(question):
        raise RuleBroken(
            "answer:too-many-rows", f"Use {most_rows(question)} rows or fewer.", question["key"]
        )
    if refused:
        raise CellsRefused("answer:cells", refused, question)
    return rows or None


def check_rows(question: Content, rows: Sequence[Mapping[str, Cell]]) -> None:
    """Refuse rows that cannot be submitted like this.

    Raises:
        CellsRefused: `answer:cell-missing`, naming every cell that is needed and empty.
        RuleBroken: `answer:too-few-rows`.
    """
    empty = {
        (number, column["key"]): "this is empty."
        for number, row in enumerate(rows)
        for column in columns_of(question)
        if column.get("required") and column["key"] not in row
    }
    if empty:
        raise CellsRefused("answer:cell-missing", empty, question)
    least = int(question.get("least_rows") or 1)
    if len(rows) < least:
        raise RuleBroken("answer:too-few-rows", f"Fill in {least} rows or more.", question["key"])


def most_rows(question: Content) -> int:
    """Return how many rows an answer may have."""
    return min(int(question.get("most_rows") or MOST_ROWS), MOST_ROWS)


def read_postcode(text: str, field: str) -> str:
    """Read a postcode as the post office writes it: "lu1 2bq" is "LU1 2BQ".

    Raises:
        RuleBroken: `answer:not-a-postcode`.
    """
    found = POSTCODE.fullmatch(re.sub(r"[\s-]", "", text).upper())
    if found is None:
        raise RuleBroken("answer:not-a-postcode", "Enter a postcode, such as LU1 2BQ.", field)
    return f"{found[1]} {found[2]}"


def read_whole(text: str, field: str) -> str:
    """Read a whole number of things, from 0.

    Raises:
        RuleBroken: `answer:not-whole`.
    """
    bare = re.sub(r"[\s,]", "", text)
    if not WHOLE.fullmatch(bare):
        raise RuleBroken("answer:not-whole", "Enter a whole number, such as 4.", field)
    return str(int(bare))


def _read_row(
    question: Content, typed: Mapping[str, object], read_cell: ReadCell
) -> tuple[Row, dict[str, str]]:
    row: Row = {}
    faults: dict[str, str] = {}
    for key, value in _cells(question, typed, read_cell):
        if isinstance(value, RuleBroken):
            faults[key] = value.message
        elif isinstance(value, str | int):
            row[key] = value
    return row, faults


def _cells(
    question: Content, typed: Mapping[str, object], read_cell: ReadCell
) -> Iterator[tuple[str, object]]:
    for column in columns_of(question):
        raw = typed.get(column["key"])
        try:
            value = read_cell(column, raw)
            if isinstance(value, str) and len(value) > MOST_IN_A_CELL:
                raise RuleBroken("answer:too-long", f"Use {MOST_IN_A_CELL} characters or fewer.")
            yield column["key"], value
        except RuleBroken as broken:
            yield column["key"], broken
