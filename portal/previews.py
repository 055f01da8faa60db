"""A preview of a file: which rows would be taken, which are refused and why; laid aside until confirmed.

It is kept under its own hash, with what was read and not the file itself, so that what a reader
has dropped or replaced (a child's number) lies nowhere.
"""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portal.storage import NotStored, Store, get_store
from portal.tables import Column, Table
from scoring.rules import RuleBroken

KEPT_FOR = timedelta(hours=24)
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that would be taken, and the line it stands on."""

    line: int
    values: Values


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row is refused. A row may have several."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that says again what an earlier line said; it is passed over."""

    line: int
    first_line: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen. `sha256` is that of the file."""

    spec: str
    file_name: str
    sha256: str
    rows: tuple[Row, ...]
    rejected: tuple[Rejection, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    unknown_columns: tuple[str, ...] = ()

    @property
    def rejected_lines(self) -> int:
        """How many rows are refused, whatever the number of reasons."""
        return len({rejection.line for rejection in self.rejected})

    @property
    def total(self) -> int:
        """How many rows the file has."""
        return len(self.rows) + self.rejected_lines + len(self.duplicates)

    @property
    def can_be_taken(self) -> bool:
        """Whether there is anything to accept."""
        return bool(self.rows)


def rejected_table(preview: Preview) -> Table:
    """The refused rows, for the page and for download."""
    columns = [
        Column("line", "Line", "whole"),
        Column("column", "Column"),
        Column("value", "What it says"),
        Column("reason", "Why it is refused"),
    ]
    rows = sorted(preview.rejected, key=lambda rejection: rejection.line)
    return Table("rejected", f"Refused rows of {preview.file_name or 'the file'}", columns, rows)


def keep(preview: Preview, *, bound_to: str, now: datetime, store: Store | None = None) -> str:
    """Lay a preview aside until it is confirmed; return the token that finds it.

    Args:
        bound_to: who may confirm it and for what, such as a person and a council.
    """
    kept = {"bound_to": bound_to, "kept_at": _packed(now), "preview": _packed_preview(preview)}
    content = json.dumps(kept, ensure_ascii=False).encode()
    return _store(store).put(io.BytesIO(content)).sha256


def take(
    token: str, spec: str, *, bound_to: str, now: datetime, store: Store | None = None
) -> Preview:
    """Exactly the preview that was shown. It stays until `drop`, which follows the commit.

    Args:
        spec: the key of the `ImportSpec`.

    Raises:
        RuleBroken: `import:gone`, when it is not there, is another's, is older than a day, or is
            not what was kept. The words are the same for all.
    """
    try:
        with _store(store).open(token) as file:
            content = file.read()
    except NotStored:
        raise _gone() from None
    if hashlib.sha256(content).hexdigest() != token:
        raise _gone()
    kept = json.loads(content)
    preview = _unpacked_preview(kept["preview"])
    fresh = now - _unpacked(kept["kept_at"]) <= KEPT_FOR
    if kept["bound_to"] != bound_to or preview.spec != spec or not fresh:
        raise _gone()
    return preview


def drop(token: str, *, store: Store | None = None) -> None:
    """Forget a preview that was taken or turned down."""
    try:
        _store(store).delete(token)
    except NotStored:
        return


def sweep(now: datetime, *, store: Store | None = None) -> int:
    """Forget every preview older than a day; say how many."""
    place = _store(store)
    old = [kept.sha256 for kept in place.iterate() if now - kept.stored_at > KEPT_FOR]
    for sha256 in old:
        place.delete(sha256)
    return len(old)


def _store(store: Store | None) -> Store:
    return get_store("imports") if store is None else store


def _gone() -> RuleBroken:
    return RuleBroken(
        "import:gone",
        "This preview is not there any more: it was accepted already, or it is more than a day old. "
        "Upload the file again.",
    )


def _packed_preview(preview: Preview) -> Values:
    return {
        "spec": preview.spec,
        "file_name": preview.file_name,
        "sha256": preview.sha256,
        "rows": [
            [row.line, {k: _packed(v) for k, v in row.values.items()}] for row in preview.rows
        ],
        "rejected": [[r.line, r.column, r.value, r.reason] for r in preview.rejected],
        "duplicates": [[d.line, d.first_line] for d in preview.duplicates],
        "unknown_columns": list(preview.unknown_columns),
    }


def _unpacked_preview(kept: Values) -> Preview:
    rows = (
        Row(line, {k: _unpacked(v) for k, v in values.items()}) for line, values in kept["rows"]
    )
    return Preview(
        spec=kept["spec"],
        file_name=kept["file_name"],
        sha256=kept["sha256"],
        rows=tuple(rows),
        rejected=tuple(Rejection(*given) for given in kept["rejected"]),
        duplicates=tuple(Duplicate(*given) for given in kept["duplicates"]),
        unknown_columns=tuple(kept["unknown_columns"]),
    )


_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),  # before date, which it is
    "date": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "fraction": (Fraction, str, Fraction),
}


def _packed(value: Any) -> Any:
    if value is None or type(value) in {bool, int, str}:
        return value
    for name, (kind, write, _read) in _KINDS.items():
        if isinstance(value, kind):
            return {name: write(value)}
    raise TypeError(f"a preview cannot keep a {type(value).__name__}")


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((name, written),) = value.items()
    return _KINDS[name][2](written)
