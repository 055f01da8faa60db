"""What a report is made of, and which there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.costs.reports.asking import Asked
from portal.tables import Table


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its page shows it.

    Args:
        tables: the first is the report; the others explain it. Each can be downloaded.
        warnings: what a reader must know before the figures.
        waits: whether a worker has still to draw a part of it.
    """

    key: str
    title: str
    tables: Sequence[Table]
    chart: Any = None
    warnings: Sequence[str] = ()
    published: Any = None
    waits: bool = False

    def table(self, key: str) -> Table | None:
        """One of its tables; the first where none is named."""
        return next((one for one in self.tables if key in {"", one.key}), None)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report: its name, what it answers, and how it is made."""

    key: str
    title: str
    answers: str
    make: Callable[[Asked], Report]


KINDS: dict[str, Kind] = {}


def report(key: str, title: str, answers: str) -> Callable[[Callable[[Asked], Report]], Any]:
    """Register what makes a kind of report."""

    def register(make: Callable[[Asked], Report]) -> Callable[[Asked], Report]:
        KINDS[key] = Kind(key, title, answers, make)
        return make

    return register


@dataclass(slots=True)
class Notes:
    """Sentences on a report, gathered while it is made."""

    sentences: list[str] = field(default_factory=list)

    def say(self, number: int, one: str, many: str) -> None:
        """Say a number if there is one: `many` holds {} for it."""
        if number:
            self.sentences.append(one if number == 1 else many.format(f"{number:,}"))
