"""The spells behind a figure, for finance only: they add up to it to the penny."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from portal.costs.asking import Asked
from portal.costs.rows import LEDGER
from portal.costs.sorting import Sort
from portal.tables import NOT_GIVEN, Column, Table
from scoring.costs import OVERALL, PriceSource, Standing, Stretch, cost_of, end_of, length_of
from scoring.precedence import PRECEDENCE_RULE
from scoring.years import bounds, year_text

SOURCES = {
    PriceSource.LEDGER: "Ledger",
    PriceSource.CONTRACT: "Contract (estimated)",
    PriceSource.MISSING: "Missing",
}
COLUMNS = (
    Column("child", "Child", hint="A code, not a number: it is the same in every file"),
    Column("reference", "Placement"),
    Column("provider", "Provider"),
    Column("type", "Type"),
    Column("start", "From", "date"),
    Column("end", "Until before", "date"),
    Column("days", "Days", "whole", total=True),
    Column("weekly", "Weekly price", "money"),
    Column("source", "Price from"),
    Column("cost", "Cost", "money", total=True),
)


@dataclass(frozen=True, slots=True)
class Behind:
    """The spells of one type and year, and the figure that they make."""

    table: Table
    children: int
    child_days: int
    cost: Fraction


def spells(asked: Asked, year: int, kind: str, how: Sort | None = None) -> Behind:
    """Every stretch of days that counts in a cell.

    Args:
        how: a report's way of sorting, of which `kind` is a line; else it is a type of placement.
    """
    first, after = bounds(year)
    last = min(after, asked.as_at.toordinal() + 1)
    found = [
        one
        for one in (how.of(asked) if how else asked.stretches())
        if one.standing is Standing.LOOKED_AFTER
        and kind in {OVERALL, one.type}
        and max(one.start, first) < end_of(one, last)
    ]
    titles = how.title_of if how else Asked.title_of
    rows = [_row(asked, one, first, last, titles) for one in found]
    rows.sort(key=lambda row: (row["child"], row["start"], row["reference"]))
    runs: dict[str, list[tuple[int, int]]] = {}
    for one in found:
        runs.setdefault(one.child, []).append((max(one.start, first), end_of(one, last)))
    title = "All types" if kind == OVERALL else titles(asked, kind)
    table = Table(
        key="spells",
        title=f"Spells behind {title}, {year_text(year)}",
        columns=COLUMNS,
        rows=rows,
        source=asked.source,
        as_at=asked.as_at,
        filters={**asked.filters, "Years": year_text(year), "Type": title},
        rules=[PRECEDENCE_RULE],
        notes=["Days of rows that overlap stand twice here, and once in the figures."],
    )
    return Behind(
        table,
        len(runs),
        sum(length_of(own) for own in runs.values()),
        sum((row["exact"] for row in rows), Fraction()),
    )


def _row(
    asked: Asked, one: Stretch, first: int, last: int, titles: Callable[[Asked, str], str]
) -> dict[str, Any]:
    start, end = max(one.start, first), end_of(one, last)
    behind = asked.rows.behind(one.spell)
    cost = cost_of(one.weekly_pence or 0, end - start)
    return {
        "child": one.child[:8].upper(),
        "reference": asked.rows.reference(one.spell)
        if one.spell.startswith(LEDGER)
        else "SSDA903 episode",
        "provider": behind.provider or "Not told",
        "type": titles(asked, one.type),
        "start": date.fromordinal(start),
        "end": date.fromordinal(end),
        "days": end - start,
        "weekly": one.weekly_pence or NOT_GIVEN,
        "source": SOURCES[one.source],
        "cost": cost if one.weekly_pence else NOT_GIVEN,
        "exact": cost,
    }
