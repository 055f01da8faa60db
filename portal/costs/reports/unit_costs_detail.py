"""What the averages of unit costs rest on, and why the cost changed."""

from typing import Any

from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.sorting import sort, spells_of
from portal.costs.reports.unit_costs_shown import (
    Shown,
    average_of,
    basis_notes,
    change_of,
    notes_of,
    rules_of,
    spell_links,
)
from portal.tables import NOT_APPLICABLE, Column, Table
from scoring.bridge import BRIDGE_RULE, bridge
from scoring.costs import OVERALL, Cell, Standing
from scoring.suppression import is_small
from scoring.years import year_text


def detail(asked: Asked, shown: dict[int, Shown]) -> Table:
    """Every type of every year: what the averages rest on."""
    columns = [
        Column("year", "Year"),
        Column("type", "Type", link=lambda row: row["link"]),
        Column("children", "Children", "whole"),
        Column("at_year_end", "On 31 March", "whole"),
        Column("child_days", "Child-days", "whole"),
        Column("priced_days", "Priced child-days", "whole"),
        Column("estimated_days", "Of them estimated", "whole"),
        Column("missing", "Spells without a price", "whole"),
        Column("average", "Average cost per week", "money"),
        Column("variance", "Change on the year before", "percent", signed=True),
        Column("cost", "Cost", "money"),
    ]
    rows = []
    for year in asked.years:
        links = spell_links(asked, year)
        for kind in [*asked.kinds, OVERALL]:
            cell = asked.cells.get((year, kind))
            if cell is not None:
                rows.append(
                    _detail_row(asked, (year, kind), cell, shown) | {"link": links.get(kind)}
                )
        leavers = asked.care_leavers.get((year, OVERALL))
        if leavers is not None and asked.sees_all:
            rows.append(_leavers_row(asked, year, leavers))
    return Table(
        key="unit-costs-detail",
        title="What the averages rest on",
        columns=columns,
        rows=rows,
        source=asked.source,
        as_at=asked.as_at,
        filters=asked.filters,
        rules=rules_of(asked),
        notes=notes_of(asked),
    )


def _detail_row(
    asked: Asked, place: tuple[int, str], cell: Cell, shown: dict[int, Shown]
) -> dict[str, Any]:
    year, kind = place
    may = shown[year]
    hides = may.total if kind == OVERALL else kind in may.hidden
    before = shown.get(year - 1, Shown())
    hid_before = before.total if kind == OVERALL else kind in before.hidden
    figures: dict[str, Any] = {
        "children": cell.children,
        "at_year_end": cell.at_year_end,
        "child_days": cell.child_days,
        "priced_days": cell.priced_days,
        "estimated_days": cell.estimated_days,
        "missing": cell.missing,
        "average": average_of(cell),
        "cost": cell.pence if cell.priced_days else NOT_APPLICABLE,
    }
    if hides:
        figures = dict.fromkeys(figures, HIDDEN.text)
    elif not asked.sees_all and is_small(cell.at_year_end):
        figures["at_year_end"] = HIDDEN.text
    return {
        "year": year_text(year),
        "type": "All types" if kind == OVERALL else asked.title_of(kind),
        "variance": HIDDEN.text if hides or hid_before else change_of(asked, year, kind),
        **figures,
    }


LEAVERS = sort(
    "care-leavers",
    Asked.title_of,
    lambda _asked, stretches: iter(stretches),
    report="unit-costs",
    standing=Standing.CARE_LEAVER,
)


def _leavers_row(asked: Asked, year: int, cell: Cell) -> dict[str, Any]:
    return {
        "year": year_text(year),
        "type": "Care leavers, from 18 (outside the figures above)",
        "children": cell.children,
        "at_year_end": cell.at_year_end,
        "child_days": cell.child_days,
        "priced_days": cell.priced_days,
        "estimated_days": cell.estimated_days,
        "missing": cell.missing,
        "average": average_of(cell),
        "variance": NOT_APPLICABLE,
        "cost": cell.pence if cell.priced_days else NOT_APPLICABLE,
        "link": spells_of(asked, LEAVERS, year, OVERALL),
    }


def bridges(asked: Asked) -> list[Table]:
    """Why the cost changed, from each whole year to the next."""
    rows = []
    for year in asked.years:
        made = None
        if {year, year - 1} <= set(asked.all_years):
            made = bridge(
                asked.cell(year - 1, OVERALL),
                asked.cell(year, OVERALL),
                _paid(asked, year - 1),
                _paid(asked, year),
            )
        if made is not None:
            rows.append(
                {
                    "year": f"{year_text(year - 1)} to {year_text(year)}",
                    **{name: getattr(made, name) for name in ("before", "children", "price", "mix", "now")},
                    "link_before": spell_links(asked, year - 1).get(OVERALL),
                    "link_now": spell_links(asked, year).get(OVERALL),
                }
            )  # fmt: skip
    if not rows or not asked.sees_all:
        return []
    columns = [
        Column("year", "Years"),
        Column("before", "Cost of the year before", "money", link=lambda row: row["link_before"]),
        Column("children", "Children", "money", signed=True),
        Column("price", "Price", "money", signed=True),
        Column("mix", "Mix", "money", signed=True),
        Column("now", "Cost of the year", "money", link=lambda row: row["link_now"]),
    ]
    return [
        Table(
            key="bridge",
            title="Why the cost changed",
            columns=columns,
            rows=rows,
            source=asked.source,
            as_at=asked.as_at,
            filters=asked.filters,
            rules=[BRIDGE_RULE],
            notes=basis_notes(asked),
        )
    ]


def _paid(asked: Asked, year: int) -> dict[str, Cell]:
    return {
        kind: cell
        for (when, kind), cell in asked.cells.items()
        if when == year and kind != OVERALL and kind not in asked.mapping.unpaid
    }
