"""A forecast of children and cost as a range, with how well it would have done before."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from portal.costs.forecasts.drawn import CAME, Drawn, NotYet, drawn_of
from portal.costs.forecasts.learning import Ahead, Range
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.kinds import Report, report
from portal.costs.reports.lines import Line, Lines
from portal.costs.reports.unit_costs_shown import spell_links
from portal.tables import NOT_APPLICABLE, Column, Table
from portal.web import date_text
from scoring.costs import OVERALL
from scoring.flows import FLOW_RULES, LEFT
from scoring.returns import covered_until
from scoring.suppression import LEAST_SHOWN
from scoring.years import days_of, last_day, year_of, year_text

KEY, TITLE = "forecast", "Forecast as a range"
MODEL = (
    (
        "Not exact: these figures are drawn at random, 200 times, with numbers that a computer rounds. "
        "The same seed and the same files give the same figures. All other reports are exact."
    ),
    (
        "Everybody in care on the last day goes on month by month. Each month some leave or move to "
        "another type: as often as children of that type and age band did in the last three years "
        "(of the type at every age, where it had fewer than 365 child-days). Ages are real: bands "
        "change on birthdays, and everybody leaves at 18."
    ),
    (
        "As many come in each month as did on average, give or take chance, each like a child that "
        "really came: its age and type are taken together."
    ),
    (
        "A child keeps its weekly price. One that comes in or moves gets the price of a placement of "
        "its type that began in the last year, from the ledger or a contract; if none did, a rate of a "
        "contract that holds. A missing price counts as the middle one of its type."
    ),
    (
        "How sure a rate is depends on how much was seen, so each of the 200 futures has rates of its "
        "own. Eight in ten futures lie between low and high."
    ),
    (
        "It learns from whole years only: not from years that the returns do not tell whole, and not "
        "from the year in which a ledger begins."
    ),
    "What nobody has seen before (a new law, a new home, a war) is not in it.",
)
PRICE_WORDS = "Prices stay as they are, unless a rise for each April is asked for."

TOO_SHORT = "A forecast needs a year of figures that is told whole. There is none yet."


@report(KEY, TITLE, "How many children and what cost may come, from past moves between placements")
def forecast(asked: Asked) -> Report:
    """The second half of report 7."""
    try:
        known = drawn_of(asked)
    except NotYet:
        return Report(KEY, TITLE, [], waits=True)
    if known is None:
        return Report(KEY, TITLE, [_ahead_table(asked, None)], warnings=[TOO_SHORT])
    tables = [_ahead_table(asked, known), _types_table(asked, known), _back_table(asked, known)]
    if asked.sees_all:
        tables.append(_flows_table(asked, known))
    chart = _chart(asked, known)
    tables[0] = replace(tables[0], chart=chart)
    return Report(KEY, TITLE, tables, chart, warnings=[MODEL[0]])


def begins_after(asked: Asked) -> date:
    """The day after which the forecast begins, so that a filter sent again asks for the same one."""
    try:
        known = None if asked.is_empty else drawn_of(asked)
    except NotYet:
        known = None
    return known.last if known else asked.as_at


def _table(
    asked: Asked, key: str, title: str, columns: list[Column], rows: list[Any], **more: Any
) -> Table:
    wanted = asked.wanted
    filters = {
        "Council": asked.council.name,
        "Seed": f"{wanted.seed}",
        "Rise of prices each April": f"{Fraction(wanted.rise_bp, 100)} %",
    }
    rules = asked.rules(*MODEL, PRICE_WORDS)
    return Table(
        **{
            "key": key,
            "title": title,
            "columns": columns,
            "rows": rows,
            "source": asked.source,
            "as_at": asked.as_at,
            "filters": filters,
            "rules": rules,
            **more,
        }
    )


def _range_columns(key: str, title: str, kind: str) -> list[Column]:
    return [
        Column(f"{key}_low", f"{title}, low", kind, decimals=0),
        Column(f"{key}_middle", "Middle", kind, decimals=0),
        Column(f"{key}_high", "High", kind, decimals=0),
    ]


def _told(key: str, one: Range) -> dict[str, Any]:
    return {f"{key}_low": one.low, f"{key}_middle": one.middle, f"{key}_high": one.high}


def _ahead_table(asked: Asked, known: Drawn | None) -> Table:
    rows: list[dict[str, Any]] = []
    for one in known.ahead if known else []:
        row = {
            "year": year_words(one, known.last) if known else "",
            **_told("end", one.at_end),
            **_told("average", one.average),
            **_told("cost", one.pence),
        }
        if not asked.sees_all and one.average.low < LEAST_SHOWN:
            row |= dict.fromkeys(list(row)[1:], HIDDEN)
        rows.append(row)
    columns = [
        Column("year", "Year"),
        *_range_columns("end", "Children on 31 March", "whole"),
        *_range_columns("average", "Average children", "whole"),
        *_range_columns("cost", "Cost", "money"),
    ]
    title = f"{TITLE}, {asked.council.name}"
    return _table(asked, KEY, title, columns, rows, notes=_notes(asked, known))


def made_words(made_at: datetime) -> str:
    """When a worker drew it."""
    return (
        f"Drawn on {date_text(made_at)}, and kept: the same files, mapping and prices give the same. "
        "When one of them changes it has to be drawn again."
    )


def year_words(one: Ahead, last: date) -> str:
    """How a year of a forecast is called; the first is mostly what is left of one."""
    if one.year == year_of(last) and last < last_day(one.year):
        return f"Rest of {year_text(one.year)}, after {date_text(last)}"
    return year_text(one.year)


def _notes(asked: Asked, known: Drawn | None) -> list[str]:
    if known is None:
        return []
    notes = []
    if known.made_at is not None:
        notes.append(made_words(known.made_at))
    told = covered_until(asked.returned)
    if known.last < asked.as_at:
        notes.append(
            f"It begins after the newest return, which ends on {date_text(known.last)}: nothing later is "
            f"known of its open episodes. Name {date_text(asked.as_at)} as “As at” to begin from there."
        )
    elif told is not None and told < asked.as_at:
        notes.append(
            f"The newest return ends on {date_text(told)}. Episodes that were open then still count, "
            "whether or not a child has left since, so the forecast may begin too high."
        )
    if known.last < last_day(year_of(known.last)):
        notes.append(
            "Actual cost to date is no part of this; it stands beside it in “Budget and outturn”. The "
            "picture shows the running year whole: its days to date, and the forecast of the rest."
        )
    return notes


def _types_table(asked: Asked, known: Drawn) -> Table:
    """The last year of the forecast by type."""
    last = known.ahead[-1]
    kinds = [kind for kind in asked.mapping.types if last.average_of.get(kind, Range(0, 0, 0)).high]
    rows = []
    for kind in kinds:
        row = {
            "type": asked.title_of(kind),
            **_told("average", last.average_of[kind]),
            **_told("cost", last.pence_of[kind]),
        }
        if not asked.sees_all and last.average_of[kind].low < LEAST_SHOWN:
            row |= dict.fromkeys(list(row)[1:], HIDDEN)
        rows.append(row)
    columns = [
        Column("type", "Type"),
        *_range_columns("average", "Average children", "whole"),
        *_range_columns("cost", "Cost", "money"),
    ]
    title = f"By type of placement in {year_text(last.year)}"
    notes = ["Lows and highs of the types do not add up to those of the total."]
    return _table(asked, "forecast-types", title, columns, rows, notes=notes)


def _back_table(asked: Asked, known: Drawn) -> Table:
    """Years that are over: what would have been forecast on the day before, and what came."""
    rows = [_back_row(asked, one) for one in known.back]
    columns = [
        Column("year", "Year"),
        *_range_columns("average", "Forecast of average children", "whole"),
        Column("children", "Came", "number", decimals=1),
        Column("children_error", "Middle against what came", "percent", decimals=1, signed=True),
        Column("children_inside", "Within the range"),
        *_range_columns("cost", "Forecast of cost", "money"),
        Column("came", "Came, priced", "money", decimals=0, link=lambda row: row["link"]),
        Column("cost_error", "Middle against what came", "percent", decimals=1, signed=True),
        Column("cost_inside", "Within the range"),
    ]
    notes = [
        "Each year is forecast from what was known on the day before it began, without a rise of prices.",
        "What came has no cost for spells without a price; the forecast has.",
    ]
    if not rows:
        notes = [
            "No year can be held against a forecast: it takes two whole years, one after another."
        ]
    return _table(asked, "forecast-test", "How well it would have done", columns, rows, notes=notes)


def _back_row(asked: Asked, one: Ahead) -> dict[str, Any]:
    cell = asked.cell(one.year, OVERALL)
    children = Fraction(cell.child_days, days_of(one.year))
    row = {
        "year": year_text(one.year),
        **_told("average", one.average),
        "children": children,
        "children_error": _error(one.average.middle, children),
        "children_inside": _inside(one.average, children),
        **_told("cost", one.pence),
        "came": cell.pence,
        "cost_error": _error(one.pence.middle, cell.pence),
        "cost_inside": _inside(one.pence, cell.pence),
    }
    if not asked.sees_all and cell.children < LEAST_SHOWN:
        row |= dict.fromkeys(list(row)[1:], HIDDEN)
    return row | {"link": spell_links(asked, one.year).get(OVERALL)}


def _error(forecast: int, came: Fraction) -> Any:
    return (forecast - came) / came if came else NOT_APPLICABLE


def _inside(forecast: Range, came: Fraction) -> str:
    return "Yes" if forecast.low <= came <= forecast.high else "No"


def _flows_table(asked: Asked, known: Drawn) -> Table:
    """What was learnt: exact counts."""
    words = {LEFT: "Left care before 18", CAME: "Came into care"}
    words |= {key: one.title for key, one in asked.mapping.types.items()}
    rows = [
        {"from": words[place[0]], "to": words[place[1]], "number": number}
        for place, number in known.moves.items()
    ]
    rows.sort(key=lambda row: (-row["number"], row["from"], row["to"]))
    columns = [Column("from", "From"), Column("to", "To"), Column("number", "Moves", "whole")]
    return _table(
        asked,
        "forecast-flows",
        "Moves that it learnt from",
        columns,
        rows,
        rules=FLOW_RULES,
        filters={"Council": asked.council.name, "Days": f"{known.days:,}"},
    )


def _chart(asked: Asked, known: Drawn) -> Lines | None:
    """Average children: years that are over, then the range, the running year whole in it."""
    over = [
        year
        for year in asked.all_years
        if last_day(year) <= known.last and year not in asked.incomplete
    ]
    coming = known.ahead
    if not over or not coming or not asked.sees_all:
        return None
    was = [Fraction(asked.cell(year, OVERALL).child_days, days_of(year)) for year in over]
    ranges = [_whole_year(asked, one, known.last) for one in coming]
    gap, rest = (None,) * len(over), (None,) * len(coming)
    names = ("Forecast, low", "Forecast, middle", "Forecast, high")
    return Lines(
        f"Average children in care, {asked.council.name}",
        tuple(year_text(year) for year in (*over, *(one.year for one in coming))),
        (
            Line("As it was", (*was, *rest)),
            *(
                Line(name, (*gap, *values))
                for name, values in zip(names, zip(*ranges, strict=True), strict=True)
            ),
        ),
        "Children",
        Column("value", "Children", "number", decimals=0),
    )


def _whole_year(asked: Asked, one: Ahead, last: date) -> tuple[Fraction, ...]:
    """Low, middle and high of a year's average; of the running one with its days to date."""
    average = (one.average.low, one.average.middle, one.average.high)
    if one.year != year_of(last) or last == last_day(one.year):
        return tuple(map(Fraction, average))
    left = (last_day(one.year) - last).days
    so_far = asked.cell(one.year, OVERALL).child_days
    return tuple(Fraction(so_far + left * value, days_of(one.year)) for value in average)
