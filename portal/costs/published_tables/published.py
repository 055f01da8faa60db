"""Tables that a council published, as they stand: shown beside what is computed, never mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from portal.content.kinds import Kind
from portal.content.models import ContentVersion
from portal.db import db
from portal.people.models import Council
from portal.tables import NOT_APPLICABLE
from portal.wording import within
from scoring.rounding import printed, rounded
from scoring.years import days_of, year_text


@dataclass(frozen=True, slots=True)
class Published:
    """A published table of unit costs."""

    title: str
    source: str
    columns: Sequence[Mapping[str, Any]]
    rows: Mapping[int, Mapping[str, Any]]
    known_faults: Sequence[str]

    @property
    def years(self) -> list[int]:
        return sorted(self.rows)

    @property
    def types(self) -> set[str]:
        """The types of placement that its columns stand for."""
        return {kind for column in self.columns for kind in column["types"]}

    @property
    def own_columns(self) -> list[tuple[str, str]]:
        """Columns that are no type of placement of ours."""
        return [(f"own-{c['key']}", c["title"]) for c in self.columns if not c["types"]]

    def row(self, year: int) -> dict[str, Any]:
        """A year as it was published, in pence; what is not applicable stays so."""
        told = self.rows[year]
        prices = {one["column"]: one["pounds"] for one in told["prices"]}
        note = told["basis_note"] or told["basis"]
        shown: dict[str, Any] = {
            "order": (year, 1),
            "year": year_text(year),
            "basis": f"Published: {within(note)}",
            "children": _or_not(told["children"]),
            "average": _pence(told["average_pounds"]),
            "variance": _share(told["variance_percent"]),
            "total": _pence(told["total_pounds"]),
            "links": {},
        }
        for column in self.columns:
            keys = column["types"] or [f"own-{column['key']}"]
            shown |= dict.fromkeys(keys, _pence(prices.get(column["key"])))
        return shown

    @property
    def faults(self) -> list[str]:
        """What is known to be wrong with it, and what its own figures contradict."""
        said = [f"Published: {fault}" for fault in self.known_faults]
        return [*said, *(self._sums(year) for year in self.years if self._sums(year))]

    def _sums(self, year: int) -> str:
        """Whether children × average × days ÷ 7 gives the published total."""
        told = self.rows[year]
        children, average, total = (
            told["children"],
            told["average_pounds"],
            told["total_pounds"],
        )
        if not children or not average or total is None:
            return ""
        product = Fraction(children * average * days_of(year), 7)
        if abs(product - total) * 200 <= product:  # rounding alone explains half a percent
            return ""
        weeks = printed(Fraction(total, children * average), 1)
        return (
            f"Published {year_text(year)} does not reconcile: {children} children × £{average:,} × "
            f"{days_of(year)} ÷ 7 is £{rounded(product):,}, and the total says £{total:,} "
            f"({weeks} weeks)."
        )


def of_council(council: Council) -> Published | None:
    """The newest table that a council published; None where there is none. One statement."""
    found = db.session.scalars(
        select(ContentVersion)
        .where(ContentVersion.kind == Kind.PUBLISHED_TABLE.value)
        .order_by(ContentVersion.version.desc(), ContentVersion.id.desc())
    )
    for version in found:
        if version.body["council"] == council.slug:
            return _read(version.body)
    return None


def _read(body: Mapping[str, Any]) -> Published:
    return Published(
        body["title"],
        body["source"],
        body["columns"],
        {row["year"]: row for row in body["rows"]},
        body["faults"],
    )


def _or_not(value: int | None) -> Any:
    return NOT_APPLICABLE if value is None else value


def _pence(pounds: int | None) -> Any:
    return NOT_APPLICABLE if pounds is None else pounds * 100


def _share(percent: int | None) -> Any:
    return NOT_APPLICABLE if percent is None else Fraction(percent, 100)
