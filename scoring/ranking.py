"""The order of the bids that passed: exact values, then the stated tie-breaks, then equal ranks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias

from scoring.award_rules import TieBreak
from scoring.criteria import Scheme
from scoring.results import BidRef, BidResult, Tie
from scoring.terms import TieBy

Key: TypeAlias = tuple[Fraction, ...]
"""What bids are ordered by, the smallest first: the value, then each tie-break."""


def ranked(
    scheme: Scheme, results: Sequence[BidResult]
) -> tuple[tuple[BidResult, ...], tuple[Tie, ...]]:
    """Return the results in their order, each with its rank, and the ties that there were.

    Only bids that passed have a rank; equal ones have the same (1, 1, 3). By price per quality
    point, a bid without quality points has none. Without a ranking: by reference, unchanged.
    """
    if not scheme.ranked:
        return tuple(sorted(results, key=lambda one: one.bid)), ()
    placed = [one for one in results if has_place(scheme, one)]
    others = [one for one in results if not has_place(scheme, one)]
    keys = {one.bid: key_of(scheme, one) for one in placed}
    placed.sort(key=lambda one: (keys[one.bid], one.bid))
    ranks: dict[Key, int] = {}
    for place, one in enumerate(placed, start=1):
        ranks.setdefault(keys[one.bid], place)
    others.sort(key=lambda one: (not one.passed, -one.total, one.bid))
    ordered = [replace(one, rank=ranks[keys[one.bid]]) for one in placed]
    ties = _ties(scheme, [(one.bid, keys[one.bid]) for one in placed])
    return (*ordered, *others), tuple(ties)


def has_place(scheme: Scheme, result: BidResult) -> bool:
    """Say whether a bid takes part in the ranking."""
    if not result.passed:
        return False
    unpriced = result.price is None or result.price.per_point is None
    return not (scheme.by_price_per_point and unpriced)


def key_of(scheme: Scheme, result: BidResult) -> Key:
    """Return what a bid is ordered by, exact; of two bids the one with the smaller key is first."""
    first = -result.total
    if scheme.by_price_per_point and result.price is not None:
        first = result.price.per_point or Fraction(0)
    return (first, *(_breaking(step, result) for step in scheme.award.tie_breaks))


def _breaking(step: TieBreak, result: BidResult) -> Fraction:
    match step.by:
        case TieBy.QUALITY:
            return -result.quality
        case TieBy.PRICE:
            return result.price.price if result.price is not None else Fraction(0)
        case TieBy.QUESTION:
            scores = (line.score for line in result.lines if line.question == step.key)
            return -Fraction(next(scores, 0))
        case TieBy.CRITERION:
            shares = (one.share for one in result.every if one.criterion == step.key)
            return -next(shares, Fraction(0))


def _ties(scheme: Scheme, ordered: Sequence[tuple[BidRef, Key]]) -> Iterable[Tie]:
    names = [step.name for step in scheme.award.tie_breaks]
    for value, group in groupby(ordered, key=lambda one: one[1][0]):
        tied = list(group)
        if len(tied) < 2:
            continue
        equal = [[bid for bid, _ in same] for _, same in groupby(tied, key=lambda one: one[1])]
        yield Tie(
            value=value if scheme.by_price_per_point else -value,
            bids=tuple(bid for bid, _ in tied),
            broken_by=tuple(_breakers(names, [key for _, key in tied])),
            still_equal=tuple(tuple(same) for same in equal if len(same) > 1),
        )


def _breakers(names: Sequence[str], keys: Sequence[Key]) -> Iterable[str]:
    """The tie-breaks that told some of these bids apart, as far as the ones before had not."""
    for place, name in enumerate(names, start=1):
        apart_before = len({key[:place] for key in keys})
        if len({key[: place + 1] for key in keys}) > apart_before:
            yield name
