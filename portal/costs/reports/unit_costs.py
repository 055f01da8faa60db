"""Unit costs by type of placement and year: the shape in which councils publish them."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from portal.costs.published_tables import published
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.kinds import Report, report
from portal.costs.reports.lines import Line, Lines
from portal.costs.reports.unit_costs_detail import bridges, detail
from portal.costs.reports.unit_costs_shown import (
    Shown,
    average_of,
    change_of,
    notes_of,
    rules_of,
    shown_by_year,
    spell_links,
)
from portal.tables import NOT_APPLICABLE, Column, Table
from scoring.costs import OVERALL
from scoring.suppression import hidden_variances
from scoring.years import year_text

KEY = "unit-costs"
TITLE = "Unit costs by type and year"
MOST_LINES = 8


@report(
    KEY,
    TITLE,
    "How many children were looked after, what a week cost on average, and how that changed",
)
def unit_costs(asked: Asked) -> Report:
    """Report 1. The kept figures are read with one statement."""
    before = [year - 1 for year in asked.years[:1]]
    shown = shown_by_year(asked, [*before, *asked.years])
    table = _table(asked, shown)
    return Report(
        KEY,
        TITLE,
        tables=[table, detail(asked, shown), *bridges(asked)],
        chart=_chart(asked, shown),
        warnings=[
            f"{year_text(year)} is incomplete: {why}."
            for year, why in asked.incomplete.items()
            if year in asked.years
        ],
        published=published.of_council(asked.council),
    )


def _table(asked: Asked, shown: dict[int, Shown]) -> Table:
    beside = published.of_council(asked.council)
    columns = [
        Column("year", "Year"),
        Column("basis", "Basis"),
        Column("children", "Children looked after", "whole", link=_spells(asked, OVERALL)),
        Column("average", "Average cost per week", "money", link=_spells(asked, OVERALL)),
        Column("variance", "Change on the year before", "percent", signed=True),
        *(_price_column(asked, kind) for kind in _columns(asked, beside)),
        *(Column(key, f"{title} (published)", "money") for key, title in _extra(beside)),
        Column("total", "Total cost", "money", link=_spells(asked, OVERALL)),
    ]
    rows = _rows(asked, shown)
    if beside is not None:
        rows += [beside.row(year) for year in beside.years if asked.is_in_range(year)]
        rows.sort(key=lambda row: row["order"])
        blank = {column.key: NOT_APPLICABLE for column in columns}
        rows = [blank | row for row in rows]
    return Table(
        key=KEY,
        title=f"{TITLE}, {asked.council.name}",
        columns=columns,
        rows=rows,
        source=asked.source + (f"; published figures: {beside.source}" if beside else ""),
        as_at=asked.as_at,
        filters=asked.filters,
        rules=rules_of(asked),
        notes=[
            *notes_of(asked),
            *([*_computed_before(asked, beside), *beside.faults] if beside else ()),
        ],
        chart=_chart(asked, shown),
    )


def _columns(asked: Asked, beside: Any) -> list[str]:
    there = set(asked.kinds) | (beside.types if beside else set())
    return [key for key in asked.mapping.types if key in there]


def _extra(beside: Any) -> list[tuple[str, str]]:
    return beside.own_columns if beside else []


def _spells(asked: Asked, kind: str) -> Callable[[Any], str | None] | None:
    """Where a figure leads the finance team; one that was published leads nowhere."""
    return (lambda row: row["links"].get(kind)) if asked.sees_all else None


def _price_column(asked: Asked, kind: str) -> Column:
    return Column(kind, asked.title_of(kind), "money", link=_spells(asked, kind))


def _rows(asked: Asked, shown: dict[int, Shown]) -> list[dict[str, Any]]:
    hidden = hidden_variances([shown[year].total for year in sorted(shown)])
    no_variance = dict(zip(sorted(shown), hidden, strict=True))
    return [_row(asked, year, shown[year], no_variance[year]) for year in asked.years]


def _row(asked: Asked, year: int, may: Shown, no_variance: bool) -> dict[str, Any]:
    whole = asked.cell(year, OVERALL)
    row: dict[str, Any] = {
        "order": (year, 0),
        "year": year_text(year),
        "basis": asked.basis(year),
        "children": HIDDEN.text if may.total else whole.children,
        "average": HIDDEN.text if may.total else average_of(whole),
        "variance": HIDDEN.text if no_variance else change_of(asked, year, OVERALL),
        "total": HIDDEN.text if may.total else _total(asked, year),
        "links": spell_links(asked, year),
    }
    for kind in asked.mapping.types:
        row[kind] = HIDDEN.text if kind in may.hidden else average_of(asked.cell(year, kind))
    return row


def _total(asked: Asked, year: int) -> Any:
    return NOT_APPLICABLE if asked.is_unpriced(year, OVERALL) else asked.cell(year, OVERALL).pence


def _computed_before(asked: Asked, beside: Any) -> list[str]:
    """What the first change is measured from, where a published year stands in the row above."""
    first = asked.years[0] if asked.years else None
    if first is None or first - 1 not in asked.all_years or first - 1 not in beside.years:
        return []
    return [
        (
            f"The change of {year_text(first)} is on the figures computed for "
            f"{year_text(first - 1)}, which is before the years shown, and not on the published ones."
        )
    ]


def _chart(asked: Asked, shown: dict[int, Shown]) -> Lines | None:
    """A line for each type, the most expensive first; the overall average among them."""
    if len(asked.years) < 2:
        return None

    def values(kind: str) -> tuple[Fraction | None, ...]:
        return tuple(
            None
            if (shown[year].total if kind == OVERALL else kind in shown[year].hidden)
            else asked.cell(year, kind).average_weekly
            for year in asked.years
        )

    kinds = [kind for kind in asked.kinds if any(values(kind))]
    kinds.sort(key=lambda kind: -sum(asked.cell(year, kind).child_days for year in asked.years))
    lines = [Line("All types", values(OVERALL))]
    lines += [Line(asked.title_of(kind), values(kind)) for kind in kinds[: MOST_LINES - 1]]
    return Lines(
        f"Average cost per week, {asked.council.name}",
        tuple(year_text(year) for year in asked.years),
        tuple(lines),
        "Pounds a week",
    )
