"""What the simulation learns from a council's rows, and what of it is told: low, middle, high."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from portal.costs.figures.rows import EPISODE
from portal.costs.forecasts.simulating import MONTH_DAYS, Child, Drawn, Start, simulate
from portal.costs.reports.asking import Asked
from scoring.costs import Run, Standing, Stretch, end_of
from scoring.flows import Segment, flows, timelines_of
from scoring.returns import covered_until
from scoring.years import first_day, last_day, year_of

RUNS = 200
LEARNS_DAYS = 3 * 365
LEAST_DAYS = 365
LOW, MIDDLE, HIGH = 10, 50, 90
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Range:
    """Low, middle and high of 200 futures, in whole numbers: eight in ten lie between."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """One financial year of a forecast: how much of it is forecast, in all and by type."""

    year: int
    months: int
    at_end: Range
    average: Range
    pence: Range
    average_of: Mapping[str, Range]
    pence_of: Mapping[str, Range]


class History:
    """The rows of a council, ready to be learnt from up to any day."""

    def __init__(self, asked: Asked, last: date | None = None) -> None:
        """Args: last: the day after which a forecast begins, if somebody says so."""
        self.asked, self._said = asked, last or asked.wanted.as_at
        self._starts: dict[date, Start] = {}
        whole = [year for year in asked.all_years if year not in asked.incomplete]
        if not asked.incomplete:  # the year in which a ledger begins is seldom whole
            whole = whole[1:]
        self.first = first_day(min(whole)) if whole else asked.as_at

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Days of looked-after children, child by child."""
        return [one for one in self.asked.rows.stretches() if one.standing is Standing.LOOKED_AFTER]

    @property
    def births(self) -> Mapping[str, date]:
        return self.asked.rows.births

    @cached_property
    def last(self) -> date:
        """The last day that is known of every child; the forecast begins after it.

        An episode that was open in the newest return says nothing of the days after that return.
        Somebody who names a day has it all the same.
        """
        asked = self.asked
        told = covered_until(asked.returned)
        if told is None or told >= asked.as_at or self._said is not None:
            return asked.as_at
        after = asked.as_at.toordinal() + 1
        hangs = any(
            one.spell.startswith(EPISODE) and end_of(one, after) == after for one in self.stretches
        )
        return told if hangs else asked.as_at

    def window(self, until: date) -> tuple[int, int]:
        """The days that are learnt from, before a day: at most three years."""
        start = max(self.first, until - timedelta(days=LEARNS_DAYS))
        return start.toordinal(), until.toordinal()

    def is_long_enough(self, until: date) -> bool:
        first, after = self.window(until)
        return after - first >= LEAST_DAYS

    def start(self, until: date) -> Start:
        """What was known on the day before, and no later; looked up once for each day."""
        if until not in self._starts:
            self._starts[until] = self._start(until)
        return self._starts[until]

    def _start(self, until: date) -> Start:
        first, after = self.window(until)
        known = [_until(one, after) for one in self.stretches if one.start < after]
        unpaid = self.asked.mapping.unpaid
        prices = self._prices(known, after)
        return Start(
            children=self._children(known, after, _middles(prices)),
            flows=flows(self._timelines((first, after)), self.births, (first, after)),
            days=after - first,
            prices=prices,
            unpaid=unpaid,
        )

    @cached_property
    def _whole_timelines(self) -> dict[str, list[Segment]]:
        return timelines_of(self.stretches, self.asked.as_at.toordinal() + 1)

    def _timelines(self, within: Run) -> dict[str, list[Segment]]:
        """As they were known on the day after some days, of whoever had a day in or just before them."""
        first, after = within
        return {
            child: [
                (start, min(end, after), kind) for start, end, kind in segments if start < after
            ]
            for child, segments in self._whole_timelines.items()
            if segments[0][0] < after and segments[-1][1] >= first
        }

    def _prices(self, known: Sequence[Stretch], after: int) -> dict[str, list[int]]:
        """Prices of placements that began in the last year; else rates of contracts; else any."""
        recent, ever = defaultdict(list), defaultdict(list)
        for one in known:
            if one.weekly_pence:
                ever[one.type].append(one.weekly_pence)
                if one.start >= after - LEAST_DAYS:
                    recent[one.type].append(one.weekly_pence)
        day = date.fromordinal(after - 1)
        agreed = defaultdict(list)
        for rate in self.asked.rows.rates:
            if rate.from_on <= day and (rate.until_on is None or day <= rate.until_on):
                for kind in rate.types:
                    agreed[kind].append(rate.weekly_pence)
        kinds = sorted(ever.keys() | agreed.keys())
        return {kind: recent[kind] or agreed[kind] or ever[kind] for kind in kinds}

    def _children(
        self, known: Sequence[Stretch], after: int, middles: Mapping[str, int]
    ) -> list[Child]:
        """Who was in care on the last day, each at the price of its placement."""
        last: dict[str, Stretch] = {}
        for one in known:
            if end_of(one, after) == after:
                before = last.get(one.child)
                if before is None or (before.start, before.spell) < (one.start, one.spell):
                    last[one.child] = one
        on = date.fromordinal(after)
        return [
            Child(one.type, _months(self.births.get(child), on), self._price(one, middles))
            for child, one in sorted(last.items())
        ]

    def _price(self, one: Stretch, middles: Mapping[str, int]) -> int:
        """Its own price; the middle one of its type where it is missing."""
        if one.type in self.asked.mapping.unpaid:
            return 0
        return one.weekly_pence or middles.get(one.type, 0)


def _middles(prices: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """The middle price of each type."""
    return {kind: sorted(known)[len(known) // 2] for kind, known in prices.items() if known}


def _until(one: Stretch, after: int) -> Stretch:
    """A stretch as it was known on a day: one that ended later was open then."""
    return one if one.end is None or one.end < after else one._replace(end=None)


def _months(birth: date | None, on: date) -> int | None:
    return None if birth is None else (on.year - birth.year) * 12 + on.month - birth.month


def years_ahead(asked: Asked, history: History) -> list[Ahead]:
    """What is left of the years up to today's, and as many whole years as are asked for."""
    starts = history.last + DAY
    last = year_of(asked.as_at + DAY) + asked.wanted.ahead
    months = round((last_day(last) - history.last).days / MONTH_DAYS)
    drawn = simulate(history.start(starts), months, RUNS, asked.wanted.seed)
    return summed(drawn, starts, asked.wanted.rise_bp)


def year_from(history: History, year: int, seed: int) -> Ahead:
    """One whole year, forecast from the day before it began: for holding it against what came."""
    drawn = simulate(history.start(first_day(year)), 12, RUNS, seed)
    return summed(drawn, first_day(year), 0)[0]


def summed(drawn: Drawn, starts: date, rise_bp: int) -> list[Ahead]:
    """The months of each financial year together."""
    by_year: dict[int, list[int]] = defaultdict(list)
    for month in range(drawn.children.shape[1]):
        middle = starts + timedelta(days=round((month + 0.5) * MONTH_DAYS))
        by_year[year_of(middle)].append(month)
    base = year_of(starts)
    return [
        _ahead(drawn, year, months, (1 + rise_bp / 10_000) ** (year - base))
        for year, months in sorted(by_year.items())
    ]


def _ahead(drawn: Drawn, year: int, months: list[int], dearer: float) -> Ahead:
    children, pence = drawn.children[:, months, :], drawn.pence[:, months, :] * dearer
    return Ahead(
        year=year,
        months=len(months),
        at_end=_range(children[:, -1, :].sum(axis=1)),
        average=_range(children.sum(axis=2).mean(axis=1)),
        pence=_range(pence.sum(axis=(1, 2))),
        average_of={
            kind: _range(children[:, :, at].mean(axis=1)) for at, kind in enumerate(drawn.types)
        },
        pence_of={kind: _range(pence[:, :, at].sum(axis=1)) for at, kind in enumerate(drawn.types)},
    )


def _range(values: Any) -> Range:
    import numpy as np

    return Range(*(round(float(one)) for one in np.percentile(values, (LOW, MIDDLE, HIGH))))
