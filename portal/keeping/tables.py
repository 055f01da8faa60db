"""A whole database as files, and back: SQLite by its own backup, PostgreSQL by COPY.

Neither needs a program of the database's own. Both see one moment, whatever is written meanwhile.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url

FILE = "portal.sqlite3"
_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname"""
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped
    AND attgenerated = '' ORDER BY attnum"""
_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = (
        SELECT oid FROM pg_namespace WHERE nspname = current_schema())"""
_SEQUENCES = """
    SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
    FROM information_schema.columns
    WHERE table_schema = current_schema()
    AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"""


@contextmanager
def snapshot(engine: Engine, folder: Path) -> Iterator[Connection]:
    """Write the database into a folder; the connection sees the same moment.

    Args:
        folder: an empty one.
    """
    if engine.dialect.name == "sqlite":
        _copy(_file_of(engine), folder / FILE, alone=True)
        copied = create_engine(f"sqlite:///{folder / FILE}", hide_parameters=True)
        try:
            with copied.connect() as connection:
                yield connection
        finally:
            copied.dispose()
        return
    one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.execution_options(**one_moment).connect() as connection:
        for table in tables_of(connection):
            _copy_out(connection, table, folder / f"{table}.copy")
        yield connection


def load(engine: Engine, folder: Path) -> None:
    """Put what a snapshot holds in the place of what is there.

    PostgreSQL has the tables of the snapshot's version already; all of it is one transaction.
    """
    if engine.dialect.name == "sqlite":
        engine.dispose()
        _copy(folder / FILE, _file_of(engine))
        return
    with engine.begin() as connection:
        tables = tables_of(connection)
        kept = [tuple(row) for row in connection.execute(text(_FOREIGN_KEYS))]
        for table, name, _definition in kept:  # in any order, and each checked once at the end
            _do(connection, f"ALTER TABLE {table} DROP CONSTRAINT {_quoted(name)}")
        _do(connection, "TRUNCATE " + ", ".join(map(_quoted, tables)))
        for table in tables:
            _copy_in(connection, table, folder / f"{table}.copy")
        for table, name, definition in kept:
            _do(connection, f"ALTER TABLE {table} ADD CONSTRAINT {_quoted(name)} {definition}")
        for table, column, sequence in connection.execute(text(_SEQUENCES)).all():
            most = f"(SELECT max({_quoted(column)}) FROM {_quoted(table)})"  # noqa: S608
            _do(connection, f"SELECT setval('{sequence}', coalesce({most}, 1), {most} IS NOT NULL)")


def forget(engine: Engine) -> None:
    """Take away every table."""
    if engine.dialect.name == "sqlite":
        return  # the copy replaces the whole file
    with engine.begin() as connection:
        for table in tables_of(connection):
            _do(connection, f"DROP TABLE {_quoted(table)} CASCADE")


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table: int(connection.scalar(text(f"SELECT count(*) FROM {_quoted(table)}")) or 0)  # noqa: S608
        for table in tables_of(connection)
    }


def tables_of(connection: Connection) -> list[str]:
    """The tables of a database, by name."""
    if connection.dialect.name == "sqlite":
        wanted = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return sorted(connection.scalars(text(wanted)))
    return list(connection.scalars(text(_TABLES)))


def flush(path: Path) -> None:
    """Wait until a file or a folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: Path, target: Path, *, alone: bool = False) -> None:
    """SQLite's own backup: in one step, of one moment, while others go on.

    Args:
        alone: whether the target is one file with no journal beside it.
    """
    with (
        closing(sqlite3.connect(source, timeout=60)) as old,
        closing(sqlite3.connect(target, timeout=60)) as new,
    ):
        old.backup(new)
        new.execute(f"PRAGMA journal_mode={'DELETE' if alone else 'WAL'}")
    flush(target)
    flush(target.parent)


def _file_of(engine: Engine) -> Path:
    return Path(str(make_url(engine.url).database))


def _copy_out(connection: Connection, table: str, file: Path) -> None:
    with _cursor(connection) as cursor, file.open("wb") as into:
        with cursor.copy(f"COPY {_named(connection, table)} TO STDOUT") as rows:
            for piece in rows:
                into.write(piece)
        into.flush()
        os.fsync(into.fileno())


def _copy_in(connection: Connection, table: str, file: Path) -> None:
    statement = f"COPY {_named(connection, table)} FROM STDIN"
    with file.open("rb") as source, _cursor(connection) as cursor, cursor.copy(statement) as rows:
        while piece := source.read(1024 * 1024):
            rows.write(piece)


def _named(connection: Connection, table: str) -> str:
    """A table with its columns in their order, which says what the file holds."""
    columns = connection.scalars(text(_COLUMNS), {"table": _quoted(table)})
    return f"{_quoted(table)} ({', '.join(map(_quoted, sorted(columns)))})"


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def _do(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
