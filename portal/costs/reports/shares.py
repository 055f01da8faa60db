"""How much of care is in house and how much is bought, and how that moves."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from portal.costs.figures import part_names
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.kinds import Report, report
from portal.costs.reports.lines import Line, Lines
from portal.costs.reports.sorting import sort, spells_of
from portal.figures import Column
from portal.tables import NOT_APPLICABLE, Table
from scoring.costs import OVERALL, RULES, Cell, Cells, Stretch
from scoring.suppression import hidden_parts
from scoring.years import year_text

KEY, TITLE = "in-house-share", "In-house and external share"
IN_HOUSE, EXTERNAL, NEITHER = "in-house", "external", "none"
GROUPS = (IN_HOUSE, EXTERNAL, NEITHER)
TARGET = Fraction(60, 100)
SHARE_COLUMN = Column("share", "Share", "percent", decimals=1)
SHARE_RULES = (
    (
        "In house are the council's own foster carers; external is what is bought from agencies, homes "
        "and schools. Family and friends, unpaid placements and others are neither."
    ),
    (
        "A share is a part of all child-days of looked-after children in the year. A child with rows "
        "in both groups on one day has a day in each, so shares may add to more than 100 %."
    ),
    "Of the two: in-house child-days ÷ (in-house + external child-days). The target is 60 %.",
)


GROUP_TITLES = {IN_HOUSE: "In house", EXTERNAL: "External", NEITHER: "Others"}


def _by_group(asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    groups = {key: one.group for key, one in asked.mapping.types.items()}
    return (one._replace(type=groups[one.type]) for one in stretches)


GROUP = sort("group", lambda _asked, line: GROUP_TITLES[line], _by_group, report=KEY)


def grouped(asked: Asked) -> Cells:
    """Figures by year and group, with a child's day counted once in a group."""
    return asked.part(part_names.GROUP)


@report(KEY, TITLE, "How much of care is in house, against the target of 60 to 40")
def in_house_share(asked: Asked) -> Report:
    """Report 3."""
    cells = grouped(asked)
    rows = [_row(asked, year, cells) for year in asked.years]
    own, bought = _spells(asked, IN_HOUSE), _spells(asked, EXTERNAL)
    columns = [
        Column("year", "Year"),
        Column("basis", "Basis"),
        Column("in-house_children", "Children in house", "whole", link=own),
        Column("external_children", "Children external", "whole", link=bought),
        Column("in-house", "In house, of all days", "percent", decimals=1, link=own),
        Column("external", "External, of all days", "percent", decimals=1, link=bought),
        Column("of_two", "In house, of the two", "percent", decimals=1, link=own),
        Column("moved", "Change on the year before (points)", "number", decimals=1, signed=True),
        Column("year_end", "In house, of the two, on 31 March", "percent", decimals=1, link=own),
        Column("cost", "In house, of the two, of the cost", "percent", decimals=1, link=own),
    ]
    table = Table(
        key=KEY,
        title=f"{TITLE}, {asked.council.name}",
        columns=columns,
        rows=rows,
        source=asked.source,
        as_at=asked.as_at,
        filters=asked.filters,
        rules=asked.rules(*SHARE_RULES, RULES[0]),
        chart=_chart(asked, rows),
    )
    return Report(KEY, TITLE, [table], table.chart)


def _spells(asked: Asked, group: str) -> Callable[[Any], str | None]:
    """Where the figures of a group lead the finance team."""
    return lambda row: spells_of(asked, GROUP, row["when"], group)


def share(part: int, whole: int) -> Fraction | None:
    """A part of a whole; None of nothing."""
    return Fraction(part, whole) if whole else None


def _row(asked: Asked, year: int, cells: Cells) -> dict[str, Any]:
    own, bought = (cells.get((year, group)) or Cell() for group in (IN_HOUSE, EXTERNAL))
    whole = asked.cell(year, OVERALL)
    now, before = of_two(cells, year), of_two(cells, year - 1)
    figures: dict[str, Any] = {
        "in-house_children": own.children,
        "external_children": bought.children,
        "in-house": _or_not(share(own.child_days, whole.child_days)),
        "external": _or_not(share(bought.child_days, whole.child_days)),
        "of_two": _or_not(now),
        "moved": NOT_APPLICABLE if now is None or before is None else (now - before) * 100,
        "year_end": _or_not(share(own.at_year_end, own.at_year_end + bought.at_year_end)),
        "cost": _or_not(share(own.sevenths, own.sevenths + bought.sevenths)),
    }
    if not asked.sees_all and (_hides(cells, year) or _hides(cells, year - 1)):
        hidden = figures if _hides(cells, year) else ["moved"]
        figures |= dict.fromkeys(hidden, HIDDEN.text)
    return {"when": year, "year": year_text(year), "basis": asked.basis(year), **figures}


def of_two(cells: Cells, year: int) -> Fraction | None:
    """In-house child-days as a share of in-house and external ones."""
    own, bought = (cells.get((year, group)) or Cell() for group in (IN_HOUSE, EXTERNAL))
    return share(own.child_days, own.child_days + bought.child_days)


def _hides(cells: Cells, year: int) -> bool:
    parts = {
        group: getattr(cells.get((year, group)) or Cell(), name)
        for group in GROUPS
        for name in ("children",)
    }
    ends = {group: (cells.get((year, group)) or Cell()).at_year_end for group in GROUPS}
    return bool(hidden_parts(parts) or hidden_parts(ends))


def _or_not(value: Fraction | None) -> Any:
    return NOT_APPLICABLE if value is None else value


def _chart(asked: Asked, rows: list[dict[str, Any]]) -> Lines | None:
    if len(rows) < 2:
        return None

    def values(name: str) -> tuple[Fraction | None, ...]:
        return tuple(row[name] if isinstance(row[name], Fraction) else None for row in rows)

    return Lines(
        f"In-house and external share, {asked.council.name}",
        tuple(row["year"] for row in rows),
        (
            Line("In house, of all days", values("in-house")),
            Line("External, of all days", values("external")),
            Line("In house, of the two", values("of_two")),
            Line("Target for in house, of the two", (TARGET,) * len(rows)),
        ),
        "Share of child-days",
        SHARE_COLUMN,
    )
