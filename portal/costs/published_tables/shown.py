"""Published tables for those who may read a council's costs, with the computed figures beside."""

from fractions import Fraction
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Role, Viewer
from portal.costs.imports.layouts import reduced
from portal.costs.published_tables.models import PublishedFigure, PublishedTable, TableStage
from portal.costs.reports.asking import HIDDEN, Asked, Wanted
from portal.costs.reports.unit_costs_shown import Shown, shown_by_year
from portal.db import db
from portal.paging import Sorting
from portal.tables import NOT_APPLICABLE, NOT_GIVEN, Column, Table
from portal.web import date_text
from scoring.costs import OVERALL, Cell
from scoring.years import year_text

BY_DAY = Sorting({"made": PublishedTable.made_at}, default="-made", unique=PublishedTable.ref)
STAGES = {
    TableStage.DRAFT: ("Waits for you", "yellow"),
    TableStage.TAKEN: ("Shown", "green"),
    TableStage.TAKEN_BACK: ("Taken back", "grey"),
}
AVERAGE = frozenset({"averagecostperweek", "averageweeklycost", "unitcost", "weeklyunitcost"})
CHILDREN = frozenset({"children", "childrenlookedafter", "numberofchildren"})
YEAR_END = frozenset({"childrenat31march", "childrenlookedafterat31march", "childrenon31march"})
TOTAL = frozenset({"totalcost", "totalspend", "expenditure", "totalexpenditure"})
ALL_TYPES = frozenset({"", "all", "alltypes", "total", "allplacements"})
POUNDS = frozenset({"£", "gbp", "pounds", "£perweek", "poundsperweek", "poundsaweek", "gbpperweek"})
RULE = (
    "A computed figure stands beside a published one where the area is this council, the type is one "
    "of the mapping, the unit is pounds or children, and the figure is an average cost per week, "
    "the children of the year, the children at 31 March, or a total cost."
)


def visible(viewer: Viewer) -> Select[PublishedTable]:
    """The tables of the viewer's councils; drafts and those taken back for its finance people."""
    if not viewer.may(Permission.COST_READ):
        return select(PublishedTable).where(PublishedTable.id.is_(None))
    mine = viewer.councils_as(Role.FINANCE) if viewer.may(Permission.COST_IMPORT) else frozenset()
    shown = PublishedTable.council_id.in_(viewer.council_ids) & (
        PublishedTable.stage == TableStage.TAKEN
    )
    return (
        select(PublishedTable)
        .where(shown | PublishedTable.council_id.in_(mine))
        .options(joinedload(PublishedTable.council))
    )


def listed(viewer: Viewer) -> Select[PublishedTable]:
    """The same for a list, without the rows of drafts."""
    return visible(viewer).options(defer(PublishedTable.cells))


def one_table(ref: str, viewer: Viewer) -> PublishedTable:
    """One of them.

    Raises:
        NotFound: there is none, or it is not the viewer's.
    """
    found = db.session.scalar(visible(viewer).where(PublishedTable.ref == ref))
    if found is None:
        raise NotFound
    return found


def own_draft(ref: str, viewer: Viewer) -> PublishedTable:
    """A draft of the viewer's own council.

    Raises:
        NotFound: there is none.
    """
    found = one_table(ref, viewer)
    if found.stage is not TableStage.DRAFT:
        raise NotFound
    return found


def faults_of(one: PublishedTable) -> list[str]:
    """The faults that are known, one for each line."""
    return [line.strip() for line in one.faults.splitlines() if line.strip()]


def beside(one: PublishedTable, viewer: Viewer) -> Table:
    """The published figures with the computed ones beside them."""
    figures = db.session.scalars(
        select(PublishedFigure)
        .where(PublishedFigure.table_id == one.id)
        .order_by(PublishedFigure.line)
    ).all()
    computed = _Computed(one, viewer, sorted({figure.year for figure in figures}))
    return Table(
        key="published-table",
        title=one.title,
        columns=[
            Column("area", "Area"),
            Column("type", "Type of placement"),
            Column("year", "Year"),
            Column("figure", "Figure"),
            Column("unit", "Unit"),
            Column("value", "Published", "number"),
            Column("computed", "Computed here", "number"),
        ],
        rows=[_row(figure, computed) for figure in figures],
        source=f"{one.source}. Licence: {one.licence}. Published {date_text(one.published_on)}",
        rules=[RULE],
        notes=[f"Known of the published table: {fault}" for fault in faults_of(one)],
    )


def _row(figure: PublishedFigure, computed: "_Computed") -> dict[str, Any]:
    value = figure.hundredths
    return {
        "area": figure.area,
        "type": figure.type_words or "All types",
        "year": year_text(figure.year),
        "figure": figure.figure,
        "unit": figure.unit,
        "value": NOT_GIVEN if value is None else Fraction(value, 100),
        "computed": computed.of(figure),
    }


class _Computed:
    """The council's own figures, in the units of the published ones."""

    def __init__(self, one: PublishedTable, viewer: Viewer, years: list[int]) -> None:
        self._asked = Asked(Wanted(council=one.council.slug), viewer)
        self._names = {reduced(one.council.name), reduced(one.council.slug)}
        self._shown: dict[int, Shown] = {}
        if not self._asked.is_empty:
            self._shown = shown_by_year(self._asked, years)

    def of(self, figure: PublishedFigure) -> Any:
        kind = self._kind(figure.type_words)
        if not self._shown or kind is None or reduced(figure.area) not in self._names:
            return NOT_APPLICABLE
        if (figure.year, OVERALL) not in self._asked.cells:
            return NOT_APPLICABLE
        value = _measured(self._asked.cell(figure.year, kind), figure)
        may = self._shown[figure.year]
        if value is not NOT_APPLICABLE and (may.total or kind in may.hidden):
            return HIDDEN
        return value

    def _kind(self, words: str) -> str | None:
        if reduced(words) in ALL_TYPES:
            return OVERALL
        return self._asked.mapping.of_words(words)


def _measured(cell: Cell, figure: PublishedFigure) -> Any:
    name, unit = reduced(figure.figure), figure.unit.casefold().replace(" ", "")
    in_pounds = unit in POUNDS
    if name in AVERAGE and in_pounds:
        average = cell.average_weekly
        return NOT_APPLICABLE if average is None else average / 100
    if name in TOTAL and in_pounds:
        return Fraction(cell.pence, 100)
    if in_pounds:
        return NOT_APPLICABLE
    if name in CHILDREN:
        return Fraction(cell.children)
    return Fraction(cell.at_year_end) if name in YEAR_END else NOT_APPLICABLE
