"""The spells behind a figure, for finance only: they add up to it to the penny."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from portal.costs.figures.rows import LEDGER
from portal.costs.reports.asking import Asked
from portal.costs.reports.sorting import Sort
from portal.tables import NOT_GIVEN, Absent, Column, Table
from scoring.costs import OVERALL, PriceSource, Standing, Stretch, cost_of, end_of, length_of
from scoring.funding import WHOLE_BP
from scoring.precedence import PRECEDENCE_RULE
from scoring.rounding import rounded
from scoring.years import bounds, year_text

SOURCES = {
    PriceSource.LEDGER: "Ledger",
    PriceSource.CONTRACT: "Contract (estimated)",
    PriceSource.MISSING: "Missing",
}
COLUMNS = (
    Column("child", "Child", hint="A code, not a number: it is the same in every file"),
    Column("reference", "Placement"),
    Column("provider", "Provider"),
    Column("type", "Type"),
    Column("start", "From", "date"),
    Column("end", "Until before", "date"),
    Column("days", "Days", "whole", total=True),
    Column("weekly", "Weekly price", "money"),
    Column("source", "Price from"),
    Column("cost", "Cost", "money", total=True),
)


PART_COLUMNS = (
    *COLUMNS[:-1],
    Column("gross", "Gross cost", "money", total=True),
    Column("part", "Part of it", "percent", decimals=2),
    COLUMNS[-1],
)
OVERLAPS = "Days of rows that overlap stand twice here, and once in the figures."
OUTSIDE = Absent("outside", "outside the total, because no price is expected of this type")
OUTSIDE_NOTE = "Prices of types of which none is expected stand outside the total of all types, as in the report."


@dataclass(frozen=True, slots=True)
class Behind:
    """The spells of one type and year, and the figure that they make.

    Args:
        cost: exact pence. printed: the pence that the report prints.
        report: the key of the report that they belong to.
    """

    table: Table
    children: int
    child_days: int
    cost: Fraction
    printed: int
    report: str


def spells(asked: Asked, year: int, kind: str, how: Sort | None = None) -> Behind:
    """Every stretch of days that counts in a cell.

    Args:
        how: a report's way of sorting, of which `kind` is a line; else it is a type of placement.

    Raises:
        KeyError, ValueError: this way of sorting has no such line.
    """
    asked.look_within(bounds(year))
    made = _Made(asked, year, kind, how)
    runs: dict[str, list[tuple[int, int]]] = {}
    for one in made.found:
        runs.setdefault(one.child, []).append(made.run(one))
    cost = sum((row["exact"] for row in made.rows), Fraction())
    printed = made.printed(cost)
    title = made.title
    return Behind(
        table=Table(
            key="spells",
            title=f"Spells behind {title}, {year_text(year)}",
            columns=PART_COLUMNS if made.shares else COLUMNS,
            rows=made.rows,
            source=asked.source,
            as_at=asked.as_at,
            filters={**asked.filters, "Years": year_text(year), "Type": title},
            rules=[PRECEDENCE_RULE, *([made.shares.rule] if made.shares else [])],
            notes=[OVERLAPS, *([OUTSIDE_NOTE] if made.leaves_some_out else [])],
            total_row={"cost": printed},
        ),
        children=len(runs),
        child_days=sum(length_of(own) for own in runs.values()),
        cost=cost,
        printed=printed,
        report=how.report if how else "unit-costs",
    )


class _Made:
    """The stretches of a cell, and a row for each."""

    def __init__(self, asked: Asked, year: int, kind: str, how: Sort | None) -> None:
        self.asked, self.kind, self._how = asked, kind, how
        self.shares = how.shares if how else None
        self._first, after = bounds(year)
        self._last = min(after, asked.as_at.toordinal() + 1)
        titles = how.title_of if how else Asked.title_of
        self._title = cache(lambda line: titles(asked, line))  # some ask the database
        self.title = "All types" if kind == OVERALL else self._title(kind)
        self._all = [one for one in self._stretches() if self._is_there(one)]
        self.found = [one for one in self._all if kind in {OVERALL, one.type}]
        self.rows = [self._row(one) for one in self.found]
        self.rows.sort(key=lambda row: (row["child"], row["start"], row["reference"]))

    def _stretches(self) -> Iterable[Stretch]:
        standing = self._how.standing if self._how else Standing.LOOKED_AFTER
        everything = self._how.of(self.asked) if self._how else self.asked.stretches()
        return (one for one in everything if standing in {None, one.standing})

    def _is_there(self, one: Stretch) -> bool:
        start, end = self.run(one)
        return start < end

    def run(self, one: Stretch) -> tuple[int, int]:
        """The days of a stretch that are in the year."""
        return max(one.start, self._first), end_of(one, self._last)

    def _is_outside(self, one: Stretch) -> bool:
        """Whether its price stands outside the total of all types."""
        return self.kind == OVERALL and one.type in self.asked.mapping.unpaid

    @property
    def leaves_some_out(self) -> bool:
        return any(one.weekly_pence and self._is_outside(one) for one in self.found)

    def _gross(self, one: Stretch) -> Fraction:
        start, end = self.run(one)
        return cost_of(one.weekly_pence or 0, end - start)

    def _part(self, one: Stretch, line: str) -> Fraction:
        if self.shares is None:
            return Fraction(not self._is_outside(one))
        return Fraction(self.shares.of(self.asked, one, line), WHOLE_BP)

    def printed(self, cost: Fraction) -> int:
        """What the report prints: by the rule of its shares, else rounded once."""
        if self.shares is None:
            return rounded(cost)
        exact: dict[str, Fraction] = {}
        for one in self._all:
            part = self._gross(one) * self._part(one, one.type)
            exact[one.type] = exact.get(one.type, Fraction()) + part
        return self.shares.printed(self.kind, exact)

    def _row(self, one: Stretch) -> dict[str, Any]:
        start, end = self.run(one)
        rows = self.asked.rows
        gross, part = self._gross(one), self._part(one, self.kind)
        shown: Any = gross * part if one.weekly_pence else NOT_GIVEN
        return {
            "child": one.child[:8].upper(),
            "reference": rows.reference(one.spell)
            if one.spell.startswith(LEDGER)
            else "SSDA903 episode",
            "provider": rows.behind(one.spell).provider or "Not told",
            "type": self._title(one.type),
            "start": date.fromordinal(start),
            "end": date.fromordinal(end),
            "days": end - start,
            "weekly": one.weekly_pence or NOT_GIVEN,
            "source": SOURCES[one.source],
            "gross": gross if one.weekly_pence else NOT_GIVEN,
            "part": part,
            "cost": OUTSIDE if one.weekly_pence and self._is_outside(one) else shown,
            "exact": gross * part,
        }
