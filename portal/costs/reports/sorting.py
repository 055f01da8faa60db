"""How a report sorts placements into its lines; the spells behind a line are found the same way."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import has_request_context, url_for

from portal.costs.reports.asking import Asked
from scoring.costs import Standing, Stretch
from scoring.years import year_text

Sorted = Callable[[Asked, Iterable[Stretch]], Iterator[Stretch]]


@dataclass(frozen=True, slots=True)
class Sort:
    """A way of sorting: stretches by the line in which they count, and how a line is called.

    Args:
        report: the key of the report whose lines these are.
        standing: what the days count as; None where every day does.
        shares: what a line takes of each cost; None where it takes all of it.
    """

    key: str
    title_of: Callable[[Asked, str], str]
    sorted: Sorted
    report: str = ""
    standing: Standing | None = Standing.LOOKED_AFTER
    shares: "Shares | None" = None

    def of(self, asked: Asked) -> Iterator[Stretch]:
        """All stretches that are asked for; the line stands as their type."""
        return self.sorted(asked, asked.rows.stretches(asked.accept))


@dataclass(frozen=True, slots=True)
class Shares:
    """A line that takes a part of each cost.

    Args:
        of: the part of a stretch that a line takes, in basis points.
        printed: the pence that the report prints of a line, from the exact pence of every line.
        rule: how they are rounded.
    """

    of: Callable[[Asked, Stretch, str], int]
    printed: Callable[[str, Mapping[str, Fraction]], int]
    rule: str


SORTS: dict[str, Sort] = {}


def sort(key: str, title_of: Callable[[Asked, str], str], by: Sorted, **more: Any) -> Sort:
    """Register a way of sorting, so that its spells can be looked at; see `Sort`."""
    SORTS[key] = Sort(key, title_of, by, **more)
    return SORTS[key]


def spells_of(asked: Asked, how: Sort, year: int, line: str) -> str | None:
    """Where the spells behind a line are listed; for the finance team, on pages."""
    if not has_request_context() or not asked.sees_all:
        return None
    address: dict[str, Any] = {**asked.address, "by": how.key, "type": line}
    return url_for("costs.spells", year=year_text(year), **address)
