"""A report as it was published: kept exactly, shown again, and held against what is counted now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from portal.costs.reports.kinds import Report
from portal.figures import Absent, Column, display
from portal.tables import Table, value_of

Frozen = dict[str, Any]


def freeze(report: Report) -> list[Frozen]:
    """The tables of a report as plain values; fractions as "n/d"."""
    return [_frozen(table) for table in report.tables]


def _frozen(table: Table) -> Frozen:
    return {
        "key": table.key,
        "title": table.title,
        "source": table.source,
        "filters": dict(table.filters),
        "rules": list(table.rules),
        "notes": list(table.notes),
        "columns": [
            {
                "key": one.key,
                "title": one.title,
                "kind": str(one.kind),
                "decimals": one.decimals,
                "signed": one.signed,
            }
            for one in table.columns
        ],
        "rows": [[_plain(value_of(row, one.key)) for one in table.columns] for row in table.rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Absent):
        return {"absent": value.text, "spoken": value.spoken}
    if isinstance(value, Fraction):
        return {"exact": f"{value.numerator}/{value.denominator}"}
    return value.isoformat() if isinstance(value, date) else value


def thaw(frozen: Frozen, as_at: date) -> Table:
    """The table as it was published."""
    columns = [Column(**one) for one in frozen["columns"]]
    keys = [one.key for one in columns]
    return Table(
        key=frozen["key"],
        title=frozen["title"],
        columns=columns,
        rows=[dict(zip(keys, map(_read, row), strict=True)) for row in frozen["rows"]],
        source=frozen["source"],
        as_at=as_at,
        filters=frozen["filters"],
        rules=frozen["rules"],
        notes=frozen["notes"],
    )


def _read(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "absent" in value:
        return Absent(value["absent"], value["spoken"])
    numerator, denominator = value["exact"].split("/")
    return Fraction(int(numerator), int(denominator))


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure that is counted otherwise now than when it was published."""

    row: str
    column: str
    then: str
    now: str


def restated(then: Iterable[Frozen], now: Sequence[Frozen]) -> list[Restated]:
    """What a later run restates, figure by figure; exact values are compared, printed ones told."""
    current = {one["key"]: one for one in now}
    return [
        change
        for one in then
        for change in _changes(one, current.get(one["key"], {"columns": [], "rows": []}))
    ]


def _changes(then: Frozen, now: Frozen) -> Iterable[Restated]:
    columns = {one["key"]: Column(**one) for one in (*then["columns"], *now["columns"])}
    before, after = _by_place(then), _by_place(now)
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place), after.get(place)
        if old != new:
            row, key = place
            column = columns[key]
            yield Restated(row, column.title, _told(old, column), _told(new, column))


def _by_place(frozen: Frozen) -> dict[tuple[str, str], Any]:
    """Each figure by the words that begin its row, and its column."""
    keys = [one["key"] for one in frozen["columns"]]
    words = [one["key"] for one in frozen["columns"] if one["kind"] == "text"]
    found = {}
    for row in frozen["rows"]:
        values = dict(zip(keys, row, strict=True))
        name = ", ".join(str(values[word]) for word in words if isinstance(values[word], str))
        found |= {(name, key): value for key, value in values.items() if key not in words}
    return found


def _told(value: Any, column: Column) -> str:
    if value is None:
        return "not there"
    read = _read(value)
    return read if isinstance(read, str) else display(read, column)
