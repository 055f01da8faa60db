"""A table of figures for programs: as JSON, or as the same comma-separated values that pages offer."""

from datetime import date, datetime
from typing import Any

from flask import Response
from marshmallow import fields

from portal.api.fields import Asked, Told, one_of
from portal.days import LONDON
from portal.figures import Absent, Column, Kind, figure, value_of, written
from portal.tables import Table, csv_bytes, file_name

JSON, CSV = "json", "csv"


class FormQuery(Asked):
    """In which form a table is wanted."""

    format = one_of(
        (JSON, CSV),
        load_default=JSON,
        metadata={"description": "`csv` is a flat file for Excel and Power BI"},
    )


class ColumnSchema(Told):
    """A column: its key in each row, and what stands in it."""

    key = fields.String()
    title = fields.String()
    kind = fields.String(
        metadata={
            "enum": [kind.value for kind in Kind],
            "description": (
                "`money` is pounds, `percent` hundredths and `number` a number, each as a decimal"
                " text; `whole` is an integer; `date` and `datetime` are ISO 8601"
            ),
        }
    )


class GapSchema(Told):
    """A cell without a figure, and why."""

    row = fields.Integer(metadata={"description": "From 0"})
    column = fields.String()
    why = fields.String()


class TableSchema(Told):
    """A table with what a reader must know about it."""

    key = fields.String()
    title = fields.String()
    as_at = fields.String(allow_none=True, metadata={"description": "The day it holds for"})
    source = fields.String()
    filters = fields.Dict(keys=fields.String(), values=fields.String())
    rules = fields.List(fields.String(), metadata={"description": "How the figures were made"})
    notes = fields.List(fields.String())
    columns = fields.List(fields.Nested(ColumnSchema))
    rows = fields.List(
        fields.Dict(
            keys=fields.String(),
            values=fields.Raw(metadata={"type": ["string", "integer", "null"]}),
        )
    )
    gaps = fields.List(
        fields.Nested(GapSchema), metadata={"description": "Why a cell of `rows` is null"}
    )


def answer(table: Table, form: str) -> Any:
    """The table as it was asked for. Totals are left out: who reads it adds up for themselves."""
    return as_csv(table) if form == CSV else as_json(table)


def as_csv(table: Table) -> Response:
    """Headings and rows, and nothing below them that a program would take for a row."""
    bare = Table(table.key, table.title, [_plain(one) for one in table.columns], table.rows)
    response = Response(csv_bytes(bare, about=False), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=file_name(table, "csv"))
    return response


def _plain(column: Column) -> Column:
    """The same column without a total under it."""
    return Column(column.key, column.title, column.kind, column.decimals)


def as_json(table: Table) -> dict[str, Any]:
    """The table as `TableSchema` has it."""
    gaps: list[dict[str, Any]] = []
    rows = []
    for at, row in enumerate(table.rows):
        cells = {}
        for column in table.columns:
            value = value_of(row, column.key)
            cells[column.key] = _cell(value, column)
            if cells[column.key] is None:
                why = value.spoken if isinstance(value, Absent) else "not given"
                gaps.append({"row": at, "column": column.key, "why": why})
        rows.append(cells)
    return {
        "key": table.key,
        "title": table.title,
        "as_at": _day(table.as_at),
        "source": table.source,
        "filters": dict(table.filters),
        "rules": list(table.rules),
        "notes": list(table.notes),
        "columns": [
            {"key": one.key, "title": one.title, "kind": Kind(one.kind).value}
            for one in table.columns
        ],
        "rows": rows,
        "gaps": gaps,
    }


def _day(when: date | datetime | None) -> str | None:
    if when is None:
        return None
    day = when.astimezone(LONDON).date() if isinstance(when, datetime) else when
    return day.isoformat()


def _cell(value: Any, column: Column) -> str | int | None:
    if value is None or isinstance(value, Absent):
        return None
    if isinstance(value, str):
        return value
    if column.is_number:
        digits = figure(value, column)
        return int(digits) if column.kind == Kind.WHOLE and "." not in digits else digits
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    return written(value, column)
