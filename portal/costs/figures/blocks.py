"""The rows of ledgers once more, column by column, so that figures are counted without objects.

A block holds a chunk of one file: a head in JSON (names that its numbers stand for) and arrays. It
is written with the rows and goes with them. Where a file has none it is made from the rows.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import numpy as np  # noqa: TID253  only what counts in columns loads this module
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.costs.imports.judging import LEDGER_COLUMNS
from portal.costs.models import CostBlock, LedgerEntry

FOREVER = date.max.toordinal()
NO_DISTANCE = -1
Numbers = Any  # arrays of numpy
NAMED = ("child", "type", "provider", "lot", "purchase", "shares")
PLAIN = ("line", "start", "end", "pence", "birth", "distance")
_SIZES = {name: "<i8" if name == "pence" else "<i4" for name in (*NAMED, *PLAIN)}
_SHARES = ("social_bp", "education_bp", "health_bp", "grant_bp", "other_bp")
_AT = {name: at for at, name in enumerate(LEDGER_COLUMNS)}
_CHUNK = 20_000


@dataclass(slots=True)
class Ledger:
    """Rows of ledgers as arrays of one length.

    Args:
        names: what the numbers of `child`, `type`, `provider`, `lot`, `purchase` and `shares`
            stand for. start, end: ordinals; the end is FOREVER where it is open. pence: 0 where
            the price is missing. birth: the ordinal of a month's first day, or 0. distance: tenths
            of a mile, or NO_DISTANCE.
    """

    names: dict[str, list[Any]]
    child: Numbers
    type: Numbers
    provider: Numbers
    lot: Numbers
    purchase: Numbers
    shares: Numbers
    line: Numbers
    start: Numbers
    end: Numbers
    pence: Numbers
    birth: Numbers
    distance: Numbers

    def __len__(self) -> int:
        return len(self.start)

    def only(self, rows: Numbers) -> "Ledger":
        """Some of the rows; the names stay."""
        arrays = {name: getattr(self, name)[rows] for name in (*NAMED, *PLAIN)}
        return Ledger(self.names, **arrays)


class _Ordinals(dict[Any, int]):
    """Days as texts, and their ordinals."""

    def __init__(self, none: int) -> None:
        super().__init__({None: none})

    def __missing__(self, day: str) -> int:
        found = self[day] = date.fromisoformat(day).toordinal()
        return found


_ORDINALS, _BIRTHS = _Ordinals(FOREVER), _Ordinals(0)  # days from 1900 to 2199 at most


def _filled(values: Sequence[Any], none: int) -> Sequence[Any]:
    return [none if one is None else one for one in values] if None in values else values


def of_columns(columns: Sequence[Sequence[Any]]) -> Ledger:
    """Rows as they go into the table, with days as texts (`judging.LEDGER_COLUMNS`)."""

    def get(name: str) -> Sequence[Any]:
        return columns[_AT[name]]

    def plain(values: Iterable[Any], name: str) -> Numbers:
        return np.fromiter(values, _SIZES[name], len(columns[0]))

    named = {
        "child": get("child"),
        "type": get("type"),
        "provider": list(zip(get("provider"), get("provider_ref"), strict=True)),
        "lot": get("lot"),
        "purchase": get("purchase"),
        "shares": list(zip(*map(get, _SHARES), strict=True)),
    }
    coded = {name: _coded(values) for name, values in named.items()}
    return Ledger(
        {name: names for name, (names, _) in coded.items()},
        **{name: numbers for name, (_, numbers) in coded.items()},
        line=plain(get("line"), "line"),
        start=plain(map(_ORDINALS.__getitem__, get("starts_on")), "start"),
        end=plain(map(_ORDINALS.__getitem__, get("ends_on")), "end"),
        pence=plain(_filled(get("weekly_pence"), 0), "pence"),
        birth=plain(map(_BIRTHS.__getitem__, get("birth_month")), "birth"),
        distance=plain(_filled(get("distance_tenths"), NO_DISTANCE), "distance"),
    )  # fmt: skip


def _coded(values: Sequence[Any]) -> tuple[list[Any], Numbers]:
    number: dict[Any, int] = defaultdict(count().__next__)
    made = np.fromiter(map(number.__getitem__, values), "<i4", len(values))
    return list(number), made


def packed(rows: Ledger) -> bytes:
    """A block as it is kept."""
    head = json.dumps({"rows": len(rows), "names": rows.names}).encode()
    arrays = (getattr(rows, name).astype(_SIZES[name]).tobytes() for name in (*NAMED, *PLAIN))
    return b"".join([len(head).to_bytes(4, "little"), head, *arrays])


def unpacked(content: bytes) -> Ledger:
    """The rows of a block."""
    at = 4 + int.from_bytes(content[:4], "little")
    head = json.loads(content[4:at])
    names = head["names"]
    for name in ("provider", "shares"):
        names[name] = [tuple(one) for one in names[name]]
    arrays = {}
    for name in (*NAMED, *PLAIN):
        arrays[name] = np.frombuffer(content, _SIZES[name], head["rows"], at)
        at += arrays[name].nbytes
    return Ledger(names, **arrays)


def keep(session: Session, import_id: int, rows: Ledger) -> None:
    """Keep the rows of a chunk."""
    session.add(CostBlock(import_id=import_id, rows=len(rows), content=packed(rows)))
    session.flush()


def forget(session: Session, import_id: int) -> None:
    """Let the blocks of a file go with its rows."""
    session.execute(delete(CostBlock).where(CostBlock.import_id == import_id))


def of_imports(
    reader: Session, imports: Sequence[int], share: tuple[int, int] = (0, 1)
) -> tuple[Ledger, Numbers]:
    """The rows of some files, and of which file each is.

    Args:
        share: (k, n) for the children of the k-th of n parts, so that not all rows are in memory.
    """
    joined = _Joined()
    for import_id in imports:
        for rows in _of_import(reader, import_id):
            part, number = share
            if number > 1:
                mine = np.array([int(one[:4], 16) % number == part for one in rows.names["child"]])
                rows = rows.only(mine[rows.child])  # noqa: PLW2901
            joined.add(rows, import_id)
    return joined.whole()


def _of_import(reader: Session, import_id: int) -> Iterator[Ledger]:
    blocks = reader.scalars(
        select(CostBlock.content)
        .where(CostBlock.import_id == import_id)
        .order_by(CostBlock.id)
        .execution_options(yield_per=4)
    )
    found = False
    for content in blocks:
        found = True
        yield unpacked(content)
    if not found:
        yield from from_rows(reader, import_id)


def from_rows(reader: Session, import_id: int) -> Iterator[Ledger]:
    """The same from the rows themselves: of files that were taken before there were blocks."""
    columns = [getattr(LedgerEntry, name) for name in LEDGER_COLUMNS]
    rows = reader.execute(
        select(*columns)
        .where(LedgerEntry.import_id == import_id)
        .order_by(LedgerEntry.id)
        .execution_options(yield_per=_CHUNK)
    )
    for some in rows.partitions(_CHUNK):
        told = [
            [one.isoformat() if isinstance(one, date) else one for one in column]
            for column in zip(*some, strict=True)
        ]
        yield of_columns(told)


class _Joined:
    """Blocks one after the other, with numbers that stand for the same name in all of them."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[Any, int]] = {name: {} for name in NAMED}
        self._blocks: list[Ledger] = []
        self._imports: list[Numbers] = []

    def add(self, rows: Ledger, import_id: int) -> None:
        arrays = {name: getattr(rows, name) for name in PLAIN}
        for name in NAMED:
            known = self._numbers[name]
            numbers = getattr(rows, name)
            used = np.zeros(len(rows.names[name]), bool)
            used[numbers] = True
            again = [
                known.setdefault(one, len(known)) if is_used else 0
                for one, is_used in zip(rows.names[name], used.tolist(), strict=True)
            ]
            arrays[name] = np.array(again, "<i4")[numbers]
        self._blocks.append(Ledger({}, **arrays))
        self._imports.append(np.full(len(rows), import_id, "<i4"))

    def whole(self) -> tuple[Ledger, Numbers]:
        arrays = {
            name: np.concatenate(
                [np.empty(0, _SIZES[name]), *(getattr(one, name) for one in self._blocks)]
            )
            for name in (*NAMED, *PLAIN)
        }
        names = {name: list(known) for name, known in self._numbers.items()}
        return Ledger(names, **arrays), np.concatenate([np.empty(0, "<i4"), *self._imports])
