"""Who pays for placements: social care, education, health and others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from portal.charts import Series, stacked_bars
from portal.costs.figures.part_names import FUNDING, NOT_STATED
from portal.costs.reports.asking import HIDDEN, Asked
from portal.costs.reports.kinds import Report, report
from portal.costs.reports.sorting import Shares, sort, spells_of
from portal.tables import NOT_APPLICABLE, Column, Table
from scoring.costs import DAYS_OF_A_WEEK, OVERALL, RULES, Stretch
from scoring.funding import FUNDERS, OWN, SHARE_RULE, WHOLE_BP, printed_shares
from scoring.rounding import rounded
from scoring.suppression import LEAST_SHOWN, hidden_parts
from scoring.years import year_text

KEY, TITLE = "funding-shares", "Who pays"
WORDS = {
    "social-care": "Social care",
    "education": "Education",
    "health": "Health",
    "grant": "Grants",
    "other": "Others",
}


OWN_LINE, GROSS = "own", "gross"
LINES = {**WORDS, NOT_STATED: "Not stated", GROSS: "Gross cost", OWN_LINE: "Council's own share"}


def part_bp(asked: Asked, one: Stretch, line: str) -> int:
    """What a line takes of a stretch, in basis points."""
    stated = asked.rows.behind(one.spell).shares_bp
    if line == GROSS:
        return WHOLE_BP
    if stated is None:
        return WHOLE_BP if line == NOT_STATED else 0
    wanted = OWN if line == OWN_LINE else {line}
    return sum(bp for name, bp in zip(FUNDERS, stated, strict=True) if name in wanted)


def _by_funder(asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Each stretch with a price once for every line that has a part of it."""
    for one in stretches:
        if one.weekly_pence and one.type not in asked.mapping.unpaid:
            for line in LINES:
                if part_bp(asked, one, line):
                    yield one._replace(type=line)


def _printed(line: str, exact: Mapping[str, Fraction]) -> int:
    """A line as the report prints it."""
    if line not in FUNDERS:
        return rounded(exact.get(line, Fraction()))
    return printed_shares({name: exact.get(name, Fraction()) for name in FUNDERS})[line]


FUNDER = sort(
    "funder",
    lambda _asked, line: LINES[line],
    _by_funder,
    report=KEY,
    shares=Shares(part_bp, _printed, SHARE_RULE),
)


class Paid:
    """What each funder paid in each year, exactly, and for how many children."""

    def __init__(self, asked: Asked) -> None:
        self.pence: dict[int, dict[str, Fraction]] = defaultdict(
            lambda: dict.fromkeys((*FUNDERS, NOT_STATED), Fraction())
        )
        self.children: dict[int, dict[str, int]] = defaultdict(dict)
        for (year, funder), cell in asked.part(FUNDING).items():
            self.children[year][funder] = cell.children
            if funder != OVERALL:
                self.pence[year][funder] = Fraction(cell.sevenths, DAYS_OF_A_WEEK * WHOLE_BP)


@report(KEY, TITLE, "How much social care, education, health and others pay of each year's cost")
def funding_shares(asked: Asked) -> Report:
    """Report 5."""
    paid = Paid(asked)
    rows = [_row(asked, year, paid) for year in asked.years]
    columns = [
        Column("year", "Year"),
        Column("basis", "Basis"),
        *(_line_column(asked, line) for line in LINES),
        Column("joint", "Paid by others", "percent", decimals=1),
    ]
    chart = _chart(asked, rows)
    table = Table(
        key=KEY,
        title=f"{TITLE}, {asked.council.name}",
        columns=columns,
        rows=rows,
        source=asked.source,
        as_at=asked.as_at,
        filters=asked.filters,
        rules=asked.rules(SHARE_RULE, RULES[1]),
        notes=[
            (
                "Not stated are rows without any share, and days at the price of a contract. They are "
                "in the gross cost and in no share."
            ),
            "Paid by others is a part of what is stated.",
        ],
        chart=chart,
    )
    return Report(KEY, TITLE, [table], chart)


def _line_column(asked: Asked, line: str) -> Column:
    """What a line pays; for the finance team the figure leads to its spells."""

    def spells(row: Any) -> str | None:
        return spells_of(asked, FUNDER, row["when"], line)

    return Column(line, LINES[line], "money", link=spells)


def _row(asked: Asked, year: int, paid: Paid) -> dict[str, Any]:
    exact = paid.pence[year]
    stated = {name: exact[name] for name in FUNDERS}
    whole = sum(stated.values(), Fraction())
    own = sum((exact[name] for name in FUNDERS if name in OWN), Fraction())
    figures: dict[str, Any] = {
        **printed_shares(stated),
        NOT_STATED: rounded(exact[NOT_STATED]),
        GROSS: whole + exact[NOT_STATED],
        OWN_LINE: own,
        "joint": (whole - own) / whole if whole else NOT_APPLICABLE,
    }
    if asked.is_unpriced(year, OVERALL):
        figures = dict.fromkeys(figures, NOT_APPLICABLE)
    if not asked.sees_all:
        counts = {name: number for name, number in paid.children[year].items() if name != OVERALL}
        hidden = hidden_parts(counts)
        if hidden:
            figures |= dict.fromkeys((*hidden, "own", "joint"), HIDDEN.text)
        if paid.children[year].get(OVERALL, 0) < LEAST_SHOWN:
            figures |= dict.fromkeys(figures, HIDDEN.text)
    return {"when": year, "year": year_text(year), "basis": asked.basis(year), **figures}


def _chart(asked: Asked, rows: list[dict[str, Any]]) -> Any:
    if not rows:
        return None
    series = [
        Series(
            words,
            tuple(row[name] if isinstance(row[name], int) else None for row in rows),
        )
        for name, words in {**WORDS, NOT_STATED: "Not stated"}.items()
    ]
    return stacked_bars(
        f"Who pays, {asked.council.name}",
        [row["year"] for row in rows],
        series,
        axis="Pounds",
    )
