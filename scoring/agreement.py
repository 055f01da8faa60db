"""How well scorers agree, for each question: four measures that anybody can follow, and one known.

All are exact. Abstentions are no scores and are left out; a bid with fewer than two scores for a
question says nothing about agreement and is left out too.

- Exact: of all pairs of scorers of the same bid, the share that gave the same score.
- Within one: the share of pairs whose scores lie at most one apart.
- Mean difference: how far apart two scorers of the same bid are, in the mean over all pairs.
- Widest: the largest spread between the highest and the lowest score of one bid.
- Krippendorff's alpha: 1 minus the disagreement observed divided by that expected by chance. 1 is
  full agreement, 0 is no better than chance, and below 0 is worse. It has no value where all
  scores of the question are the same, since chance would then agree too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import TypeAlias

from scoring.moderation import Score, given

Unit: TypeAlias = Sequence[Score]
"""The scores of one bid for one question; None is an abstention, or a missing score."""

Square: TypeAlias = Callable[[int, int], Fraction]
"""The squared difference between two values."""


class Level(StrEnum):
    """How far apart two scores are: unlike at all, by rank, or by their difference."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


@dataclass(frozen=True)
class Agreement:
    """The agreement on one question.

    Args:
        bids: how many bids have two scores or more; `pairs` of scorers they make.
        exact, within_one: shares of the pairs, 0 to 1.
        mean_difference: in points of the scale.
        widest: in points of the scale.
        alpha: Krippendorff's alpha for ordinal data, or None.
    """

    bids: int
    pairs: int
    exact: Fraction
    within_one: Fraction
    mean_difference: Fraction
    widest: int
    alpha: Fraction | None


def agreement(units: Iterable[Unit], level: Level = Level.ORDINAL) -> Agreement | None:
    """Return how well the scorers of one question agree; None without two scores of any bid.

    Args:
        units: the scores of each bid.
        level: how alpha measures differences.
    """
    scored = _alike(units)
    if not scored:
        return None
    gaps: Counter[int] = Counter()
    for values, times in scored.items():
        for one, two in combinations(values, 2):
            gaps[two - one] += times
    pairs = sum(gaps.values())
    return Agreement(
        bids=scored.total(),
        pairs=pairs,
        exact=Fraction(gaps[0], pairs),
        within_one=Fraction(gaps[0] + gaps[1], pairs),
        mean_difference=Fraction(sum(gap * times for gap, times in gaps.items()), pairs),
        widest=max(gap for gap, times in gaps.items() if times),
        alpha=_alpha(scored, level),
    )


def _alike(units: Iterable[Unit]) -> Counter[tuple[int, ...]]:
    """Units with the same scores, counted: among hundreds of bids there are few unlike ones."""
    return Counter(tuple(sorted(values)) for unit in units if len(values := given(unit)) > 1)


def by_question(
    scores: Mapping[str, Iterable[Unit]], level: Level = Level.ORDINAL
) -> list[tuple[str, Agreement | None]]:
    """Return each question with its agreement, the largest mean difference first."""
    found = [(question, agreement(units, level)) for question, units in scores.items()]
    return sorted(
        found, key=lambda one: (-one[1].mean_difference if one[1] else Fraction(1), one[0])
    )


def alpha(units: Iterable[Unit], level: Level = Level.ORDINAL) -> Fraction | None:
    """Return Krippendorff's alpha, exact; None without any variation, or without any pair.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
    """
    return _alpha(_alike(units), level)


def _alpha(scored: Counter[tuple[int, ...]], level: Level) -> Fraction | None:
    totals: Counter[int] = Counter()
    for values, times in scored.items():
        for value in values:
            totals[value] += times
    square = _square(level, totals)
    expected = _apart(totals, square)
    if not expected:
        return None
    observed = sum(
        (
            times * _apart(Counter(values), square) / (len(values) - 1)
            for values, times in scored.items()
        ),
        Fraction(0),
    )
    return 1 - (totals.total() - 1) * observed / expected


def _apart(count: Counter[int], square: Square) -> Fraction:
    """The squared differences over all ordered pairs of these values, added up."""
    pairs = combinations(sorted(count), 2)
    return sum((2 * count[one] * count[two] * square(one, two) for one, two in pairs), Fraction(0))


def _square(level: Level, totals: Counter[int]) -> Square:
    match level:
        case Level.NOMINAL:
            return lambda one, two: Fraction(one != two)
        case Level.INTERVAL:
            return lambda one, two: Fraction((one - two) ** 2)
        case Level.ORDINAL:
            return cache(lambda one, two: _ranks_apart(totals, one, two) ** 2)  # few unlike pairs


def _ranks_apart(totals: Counter[int], one: int, two: int) -> Fraction:
    """How many values lie between two of them, each of the two counting half."""
    between = sum(totals[value] for value in totals if one <= value <= two)
    return between - Fraction(totals[one] + totals[two], 2)


@dataclass(frozen=True)
class Leaning:
    """How one scorer scores beside the others on the same answers.

    Args:
        answers: how many of their scores have another scorer's beside them.
        mean_difference: own score minus the mean of the others', in points; above zero is lenient.
        alone: the share of answers where nobody else gave a score within one of theirs, 0 to 1.
    """

    scorer: str
    answers: int
    mean_difference: Fraction | None
    alone: Fraction | None


def leanings(units: Iterable[Mapping[str, Score]]) -> list[Leaning]:
    """Return every scorer with how they lean, the harshest first; who has nobody beside them last.

    Args:
        units: the scores of each answer, by scorer.
    """
    gaps: dict[str, dict[int, int]] = {}  # differences, added up by how many others there were
    beside: dict[str, int] = {}
    alone: dict[str, int] = {}
    for unit in units:
        values = {scorer: value for scorer, value in unit.items() if value is not None}
        total, others = sum(values.values()), len(values) - 1
        number: dict[int, int] = {}
        for value in values.values():
            number[value] = number.get(value, 0) + 1
        for scorer, value in values.items():
            own = gaps.get(scorer)
            if own is None:
                own = gaps[scorer] = {}
                beside[scorer] = alone[scorer] = 0
            if others:
                own[others] = own.get(others, 0) + value * (others + 1) - total
                beside[scorer] += 1
                near = number.get(value - 1, 0) + number[value] + number.get(value + 1, 0)
                alone[scorer] += near == 1
    found = [_leaning(scorer, own, beside[scorer], alone[scorer]) for scorer, own in gaps.items()]
    return sorted(
        found, key=lambda one: (one.mean_difference is None, one.mean_difference or 0, one.scorer)
    )


def _leaning(scorer: str, gaps: Mapping[int, int], answers: int, alone: int) -> Leaning:
    if not answers:
        return Leaning(scorer, 0, None, None)
    added = sum((Fraction(gap, others) for others, gap in gaps.items()), Fraction(0))
    return Leaning(scorer, answers, added / answers, Fraction(alone, answers))
