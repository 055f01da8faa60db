"""From consensus scores to the results of a lot, exactly as the published scheme says.

Points of a question = score ÷ highest score of the scale × weight; weights multiply down the
levels, and the whole is 100 points. Everything is an exact fraction; `printed` rounds
once, at the end. Minimums compare exact values, and meeting one exactly passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from scoring.criteria import WHOLE_BP, Criterion, Panel, Scheme, ScoredQuestion
from scoring.rounding import printed
from scoring.rules import Finding, RuleBroken, refuse_errors
from scoring.scales import Scale

__all__ = [
    "ALL_POINTS",
    "BidRef",
    "BidResult",
    "BidScores",
    "CriterionResult",
    "Line",
    "LotResult",
    "compute_lot",
    "printed",
]

BidRef: TypeAlias = str
ALL_POINTS = 100


@dataclass(frozen=True)
class BidScores:
    """The consensus scores of one bid for one lot, by question key."""

    consensus: Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """One question's points with everything that they were made from."""

    question: str
    criterion: str
    scale: str
    score: int
    highest: int
    criterion_weight_bp: int
    question_weight_bp: int
    available: Fraction
    points: Fraction
    minimum_score: int | None

    @property
    def meets_minimum(self) -> bool:
        """Whether the score reaches the question's minimum, if it has one."""
        return self.minimum_score is None or self.score >= self.minimum_score

    @property
    def working(self) -> str:
        """The sum in words, exact: `4 ÷ 5 × 20 = 16`."""
        return f"{self.score} ÷ {self.highest} × {self.available} = {self.points}"


@dataclass(frozen=True)
class CriterionResult:
    """A criterion's points. `share` is the part of its own points that was earned, 0 to 1."""

    criterion: str
    title: str
    panel: Panel
    weight_bp: int
    available: Fraction
    points: Fraction
    share: Fraction
    minimum_share_bp: int | None
    lines: tuple[Line, ...]

    @property
    def meets_minimum(self) -> bool:
        """Whether the exact share reaches the criterion's minimum, if it has one."""
        return _reaches(self.share, self.minimum_share_bp)


@dataclass(frozen=True)
class BidResult:
    """The result of one bid: `total` of 100 points, and why it is not admitted, if it is not."""

    bid: BidRef
    criteria: tuple[CriterionResult, ...]
    total: Fraction
    findings: tuple[Finding, ...]
    rank: int | None = None

    @property
    def admitted(self) -> bool:
        """Whether the bid is over every threshold."""
        return not self.findings

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every question's line, in the order of the scheme."""
        return tuple(line for criterion in self.criteria for line in criterion.lines)


@dataclass(frozen=True)
class LotResult:
    """The results of a lot, in an order that the order of the bids handed in cannot change."""

    scheme: str
    decimals: int
    ranked: bool
    bids: tuple[BidResult, ...]

    @property
    def admitted(self) -> tuple[BidResult, ...]:
        """The bids that are over every threshold, in the order of the results."""
        return tuple(bid for bid in self.bids if bid.admitted)

    def of(self, bid: BidRef) -> BidResult:
        """Return one bid's result.

        Raises:
            RuleBroken: `award:unknown-bid`.
        """
        for result in self.bids:
            if result.bid == bid:
                return result
        raise RuleBroken("award:unknown-bid", "This bid is not among the results.", bid)


@dataclass(frozen=True)
class _Rules:
    """What every bid of the lot is measured by."""

    scheme: Scheme
    scales: Mapping[str, Scale]
    titles: Mapping[str, str] = field(default_factory=dict)


def compute_lot(
    scheme: Scheme,
    scales: Mapping[str, Scale],
    bids: Mapping[BidRef, BidScores],
    titles: Mapping[str, str] | None = None,
) -> LotResult:
    """Compute the results of one lot.

    Args:
        scheme: the round's scheme as published.
        scales: the scales that it names, by key.
        bids: the consensus of each bid that passed its compliance check for this lot.
        titles: the words of the questions, for findings; a question without goes by its key.

    Returns:
        Exact results with their working. Not ranked: by reference. Ranked: best first; only
        admitted bids have a rank, and equal totals have the same one (1, 1, 3).

    Raises:
        RuleBroken: any error that `scheme.check` finds; `score:missing`, since a missing score is
            never counted as zero; `score:not-on-scale`; `score:not-in-scheme`.

    Source: the evaluation scheme published with the round.
    """
    refuse_errors(scheme.check(scales))
    rules = _Rules(scheme, scales, titles or {})
    results = [_bid(rules, bid, bids[bid]) for bid in sorted(bids)]
    if scheme.ranked:
        results = _ranked(results)
    return LotResult(scheme.key, scheme.decimals, scheme.ranked, tuple(results))


def _bid(rules: _Rules, bid: BidRef, scores: BidScores) -> BidResult:
    _refuse_strangers(rules.scheme, bid, scores)
    criteria = tuple(_criterion(rules, bid, part, scores) for part in rules.scheme.criteria)
    total = sum((criterion.points for criterion in criteria), Fraction(0))
    findings = [*_shortfalls(rules, criteria), *_total_shortfall(rules.scheme, total)]
    return BidResult(bid, criteria, total, tuple(findings))


def _criterion(
    rules: _Rules, bid: BidRef, criterion: Criterion, scores: BidScores
) -> CriterionResult:
    scale = rules.scales[criterion.scale]
    lines = tuple(_line(bid, criterion, part, scale, scores) for part in criterion.questions)
    # The share is taken within the criterion, so that it is defined at a weight of zero too.
    # One scale for all its questions: the sum stays whole until the one division.
    earned = sum(line.score * line.question_weight_bp for line in lines)
    share = Fraction(earned, scale.highest * WHOLE_BP)
    available = Fraction(criterion.weight_bp * ALL_POINTS, WHOLE_BP)
    return CriterionResult(
        criterion=criterion.key,
        title=criterion.title,
        panel=criterion.panel,
        weight_bp=criterion.weight_bp,
        available=available,
        points=share * available,
        share=share,
        minimum_share_bp=criterion.minimum_share_bp,
        lines=lines,
    )


def _line(
    bid: BidRef, criterion: Criterion, part: ScoredQuestion, scale: Scale, scores: BidScores
) -> Line:
    score = scores.consensus.get(part.question)
    if score is None:
        raise RuleBroken(
            "score:missing",
            f"“{part.question}” of bid {bid} has no consensus score. Nothing is computed without.",
            part.question,
        )
    weight = criterion.weight_bp * part.weight_bp * ALL_POINTS
    value = scale.check(score, part.question)
    return Line(
        question=part.question,
        criterion=criterion.key,
        scale=scale.key,
        score=value,
        highest=scale.highest,
        criterion_weight_bp=criterion.weight_bp,
        question_weight_bp=part.weight_bp,
        available=Fraction(weight, WHOLE_BP * WHOLE_BP),
        points=Fraction(value * weight, scale.highest * WHOLE_BP * WHOLE_BP),
        minimum_score=part.minimum_score,
    )


def _refuse_strangers(scheme: Scheme, bid: BidRef, scores: BidScores) -> None:
    known = {part.question for criterion in scheme.criteria for part in criterion.questions}
    for question in sorted(set(scores.consensus) - known):
        raise RuleBroken(
            "score:not-in-scheme", f"Bid {bid} has a score for “{question}”, which has no weight."
        )


def _shortfalls(rules: _Rules, criteria: Sequence[CriterionResult]) -> Iterator[Finding]:
    for criterion in criteria:
        for line in criterion.lines:
            if not line.meets_minimum:
                title = rules.titles.get(line.question, line.question)
                yield Finding(
                    "threshold:question",
                    f"{title}: the score is {line.score}. At least {line.minimum_score} is needed.",
                    line.question,
                )
        if criterion.minimum_share_bp is not None and not criterion.meets_minimum:
            yield Finding(
                "threshold:criterion",
                f"{criterion.title}: "
                + _too_little(criterion.share, criterion.minimum_share_bp, rules.scheme.decimals),
                criterion.criterion,
            )


def _total_shortfall(scheme: Scheme, total: Fraction) -> Iterator[Finding]:
    share = total / ALL_POINTS
    if scheme.total_share_bp is not None and not _reaches(share, scheme.total_share_bp):
        yield Finding(
            "threshold:total",
            "Total: " + _too_little(share, scheme.total_share_bp, scheme.decimals),
            scheme.key,
        )


def _reaches(share: Fraction, minimum_bp: int | None) -> bool:
    return minimum_bp is None or share >= Fraction(minimum_bp, WHOLE_BP)


def _too_little(share: Fraction, minimum_bp: int, decimals: int) -> str:
    """Say how far it came; a share that only prints as the minimum is “just under” it."""
    reached = printed(share * 100, decimals)
    least = _bp_words(minimum_bp)
    prints_as_enough = Fraction(reached) >= Fraction(minimum_bp, 100)
    reached = f"just under {least}" if prints_as_enough else f"{reached}%"
    return f"{reached} of the points. At least {least} is needed."


def _bp_words(share_bp: int) -> str:
    """A minimum in basis points has two decimals at most: 60% or 62.5%."""
    text = printed(Fraction(share_bp, 100), 2)
    return f"{text.rstrip('0').rstrip('.')}%"


def _ranked(results: Sequence[BidResult]) -> list[BidResult]:
    """Put the best first and give equal totals, compared exactly, an equal rank."""
    ordered = sorted(results, key=lambda result: (not result.admitted, -result.total, result.bid))
    ranks: dict[Fraction, int] = {}
    for place, result in enumerate(ordered, start=1):
        ranks.setdefault(result.total, place)
    return [
        replace(result, rank=ranks[result.total]) if result.admitted else result
        for result in ordered
    ]
