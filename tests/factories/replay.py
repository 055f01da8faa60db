"""Worlds that are made once in a process and put back as rows wherever a test begins with them.

    @replayed
    def an_evaluation(...): ...

Making a world goes through the real verbs, which costs most of a second; putting its rows back
costs a fraction. A world is put back only where it was made: in a database that nothing else has
touched, or that stands exactly where another world left it. Everything else is made anew.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import wraps
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar, cast

from flask import current_app
from sqlalchemy import Connection, Table, delete, func, insert, inspect, select, text

from portal.db import Base, db
from tests.databases import Cleaner

P = ParamSpec("P")
R = TypeVar("R")
Rows = dict[str, list[dict[str, Any]]]
State = tuple[Any, ...]

PLAIN = (str, int, float, bool, type(None), Enum, date, bytes)
NOTHING: State = ()


class NotPlain(TypeError):
    """An argument that does not say what it is."""


@dataclass
class _World:
    rows: Rows
    arguments: Any  # as they are afterwards: a method may change its object
    result: Any


@dataclass(frozen=True)
class _Row:
    """Where a row of the ORM stands in what a factory returns."""

    kind: type
    key: Any


_worlds: dict[State, _World] = {}
_making: list[str] = []  # a factory that another one calls is part of it


def replayed(make: Callable[P, R]) -> Callable[P, R]:
    """A factory whose worlds are remembered; its arguments are plain values or rows."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        state = None if _making else _state(make, args, kwargs)
        if state is None:
            return make(*args, **kwargs)
        if state in _worlds:
            return cast(R, _put_back(state, args))
        before = _rows_at(_cleaner().state)
        _making.append(make.__qualname__)
        try:
            result = make(*args, **kwargs)
        finally:
            _making.clear()
        db.session.commit()
        _worlds[state] = _World(_snapshot(before), _packed(args), _packed(result))
        _cleaner().stands_at(state)
        return result

    return made


def _cleaner() -> Cleaner:
    return cast(Cleaner, current_app.extensions["test_cleaner"])


def _state(make: Callable[..., Any], args: Any, kwargs: Any) -> State | None:
    """What tells this world from every other one; None if that cannot be said."""
    session = db.session
    if session.new or session.dirty or session.deleted or "audit" in session.info:
        return None
    before = _cleaner().state
    if before is None:
        return None
    try:
        told = _told((args, sorted(kwargs.items())))
    except NotPlain:
        return None
    return (*before, (make.__module__, make.__qualname__, told))


def _told(value: Any) -> Any:
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, Base):
        return repr(_packed(value))
    if isinstance(value, dict):
        return ("dict", *((_told(key), _told(one)) for key, one in value.items()))
    if isinstance(value, list | tuple):
        return ("list", *(_told(one) for one in value))
    if isinstance(value, set | frozenset):
        return ("set", *sorted(str(_told(one)) for one in value))
    if is_dataclass(value) and not isinstance(value, type):
        parts = [(one.name, _told(getattr(value, one.name))) for one in fields(value)]
        return (type(value).__qualname__, *parts)
    raise NotPlain(type(value))


def _tables() -> dict[str, Table]:
    return {table.name: table for table in Base.metadata.sorted_tables}


def _rows_at(state: State | None) -> Rows:
    return _worlds[state].rows if state else {}


def _snapshot(before: Rows) -> Rows:
    """Every row; a table that was not touched is the one before, not a copy."""
    connection = db.session.connection()
    touched = _cleaner().touched
    written = {
        name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for name, table in _tables().items()
        if name in touched
    }
    return before | written


def _put_back(state: State, args: Any) -> Any:
    world, cleaner = _worlds[state], _cleaner()
    here = _rows_at(cleaner.state)
    session = db.session
    session.expire_all()
    connection = session.connection()
    _without_foreign_keys(connection)
    tables = _tables()
    changed = [name for name in tables if here.get(name) is not world.rows.get(name)]
    for name in changed:
        connection.execute(delete(tables[name]))
    for name in changed:
        if world.rows[name]:
            connection.execute(insert(tables[name]), world.rows[name])
    _move_sequences(connection, [tables[name] for name in changed if world.rows[name]])
    session.commit()
    session.expire_all()
    for before, after in zip(args, world.arguments, strict=True):
        if is_dataclass(before) and not isinstance(before, Base):
            before.__dict__.update(_unpacked(after).__dict__)
    cleaner.stands_at(state)
    return _same(args, world.arguments, world.result)


def _same(args: Any, packed: Any, result: Any) -> Any:
    """A method that returns its own object does so again."""
    for before, after in zip(args, packed, strict=True):
        if after is result or (is_dataclass(result) and after == result):
            return before
    return _unpacked(result)


def _without_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        connection.execute(text("SET LOCAL session_replication_role=replica"))


def _move_sequences(connection: Connection, tables: list[Table]) -> None:
    """A server counts on where its own inserts ended; here the keys were given."""
    if connection.dialect.name == "sqlite":
        return
    moved = [
        select(func.setval(func.pg_get_serial_sequence(table.name, column.name), func.max(column)))
        for table in tables
        if (column := table.autoincrement_column) is not None
    ]
    for one in moved:
        connection.execute(one)


def _packed(value: Any) -> Any:
    """What a factory returns, with a note in the place of each row."""
    if isinstance(value, Base):
        return _Row(type(value), inspect(value).identity)
    return _walked(value, _packed)


def _unpacked(value: Any) -> Any:
    if isinstance(value, _Row):
        return db.session.get_one(value.kind, value.key)
    return _walked(value, _unpacked)


def _walked(value: Any, do: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [do(one) for one in value]
    if type(value) is tuple:
        return tuple(do(one) for one in value)
    if isinstance(value, dict):
        return {key: do(one) for key, one in value.items()}
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**{key: do(one) for key, one in vars(value).items()})
    if is_dataclass(value) and not isinstance(value, type) and hasattr(value, "__dict__"):
        again = copy.copy(value)
        again.__dict__.update({key: do(one) for key, one in vars(value).items()})
        return again
    return value
