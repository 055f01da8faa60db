"""The story with markup in every text that somebody typed, so that a walk meets it wherever it is shown.

What a page does not escape becomes an element or an attribute that tests/hygiene.py refuses; in a
paper's source and in a file it is looked for as it stands.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import JSON, String, Table
from sqlalchemy.types import Enum

from tests.sweeps.demonstration import Demonstration
from tests.sweeps.walking import Step

MARK = """ " onfocus=x '<img src=x onerror=alert(1)><script>alert(1)</script>"""
RAW = (
    "<img src=x",
    "<script>alert",
)  # a quotation mark may stand in a text; hygiene sees attributes
# what a chain of hashes holds, what is looked up by its text, and what a program wrote
LEFT_ALONE = {"audit_entry", "audit_values", "job", "mail", "setting", "alembic_version"}
_NO_TEXT = ("ref", "_hash", "sha256", "key", "slug", "kind", "mime", "chain", "token", "secret")


def mark(demonstration: Demonstration) -> int:
    """Write markup behind every text of the database that holds a space; how many were marked."""
    from portal.db import Base

    with closing(sqlite3.connect(demonstration.database)) as database, database:
        database.execute("PRAGMA ignore_check_constraints=ON")
        return sum(
            _mark_column(database, table.name, column)
            for table in Base.metadata.sorted_tables
            if table.name not in LEFT_ALONE
            for column in _texts(table)
        )


def _texts(table: Table) -> Iterator[str]:
    for column in table.columns:
        plain = type(column.type).__mro__[0] is not Enum and isinstance(column.type, String | JSON)
        if plain and not isinstance(column.type, Enum) and not column.name.endswith(_NO_TEXT):
            yield column.name


def _mark_column(database: sqlite3.Connection, table: str, column: str) -> int:
    wanted = f'SELECT rowid, "{column}" FROM "{table}" WHERE "{column}" LIKE \'% %\''
    found = database.execute(f"{wanted} AND \"{column}\" NOT LIKE 'siv1:%'").fetchall()
    marked = [(_marked(text), row) for row, text in found]
    database.executemany(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', marked)
    return len(marked)


def _marked(text: str) -> str:
    if text[:1] not in '{["':
        return text + MARK
    try:
        return json.dumps(_within(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return text + MARK


def _within(value: Any) -> Any:
    """The texts in a structure; its words that are no sentence (keys, days, figures) stay."""
    if isinstance(value, dict):
        return {name: _within(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_within(one) for one in value]
    return value + MARK if isinstance(value, str) and " " in value else value


def raw_in(step: Step) -> list[str]:
    """The markup that stands in an answer as markup: a page, a drawing, or what a PDF is made of."""
    kind = step.answer.mimetype
    if kind not in {"text/html", "image/svg+xml", "application/pdf"} or step.answer.is_streamed:
        return []
    text = step.answer.data.decode("utf-8", "replace")
    return [one for one in RAW if one in text]
