"""Putting many rows into the database at once, on SQLite and on PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from sqlalchemy.orm import Session

CHUNK = 5_000
AT_ONCE = 1_000  # rows sent to PostgreSQL
MOST_BOUND = 900  # values in a statement; any SQLite takes 999
_LITERALS: dict[Any, str] = {None: "NULL", "": "''", 0: "0"}
_NEEDS_CARE = ("\\", "\t", "\n", "\r")  # what PostgreSQL's own text format writes otherwise


def in_chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The rows in lists of at most so many."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def insert(
    session: Session,
    table: Any,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    fixed: Sequence[tuple[str, int]] = (),
) -> None:
    """Insert rows as they are; see `insert_columns`."""
    if rows:
        insert_columns(session, table, names, list(zip(*rows, strict=True)), fixed)


def insert_columns(
    session: Session,
    table: Any,
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    fixed: Sequence[tuple[str, int]] = (),
) -> None:
    """Insert rows that are told column by column, below the objects: one statement, prepared once.

    Args:
        names: of the columns. Days may be texts like 2026-03-31.
        fixed: columns that have one number in all rows.
    """
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    target = table.__table__.name
    if connection.dialect.name == "postgresql":
        quoted = ", ".join(f'"{name}"' for name in (*names, *(name for name, _ in fixed)))
        with (
            driver.cursor() as cursor,
            cursor.copy(f'COPY "{target}" ({quoted}) FROM STDIN') as copy,
        ):
            for lines in _copied(columns, [str(value) for _, value in fixed]):
                copy.write(lines)
        return
    _sqlite(driver, target, dict(fixed), dict(zip(names, columns, strict=True)))


def _sqlite(
    driver: Any, target: str, fixed: dict[str, int], columns: dict[str, Sequence[Any]]
) -> None:
    """Many rows with each statement; what is the same in all rows stands in it, and is not bound."""
    rows = len(next(iter(columns.values()), ()))
    same = {name: _literal(column) for name, column in columns.items()}
    bound = [_days_as_texts(column) for name, column in columns.items() if same[name] is None]
    constants = [str(int(value)) for value in fixed.values()]
    row = f"({', '.join([*constants, *('?' if one is None else one for one in same.values())])})"
    quoted = ", ".join(f'"{name}"' for name in (*fixed, *columns))
    begin = f'INSERT INTO "{target}" ({quoted}) VALUES '  # noqa: S608  names of our own
    at_once = max(1, MOST_BOUND // max(1, len(bound)))
    flat = chain.from_iterable(zip(*bound, strict=True))
    size = at_once * len(bound)
    whole, rest = divmod(rows, at_once)
    driver.executemany(
        begin + ", ".join([row] * at_once), (list(islice(flat, size)) for _ in range(whole))
    )
    if rest:
        driver.execute(begin + ", ".join([row] * rest), list(flat))


def _literal(column: Sequence[Any]) -> str | None:
    """Nothing, an empty text or a zero that stands in all rows, as SQL writes it."""
    first = column[0] if len(column) else None
    if first not in _LITERALS or isinstance(first, bool):
        return None
    return _LITERALS[first] if column.count(first) == len(column) else None


def _days_as_texts(column: Sequence[Any]) -> Sequence[Any]:
    """SQLite keeps days as texts; a column holds days all through, or none at all."""
    first = next((value for value in column if value is not None), None)
    if not isinstance(first, date):
        return column
    return [value if value is None else value.isoformat() for value in column]


def _copied(columns: Sequence[Sequence[Any]], fixed: Sequence[str]) -> Iterator[bytes]:
    """Columns as lines of PostgreSQL's text format, some at a time: the server works meanwhile."""
    texts = [_Texts() for _ in columns]
    end = "".join(f"\t{value}" for value in fixed) + "\n"
    for first in range(0, len(columns[0]), AT_ONCE):
        some = [
            text.column(column[first : first + AT_ONCE])
            for text, column in zip(texts, columns, strict=True)
        ]
        yield (end.join(map("\t".join, zip(*some, strict=True))) + end).encode()


class _Texts(dict[Any, str]):
    """How PostgreSQL's text format writes each value of a column."""

    def column(self, values: Sequence[Any]) -> list[str]:
        return list(map(self.__getitem__, values))

    def __missing__(self, value: Any) -> str:
        text = self[value] = _written(value)
        return text


def _written(value: Any) -> str:
    if value is None:
        return "\\N"
    text = str(value)
    if any(sign in text for sign in _NEEDS_CARE):
        return (
            text.replace("\\", "\\\\")
            .replace("\t", "\\t")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        )
    return text
