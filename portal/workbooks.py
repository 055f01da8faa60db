"""A table as an Excel workbook: numbers are numbers, dates dates, and text never a formula."""

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal.days import LONDON
from portal.figures import Column, Kind, figure, is_absent, written

if TYPE_CHECKING:
    from portal.tables import Table

_LONGEST_CELL = 32_767  # characters that Excel keeps
_CUT = "… (cut short: too long for a cell)"
_WIDEST, _NARROWEST = 60, 9
_OLDEST_YEAR = 1900  # Excel knows no earlier date
_NOTHING_BY_ITSELF = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def workbook(table: "Table", rows: list[list[Any]], about: list[tuple[str, str]]) -> bytes:
    """The workbook of a table: a sheet of figures, and a sheet that says what they are.

    Args:
        rows: the values of each row, that of the totals last.
        about: what stands on the second sheet.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _NOTHING_BY_ITSELF) as book:
        book.set_properties({"title": table.title, "comments": table.source})
        _Sheet(book, table).write(rows)
        _write_about(book, about)
    return out.getvalue()


def _write_about(book: Any, about: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("About")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 22, bold)
    sheet.set_column(1, 1, 90, wrapped)
    for at, (name, text) in enumerate(about):
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, _short(text))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - len(_CUT)] + _CUT


class _Sheet:
    """The sheet of figures: headings in the first row, so that other programs can read it."""

    def __init__(self, book: Any, table: "Table") -> None:
        self.book, self.table = book, table
        self.sheet = book.add_worksheet(_sheet_name(table.title))
        self.formats = [self._format(column) for column in table.columns]
        self.bold = [self._format(column, bold=True, top=1) for column in table.columns]

    def write(self, rows: list[list[Any]]) -> None:
        self._heading()
        totals = self.table.total_values is not None
        for line, values in enumerate(rows, 1):
            formats = self.bold if totals and line == len(rows) else self.formats
            for at, value in enumerate(values):
                self._cell(line, at, value, formats[at])
        if rows:
            last = len(self.table.rows)
            self.sheet.autofilter(0, 0, last, len(self.table.columns) - 1)
        self._widths()

    def _heading(self) -> None:
        heading = self.book.add_format(
            {"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}
        )
        for at, column in enumerate(self.table.columns):
            self.sheet.write_string(0, at, column.file_title, heading)
        self.sheet.freeze_panes(1, 1)
        self.sheet.repeat_rows(0)
        self.sheet.fit_to_pages(1, 0)

    def _cell(self, line: int, at: int, value: Any, style: Any) -> None:
        column = self.table.columns[at]
        if is_absent(value):
            self.sheet.write_blank(line, at, None, style)
        elif isinstance(value, str) or column.kind == Kind.TEXT:
            self.sheet.write_string(line, at, _short(written(value, column)), style)
        elif column.is_number:
            self.sheet.write_number(line, at, _number(value, column), style)
        elif value.year < _OLDEST_YEAR:
            self.sheet.write_string(line, at, written(value, column), style)
        else:
            self.sheet.write_datetime(line, at, _local(value), style)

    def _format(self, column: Column, **style: Any) -> Any:
        return self.book.add_format({"valign": "top", **style, "num_format": _pattern(column)})

    def _widths(self) -> None:
        cells = [[c.file_title for c in self.table.columns]]
        cells += [[str(cell) for cell in row] for row in self.table.body]
        for at, texts in enumerate(zip(*cells, strict=True)):
            longest = max(len(text) for text in texts)
            self.sheet.set_column(at, at, min(max(longest + 2, _NARROWEST), _WIDEST))


def _number(value: Any, column: Column) -> float:
    """The digits that the page shows. Excel keeps 15 of them, which holds any sum of pence here."""
    digits = float(figure(value, column))
    return digits / 100 if column.kind == Kind.PERCENT else digits


def _local(value: Any) -> Any:
    """Excel knows no zones: London's clock."""
    return value.astimezone(LONDON).replace(tzinfo=None) if isinstance(value, datetime) else value


def _pattern(column: Column) -> str:
    decimals = f".{'0' * column.digits}" if column.digits else ""
    number = {
        Kind.MONEY: f"£#,##0{decimals}",
        Kind.PERCENT: f"0{decimals}%",
        Kind.WHOLE: f"#,##0{decimals}",
        Kind.NUMBER: f"#,##0{decimals}",
    }.get(Kind(column.kind))
    if number:
        return f"+{number};-{number};{number}" if column.signed else f"{number};-{number}"
    return {"date": "d mmmm yyyy", "datetime": "d mmmm yyyy hh:mm"}.get(column.kind, "@")


def _sheet_name(title: str) -> str:
    """Excel takes 31 characters and not all of them; the name of our second sheet is taken."""
    name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31].strip()
    return name if name and name.lower() not in {"about", "history"} else "Table"
