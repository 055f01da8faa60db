"""The taken rows of a council in columns: the quick way to the figures that `rows` tells slowly.

Children of whom ledgers alone tell are counted in arrays from end to end. Where episodes stand
beside them the rules of `scoring.precedence` are asked, child by child.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np  # noqa: TID253  only what counts in columns loads this module
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.costs.figures import blocks, tally
from portal.costs.figures.blocks import FOREVER, NO_DISTANCE
from portal.costs.figures.rows import CouncilRows, counting, rows_of
from portal.costs.models import CostBlock, FileKind, LedgerEntry
from portal.people.models import Council
from scoring.costs import PriceSource, Stretch
from scoring.placement_types import Mapping903
from scoring.precedence import LedgerRow, adult_from

MOST_AT_ONCE = 400_000  # rows in memory; more of them are counted in parts
LEDGERS = (FileKind.LEDGER, FileKind.STANDARD)
UNKNOWN, INSIDE, OUTSIDE = -1, 0, 1
_DAYS = 1 << 23  # more than any ordinal of a day
Numbers = Any  # arrays of numpy


@dataclass(slots=True)
class Behind:
    """What stands behind runs: the rows of ledgers, and after them the episodes.

    Args:
        providers, lots, purchases, shares: what the numbers stand for; of a provider its name, and
            its reference where the register knew it.
    """

    providers: list[tuple[str, str]]
    lots: list[str]
    purchases: list[str]
    shares: list[tuple[int | None, ...]]
    provider: Numbers
    lot: Numbers
    purchase: Numbers
    share: Numbers
    distance: Numbers
    outside: Numbers


@dataclass(slots=True)
class Counted:
    """The runs of a council, or of a part of its children.

    Args:
        kinds: what the types of the runs stand for. A run's `spell` is its place in `behind`;
            those from `ledger_rows` on are episodes.
    """

    rows: CouncilRows
    kinds: list[str]
    runs: tally.Runs
    behind: Behind
    ledger_rows: int

    def only(self, provider: str, lot: str) -> tally.Runs:
        """The runs of one provider or lot; those of all where none is named."""
        keep = np.ones(len(self.runs), bool)
        if provider:
            names = [name for name, _ref in self.behind.providers]
            keep &= _named(names, provider.casefold(), str.casefold)[self.behind.provider][
                self.runs.spell
            ]
        if lot:
            keep &= _named(self.behind.lots, lot, str)[self.behind.lot][self.runs.spell]
        return self.runs if keep.all() else self.runs.only(np.flatnonzero(keep))


def _named(names: Sequence[str], wanted: str, told: Any) -> Numbers:
    return np.array([told(name) == wanted for name in names], bool)


class Counting:
    """What counts of a council, looked up once and counted in parts that fit into memory."""

    def __init__(
        self,
        council: Council,
        reader: Session,
        also: Collection[int] = (),
        mapping: Mapping903 | None = None,
    ) -> None:
        """Args: also: imports that are not taken yet, to see what would come of them."""
        self._council, self._reader, self._also = council, reader, also
        taken = list(reader.execute(counting(council, also)))
        self._ledgers = [one.id for one in taken if one.kind in LEDGERS]
        self._standard = [one.id for one in taken if one.kind is FileKind.STANDARD]
        self.rows = rows_of(council, reader, also=also, ledgers=False, mapping=mapping)

    @cached_property
    def _parts(self) -> int:
        size = select(func.sum(CostBlock.rows)).where(CostBlock.import_id.in_(self._ledgers))
        rows = self._reader.scalar(size) or self._reader.scalar(
            select(func.count()).where(LedgerEntry.import_id.in_(self._ledgers))
        )
        return max(1, -(-int(rows or 0) // MOST_AT_ONCE)) if self._ledgers else 1

    def each(self) -> Iterator[Counted]:
        """The runs of some children after the other; figures of parts add up."""
        for part in range(self._parts):
            yield self._part((part, self._parts))

    def _part(self, share: tuple[int, int]) -> Counted:
        ledger, files = blocks.of_imports(self._reader, self._ledgers, share)
        if self._standard:
            _until_the_next(ledger, np.flatnonzero(np.isin(files, self._standard)))
        lives = [
            life
            for child, own in self.rows.lives.items()
            if int(child[:4], 16) % share[1] == share[0]
            for life in own
        ]
        return _Joiner(self.rows, ledger, lives).joined()


def _until_the_next(ledger: blocks.Ledger, rows: Numbers) -> None:
    """An entry of the national standard holds until the child's next one, of whichever file."""
    ordered = rows[np.lexsort((ledger.start[rows], ledger.child[rows]))]
    child, start = ledger.child[ordered], ledger.start[ordered]
    following = np.full(len(ordered), FOREVER)
    following[:-1] = np.where(child[1:] == child[:-1], start[1:], FOREVER)
    ledger.end[ordered] = following


class _Joiner:
    """Brings rows and episodes together."""

    def __init__(self, rows: CouncilRows, ledger: blocks.Ledger, lives: list[Any]) -> None:
        self._rows, self._ledger, self._lives = rows, ledger, lives
        self._children = ledger.names["child"]
        self._kinds = {name: at for at, name in enumerate(ledger.names["type"])}

    def joined(self) -> Counted:
        adults = self._adults()
        with_episodes = np.array([one in self._rows.lives for one in self._children], bool)
        alone = np.flatnonzero(~with_episodes[self._ledger.child])
        runs = _cut_at_18(self._ledger, alone, adults)
        if self._lives:
            runs = tally.joined([runs, self._beside_episodes(with_episodes)])
        return Counted(self._rows, list(self._kinds), runs, self._behind(), len(self._ledger))

    # --- Births ---

    @cached_property
    def _births(self) -> Numbers:
        """Of each child the month that most rows tell, as an ordinal; of as many, the earlier.

        Headers go before ledgers; 0 where nobody tells it.
        """
        births = np.zeros(len(self._children), np.int64)
        mine = np.flatnonzero(self._ledger.birth)
        child, birth = self._ledger.child[mine].astype(np.int64), self._ledger.birth[mine]
        both, counts = np.unique(child * _DAYS + birth, return_counts=True)
        child, birth = both // _DAYS, both % _DAYS
        order = np.lexsort((-birth, counts, child))  # the last one of a child is the one to take
        births[child[order]] = birth[order]
        for at, one in enumerate(self._children) if self._rows.births else ():
            if one in self._rows.births:
                births[at] = self._rows.births[one].toordinal()
        return births

    def _adults(self) -> Numbers:
        """Of each child the 18th birthday, as an ordinal."""
        births, again = np.unique(self._births, return_inverse=True)
        return np.array([_adult(birth) for birth in births.tolist()], np.int64)[again]

    # --- Children with episodes ---

    def _beside_episodes(self, with_episodes: Numbers) -> tally.Runs:
        """Asked child by child: which day has which price is not for arrays."""
        own: dict[str, list[LedgerRow]] = {}
        rows = np.flatnonzero(with_episodes[self._ledger.child])
        for at in rows.tolist():
            own.setdefault(self._children[self._ledger.child[at]], []).append(self._row(at))
        spells = {life.episode.ref: len(self._ledger) + at for at, life in enumerate(self._lives)}
        numbers = {child: at for at, child in enumerate(self._children)}
        found: list[tuple[int, ...]] = []
        for child in dict.fromkeys(life.episode.child for life in self._lives):
            number = numbers.setdefault(child, len(numbers))
            birth = self._rows.births.get(child)
            if number < len(self._births) and self._births[number]:
                birth = date.fromordinal(int(self._births[number]))
            for one in self._rows.beside(child, own.get(child, ()), birth):
                spell = spells[one.spell] if one.spell in spells else int(one.spell)
                found.append(self._run(one, number, spell))
        return _runs(found)

    def _row(self, at: int) -> LedgerRow:
        one, end = self._ledger, int(self._ledger.end[at])
        return LedgerRow(
            self._children[one.child[at]],
            str(at),
            one.names["type"][one.type[at]],
            date.fromordinal(int(one.start[at])),
            None if end == FOREVER else date.fromordinal(end),
            int(one.pence[at]) or None,
        )

    def _run(self, one: Stretch, child: int, spell: int) -> tuple[int, ...]:
        return (
            child,
            self._kinds.setdefault(one.type, len(self._kinds)),
            one.start,
            FOREVER if one.end is None else one.end,
            one.weekly_pence or 0,
            spell,
            one.source is PriceSource.CONTRACT,
            tally.STANDINGS.index(one.standing),
        )

    # --- What stands behind ---

    def _behind(self) -> Behind:
        ledger, episodes = self._ledger, [life.episode for life in self._lives]
        providers = _Names((name or "In house", ref) for name, ref in ledger.names["provider"])
        lots, purchases = _Names(ledger.names["lot"]), _Names(ledger.names["purchase"])
        shares = _Names(ledger.names["shares"])
        none = len(episodes)
        return Behind(
            provider=_and(
                providers.again[ledger.provider],
                [providers((one.urn and f"URN {one.urn}", "")) for one in episodes],
            ),
            lot=_and(ledger.lot, [lots("")] * none),
            purchase=_and(ledger.purchase, [purchases("")] * none),
            share=_and(ledger.shares, [shares((None,) * 5)] * none),
            distance=_and(
                ledger.distance,
                [NO_DISTANCE if one.distance_tenths is None else one.distance_tenths for one in episodes],
            ),
            outside=_and(
                np.full(len(ledger), UNKNOWN),
                [UNKNOWN if one.outside is None else int(one.outside) for one in episodes],
            ),
            providers=providers.names,
            lots=lots.names,
            purchases=purchases.names,
            shares=shares.names,
        )  # fmt: skip


class _Names:
    """Names and their numbers, to which more may come."""

    def __init__(self, names: Any) -> None:
        self._numbers: dict[Any, int] = {}
        self.again = np.array([self(name) for name in names], np.int64)

    def __call__(self, name: Any) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    @property
    def names(self) -> list[Any]:
        return list(self._numbers)


@lru_cache(maxsize=10_000)
def _adult(birth: int) -> int:
    return adult_from(date.fromordinal(birth) if birth else None)


def _and(one: Numbers, other: Sequence[int]) -> Numbers:
    return np.concatenate([one, np.array(other, np.int64)]) if len(other) else one


def _cut_at_18(ledger: blocks.Ledger, rows: Numbers, adults: Numbers) -> tally.Runs:
    """Rows of ledgers as runs: before the 18th birthday, and from it on."""
    adult = adults[ledger.child[rows]] if len(rows) else rows
    young = rows[ledger.start[rows] < adult]
    old = rows[ledger.end[rows] > adult]
    before = _as_runs(ledger, young, tally.STANDINGS.index(tally.Standing.LOOKED_AFTER))
    before.end = np.minimum(before.end, adults[ledger.child[young]]) if len(young) else before.end
    after = _as_runs(ledger, old, tally.STANDINGS.index(tally.Standing.CARE_LEAVER))
    after.start = np.maximum(after.start, adults[ledger.child[old]]) if len(old) else after.start
    return tally.joined([before, after]) if len(old) else before


def _as_runs(ledger: blocks.Ledger, rows: Numbers, standing: int) -> tally.Runs:
    return tally.Runs(
        ledger.child[rows],
        ledger.type[rows],
        ledger.start[rows].astype(np.int64),
        ledger.end[rows].astype(np.int64),
        ledger.pence[rows],
        rows,
        np.zeros(len(rows), bool),
        np.full(len(rows), standing, np.int8),
    )


def _runs(found: Sequence[tuple[int, ...]]) -> tally.Runs:
    columns = [np.array(column, np.int64) for column in zip(*found, strict=True)] or [
        np.empty(0, np.int64)
    ] * 8
    columns[6] = columns[6].astype(bool)
    return tally.Runs(*columns)
