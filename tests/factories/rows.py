"""Rows as somebody types them, for questions that are answered with a table or a list of homes."""

from collections.abc import Mapping
from typing import Any

from scoring.rows import ROW_KINDS, columns_of

CELLS = {
    "text": "Words",
    "number": "37.5",
    "whole": "4",
    "money": "512.50",
    "date": "1/3/2023",
    "yes-no": "yes",
    "postcode": "LU1 2BQ",
}


def rows_typed(question: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """One row in which every cell is filled; None for a question without rows."""
    if question["kind"] not in ROW_KINDS:
        return None
    return [{column["key"]: _cell(column) for column in columns_of(question)}]


def boxes_typed(question: Mapping[str, Any]) -> dict[str, str]:
    """The same by the names of the boxes on the page."""
    return {
        f"{question['key']}--{number}--{key}": text
        for number, row in enumerate(rows_typed(question) or [])
        for key, text in row.items()
    }


def _cell(column: Mapping[str, Any]) -> str:
    if column["kind"] == "one-of":
        return str(column["options"][0]["value"])
    return CELLS[column["kind"]]
