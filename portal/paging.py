"""Pages of a long list by key: each costs the same, however far down it lies.

A page is asked for by the last row that was seen, not by a number of rows to skip, so nothing is
shown twice or missed when rows come in between. The address carries that row's sort values,
signed; whatever was tampered with leads to the first page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import Session

SIZE = 25
MOST = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the way to the next and previous ones (None at the ends)."""

    items: list[T]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    size: int = SIZE
    sort: str = ""


def whole(read: Callable[[str | None], Page[T]]) -> list[T]:
    """Every row of a list, for a file.

    Args:
        read: gives the page that begins at a cursor; the first for None.
    """
    page = read(None)
    rows = list(page.items)
    while page.next_cursor:
        page = read(page.next_cursor)
        rows += page.items
    return rows


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a list may be sorted by, by the words that stand in its address.

    Args:
        columns: word → column; missing values come last in either direction.
        default: the word used when the address has none, or one that is not allowed. A word
            with "-" before it sorts downwards.
        unique: a column without two equal values, so that the order is never in doubt. It is
            seen in the address: a `ref`, not an `id`.
    """

    columns: Mapping[str, Any]
    default: str
    unique: Any

    def chosen(self, word: str | None) -> str:
        """The word if it is allowed, else the default."""
        return word if word and word.removeprefix("-") in self.columns else self.default


@dataclass(frozen=True, slots=True)
class _Key:
    """One column of an order, and whether it runs downwards."""

    column: ColumnElement[Any]
    down: bool
    nullable: bool = field(default=False)

    def order(self, back: bool) -> list[ColumnElement[Any]]:
        column = self.column.desc() if self.down is not back else self.column.asc()
        if not self.nullable:
            return [column]
        empty = case((self.column.is_(None), 1), else_=0)
        return [empty.desc() if back else empty.asc(), column]

    def beyond(self, value: Any, rest: ColumnElement[bool], back: bool) -> ColumnElement[bool]:
        """Rows that come after `value` (before it, when going back); `rest` decides on equals."""
        if value is None:
            later: ColumnElement[bool] = self.column.is_not(None) if back else false()
            return or_(later, and_(self.column.is_(None), rest))
        later = self.column < value if self.down is not back else self.column > value
        if self.nullable and not back:
            later = or_(later, self.column.is_(None))
        return or_(later, and_(self.column == value, rest))


def paginate(
    session: Session,
    statement: Select[Any],
    sorting: Sorting,
    *,
    sort: str | None = None,
    cursor: str | None = None,
    size: int = SIZE,
) -> Page[Any]:
    """One page, with one SQL statement.

    Args:
        statement: without an order of its own. Its only entity is the item; of several, a tuple.
        sort: what the address asks for.
        cursor: what the address asks for; nonsense gives the first page.
        size: rows on a page, from 1 to 100.
    """
    sort = sorting.chosen(sort)
    size = min(max(size, 1), MOST)
    keys = _keys(sorting, sort)
    place = _read(cursor, sort, len(keys))
    back, values = place or (False, [])
    if place:
        statement = statement.where(_beyond(keys, values, back))
    order = [part for key in keys for part in key.order(back)]
    labels = [key.column.label(f"page_key_{at}") for at, key in enumerate(keys)]
    rows = session.execute(
        statement.add_columns(*labels).order_by(None).order_by(*order).limit(size + 1)
    ).all()
    more, rows = len(rows) > size, list(rows[:size])
    if back:
        rows.reverse()
    return _page(rows, len(keys), _Ends(sort, size, back, values, more))


def count(session: Session, statement: Select[Any]) -> int:
    """How many rows there are altogether; a statement of its own, for lists that say so."""
    rows = statement.with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
    return session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()


@dataclass(frozen=True, slots=True)
class _Ends:
    sort: str
    size: int
    back: bool
    values: Sequence[Any]
    more: bool


def _page(rows: list[Any], keys: int, ends: _Ends) -> Page[Any]:
    def cursor(at: int, *, back: bool) -> str:
        values = list(rows[at])[-keys:] if rows else ends.values
        return _write(ends.sort, back, values)

    has_next = ends.back or ends.more
    has_previous = ends.more if ends.back else bool(ends.values)
    return Page(
        items=[_item(row, keys) for row in rows],
        next_cursor=cursor(-1, back=False) if has_next else None,
        previous_cursor=cursor(0, back=True) if has_previous else None,
        size=ends.size,
        sort=ends.sort,
    )


def _item(row: Any, keys: int) -> Any:
    given = tuple(row)[:-keys]
    return given[0] if len(given) == 1 else given


def _keys(sorting: Sorting, sort: str) -> list[_Key]:
    down = sort.startswith("-")
    column = sorting.columns[sort.removeprefix("-")]
    unique = _Key(_expression(sorting.unique), down)
    if column is sorting.unique:
        return [unique]
    return [_Key(_expression(column), down, nullable=_may_be_empty(column)), unique]


def _expression(column: Any) -> ColumnElement[Any]:
    expression: ColumnElement[Any] = getattr(column, "expression", column)
    return expression


def _may_be_empty(column: Any) -> bool:
    """A column says so itself; of a computed expression we do not know."""
    return bool(getattr(_expression(column), "nullable", True))


def _beyond(keys: Sequence[_Key], values: Sequence[Any], back: bool) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = false()
    for key, value in reversed(list(zip(keys, values, strict=True))):
        condition = key.beyond(value, condition, back)
    return condition


def is_ours(cursor: str) -> bool:
    """Whether a cursor was made here, of whatever list."""
    try:
        _signer().loads(cursor)
    except BadData:
        return False
    return True


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="portal.paging")


def _write(sort: str, back: bool, values: Sequence[Any]) -> str:
    return str(_signer().dumps([sort, int(back), [_packed(value) for value in values]]))


def _read(cursor: str | None, sort: str, keys: int) -> tuple[bool, list[Any]] | None:
    """The place that a cursor marks, or None when it is not ours or is for another order."""
    if not cursor:
        return None
    try:
        written, back, values = _signer().loads(cursor)
        place = bool(back), [_unpacked(value) for value in values]
    except (BadData, TypeError, ValueError):
        return None
    return place if written == sort and len(values) == keys else None


def _packed(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"a list cannot be sorted by a {type(value).__name__}")


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    return date.fromisoformat(value["date"])
