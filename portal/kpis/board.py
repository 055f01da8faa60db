"""The board: every provider and KPI with its last value, target, rating, trend and peers.

A value is that of a return that was submitted; peers are compared by what was accepted, period by
period, and among organisations as a whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from portal.kpis.board_rows import Numbers, Rows, Told
from portal.kpis.presentation import number_words, target_words, value_words
from portal.kpis.sets import unit_sign
from scoring.kpi_periods import Period
from scoring.kpis import (
    Kpi,
    Rating,
    Trend,
    is_small,
    missed_in_a_row,
    quartiles,
    rate,
    trend,
    value_of,
)
from scoring.rates import FiveNumbers
from scoring.rules import RuleBroken
from scoring.stages import KpiReturnStage as Stage

SeriesKey = tuple[int, int, tuple[int | None, int | None], str]
UNSENT = frozenset({Stage.EXPECTED, Stage.DRAFT})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a board is narrowed to; empty means all. `period` is its first day; `kpi` a key."""

    agreement: str = ""
    lot: str = ""
    kpi: str = ""
    period: str = ""
    rating: str = ""
    words: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a series. `told` says whether a return with the figure is in."""

    of: Told
    kpi: Kpi
    numbers: Numbers | None

    @property
    def told(self) -> bool:
        return self.numbers is not None

    @property
    def value(self) -> Fraction | None:
        if self.numbers is None:
            return None
        try:
            return value_of(self.kpi, *self.numbers)
        except RuleBroken:  # another version asked for less
            return None

    @property
    def rating(self) -> Rating | None:
        return rate(self.kpi, self.value) if self.told else None

    @property
    def value_words(self) -> str:
        return value_words(self.kpi, self.value, self.rating)

    @property
    def numbers_words(self) -> str:
        if self.numbers is None:
            return "–"
        numerator, denominator = map(number_words, self.numbers)
        return f"{numerator} of {denominator}" if self.kpi.has_denominator else numerator


@dataclass
class Row:
    """One KPI of one organisation, branch or setting."""

    points: Sequence[Point]  # oldest first, up to the period that is shown
    lots: tuple[str, ...]
    late: Told | None = None  # a later return that should be here
    peers: FiveNumbers | None = None
    number_of_peers: int = 0

    @cached_property
    def shown(self) -> Point:
        return self.points[-1]

    @property
    def of(self) -> Told:
        return self.shown.of

    @property
    def kpi(self) -> Kpi:
        return self.shown.kpi

    @cached_property
    def value(self) -> Fraction | None:
        return self.shown.value

    @cached_property
    def rating(self) -> Rating | None:
        return self.shown.rating

    @property
    def small(self) -> bool:
        return self.shown.numbers is not None and is_small(self.shown.numbers[1])

    @cached_property
    def values(self) -> list[Fraction | None]:
        return [point.value for point in self.points]

    @property
    def trend(self) -> Trend:
        return trend(self.kpi, self.values)

    @property
    def missed(self) -> int:
        return missed_in_a_row([point.rating for point in self.points if point.rating])

    @property
    def target_words(self) -> str:
        return target_words(self.kpi)

    @property
    def peers_words(self) -> str:
        """Lower quartile, median and upper quartile; never the lowest and highest, which are
        somebody's own.
        """
        if self.peers is None:
            return "Too few to compare"
        low, mid, high = (
            value_words(self.kpi, one, None)
            for one in (self.peers.lower_quartile, self.peers.median, self.peers.upper_quartile)
        )
        return f"{low} – {mid} – {high}"

    @property
    def description(self) -> str:
        """What the line shows, in words."""
        told = [
            f"{point.of.period.words}: {point.value_words}" for point in self.points if point.told
        ]
        return f"{self.kpi.name}. " + ". ".join(told)


@dataclass
class Board:
    """The rows that fit the filters, in order, and what may be chosen."""

    rows: list[Row]
    agreements: dict[str, str] = field(default_factory=dict)
    lots: list[str] = field(default_factory=list)
    kpis: dict[str, str] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)


def board(found: Rows, filters: Filters, on: date) -> Board:
    """Make the board from what was read.

    Args:
        on: today; a return that should be here by then is late.
    """
    series = _series(found)
    own = {
        key: points for key, points in series.items() if points[-1].of.plan_id in found.own_plans
    }
    made = Board([], **_choices(found, own.values()))
    place = next((one for one in found.returns if one.unit_ref == filters.unit), None)
    for points in own.values():
        row = _row(points, found, filters, on)
        if row is not None and _fits(row, filters, place):
            made.rows.append(row)
    order = {key: at for at, key in enumerate(made.kpis)}
    made.rows.sort(key=lambda row: (row.of.provider.casefold(), row.of.unit, order[row.kpi.key]))
    return made


def compare_with_peers(rows: Iterable[Row], found: Rows) -> None:
    """Put the peers' quartiles beside these rows."""
    accepted: dict[tuple[int, str, Period], dict[int, Fraction]] = defaultdict(dict)
    for points in _series(found).values():
        for point in points:
            if point.of.is_whole and point.of.stage is Stage.ACCEPTED:
                value = point.value
                if value is not None:
                    key = (point.of.agreement_id, point.kpi.key, point.of.period)
                    accepted[key][point.of.provider_id] = value
    for row in rows:
        values = accepted.get((row.of.agreement_id, row.kpi.key, row.of.period), {})
        row.number_of_peers = len(values.keys() - {row.of.provider_id})
        row.peers = quartiles(list(values.values()), row.number_of_peers)


def _series(found: Rows) -> dict[SeriesKey, list[Point]]:
    """The periods of each KPI of each place, across the versions of a set."""
    series: dict[SeriesKey, list[Point]] = defaultdict(list)
    for one in found.returns:
        kpis = found.sets[one.kpi_set_id].kpis
        for key in one.kpi_keys:
            numbers = found.figures.get((one.id, key))
            series[one.provider_id, one.agreement_id, one.place, key].append(
                Point(one, kpis[key], numbers)
            )
    return series


def _row(points: list[Point], found: Rows, filters: Filters, on: date) -> Row | None:
    """A row up to the period that is chosen, or else up to the last that was told."""
    if filters.period:
        starts = [str(point.of.period.starts_on) for point in points]
        if filters.period not in starts:
            return None
        upto = points[: starts.index(filters.period) + 1]
        return Row(upto, found.lots.get(upto[-1].of.plan_id, ()))
    last = max((at for at, point in enumerate(points) if point.told), default=len(points) - 1)
    upto = points[: last + 1]
    late = next(
        (p.of for p in points[last + 1 :] if p.of.stage in UNSENT and p.of.due_on < on), None
    )
    return Row(upto, found.lots.get(upto[-1].of.plan_id, ()), late)


def _fits(row: Row, filters: Filters, place: Told | None) -> bool:
    of = row.of
    if filters.unit and (
        place is None
        or (of.provider_id, of.agreement_id, of.place)
        != (place.provider_id, place.agreement_id, place.place)
    ):
        return False
    return (
        filters.agreement in {"", of.agreement_ref}
        and (not filters.lot or filters.lot in row.lots)
        and filters.kpi in {"", row.kpi.key}
        and filters.words.casefold() in of.provider.casefold()
        and filters.rating in {"", row.rating.value if row.rating else "none"}
    )


def _choices(found: Rows, series: Iterable[list[Point]]) -> dict[str, object]:
    last = [points[-1] for points in series]
    told = [one for one in found.returns if one.plan_id in found.own_plans]
    kpis = {
        kpi.key: kpi.name
        for rules in found.sets.values()
        for kpi in rules.kpis.values()
        if kpi.key in {point.kpi.key for point in last}
    }
    newest_first = sorted({one.period for one in told}, reverse=True)
    return {
        "agreements": {one.agreement_ref: one.agreement for one in told},
        "lots": sorted({lot for one in told for lot in found.lots.get(one.plan_id, ())}),
        "kpis": kpis,
        "periods": {str(one.starts_on): one.words for one in newest_first},
    }


def unit_of(kpi: Kpi) -> str:
    """The unit of a KPI's values in words."""
    return unit_sign(kpi).strip() or "number"
