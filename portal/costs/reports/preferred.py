"""Providers of lists against others, block against spot, and what empty places cost."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from portal.costs.figures.part_names import NOT_STATED
from portal.costs.places.voids import BLOCK, Bought, SpotPrice, voids
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.kinds import Report, report
from portal.costs.reports.lines import Line, Lines
from portal.costs.reports.on_lists import (
    CARE_TITLES,
    FOSTER_CARE,
    LIST_RULES,
    LISTED,
    OUTSIDE,
    STANDINGS,
    SUPPORTED_CARE,
    OnLists,
)
from portal.costs.reports.sorting import Sort, sort, spells_of
from portal.costs.reports.unit_costs_shown import average_of, basis_notes
from portal.tables import NOT_APPLICABLE, Column, Table
from scoring.costs import RULES, Cell, Cells, Stretch, variance
from scoring.suppression import hidden_parts
from scoring.years import year_text

KEY, TITLE = "preferred", "Preferred list and others, block and spot"
SPOT = "spot"
PURCHASES = {BLOCK: "Block", SPOT: "Spot", NOT_STATED: "Not stated"}
SHORT_CARE = {FOSTER_CARE: "IFA", SUPPORTED_CARE: "16+"}
SHORT = {LISTED: "listed", OUTSIDE: "outside"}
GAP_RULE = (
    "More than the first = exact average of the line − exact average of the first line of the same "
    "care and year. Only averages of the same care stand against each other; children of other ages "
    "or needs may still be behind them."
)


def _standing_title(_asked: Asked, line: str) -> str:
    care, standing = line.split("|")
    return f"{CARE_TITLES[care]}, {STANDINGS[standing].lower()}"


def _by_standing(asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    return OnLists(asked.council).sorted(asked, stretches)


def _purchase_title(asked: Asked, line: str) -> str:
    kind, purchase = line.split("|")
    return f"{asked.title_of(kind)}, {PURCHASES[purchase].lower()}"


def _by_purchase(asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    bought = {key for key, one in asked.mapping.types.items() if one.group == "external"}
    for one in stretches:
        if one.type in bought:
            purchase = asked.rows.behind(one.spell).purchase or NOT_STATED
            yield one._replace(type=f"{one.type}|{purchase}")


STANDING = sort("standing", _standing_title, _by_standing, report=KEY)
PURCHASE = sort("purchase", _purchase_title, _by_purchase, report=KEY)


@report(KEY, TITLE, "What a week costs with providers of a list and with others, and in a block")
def preferred(asked: Asked) -> Report:
    """Report 4."""
    from portal.costs.reports.sorting_columns import sort_all

    bought = Bought(asked)
    found = sort_all(asked, OnLists(asked.council), bought.blocks)
    standing, purchase = found.standing, found.purchase
    chart = _chart(asked, standing)
    by_list = _table(
        asked,
        (KEY, f"Preferred list and others, {asked.council.name}"),
        ("Care", "Provider"),
        _rows(asked, STANDING, standing, CARE_TITLES, STANDINGS),
        [*LIST_RULES, GAP_RULE],
        chart=chart,
    )
    types = {kind: asked.title_of(kind) for kind in asked.mapping.types}
    by_purchase = _table(
        asked,
        ("block-spot", "Block and spot, as the ledger prices them"),
        ("Type", "Bought as"),
        _rows(asked, PURCHASE, purchase, types, PURCHASES),
        ["Block or spot as the ledger says; episodes and rows that do not say are not stated."],
    )
    in_blocks = voids(asked, bought, found.occupied, _spot_price(asked, purchase))
    return Report(KEY, TITLE, [by_list, by_purchase, in_blocks], chart)


def _spot_price(asked: Asked, cells: Cells) -> SpotPrice:
    """What a spot placement of a type cost on average in a year, where that may be shown."""

    def price(year: int, kind: str) -> Any:
        here = {
            line: cells[year, f"{kind}|{line}"]
            for line in PURCHASES
            if (year, f"{kind}|{line}") in cells
        }
        if SPOT in _hidden(asked, here):
            return HIDDEN
        return here[SPOT].average_weekly if SPOT in here else None

    return price


def _table(
    asked: Asked,
    names: tuple[str, str],
    headings: tuple[str, str],
    rows: list[dict[str, Any]],
    rules: list[str],
    *,
    chart: Any = None,
) -> Table:
    return Table(
        key=names[0],
        title=names[1],
        columns=[
            Column("year", "Year"),
            Column("care", headings[0]),
            Column("standing", headings[1], link=lambda row: row["link"]),
            Column("children", "Children", "whole"),
            Column("days", "Child-days", "whole"),
            Column("share", "Share of days", "percent", decimals=1),
            Column("average", "Average cost per week", "money"),
            Column("gap", "More than the first", "money", signed=True),
            Column("gap_share", "More, in percent", "percent", decimals=1, signed=True),
            Column("cost", "Cost", "money"),
        ],
        rows=rows,
        source=f"{asked.source}; lists and contracts of the register",
        as_at=asked.as_at,
        filters=asked.filters,
        rules=asked.rules(*rules, *RULES[:5]),
        notes=basis_notes(asked),
        chart=chart,
    )


def _rows(
    asked: Asked, how: Sort, cells: Cells, cares: Mapping[str, str], lines: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A row for each year, care and line with anybody in it."""
    rows = []
    for year in asked.years:
        for care, title in cares.items():
            here = {
                line: cells[year, f"{care}|{line}"]
                for line in lines
                if (year, f"{care}|{line}") in cells
            }
            hidden = _hidden(asked, here)
            for line, cell in here.items():
                rows.append(
                    {
                        "year": year_text(year),
                        "care": title,
                        "standing": lines[line],
                        "link": spells_of(asked, how, year, f"{care}|{line}"),
                        **_figures(cell, here, next(iter(lines)), line, hidden),
                    }
                )
    return rows


def _hidden(asked: Asked, here: Mapping[str, Cell]) -> frozenset[str]:
    if asked.sees_all:
        return frozenset()
    return hidden_parts({line: cell.children for line, cell in here.items()})


def _figures(
    cell: Cell, here: Mapping[str, Cell], first: str, line: str, hidden: frozenset[str]
) -> dict[str, Any]:
    base = here[first].average_weekly if first in here else None
    own = cell.average_weekly
    compares = line != first and base is not None and own is not None
    days = sum(one.child_days for one in here.values())
    share = variance(own, base) if compares else None
    figures: dict[str, Any] = {
        "children": cell.children,
        "days": cell.child_days,
        "share": _or_not(cell.child_days, days),
        "average": average_of(cell),
        "gap": own - base if compares and own is not None and base is not None else NOT_APPLICABLE,
        "gap_share": NOT_APPLICABLE if share is None else share,
        "cost": cell.pence if cell.priced_days else NOT_APPLICABLE,
    }
    if line in hidden:
        return dict.fromkeys(figures, HIDDEN)
    if first in hidden:
        figures |= dict.fromkeys(("gap", "gap_share"), HIDDEN)
    if hidden:
        figures["share"] = HIDDEN
    return figures


def _or_not(part: int, whole: int) -> Any:
    return Fraction(part, whole) if whole else NOT_APPLICABLE


def _chart(asked: Asked, cells: Cells) -> Lines | None:
    """Both averages of each care, year by year."""
    if len(asked.years) < 2:
        return None
    lines = []
    for care, title in SHORT_CARE.items():
        for standing in (LISTED, OUTSIDE):
            values = tuple(_drawn(asked, cells, year, care, standing) for year in asked.years)
            if any(value is not None for value in values):
                lines.append(Line(f"{title}: {SHORT[standing]}", values))
    if not lines:
        return None
    return Lines(
        f"Preferred list and others, {asked.council.name}",
        tuple(year_text(year) for year in asked.years),
        tuple(lines),
        "Pounds a week",
    )


def _drawn(asked: Asked, cells: Cells, year: int, care: str, standing: str) -> Any:
    here = {
        one: cells[year, f"{care}|{one}"] for one in STANDINGS if (year, f"{care}|{one}") in cells
    }
    if standing not in here or standing in _hidden(asked, here):
        return None
    return here[standing].average_weekly
