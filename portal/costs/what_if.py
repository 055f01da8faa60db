"""What a year would have cost otherwise, from the council's own averages."""

from dataclasses import dataclass

from portal.costs.reports.asking import Asked
from portal.costs.reports.shares import EXTERNAL, GROUP, IN_HOUSE
from portal.costs.reports.sorting import spells_of
from portal.costs.reports.unit_costs_shown import shown_by_year, spell_links
from portal.tables import Column, Table
from scoring.costs import OVERALL, Cell
from scoring.money import percent_words
from scoring.whatif import WHAT_IF_RULES, Change, Outcome, what_if
from scoring.years import days_of, last_day, year_text

KEY, TITLE = "what-if", "What if"
COLUMNS = (
    Column("line", "What", link=lambda row: row["link"]),
    Column("pence", "Pounds for the year", "money", signed=True),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may choose from: years told whole, and external types with a price."""

    years: list[int]
    leaving: list[str]


def offer(asked: Asked, year: int | None = None) -> Offer:
    """The years and types that may be chosen; nothing whose figures are hidden from the reader."""
    years = [
        one
        for one in asked.all_years
        if last_day(one) <= asked.as_at and one not in asked.incomplete
    ]
    shown = shown_by_year(asked, years)
    years = [one for one in years if not shown[one].total]
    if not years:
        return Offer([], [])
    chosen = year if year in years else years[-1]
    groups = {key: one.group for key, one in asked.mapping.types.items()}
    hidden = shown[chosen].hidden
    if any(groups.get(kind) == "in-house" for kind in hidden):
        return Offer(years, [])
    leaving = [
        kind
        for kind in asked.mapping.types
        if groups[kind] == "external"
        and kind not in hidden
        and asked.cell(chosen, kind).priced_days
    ]
    leaving.sort(key=lambda kind: -asked.cell(chosen, kind).child_days)
    return Offer(years, leaving)


def outcome(asked: Asked, year: int, leaving: str, change: Change) -> Outcome:
    """What comes of a change.

    Raises:
        RuleBroken: `what-if:…`.
    """
    cells: dict[str, Cell] = {
        kind: asked.cell(year, kind)
        for kind in asked.mapping.types
        if kind not in asked.mapping.unpaid and (year, kind) in asked.cells
    }
    groups = {key: one.group for key, one in asked.mapping.types.items()}
    return what_if(change, cells, groups, leaving=leaving, days=days_of(year))


def table(asked: Asked, year: int, leaving: str, change: Change, made: Outcome) -> Table:
    """The outcome as page, CSV, Excel and PDF print it."""
    title = asked.title_of(leaving) if leaving else ""
    children = f"{change.moved} {'child' if change.moved == 1 else 'children'}"
    links = spell_links(asked, year)
    own, bought = (spells_of(asked, GROUP, year, group) for group in (IN_HOUSE, EXTERNAL))
    told = (
        (f"Cost of {year_text(year)}, as counted", made.base, links.get(OVERALL)),
        (f"External prices {_percent(change.uplift_bp)} dearer", made.uplift, bought),
        (f"{children} from {title} to in house", made.moved, links.get(leaving)),
        (f"{_percent(change.void_bp)} of their places empty", made.voids, own),
    )
    rows = [{"line": line, "pence": pence, "link": link} for line, pence, link in told]
    return Table(
        key=KEY,
        title=f"{TITLE}: {year_text(year)}, {asked.council.name}",
        columns=COLUMNS,
        rows=rows,
        source=asked.source,
        as_at=asked.as_at,
        filters={"Council": asked.council.name, "Year": year_text(year)},
        rules=WHAT_IF_RULES,
        notes=["The past is only counted anew: nothing here says what will come."],
        total_row={"pence": made.total},
        total_title="Cost after all of it",
    )


def _percent(share_bp: int) -> str:
    return percent_words(share_bp) if share_bp >= 0 else f"−{percent_words(-share_bp)}"
