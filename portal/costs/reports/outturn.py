"""Budget, actual and forecast outturn side by side: the council's own share of each year."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from portal.costs.budgets import queries as queries_budgets
from portal.costs.budgets.models import CostBudget
from portal.costs.figures.part_names import NOT_STATED
from portal.costs.forecasts import learning as forecasting
from portal.costs.forecasts.drawn import Drawn, NotYet, drawn_of
from portal.costs.forecasts.report import made_words
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.funding import OWN_LINE, part_bp
from portal.costs.reports.kinds import Report, report
from portal.costs.reports.sorting import Shares, sort, spells_of
from portal.costs.reports.unit_costs_shown import basis_notes, shown_by_year, spell_links
from portal.tables import NOT_APPLICABLE, NOT_GIVEN, Column, Table
from portal.web import date_text
from scoring.costs import OVERALL, RULES, Stretch
from scoring.outturn import OUTTURN_RULES, Outturn, Range, own_share
from scoring.returns import covered_until
from scoring.rounding import rounded
from scoring.years import last_day, year_text

KEY, TITLE = "outturn", "Budget and outturn"
AMOUNTS = (
    ("actual", "Actual to date"),
    ("rest_low", "Still to come, low"),
    ("rest_middle", "Middle"),
    ("rest_high", "High"),
    ("low", "Outturn, low"),
    ("middle", "Middle"),
    ("high", "High"),
)
NONE_YET = "the rest of it cannot be forecast before one year is told whole."
BEGINS_EARLIER = (
    "The newest return ends on {}. Episodes that were open then still count, in what was spent and in "
    "what is to come, so the outturn may be too high."
)
ALL_TOGETHER = "budgets and forecasts are of all providers and lots together."


@report(KEY, TITLE, "What a year was meant to cost, what it cost so far, and what it may come to")
def outturn(asked: Asked) -> Report:
    """Beside report 7: budget, actual and outturn."""
    lines = _Lines(asked)
    years = [(year, OVERALL) for year in asked.years]
    newest = asked.years[-1] if asked.years else None
    types = [(newest, kind) for kind in asked.kinds if kind not in asked.mapping.unpaid]
    by_year = _table(asked, lines, (KEY, f"{TITLE}, {asked.council.name}"), ("year", "Year"), years)
    tables = [by_year]
    if newest is not None:
        names = ("outturn-types", f"By type of placement in {year_text(newest)}")
        tables.append(_table(asked, lines, names, ("type", "Type"), types))
    return Report(KEY, TITLE, tables, warnings=lines.warnings, waits=lines.waits)


def _own_bp(asked: Asked, one: Stretch, _line: str) -> int:
    """The council's part of a cost: all of it where no share is stated."""
    return part_bp(asked, one, OWN_LINE) + part_bp(asked, one, NOT_STATED)


def _with_price(asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    return (one for one in stretches if one.weekly_pence and one.type not in asked.mapping.unpaid)


def _printed(line: str, exact: Mapping[str, Fraction]) -> int:
    whole = sum(exact.values(), Fraction())
    return rounded(whole if line == OVERALL else exact.get(line, Fraction()))


OWN_SHARE = sort(
    "own-share",
    Asked.title_of,
    _with_price,
    report=KEY,
    shares=Shares(_own_bp, _printed, OUTTURN_RULES[0]),
)


class _Lines:
    """Budget, actual and forecast of any year and type."""

    def __init__(self, asked: Asked) -> None:
        from portal.costs.figures.own_share import own_costs

        self._asked = asked
        self.budgets = queries_budgets.counting(asked.council)
        self._own = own_costs(asked)
        narrowed = asked.is_narrowed  # a forecast is of all providers together
        self._known, self.waits = (None, False) if narrowed else _drawn(asked)
        self.warnings = (
            []
            if self.waits
            else [
                f"{year_text(year)} has no outturn yet: {ALL_TOGETHER if narrowed else NONE_YET}"
                for year in asked.years
                if not self._is_over(year) and self._rest(year, OVERALL) is None
            ]
        )

    def of(self, year: int, kind: str) -> Outturn:
        budget = self.budgets.get((year, kind))
        return Outturn(
            budget=budget.pence if budget and not self._asked.is_narrowed else None,
            actual=self._own.get((year, kind), Fraction()),
            rest=self._rest(year, kind),
            is_over=self._is_over(year),
        )

    @property
    def made(self) -> list[str]:
        made_at = self._known and self._known.made_at
        return [f"Forecast: {made_words(made_at)}"] if made_at else []

    def _is_over(self, year: int) -> bool:
        return last_day(year) <= self._asked.as_at

    def _rest(self, year: int, kind: str) -> Range | None:
        """The council's share of what is forecast of the rest of the year."""
        one = _of_year(self._known, year)
        if one is None or self._is_over(year):
            return None
        gross = one.pence if kind == OVERALL else one.pence_of.get(kind, forecasting.Range(0, 0, 0))
        own = self._share(year, kind)
        return Range(*(Fraction(value) for value in (gross.low, gross.middle, gross.high))).times(
            own
        )

    def _share(self, year: int, kind: str) -> Fraction:
        for when in (year, year - 1):
            cell = self._asked.cell(when, kind)
            own = own_share(self._own.get((when, kind), Fraction()), Fraction(cell.pence))
            if own is not None:
                return own
        return Fraction(1)


def _drawn(asked: Asked) -> tuple[Drawn | None, bool]:
    """What is forecast, and whether a worker has still to draw it."""
    try:
        return drawn_of(asked, to_date=True), False
    except NotYet:
        return None, True


def _of_year(known: Drawn | None, year: int) -> forecasting.Ahead | None:
    return next((one for one in known.ahead if one.year == year), None) if known else None


def _table(
    asked: Asked,
    lines: _Lines,
    names: tuple[str, str],
    first: tuple[str, str],
    places: list[Any],
) -> Table:
    amounts = [Column(key, title, "money", decimals=0) for key, title in AMOUNTS[1:]]
    return Table(
        key=names[0],
        title=names[1],
        columns=[
            Column(*first),
            Column("budget", "Budget", "money"),
            Column("actual", AMOUNTS[0][1], "money", link=lambda row: row["own_link"]),
            Column("gross", "Gross, for comparison", "money", link=lambda row: row["link"]),
            *amounts,
            Column("against", "Against the budget", "money", decimals=0, signed=True),
            Column("share", "In percent", "percent", decimals=1, signed=True),
        ],
        rows=[_row(asked, lines, *place) for place in places],
        source=f"{asked.source}; budgets that it put on record",
        as_at=asked.as_at,
        filters=asked.filters,
        rules=asked.rules(
            *OUTTURN_RULES,
            queries_budgets.in_house_rule(lines.budgets.values()),
            *RULES[:2],
        ),
        notes=[
            *basis_notes(asked),
            *_sources(asked, lines.budgets),
            *_earlier(asked),
            *lines.made,
            *(["Lows and highs of the types do not add up to those of the total."] if names[0] != KEY else []),
        ],
    )  # fmt: skip


def _sources(asked: Asked, budgets: Mapping[tuple[int, str], CostBudget]) -> list[str]:
    return [
        f"Budget of {year_text(year)}: {one.source}."
        for (year, kind), one in sorted(budgets.items())
        if kind == OVERALL and year in asked.years
    ]


def _earlier(asked: Asked) -> list[str]:
    told = covered_until(asked.returned)
    return [BEGINS_EARLIER.format(date_text(told))] if told and told < asked.as_at else []


def _row(asked: Asked, lines: _Lines, year: int, kind: str) -> dict[str, Any]:
    made, cell = lines.of(year, kind), asked.cell(year, kind)
    figures: dict[str, Any] = {
        "actual": made.actual,
        "gross": Fraction(cell.pence),
        **_range("rest_", made.rest),
        **_range("", made.outturn),
        "against": _or_not(made.against),
        "share": _or_not(made.against_share),
    }
    if asked.is_unpriced(year, kind):
        counted = [name for name in figures if not name.startswith("rest_")]
        figures |= dict.fromkeys(counted, NOT_APPLICABLE)
    if not asked.sees_all and _hides(asked, year, kind):
        figures = dict.fromkeys(figures, HIDDEN)
    return {
        "year": f"{year_text(year)}{'' if last_day(year) <= asked.as_at else ' (running)'}",
        "type": asked.title_of(kind),
        "budget": NOT_GIVEN if made.budget is None else made.budget,
        **figures,
        "link": spell_links(asked, year).get(kind),
        "own_link": spells_of(asked, OWN_SHARE, year, kind),
    }


def _hides(asked: Asked, year: int, kind: str) -> bool:
    may = shown_by_year(asked, [year])[year]
    return may.total if kind == OVERALL else kind in may.hidden


def _range(before: str, one: Range | None) -> dict[str, Any]:
    names = ("low", "middle", "high")
    return {f"{before}{name}": getattr(one, name) if one else NOT_APPLICABLE for name in names}


def _or_not(value: Fraction | None) -> Any:
    return NOT_APPLICABLE if value is None else value
