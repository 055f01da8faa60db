"""Worlds that are made once in a process and put back as rows wherever a test begins with them.

    @replayed
    def an_evaluation(...): ...

Making a world goes through the real verbs, which costs most of a second; putting a copy
back costs a few milliseconds. A world is put back only where it was made: in a database that nothing
else has touched, or that stands exactly where another world left it. Everything else is made anew.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import wraps
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from portal.db import Base, db
from tests.copies import Copy
from tests.databases import Cleaner, State

HANDED_IN = (Session, Flask)  # to a fixture, by pytest; the rows behind them are the state
AS_MANY = 150  # a copy of an SQLite database takes two megabytes
P = ParamSpec("P")
R = TypeVar("R")

PLAIN = (str, int, float, bool, type(None), Enum, date, bytes)


class NotPlain(TypeError):
    """An argument that does not say what it is."""


@dataclass
class _World:
    copy: Copy
    arguments: Any  # as they are afterwards: a method may change its object
    result: Any


@dataclass(frozen=True)
class _Row:
    """Where a row of the ORM stands in what a factory returns."""

    kind: type
    key: Any


_worlds: dict[State, _World] = {}


def replayed(make: Callable[P, R]) -> Callable[P, R]:
    """A factory whose worlds are remembered; its arguments are plain values or rows."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        state = _state(make, args, kwargs)
        if state is None:
            return make(*args, **kwargs)
        if state in _worlds:
            return cast(R, _put_back(state, args))
        result = make(*args, **kwargs)
        db.session.commit()
        if _cleaner().state is None:  # something was written
            _keep(state, _World(_cleaner().keep(state), _packed(args), _packed(result)))
        return result

    return made


def _keep(state: State, world: _World) -> None:
    """Remember a world, and forget the one that nobody has asked for longest."""
    _worlds[state] = world
    if len(_worlds) > AS_MANY:
        _cleaner().forget(_worlds.pop(next(iter(_worlds))).copy)


def _cleaner() -> Cleaner:
    return cast(Cleaner, current_app.extensions["test_cleaner"])


def _state(make: Callable[..., Any], args: Any, kwargs: Any) -> State | None:
    """What tells this world from every other one; None if that cannot be said."""
    session = db.session
    if "test_cleaner" not in current_app.extensions:
        return None  # the demonstration, which is put back by itself
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
    """What an argument is, in words that are equal when the arguments are."""
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, Base):
        return repr(_packed(value))
    if isinstance(value, HANDED_IN):
        return type(value).__name__
    parts = _parts(value)
    return (type(value).__qualname__, *((name, _told(one)) for name, one in parts))


def _parts(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return [(_told(key), one) for key, one in value.items()]
    if isinstance(value, list | tuple):
        return list(enumerate(value))
    if isinstance(value, set | frozenset):
        return list(enumerate(sorted(value, key=str)))
    if is_dataclass(value) and not isinstance(value, type):
        return [(one.name, getattr(value, one.name)) for one in fields(value)]
    raise NotPlain(type(value))


def _put_back(state: State, args: Any) -> Any:
    world = _worlds[state] = _worlds.pop(state)  # the last to be forgotten
    db.session.commit()  # nothing waits in it; it lets go of what it has read
    _cleaner().put_back(state, world.copy)
    db.session.expire_all()
    for before, after in zip(args, world.arguments, strict=True):
        if is_dataclass(before) and not isinstance(before, Base):
            before.__dict__.update(_unpacked(after).__dict__)
    return _same(args, world.arguments, world.result)


def _same(args: Any, packed: Any, result: Any) -> Any:
    """A method that returns its own object does so again."""
    for before, after in zip(args, packed, strict=True):
        if after is result or (is_dataclass(result) and after == result):
            return before
    return _unpacked(result)


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
