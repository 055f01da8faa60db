"""One table for page, CSV, Excel and PDF, with the same figures everywhere."""

import csv
import io
import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from portal.figures import (
    NOT_APPLICABLE,
    NOT_GIVEN,
    Absent,
    Cell,
    Column,
    Kind,
    cell,
    cell_of,
    display,
    exact,
    harmless,
    is_absent,
    plain,
    value_of,
)
from portal.web import date_text

__all__ = [
    "FORMATS",
    "NOT_APPLICABLE",
    "NOT_GIVEN",
    "Absent",
    "Cell",
    "Column",
    "Kind",
    "Table",
    "attachment",
    "csv_bytes",
    "display",
    "download",
    "excel_bytes",
    "file_name",
    "pdf_bytes",
]

_WIDE_COLUMNS = 6  # with more, a PDF lies on its side


@dataclass(frozen=True)
class Table:
    """Rows of figures with what a reader must know about them.

    Args:
        rows: mappings or objects; a value may be None or `Absent`.
        source: where the figures come from. as_at: the day they hold for.
        filters: what was chosen, by name. rules: sentences on how the figures were made.
        notes: sentences on this table only.
        total_row: values for the row of totals, where adding up would be wrong (an average).
        chart: what the page draws of it (`portal.charts`); the PDF shows it too.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    source: str = ""
    as_at: date | datetime | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    rules: Sequence[str] = ()
    notes: Sequence[str] = ()
    total_row: Mapping[str, Any] | None = None
    total_title: str = "Total"
    chart: Any = None

    @property
    def headers(self) -> list[dict[str, Any]]:
        """Headings, as the page's table component takes them."""
        return [
            {"text": c.title, "numeric": c.is_number, "key": c.key, "hint": c.hint}
            for c in self.columns
        ]

    @property
    def body(self) -> list[list[Cell]]:
        """The cells of each row, without the row of totals."""
        return [[cell_of(row, column) for column in self.columns] for row in self.rows]

    @property
    def total(self) -> list[Cell] | None:
        """The cells of the row of totals, if there is one."""
        values = self.total_values
        if values is None:
            return None
        return [cell(value, c) for value, c in zip(values, self.columns, strict=True)]

    @property
    def page_rows(self) -> list[Any]:
        """Body and total, as the page's table component takes them."""
        total = self.total
        return [*self.body, *([{"cells": total, "total": True}] if total else [])]

    @property
    def total_values(self) -> list[Any] | None:
        """Exact totals by column ("" where there is none), or None when nothing is added up."""
        if not self.rows or not (self.total_row or any(c.total for c in self.columns)):
            return None
        values = [self._total(column) for column in self.columns]
        return [self.total_title, *values[1:]] if values[0] == "" else values

    @property
    def about(self) -> list[tuple[str, str]]:
        """What is printed under the table: source, date, filters, rules, notes."""
        lines = [("Source", self.source)] if self.source else []
        if self.as_at:
            lines.append(("As at", date_text(self.as_at)))
        lines += [(f"Filter: {name}", value) for name, value in self.filters.items()]
        lines += [("Rule", rule) for rule in self.rules]
        return lines + [("Note", note) for note in (*self.notes, *self._left_out())]

    def _total(self, column: Column) -> Any:
        if self.total_row is not None and column.key in self.total_row:
            return self.total_row[column.key]
        if not column.total:
            return ""
        given = [value for value in self._values(column) if not is_absent(value)]
        return sum(map(exact, given), Fraction()) if given else None

    def _values(self, column: Column) -> list[Any]:
        return [value_of(row, column.key) for row in self.rows]

    def _left_out(self) -> list[str]:
        """A total over missing values is too small: say by how many."""
        counts = {c.title: sum(map(is_absent, self._values(c))) for c in self.columns if c.total}
        return [
            f"The total of “{title}” leaves out {number} that {'is' if number == 1 else 'are'} missing."
            for title, number in counts.items()
            if number
        ]


def csv_bytes(table: Table, *, about: bool = True) -> bytes:
    """The table as CSV that Excel opens rightly (UTF-8 with its mark, CRLF).

    Args:
        about: whether source, date, filters, rules and notes follow after an empty line.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)  # whatever separates cells elsewhere
    writer.writerow([harmless(column.file_title) for column in table.columns])
    for values in _rows(table):
        writer.writerow(plain(*pair) for pair in zip(values, table.columns, strict=True))
    if about:
        writer.writerow([])
        writer.writerows([name, harmless(text)] for name, text in _about(table))
    return out.getvalue().encode("utf-8-sig")


def excel_bytes(table: Table) -> bytes:
    """The table as an Excel workbook: numbers are numbers, dates dates, and text never a formula."""
    from portal.workbooks import workbook

    return workbook(table, list(_rows(table)), _about(table))


def pdf_bytes(table: Table) -> bytes:
    """The table as a PDF; with many columns it lies on its side."""
    from portal.pdf import render_pdf

    return render_pdf(
        "pdf/table.html",
        table=table,
        picture=_picture(table),
        landscape=len(table.columns) > _WIDE_COLUMNS,
    )


def _picture(table: Table) -> str:
    """The chart as an address that holds it all; nothing where there is none."""
    if table.chart is None or not table.rows:
        return ""
    from portal.charts import png

    return f"data:image/png;base64,{b64encode(png(table.chart)).decode()}"


FORMATS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_bytes),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", excel_bytes),
    "pdf": ("application/pdf", pdf_bytes),
}


def download(table: Table, kind: str) -> Response:
    """The table as an attachment. `kind` is csv, xlsx or pdf. Raises NotFound for another."""
    if kind not in FORMATS:
        raise NotFound
    mime, make = FORMATS[kind]
    return attachment(make(table), file_name(table, kind), mime)


def attachment(content: bytes, name: str, mime: str) -> Response:
    """A file for the person to save. It is never opened in the portal's own pages."""
    response = Response(content, content_type=mime)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def file_name(table: Table, kind: str) -> str:
    """A name that any disk takes: rates-of-lot-1a-2026-03-31.csv."""
    return f"{slug(table.title)}{f'-{table.as_at:%Y-%m-%d}' if table.as_at else ''}.{kind}"


def slug(text: str) -> str:
    """A text as part of a file name: letters without marks, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:80].strip("-") or "table"


def _rows(table: Table) -> Iterable[list[Any]]:
    for row in table.rows:
        yield [value_of(row, column.key) for column in table.columns]
    if (total := table.total_values) is not None:
        yield total


def _about(table: Table) -> list[tuple[str, str]]:
    """In files an empty cell stands for what is missing; say so when there is one."""
    gaps = {
        value.spoken if isinstance(value, Absent) else NOT_GIVEN.spoken
        for values in _rows(table)
        for value in values
        if is_absent(value)
    }
    return [
        ("Table", table.title),
        *table.about,
        *(
            [("Note", f"An empty cell means {' or '.join(sorted(gaps, reverse=True))}.")]
            if gaps
            else []
        ),
    ]
