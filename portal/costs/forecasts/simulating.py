"""A simulation of children in care, month by month, many times over, from past flows.

The one place of this product where numbers are not exact: they are drawn. The same seed and data
give the same figures. Ages are real (months since birth), so everybody leaves at 18; rates differ by
type and age band; how sure we are of a rate shows in the range, because every run draws its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.ages import USUAL_BANDS
from scoring.flows import LEFT, NO_AGE, Flows, State

MONTH_DAYS = 365.25 / 12
ADULT_MONTHS = 18 * 12
LEAST_DAYS = 365  # in a state with fewer child-days the rate is that of the type at every age
BANDS = (*(band.key for band in USUAL_BANDS), NO_AGE)


@dataclass(frozen=True, slots=True)
class Child:
    """A child in care on the first day: type, age in months (None: not known), weekly pence."""

    type: str
    months: int | None
    pence: int


@dataclass(frozen=True, slots=True)
class Start:
    """What the simulation starts from.

    Args:
        children: in care on the first day. flows: of the days that it learns from.
        days: how many those were. prices: weekly pence of placements of each type, to draw from.
    """

    children: Sequence[Child]
    flows: Flows
    days: int
    prices: Mapping[str, Sequence[int]]
    unpaid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came out: for each run and month, by type.

    Args:
        children: at the end of each month, [run, month, type]. pence: cost of each month.
    """

    types: Sequence[str]
    children: Any
    pence: Any


def simulate(start: Start, months: int, runs: int, seed: int) -> Drawn:
    """Draw what may come: `runs` futures of `months` months each, all of them step by step together."""
    import numpy as np

    futures = _Futures(start, _types(start), runs, np.random.default_rng(seed))
    children, pence = [], []
    for _month in range(months):
        futures.step()
        children.append(futures.counted())
        pence.append(futures.counted(futures.pence) * MONTH_DAYS / 7)
    return Drawn(futures.types, np.stack(children, axis=1), np.stack(pence, axis=1))


def _types(start: Start) -> list[str]:
    there = {one.type for one in start.children} | {kind for kind, _ in start.flows.entries}
    there |= {kind for kind, _ in start.flows.days}
    there |= {target for _, target in start.flows.moves if target != LEFT}
    return sorted(there)


class _Futures:
    """All futures at once: a line for each child of each run, and the rates of each run."""

    def __init__(self, start: Start, types: Sequence[str], runs: int, chance: Any) -> None:
        import numpy as np

        self._np, self._chance, self._runs, self.types = np, chance, runs, types
        self._number = {kind: at for at, kind in enumerate(types)}
        there = start.children
        self.run = np.repeat(np.arange(runs), len(there))
        self.type = np.tile(self._numbers(one.type for one in there), runs)
        self.months = np.tile(self._ages(one.months for one in there), runs)
        self.pence = np.tile(np.array([float(one.pence) for one in there]), runs)
        self._set_prices(start)
        self._draw_moves(start.flows)
        entries = start.flows.entries
        self._come_type = self._numbers(kind for kind, _ in entries)
        self._come_months = self._ages(months for _, months in entries)
        daily = chance.gamma(len(entries) + 0.5, size=runs) / max(1, start.days)
        self._come = daily * MONTH_DAYS if entries else np.zeros(runs)

    def _numbers(self, kinds: Iterable[str]) -> Any:
        return self._np.array([self._number[kind] for kind in kinds], dtype=int)

    def _ages(self, months: Iterable[int | None]) -> Any:
        return self._np.array([-1 if one is None else one for one in months], dtype=int)

    def _set_prices(self, start: Start) -> None:
        """The prices of all types in one row, with where each type begins and how many it has."""
        np = self._np
        own = [() if kind in start.unpaid else start.prices.get(kind, ()) for kind in self.types]
        self._price_number = np.array([len(one) for one in own], dtype=int)
        self._price_begins = np.concatenate([[0], np.cumsum(self._price_number)[:-1]]).astype(int)
        self._prices = np.array([pence for one in own for pence in one] or [0], dtype=float)

    def _draw_moves(self, flows: Flows) -> None:
        """Rates of each run: gamma around what was seen, wider where little was seen."""
        np, chance, size = self._np, self._chance, len(self.types)
        self._goes = np.zeros((self._runs, size, len(BANDS)))
        self._where = np.ones((self._runs, size, len(BANDS), size + 1))  # the last is leaving care
        for number, kind in enumerate(self.types):
            for at, band in enumerate(BANDS):
                days, moves = _seen(flows, (kind, band))
                if not days:
                    continue
                daily = chance.gamma(sum(moves.values()) + 0.5, size=self._runs) / days
                self._goes[:, number, at] = 1 - np.exp(-daily * MONTH_DAYS)
                self._where[:, number, at, :] = np.cumsum(self._shares(moves), axis=1)

    def _shares(self, moves: Mapping[str, int]) -> Any:
        """Where those who go will go, in each run: only where somebody went; else out of care."""
        shares = self._np.zeros((self._runs, len(self.types) + 1))
        if not moves:
            shares[:, -1] = 1
            return shares
        targets = sorted(moves)
        drawn = self._chance.dirichlet([moves[one] for one in targets], size=self._runs)
        for at, target in enumerate(targets):
            shares[:, self._number.get(target, len(self.types))] = drawn[:, at]
        return shares

    def step(self) -> None:
        """One month: birthdays, moves, leavers, and who comes in."""
        self.months = self._np.where(self.months >= 0, self.months + 1, self.months)
        self._keep(self.months < ADULT_MONTHS)
        self._move()
        self._enter()

    def _move(self) -> None:
        np, chance = self._np, self._chance
        edges = np.array([(band.oldest + 1) * 12 for band in USUAL_BANDS])
        bands = np.searchsorted(edges, self.months, side="right").clip(max=len(USUAL_BANDS) - 1)
        bands = np.where(self.months < 0, len(BANDS) - 1, bands)
        rates = self._goes[self.run, self.type, bands]
        going = np.flatnonzero(chance.random(len(self.type)) < rates)
        where = self._where[self.run[going], self.type[going], bands[going]]
        # a sum of shares may end a hair below 1: whoever is beyond it leaves
        targets = (
            (chance.random(len(going))[:, None] >= where).sum(axis=1).clip(max=len(self.types))
        )
        stays = targets < len(self.types)
        self.type[going[stays]] = targets[stays]
        self.pence[going[stays]] = self._drawn_prices(targets[stays])
        left = np.zeros(len(self.type), dtype=bool)
        left[going[~stays]] = True
        self._keep(~left)

    def _enter(self) -> None:
        np, chance = self._np, self._chance
        if not len(self._come_type):
            return
        runs = np.repeat(np.arange(self._runs), chance.poisson(self._come))
        which = chance.integers(0, len(self._come_type), len(runs))
        self.run = np.append(self.run, runs)
        self.type = np.append(self.type, self._come_type[which])
        self.months = np.append(self.months, self._come_months[which])
        self.pence = np.append(self.pence, self._drawn_prices(self._come_type[which]))
        self._keep(self.months < ADULT_MONTHS)

    def _drawn_prices(self, types: Any) -> Any:
        """A price of a placement that really was; nothing for types outside the cost."""
        np, number = self._np, self._price_number[types]
        at = np.floor(self._chance.random(len(types)) * number).astype(int)
        known = self._prices[(self._price_begins[types] + at).clip(max=len(self._prices) - 1)]
        return np.where(number > 0, known, 0.0)

    def _keep(self, which: Any) -> None:
        self.run, self.type = self.run[which], self.type[which]
        self.months, self.pence = self.months[which], self.pence[which]

    def counted(self, weights: Any = None) -> Any:
        """How many there are, or the sum of something of theirs, by run and type."""
        size = len(self.types)
        places = self.run * size + self.type
        found = self._np.bincount(places, weights=weights, minlength=self._runs * size)
        return found.reshape(self._runs, size).astype(float)


def _seen(flows: Flows, state: State) -> tuple[int, dict[str, int]]:
    """Child-days and moves of a state; of the type at every age where little was seen."""
    kind, _ = state
    days = flows.days[state]
    wanted = {state} if days >= LEAST_DAYS else {one for one in flows.days if one[0] == kind}
    moves: dict[str, int] = defaultdict(int)
    for (from_state, target), number in flows.moves.items():
        if from_state in wanted:
            moves[target] += number
    return sum(flows.days[one] for one in wanted), dict(moves)
