"""The mapping of placement types as a council uses it, and what another one would change."""

from dataclasses import replace
from typing import Any

from portal.costs.reports.asking import Asked
from portal.tables import NOT_APPLICABLE, Column, Table
from scoring.costs import OVERALL, Cell, Cells, measure
from scoring.placement_types import Mapping903
from scoring.years import year_text

TYPE_RULES = (
    (
        "A place code with a provider code leads to the type of that line; else to the type of the "
        "place code with any provider; else to Other, where it is listed."
    ),
    "Ledgers name types in words. A new word holds for files that come in from now on.",
)


def codes_table(asked: Asked) -> Table:
    """Every code and the type that it leads to."""
    rows = [
        {
            "place": place,
            "provider": "Any" if provider == "*" else provider,
            "type": asked.title_of(kind),
            "paid": "Yes" if asked.mapping.types[kind].paid else "No",
        }
        for (place, provider), kind in sorted(asked.mapping.codes.items())
    ]
    columns = [
        Column("place", "Place code"),
        Column("provider", "Provider code"),
        Column("type", "Type of placement"),
        Column("paid", "A price is expected"),
    ]
    return _table(asked, "codes", "Codes of the SSDA903 return", columns, rows)


def types_table(asked: Asked) -> Table:
    """Every type with its group and the words of ledgers."""
    words: dict[str, list[str]] = {}
    for word, kind in sorted(asked.mapping.words.items()):
        words.setdefault(kind, []).append(word)
    rows = [
        {
            "type": one.title,
            "group": {"in-house": "In house", "external": "External"}.get(one.group, "Neither"),
            "paid": "Yes" if one.paid else "No",
            "words": ", ".join(words.get(key, [])),
        }
        for key, one in asked.mapping.types.items()
    ]
    columns = [
        Column("type", "Type of placement"),
        Column("group", "In house or external"),
        Column("paid", "A price is expected"),
        Column("words", "Words of ledgers, without spaces and signs"),
    ]
    return _table(asked, "types", "Types of placement", columns, rows)


def changes_table(asked: Asked, after: Mapping903) -> Table:
    """What another mapping would change: every figure that differs, before and after."""
    rows = asked.rows
    before = _figures(asked, rows.mapping)
    then = _figures(asked, after)
    shown = [
        _row(asked, place, before.get(place, Cell()), then.get(place, Cell()))
        for place in sorted(before.keys() | then.keys())
        if before.get(place) != then.get(place)
    ]
    columns = [
        Column("year", "Year"),
        Column("type", "Type"),
        Column("children", "Children now", "whole"),
        Column("children_after", "Children after", "whole"),
        Column("days", "Child-days now", "whole"),
        Column("days_after", "Child-days after", "whole"),
        Column("average", "Average per week now", "money"),
        Column("average_after", "Average per week after", "money"),
    ]
    return _table(asked, "changes", "What would change", columns, shown)


def _figures(asked: Asked, mapping: Mapping903) -> Cells:
    rows = replace(asked.rows, mapping=mapping)
    return measure(rows.stretches(), as_at=asked.as_at, unpaid=mapping.unpaid)


def _row(asked: Asked, place: tuple[int, str], now: Cell, after: Cell) -> dict[str, Any]:
    year, kind = place

    def average(cell: Cell) -> Any:
        return NOT_APPLICABLE if cell.average_weekly is None else cell.average_weekly

    return {
        "year": year_text(year),
        "type": "All types" if kind == OVERALL else asked.title_of(kind),
        "children": now.children,
        "children_after": after.children,
        "days": now.child_days,
        "days_after": after.child_days,
        "average": average(now),
        "average_after": average(after),
    }


def _table(asked: Asked, key: str, title: str, columns: list[Column], rows: list[Any]) -> Table:
    return Table(
        key=key,
        title=title,
        columns=columns,
        rows=rows,
        source="Types of placement, as the council uses them",
        as_at=None if asked.is_empty else asked.as_at,
        filters={"Council": asked.council.name},
        rules=TYPE_RULES,
    )
