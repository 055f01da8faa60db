"""Copies of a test database: what was made once is put back at a fraction of the cost.

SQLite is copied page by page into a file; of PostgreSQL's tables only those are copied that were
written to, in the server's own form. Both go past SQLAlchemy, whose rows cost more than the disk.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, Table

PATIENCE = 12  # waits of a quarter of a second


@dataclass(frozen=True)
class Copy:
    """The rows of every table at one moment.

    Args:
        file: of SQLite, the whole database.
        tables: of PostgreSQL, what the server wrote out of each table that holds rows.
    """

    file: Path | None = None
    tables: Mapping[str, bytes] = field(default_factory=dict)


class Copies(Protocol):
    """What a database can do for tests."""

    def take(self, before: Copy, touched: Collection[str]) -> Copy:
        """Copy what is there now; only `touched` differs from `before`."""

    def put_back(self, copy: Copy, here: Copy, touched: Collection[str]) -> None:
        """Make the rows those of the copy; they are those of `here`, but for `touched`."""


def copies_of(engine: Engine, tables: list[Table], folder: Path) -> Copies:
    """The way of this database."""
    if engine.dialect.name == "sqlite":
        return _SQLite(engine, folder)
    return _PostgreSQL(engine, tables)


class _SQLite:
    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._names = (folder / f"{number}.sqlite3" for number in count(1))

    def take(self, before: Copy, touched: Collection[str]) -> Copy:
        file = next(self._names)
        with closing(self._engine.raw_connection()) as live, closing(sqlite3.connect(file)) as copy:
            copy.execute("PRAGMA synchronous=OFF")
            _driver(live).backup(copy)
        return Copy(file=file)

    def put_back(self, copy: Copy, here: Copy, touched: Collection[str]) -> None:
        assert copy.file is not None
        with (
            closing(self._engine.raw_connection()) as live,
            closing(sqlite3.connect(copy.file)) as told,
        ):
            told.backup(_driver(live), progress=_not_for_ever())


def _not_for_ever() -> Callable[[int, int, int], None]:
    """A session that a test left open holds the lock: say so soon, rather than wait for it."""
    waits = count(1)

    def noticed(status: int, _remaining: int, _pages: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and next(waits) > PATIENCE:
            raise sqlite3.OperationalError("a session that a test left open holds the database")

    return noticed


class _PostgreSQL:
    def __init__(self, engine: Engine, tables: list[Table]) -> None:
        self._engine = engine
        self._tables = {table.name: table for table in tables}

    def take(self, before: Copy, touched: Collection[str]) -> Copy:
        written = dict(before.tables)
        with closing(self._engine.raw_connection()) as live:
            cursor = _driver(live).cursor()
            for name in touched & self._tables.keys():
                with cursor.copy(f'COPY "{name}" TO STDOUT') as rows:
                    written[name] = b"".join(bytes(one) for one in rows)
            live.rollback()
        return Copy(tables={name: rows for name, rows in written.items() if rows})

    def put_back(self, copy: Copy, here: Copy, touched: Collection[str]) -> None:
        told, there = copy.tables, here.tables
        differ = [
            name
            for name in self._tables
            if name in touched or told.get(name) is not there.get(name)
        ]
        if not differ:
            return
        with closing(self._engine.raw_connection()) as live:
            cursor = _driver(live).cursor()
            cursor.execute("SET LOCAL lock_timeout='3s'")
            cursor.execute("SET LOCAL session_replication_role=replica")
            cursor.execute(";".join(f'DELETE FROM "{name}"' for name in differ))
            for name in differ:
                if name in told:
                    with cursor.copy(f'COPY "{name}" FROM STDIN') as rows:
                        rows.write(told[name])
            self._move_sequences(cursor, [name for name in differ if name in told])
            live.commit()

    def _move_sequences(self, cursor: Any, names: list[str]) -> None:
        """A server counts on where its own inserts ended; here the keys were given."""
        moved = [
            f"setval(pg_get_serial_sequence('{name}', '{column.name}'),"
            f' (SELECT max("{column.name}") FROM "{name}"))'
            for name in names
            if (column := self._tables[name].autoincrement_column) is not None
        ]
        if moved:
            cursor.execute(f"SELECT {', '.join(moved)}")


def _driver(connection: Any) -> Any:
    return connection.driver_connection
