"""Putting many rows into the database at once, on SQLite and on PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

CHUNK = 5_000


def in_chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The rows in lists of at most so many."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def insert(
    session: Session,
    table: Any,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    fixed: Sequence[tuple[str, Any]] = (),
) -> None:
    """Insert rows as they are, below the objects: one statement, prepared once.

    Args:
        columns: of the table, in the order of each row's values.
        fixed: columns that have one value in all rows.
    """
    connection = session.connection()
    names = [name for name, _ in fixed] + list(columns)
    before = tuple(value for _, value in fixed)
    target = table.__table__.name
    quoted = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        statement = f'COPY "{target}" ({quoted}) FROM STDIN'
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(before + row)
        return
    marks = ", ".join("?" * len(names))
    dates = [at for at, name in enumerate(names) if name.endswith(("_on", "birth_month"))]
    connection.exec_driver_sql(
        f'INSERT INTO "{target}" ({quoted}) VALUES ({marks})',  # noqa: S608  names of our own
        [_as_text(before + row, dates) for row in rows],
    )


def _as_text(row: tuple[Any, ...], dates: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for at in dates:
        day = values[at]
        if type(day) is date:
            values[at] = day.isoformat()
    return tuple(values)
