"""One bid against the scheme: its points, question by question, and its thresholds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from scoring.criteria import Criterion, Scheme
from scoring.prices import PriceLine
from scoring.results import Agreed, BidRef, BidResult, BidScores, CriterionResult, Line
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.terms import Agreeing
from scoring.thresholds import shortfalls, total_shortfall
from scoring.weights import Asked, Part, parts_of


@dataclass(frozen=True)
class Rules:
    """What every bid of a lot is measured by. `lines` remembers equal scores of a question."""

    scheme: Scheme
    parts: tuple[Part, ...]
    known: frozenset[str]
    titles: Mapping[str, str]
    lines: dict[tuple[str, Agreed], Line] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        scheme: Scheme,
        scales: Mapping[str, Scale],
        left_out: Collection[str] = (),
        titles: Mapping[str, str] | None = None,
    ) -> Rules:
        """Make the rules of a lot; `left_out` are the questions that do not count there."""
        known = frozenset(one.question for leaf in scheme.leaves for one in leaf.questions)
        return cls(scheme, parts_of(scheme, scales, left_out), known, titles or {})


def assess(rules: Rules, bid: BidRef, scores: BidScores) -> BidResult:
    """Return one bid's points and the thresholds that it missed; price is not looked at.

    Raises:
        RuleBroken: `score:missing`, `score:not-on-scale`, `score:not-in-scheme`.
    """
    for question in sorted(set(scores.consensus) - rules.known):
        raise RuleBroken(
            "score:not-in-scheme", f"Bid {bid} has a score for “{question}”, which has no weight."
        )
    criteria = tuple(_criterion(rules, bid, part, scores) for part in rules.parts)
    # Price has no points yet, so the sum is of all the others.
    quality = sum((criterion.points for criterion in criteria), Fraction(0))
    findings = (
        *shortfalls(criteria, rules.titles, rules.scheme.decimals),
        *total_shortfall(rules.scheme, criteria, quality),
    )
    return BidResult(bid, criteria, quality, findings, quality=quality)


def _criterion(rules: Rules, bid: BidRef, part: Part, scores: BidScores) -> CriterionResult:
    criterion = part.criterion
    below = tuple(_criterion(rules, bid, one, scores) for one in part.parts)
    lines = tuple(_line(rules, bid, part, asked, scores) for asked in part.asked)
    return _result(criterion, part, below, lines, _share(part, below, lines))


def _result(
    criterion: Criterion,
    part: Part,
    below: tuple[CriterionResult, ...],
    lines: tuple[Line, ...],
    share: Fraction,
) -> CriterionResult:
    return CriterionResult(
        criterion=criterion.key,
        title=criterion.title,
        panel=criterion.panel,
        weight_bp=criterion.weight_bp,
        available=part.available,
        points=share * part.available,
        share=share,
        minimum_share_bp=criterion.minimum_share_bp,
        lines=lines,
        kind=criterion.kind,
        criteria=below,
    )


def _share(part: Part, below: tuple[CriterionResult, ...], lines: tuple[Line, ...]) -> Fraction:
    """The share is taken within the criterion, so that it is defined at a weight of zero too."""
    if not part.whole:
        return Fraction(0)
    if below:
        earned = sum(
            (
                one.share * each.criterion.weight
                for one, each in zip(below, part.parts, strict=True)
            ),
            Fraction(0),
        )
        return earned / part.whole
    # One scale for all its questions: the sum stays whole until the one division.
    scored = sum(
        line.score * asked.scored.weight for line, asked in zip(lines, part.asked, strict=True)
    )
    highest = lines[0].highest if lines else 1
    return Fraction(scored, highest * part.whole)


def _line(rules: Rules, bid: BidRef, part: Part, asked: Asked, scores: BidScores) -> Line:
    question = asked.scored.question
    score = scores.consensus.get(question)
    if score is None:
        raise RuleBroken(
            "score:missing",
            f"“{question}” of bid {bid} has no consensus score. Nothing is computed without.",
            question,
        )
    remembered = rules.lines.get((question, score)) if type(score) is int else None
    if remembered is None:
        remembered = _new_line(part, asked, score)
        rules.lines[question, score] = remembered
    return remembered


def _new_line(part: Part, asked: Asked, score: Agreed) -> Line:
    criterion, scale = part.criterion, part.scale
    if scale is None:
        raise RuleBroken("scheme:no-scale", f"“{criterion.title}” needs a scale.", criterion.key)
    value = _value(score, scale, criterion.agreeing, asked.scored.question)
    return Line(
        question=asked.scored.question,
        criterion=criterion.key,
        scale=scale.key,
        score=value,
        highest=scale.highest,
        criterion_weight_bp=criterion.weight_bp,
        question_weight_bp=asked.scored.weight_bp,
        available=asked.available,
        points=asked.available * value / scale.highest,
        minimum_score=asked.minimum_score,
    )


def _value(score: Agreed, scale: Scale, agreeing: Agreeing, question: str) -> Agreed:
    """A score that panels agree on is on the scale; a mean lies between its ends, unrounded."""
    if agreeing is Agreeing.AGREED:
        return scale.check(score, question)
    if type(score) not in (int, Fraction) or not scale.lowest <= score <= scale.highest:
        raise RuleBroken("score:not-on-scale", "A mean lies between the scores it is of.", question)
    return Fraction(score)


def with_price(rules: Rules, result: BidResult, line: PriceLine | None) -> BidResult:
    """Put the points of price where the scheme has them, and sum up; without a line, nothing."""
    if line is None:
        return result
    criteria = tuple(
        _with_price_below(one, part, line)
        for one, part in zip(result.criteria, rules.parts, strict=True)
    )
    total = sum((criterion.points for criterion in criteria), Fraction(0))
    return replace(result, criteria=criteria, total=total, price=line)


def _with_price_below(result: CriterionResult, part: Part, line: PriceLine) -> CriterionResult:
    if part.criterion.is_price:
        return replace(result, share=line.share, points=line.points, price=line)
    if not any(one.criterion.is_price for one in part.walk()):
        return result
    below = tuple(
        _with_price_below(one, each, line)
        for one, each in zip(result.criteria, part.parts, strict=True)
    )
    share = _share(part, below, ())
    return replace(result, criteria=below, share=share, points=share * result.available)
