"""Of two people who move the same thing on at the same moment one does it, and the other is told.

Acts look at a thing's stage and then move it. On SQLite whoever writes holds the whole database from
the beginning; on PostgreSQL two may look before either has written. So whenever a stage, or a moment
that is written once, changes, its row is held and must still say what this session has read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Mapper, Session, UOWTransaction

from portal.db import Base
from scoring.rules import RuleBroken

ONCE = frozenset(
    {"paid_on", "decided_at", "concluded_at", "released_at", "lifted_at", "undone_at", "struck_at"}
)
"""Moments that are written once: who writes one over another's has not seen it."""
WATCHED = ONCE | {"stage"}
TOO_LATE = (
    "Somebody else changed this at the same moment, so nothing of yours was done. "
    "Look at it again, then decide."
)

Read = dict[int, dict[str, Any]]
"""By the id of a row, what this session had read of its watched columns."""


def init_app() -> None:
    """Watch every session."""
    if not event.contains(Session, "before_flush", _refuse_the_second):
        event.listen(Session, "before_flush", _refuse_the_second)


def _refuse_the_second(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    if session.get_bind().dialect.name == "sqlite":
        return
    for mapper, rows in _moved(session.dirty).items():
        for key, now in _as_they_are(session, mapper, rows):
            if any(now[name] != before for name, before in rows[key].items()):
                raise RuleBroken("edit:too-late", TOO_LATE)


def _moved(dirty: Iterable[Any]) -> dict[Mapper[Any], Read]:
    found: dict[Mapper[Any], Read] = defaultdict(dict)
    for one in dirty:
        state = inspect(one)
        for name in WATCHED.intersection(state.mapper.column_attrs.keys()):
            history = state.attrs[name].history
            if history.added and history.deleted:
                found[state.mapper].setdefault(one.id, {})[name] = history.deleted[0]
    return found


def _as_they_are(
    session: Session, mapper: Mapper[Any], rows: Read
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows as others have left them, held until the commit; in order, so that nobody deadlocks."""
    table = Base.metadata.tables[mapper.local_table.name]
    names = sorted({name for read in rows.values() for name in read})
    wanted = select(table.c.id, *(table.c[name] for name in names))
    held = wanted.where(table.c.id.in_(rows)).order_by(table.c.id).with_for_update()
    for row in session.connection().execute(held):
        yield row.id, dict(row._mapping)
