"""Try a scheme on sample bids before it is published: would a small thing decide the award?

Three questions are put to it. Does the winner change when a few points of weight move from one
criterion to another? Does one bid with an outlying price turn the order of others round? Does
leaving one bid out turn the order of two others round? With a formula that measures prices by the
other bids it can, which is better known before than after. A tie that opens, or closes, is no
reversal: nobody is put behind somebody whom they had beaten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import permutations

from scoring.awards import compute_lot
from scoring.criteria import Criterion, Scheme
from scoring.prices import Price
from scoring.results import ANYWHERE, BidRef, BidScores, LotResult, Place
from scoring.scales import Scale
from scoring.terms import WHOLE_BP, Stated

OUTLIERS = (Fraction(1, 2), Fraction(2))
"""An outlying price is half of the lowest, or twice the highest."""


@dataclass(frozen=True)
class Sample:
    """Sample bids for one lot, with the scheme that they are put to."""

    scheme: Scheme
    scales: Mapping[str, Scale]
    bids: Mapping[BidRef, BidScores]
    prices: Mapping[BidRef, Price | None] = field(default_factory=dict)
    place: Place = ANYWHERE

    def result(self) -> LotResult:
        """Compute the lot.

        Raises:
            RuleBroken: as `compute_lot`.
        """
        return compute_lot(
            self.scheme, self.scales, self.bids, place=self.place, prices=self.prices
        )

    def without(self, bid: BidRef) -> Sample:
        """The same without one bid."""
        return replace(
            self,
            bids={one: scores for one, scores in self.bids.items() if one != bid},
            prices={one: price for one, price in self.prices.items() if one != bid},
        )


@dataclass(frozen=True)
class Shift:
    """Weight moved from one criterion to another.

    Args:
        changes_at: the smallest move that changes who wins, in basis points (in points where the
            scheme is stated in them), or None when none up to `tried` does.
        winners: who wins then; empty when nothing changes.
    """

    giver: str
    taker: str
    tried: int
    changes_at: int | None
    winners: tuple[BidRef, ...] = ()


@dataclass(frozen=True)
class Reversal:
    """`first` was before `second`, and is behind it once `bid` is left out, or priced anew."""

    bid: BidRef
    first: BidRef
    second: BidRef
    price: Fraction | None = None


@dataclass(frozen=True)
class Trial:
    """What a scheme does with sample bids."""

    result: LotResult
    shifts: tuple[Shift, ...]
    outliers: tuple[Reversal, ...]
    left_out: tuple[Reversal, ...]


def try_scheme(sample: Sample, *, step: int | None = None, most: int | None = None) -> Trial:
    """Return the ranking of sample bids, and how easily it turns.

    Args:
        sample: sound scheme and complete bids; better few than many, each is computed anew.
        step, most: how much weight is moved at a time, and at most; by default one hundredth and
            one tenth of the whole.

    Raises:
        RuleBroken: as `compute_lot`.
    """
    result = sample.result()
    return Trial(
        result,
        tuple(weight_shifts(sample, result, step, most)),
        tuple(outlier_reversals(sample, result)),
        tuple(leave_one_out(sample, result)),
    )


def weight_shifts(
    sample: Sample, result: LotResult, step: int | None = None, most: int | None = None
) -> Iterator[Shift]:
    """Return, for each pair of criteria at the top, the smallest move that changes who wins."""
    by_bp = sample.scheme.stated is Stated.BASIS_POINTS
    whole = WHOLE_BP if by_bp else int(sample.scheme.total_points)
    by, up_to = step or max(1, whole // 100), most or max(1, whole // 10)
    for giver, taker in permutations(sample.scheme.criteria, 2):
        if giver.weight > 0 and taker.weight > 0:
            yield _shift(sample, result, giver, taker, range(by, min(up_to, giver.weight) + 1, by))


def _shift(
    sample: Sample, result: LotResult, giver: Criterion, taker: Criterion, moves: range
) -> Shift:
    for move in moves:
        moved = replace(sample, scheme=_moved(sample.scheme, giver, taker, move))
        winners = moved.result().winners
        if winners != result.winners:
            return Shift(giver.key, taker.key, move, move, winners)
    return Shift(giver.key, taker.key, moves[-1] if moves else 0, None)


def _moved(scheme: Scheme, giver: Criterion, taker: Criterion, move: int) -> Scheme:
    """The scheme with weight moved; what lies within a criterion keeps its proportions."""
    if scheme.stated is Stated.BASIS_POINTS:
        weights = {giver.key: giver.weight_bp - move, taker.key: taker.weight_bp + move}
        criteria = (
            replace(one, weight_bp=weights.get(one.key, one.weight_bp)) for one in scheme.criteria
        )
        return replace(scheme, criteria=tuple(criteria))
    # All points are made larger alike, so that they stay whole when a part of them moves.
    factors = {
        giver.key: (giver.weight - move) * taker.weight,
        taker.key: (taker.weight + move) * giver.weight,
    }
    others = giver.weight * taker.weight
    criteria = (_scaled(one, factors.get(one.key, others)) for one in scheme.criteria)
    return replace(scheme, criteria=tuple(criteria))


def _scaled(criterion: Criterion, factor: int) -> Criterion:
    return replace(
        criterion,
        points=criterion.weight * factor,
        questions=tuple(replace(one, points=one.weight * factor) for one in criterion.questions),
        criteria=tuple(_scaled(one, factor) for one in criterion.criteria),
    )


def outlier_reversals(sample: Sample, result: LotResult) -> Iterator[Reversal]:
    """Return whom an outlying price of one bid would put behind somebody that they had beaten."""
    prices = {one.bid: one.price.price for one in result.bids if one.price is not None}
    if len(prices) < 2:
        return
    low, high = OUTLIERS
    for bid in sorted(prices):
        others = [price for other, price in prices.items() if other != bid]
        for price in (min(others) * low, max(others) * high):
            priced = replace(sample, prices={**sample.prices, bid: price})
            yield from _reversals(result, priced.result(), bid, price)


def leave_one_out(sample: Sample, result: LotResult) -> Iterator[Reversal]:
    """Return whom leaving out one bid would put behind somebody that they had beaten."""
    for bid in sorted(sample.bids):
        yield from _reversals(result, sample.without(bid).result(), bid)


def _reversals(
    before: LotResult, after: LotResult, bid: BidRef, price: Fraction | None = None
) -> Iterator[Reversal]:
    new = {one.bid: one.rank for one in after.bids if one.rank is not None and one.bid != bid}
    old = [(one.rank, one.bid) for one in before.bids if one.rank is not None and one.bid in new]
    for place, (rank, first) in enumerate(old):
        for later, second in old[place + 1 :]:
            if rank < later and new[first] > new[second]:
                yield Reversal(bid, first, second, price)
