"""Which price a day has: rows of the ledger, else the contract's rate, else none.

Day by day, and computed in runs of days between which nothing changes: a day with any row of the
ledger uses those rows (also one without a price, which blocks the contract's rate); another day of
an episode has the rate of the contract for provider, lot and age band; else its price is missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scoring.ages import ADULT, AgeBand, band_on, birthday, changes_of_band
from scoring.costs import PriceSource, Run, Standing, Stretch

FOREVER = date.max.toordinal()
SHORT_BREAKS = frozenset({"V3", "V4"})
PRECEDENCE_RULE = (
    "Day by day: a day with any row of the ledger uses those rows; another day has the contract's "
    "rate for provider, lot and age band, marked as estimated (a rate holds on its “until” day "
    "too); otherwise the price is missing. A row without a price is a row."
)


@dataclass(frozen=True, slots=True)
class Episode:
    """A stay of one child, as a statutory return tells it.

    Args:
        arrival, departure: the departure's day does not count; None while it is open.
        type: of placement. provider: what the contracts know it by. legal_status: V3, V4 are
            short breaks.
    """

    child: str
    spell: str
    type: str
    arrival: date
    departure: date | None
    legal_status: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What finance pays for one child: a weekly price in pence, or None where it is missing."""

    child: str
    spell: str
    type: str
    arrival: date
    departure: date | None
    weekly_pence: int | None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class ContractRate:
    """A weekly rate in pence that holds from a day, and on its last day too.

    Args:
        band: the key of an age band; empty where it holds for every age.
        types: the types of placement that its lot is for.
    """

    provider: str
    lot: str
    band: str
    types: frozenset[str]
    weekly_pence: int
    from_on: date
    until_on: date | None


def stretches(
    episodes: Sequence[Episode],
    rows: Sequence[LedgerRow],
    rates: Sequence[ContractRate] = (),
    *,
    birth_month: date | None = None,
    bands: Sequence[AgeBand] = (),
) -> list[Stretch]:
    """Return the days of one child with the price of each, as stretches.

    Args:
        episodes, rows: of one child. rates: of its providers, at least.
        birth_month: its first day, or None.
    """
    adult = adult_from(birth_month)
    breaks = _short_breaks(episodes)
    found = [one for row in rows for one in of_row(row, adult, breaks)]
    taken = merged((row.arrival.toordinal(), _end(row.departure)) for row in rows)
    for episode in episodes:
        for start, end in without((episode.arrival.toordinal(), _end(episode.departure)), taken):
            found += _of_episode(episode, (start, end), rates, birth_month, bands)
    return found


def of_row(row: LedgerRow, adult: int, breaks: Sequence[Run] = ()) -> Iterator[Stretch]:
    """Yield a row, cut at the 18th birthday and where only a short break stands behind it.

    Args:
        adult: the 18th birthday as an ordinal. breaks: days with short breaks alone, merged.
    """
    whole = (row.arrival.toordinal(), _end(row.departure))
    if whole[1] <= adult and not breaks:
        yield _priced(row, whole, Standing.LOOKED_AFTER)
        return
    for start, end in _cut_at(whole, [adult, *(edge for run in breaks for edge in run)]):
        yield _priced(row, (start, end), _standing(start, adult, breaks))


def _priced(row: LedgerRow, run: Run, standing: Standing) -> Stretch:
    source = PriceSource.LEDGER if row.weekly_pence else PriceSource.MISSING
    price = row.weekly_pence or None
    return Stretch(row.child, row.type, run[0], _open(run[1]), price, row.spell, source, standing)


def _of_episode(
    episode: Episode,
    run: Run,
    rates: Sequence[ContractRate],
    birth_month: date | None,
    bands: Sequence[AgeBand],
) -> Iterator[Stretch]:
    """Days of an episode that no row of the ledger covers."""
    adult = adult_from(birth_month)
    mine = [one for one in rates if one.provider == episode.provider and episode.type in one.types]
    edges = [adult]
    if mine:
        edges += [day.toordinal() for day in changes_of_band(birth_month, bands)]
        edges += [one.from_on.toordinal() for one in mine]
        edges += [one.until_on.toordinal() + 1 for one in mine if one.until_on]
    for start, end in _cut_at(run, edges):
        if episode.legal_status in SHORT_BREAKS:
            standing = Standing.SHORT_BREAK
        else:
            standing = Standing.CARE_LEAVER if start >= adult else Standing.LOOKED_AFTER
        price = _rate_on(mine, date.fromordinal(start), birth_month, bands)
        yield Stretch(
            episode.child,
            episode.type,
            start,
            _open(end),
            price,
            episode.spell,
            PriceSource.MISSING if price is None else PriceSource.CONTRACT,
            standing,
        )


def adult_from(birth_month: date | None) -> int:
    """Return the 18th birthday as an ordinal; beyond all days where the birth is not known."""
    return birthday(birth_month, ADULT).toordinal() if birth_month else FOREVER


def _rate_on(
    rates: Sequence[ContractRate],
    day: date,
    birth_month: date | None,
    bands: Sequence[AgeBand],
) -> int | None:
    """The rate of a day: the one that began last in its lot; None when two lots would fit."""
    band = band_on(birth_month, day, bands)
    fit = [
        one
        for one in rates
        if one.from_on <= day
        and (one.until_on is None or day <= one.until_on)
        and one.band in {"", band}
    ]
    if len({one.lot for one in fit}) != 1:
        return None
    newest = max(fit, key=lambda one: (one.from_on, one.band != ""))
    return newest.weekly_pence


def _short_breaks(episodes: Iterable[Episode]) -> list[Run]:
    """The days on which a child has short breaks and no other episode."""
    short: list[Run] = []
    other: list[Run] = []
    for one in episodes:
        run = (one.arrival.toordinal(), _end(one.departure))
        (short if one.legal_status in SHORT_BREAKS else other).append(run)
    known = merged(other)
    return merged(left for run in short for left in without(run, known)) if short else []


def _standing(day: int, adult: int, breaks: Sequence[Run]) -> Standing:
    if any(start <= day < end for start, end in breaks):
        return Standing.SHORT_BREAK
    return Standing.CARE_LEAVER if day >= adult else Standing.LOOKED_AFTER


def merged(runs: Iterable[Run]) -> list[Run]:
    """Return the same days as runs that neither touch nor overlap, in order."""
    found: list[Run] = []
    for start, end in sorted(run for run in runs if run[0] < run[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(run: Run, taken: Sequence[Run]) -> Iterator[Run]:
    """Yield the days of a run that lie in none of some merged runs."""
    start, end = run
    for first, after in taken:
        if after <= start or first >= end:
            continue
        if start < first:
            yield start, first
        start = after
    if start < end:
        yield start, end


def _cut_at(run: Run, edges: Iterable[int]) -> Iterator[Run]:
    inside = sorted({edge for edge in edges if run[0] < edge < run[1]})
    places = [run[0], *inside, run[1]]
    return ((one, two) for one, two in itertools.pairwise(places) if one < two)


def _end(departure: date | None) -> int:
    return FOREVER if departure is None else departure.toordinal()


def _open(end: int) -> int | None:
    return None if end == FOREVER else end
