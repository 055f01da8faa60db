"""How far from home children live, and how many of them outside the council's area."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from portal.costs.figures import part_names
from portal.costs.figures.part_names import FAR_TENTHS
from portal.costs.figures.rows import Behind
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.kinds import Report, report
from portal.costs.reports.shares import EXTERNAL, IN_HOUSE, NEITHER, share
from portal.costs.reports.sorting import Sort, sort, spells_of
from portal.costs.reports.unit_costs_shown import basis_notes
from portal.tables import NOT_APPLICABLE, Column, Table
from scoring.costs import RULES, Cell, Cells, Stretch
from scoring.suppression import hidden_parts
from scoring.years import year_text

KEY, TITLE = "distance", "Out of area and over 20 miles"
NEAR, FAR, UNKNOWN = "near", "far", "unknown"
INSIDE, OUTSIDE = "inside", "outside"
LINE_WORDS = {
    NEAR: "within 20 miles",
    FAR: "over 20 miles",
    UNKNOWN: "not known",
    INSIDE: "in the area",
    OUTSIDE: "out of the area",
}
PROVIDERS = {IN_HOUSE: "In house", EXTERNAL: "External", NEITHER: "Others"}
DISTANCE_RULES = (
    (
        "Distance is a straight line from home to the placement: between the two postcodes of an "
        "SSDA903 episode, or as the ledger states it. It is kept in tenths of a mile; over 20 miles "
        "is 20.1 or more."
    ),
    "Out of area: the placement's postcode lies in another council's area. Ledgers do not say.",
    "Where a postcode is not known the distance is unknown and is counted as such, in no share.",
    "A child counts once in a line for each group in which it has a day of the year.",
)


def how_far(behind: Behind) -> str:
    """Whether a placement is over 20 miles away."""
    if behind.distance_tenths is None:
        return UNKNOWN
    return FAR if behind.distance_tenths > FAR_TENTHS else NEAR


def where(behind: Behind) -> str:
    """Whether a placement is out of the council's area."""
    if behind.outside is None:
        return UNKNOWN
    return OUTSIDE if behind.outside else INSIDE


def _sorter(how: Callable[[Behind], str]) -> Any:
    def by(asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        groups = {key: one.group for key, one in asked.mapping.types.items()}
        return (
            one._replace(type=f"{groups[one.type]}|{how(asked.rows.behind(one.spell))}")
            for one in stretches
        )

    return by


def _title(_asked: Asked, line: str) -> str:
    group, where = line.split("|")
    return f"{PROVIDERS[group]}, {LINE_WORDS[where]}"


FAR_SORT = sort("distance", _title, _sorter(how_far), report=KEY)
AREA_SORT = sort("area", _title, _sorter(where), report=KEY)


@report(KEY, TITLE, "How many children live more than 20 miles from home, by kind of provider")
def distance(asked: Asked) -> Report:
    """Report 6."""
    far, area = asked.part(part_names.DISTANCE), asked.part(part_names.AREA)
    rows = [
        _row(asked, year, group, far, area)
        for year in asked.years
        for group in PROVIDERS
        if any((year, f"{group}|{band}") in far for band in (NEAR, FAR, UNKNOWN))
    ]
    columns = [
        Column("year", "Year"),
        Column("provider", "Provider"),
        _column(asked, FAR_SORT, NEAR, "Children within 20 miles"),
        _column(asked, FAR_SORT, FAR, "Over 20 miles"),
        _column(asked, FAR_SORT, UNKNOWN, "Distance unknown"),
        _share_column(asked, FAR_SORT, FAR, "share", "Over 20 miles, of known child-days"),
        _column(asked, AREA_SORT, OUTSIDE, "Out of area"),
        _column(asked, AREA_SORT, UNKNOWN, "Area unknown", "area_unknown"),
        _share_column(
            asked, AREA_SORT, OUTSIDE, "outside_share", "Out of area, of known child-days"
        ),
    ]
    table = Table(
        key=KEY,
        title=f"{TITLE}, {asked.council.name}",
        columns=columns,
        rows=rows,
        source=asked.source,
        as_at=asked.as_at,
        filters=asked.filters,
        rules=asked.rules(*DISTANCE_RULES, RULES[0]),
        notes=basis_notes(asked),
    )
    return Report(KEY, TITLE, [table])


def _spells(asked: Asked, how: Sort, line: str) -> Callable[[Any], str | None]:
    return lambda row: spells_of(asked, how, row["when"], f"{row['group']}|{line}")


def _column(asked: Asked, how: Sort, line: str, title: str, key: str = "") -> Column:
    """A count of children; for the finance team it leads to their spells."""
    return Column(key or line, title, "whole", link=_spells(asked, how, line))


def _share_column(asked: Asked, how: Sort, line: str, key: str, title: str) -> Column:
    """A share of child-days; for the finance team it leads to the spells of the part."""
    return Column(key, title, "percent", decimals=1, link=_spells(asked, how, line))


def _row(asked: Asked, year: int, group: str, far: Cells, area: Cells) -> dict[str, Any]:
    near_by = {band: far.get((year, f"{group}|{band}")) or Cell() for band in (NEAR, FAR, UNKNOWN)}
    sides = {
        side: area.get((year, f"{group}|{side}")) or Cell() for side in (INSIDE, OUTSIDE, UNKNOWN)
    }
    figures: dict[str, Any] = {
        **{band: cell.children for band, cell in near_by.items()},
        "share": _share(near_by[FAR], near_by[NEAR]),
        OUTSIDE: sides[OUTSIDE].children,
        "area_unknown": sides[UNKNOWN].children,
        "outside_share": _share(sides[OUTSIDE], sides[INSIDE]),
    }
    if not asked.sees_all:
        figures |= _hidden(near_by, ("share",), {})
        figures |= _hidden(sides, ("outside_share",), {UNKNOWN: "area_unknown"})
    return {
        "when": year,
        "group": group,
        "year": year_text(year),
        "provider": PROVIDERS[group],
        **figures,
    }


def _share(part: Cell, rest: Cell) -> Any:
    found = share(part.child_days, part.child_days + rest.child_days)
    return NOT_APPLICABLE if found is None else found


def _hidden(
    cells: dict[str, Cell], shares: tuple[str, ...], names: dict[str, str]
) -> dict[str, Any]:
    """What is not shown of a line outside the finance team."""
    hidden = hidden_parts({name: cell.children for name, cell in cells.items()})
    if not hidden:
        return {}
    shown = {names.get(name, name) for name in hidden if name != INSIDE}
    return dict.fromkeys((*shown, *shares), HIDDEN.text)
