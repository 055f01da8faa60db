"""How a report sorts placements into its lines; the spells behind a line are found the same way."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import has_request_context, url_for

from portal.costs.asking import Asked
from scoring.costs import Cells, Stretch, measure
from scoring.years import year_text

Sorted = Callable[[Asked, Iterable[Stretch]], Iterator[Stretch]]


@dataclass(frozen=True, slots=True)
class Sort:
    """A way of sorting: stretches by the line in which they count, and how a line is called."""

    key: str
    title_of: Callable[[Asked, str], str]
    sorted: Sorted

    def of(self, asked: Asked) -> Iterator[Stretch]:
        """All stretches that are asked for; the line stands as their type."""
        return self.sorted(asked, asked.rows.stretches(asked.accept))

    def measured(self, asked: Asked) -> Cells:
        """Figures by year and line."""
        return measure(self.of(asked), as_at=asked.as_at, unpaid=asked.mapping.unpaid)


SORTS: dict[str, Sort] = {}


def sort(key: str, title_of: Callable[[Asked, str], str], by: Sorted) -> Sort:
    """Register a way of sorting, so that its spells can be looked at."""
    SORTS[key] = Sort(key, title_of, by)
    return SORTS[key]


def spells_of(asked: Asked, how: Sort, year: int, line: str) -> str | None:
    """Where the spells behind a line are listed; for the finance team, on pages."""
    if not has_request_context() or not asked.sees_all:
        return None
    address: dict[str, Any] = {**asked.address, "by": how.key, "type": line}
    return url_for("costs.spells", year=year_text(year), **address)
