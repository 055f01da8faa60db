"""What each part of a scheme is worth in one lot, once it is known which questions count there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.criteria import Criterion, Scheme, ScoredQuestion
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.terms import WHOLE_BP, Stated


@dataclass(frozen=True)
class Asked:
    """A question that counts, with the points that it can earn and the least score that passes."""

    scored: ScoredQuestion
    available: Fraction
    minimum_score: int | None


@dataclass(frozen=True)
class Part:
    """A criterion in one lot. `whole` is what the weights of its own parts sum to."""

    criterion: Criterion
    scale: Scale | None
    available: Fraction
    whole: int
    asked: tuple[Asked, ...]
    parts: tuple[Part, ...]

    def walk(self) -> Iterator[Part]:
        """Return this part and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def parts_of(
    scheme: Scheme, scales: Mapping[str, Scale], left_out: Collection[str] = ()
) -> tuple[Part, ...]:
    """Return the scheme's criteria with what each is worth.

    Args:
        left_out: questions that do not count here; their weight goes to the other questions of
            their criterion, in proportion.

    Raises:
        RuleBroken: `score:nothing-left`, when a criterion loses all its questions, or all that
            have a weight.
    """
    available = scheme.available()
    return tuple(
        _part(criterion, scheme, scales, left_out, available) for criterion in scheme.criteria
    )


def _part(
    criterion: Criterion,
    scheme: Scheme,
    scales: Mapping[str, Scale],
    left_out: Collection[str],
    available: Mapping[str, Fraction],
) -> Part:
    below = tuple(_part(one, scheme, scales, left_out, available) for one in criterion.criteria)
    kept = [one for one in criterion.questions if one.question not in left_out]
    own, whole = available[criterion.key], sum(one.weight for one in kept)
    if below:
        whole = WHOLE_BP
        if scheme.stated is Stated.POINTS:
            whole = sum(one.weight for one in criterion.criteria)
    elif len(kept) < len(criterion.questions) and not whole:
        raise RuleBroken(
            "score:nothing-left",
            f"Too few pairs gave a score for every question of “{criterion.title}”.",
            criterion.key,
        )
    scale = scales.get(criterion.scale)
    return Part(
        criterion=criterion,
        scale=scale,
        available=own,
        whole=whole,
        asked=tuple(
            Asked(one, own * one.weight / whole if whole else Fraction(0), _minimum(one, scale))
            for one in kept
        ),
        parts=below,
    )


def _minimum(scored: ScoredQuestion, scale: Scale | None) -> int | None:
    """Whoever fails a question of pass or fail is out, whatever it weighs."""
    if scored.minimum_score is None and scale is not None and scale.pass_fail:
        return scale.highest
    return scored.minimum_score
