"""Much more of everything: providers and their bids copied, with all that hangs on them.

Rows are copied below the domain, so the figures in them mean nothing; their number does. The
originals keep their references, so the same addresses can be measured at both sizes.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Table, UniqueConstraint

from portal.db import Base, new_ref

ROOTS = ("provider", "organisation")
NOT_COPIED = frozenset({"membership", "one_time_link", "council", "person", "job", "mail"})
Row = dict[str, Any]


def grow(data: Path, copies: int) -> dict[str, int]:
    """Copy every provider so many times; the number of rows of each table that grew."""
    import wsgi  # noqa: F401  every table of the portal

    connection = sqlite3.connect(data / "portal.sqlite3", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("BEGIN IMMEDIATE")
    tables = {table.name: table for table in Base.metadata.sorted_tables}
    rows = {name: _read(connection, name) for name in tables}
    chosen = _everything_below(tables, rows)
    for number in range(copies):
        _copy(connection, tables, chosen, number)
    connection.execute("COMMIT")
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    if broken:
        raise RuntimeError(f"a copy points at nothing: {dict(broken[0])}")
    return {name: len(found) * copies for name, found in chosen.items() if found}


def _read(connection: sqlite3.Connection, name: str) -> list[Row]:
    return [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608


def _everything_below(tables: dict[str, Table], rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The providers, and every row that points at a row already chosen."""
    providers = {row["id"] for row in rows["provider"]}
    ids = {name: set[Any]() for name in tables}
    for name in ROOTS:
        ids[name] = {row["id"] for row in rows[name] if row["id"] in providers}
    grew = True
    while grew:
        grew = False
        for name, table in tables.items():
            if name in NOT_COPIED or name in ROOTS:
                continue
            for row in rows[name]:
                mark = _mark(table, row)
                if mark not in ids[name] and _points_below(table, row, ids):
                    ids[name].add(mark)
                    grew = True
    return {
        name: [row for row in rows[name] if _mark(table, row) in ids[name]]
        for name, table in tables.items()
    }


def _mark(table: Table, row: Row) -> Any:
    keys = [row[column.name] for column in table.primary_key]
    return keys[0] if len(keys) == 1 else tuple(keys)


def _points_below(table: Table, row: Row, ids: dict[str, set[Any]]) -> bool:
    return any(
        row[key.parent.name] is not None and row[key.parent.name] in ids[key.column.table.name]
        for key in table.foreign_keys
    )


def _copy(
    connection: sqlite3.Connection,
    tables: dict[str, Table],
    chosen: dict[str, list[Row]],
    number: int,
) -> None:
    numbers = {name: _new_numbers(connection, tables[name], chosen[name]) for name in chosen}
    numbers["provider"] = numbers["organisation"]
    for name, found in chosen.items():
        for row in found:
            copied = _copied(tables[name], row, numbers, number)
            marks = ", ".join("?" * len(copied))
            words = ", ".join(f'"{word}"' for word in copied)
            connection.execute(
                f'INSERT INTO "{name}" ({words}) VALUES ({marks})',  # noqa: S608
                list(copied.values()),
            )


def _new_numbers(connection: sqlite3.Connection, table: Table, rows: list[Row]) -> dict[Any, int]:
    if [column.name for column in table.primary_key] != ["id"]:
        return {}
    highest = connection.execute(f'SELECT max(id) FROM "{table.name}"').fetchone()[0] or 0  # noqa: S608
    return {row["id"]: highest + place for place, row in enumerate(rows, start=1)}


def _copied(table: Table, row: Row, numbers: dict[str, dict[Any, int]], number: int) -> Row:
    copied = dict(row)
    if "id" in copied:
        copied["id"] = numbers[table.name].get(row["id"], row["id"])
    for key in table.foreign_keys:
        name = key.parent.name
        copied[name] = numbers[key.column.table.name].get(copied[name], copied[name])
    for columns in _unique_together(table):
        if all(copied[name] == row[name] for name in columns):
            _tell_apart(table, copied, columns, number)
    return copied


def _unique_together(table: Table) -> list[list[str]]:
    """The columns of each rule that lets a row stand only once."""
    alone = [[column.name] for column in table.columns if column.unique]
    indexes = [[column.name for column in index.columns] for index in table.indexes if index.unique]
    rules = [
        [column.name for column in rule.columns]
        for rule in table.constraints
        if isinstance(rule, UniqueConstraint)
    ]
    return alone + indexes + rules


def _tell_apart(table: Table, copied: Row, columns: list[str], number: int) -> None:
    """Another word in a rule's own text, where nothing that it points at was copied."""
    for name in columns:
        if isinstance(copied[name], str) and not table.columns[name].foreign_keys:
            copied[name] = _another(name, copied[name], number)
            return


def _another(name: str, value: str, number: int) -> str:
    if name == "ref":
        return new_ref(value.partition("-")[0])
    return f"{value[:30]}~{number}{new_ref('')[-4:]}"
