"""Minimums: on a question, on a criterion, on the total. Compared exactly; meeting one passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from scoring.criteria import Scheme
from scoring.money import percent_words
from scoring.results import CriterionResult, reaches
from scoring.rounding import printed
from scoring.rules import Finding
from scoring.terms import CriterionKind


def shortfalls(
    criteria: Sequence[CriterionResult], titles: Mapping[str, str], decimals: int
) -> Iterator[Finding]:
    """Return every minimum of a question or a criterion that was not reached.

    Args:
        titles: the words of the questions; one without goes by its key.
        decimals: for printing shares; what is compared is exact.
    """
    for criterion in criteria:
        for line in criterion.lines:
            if not line.meets_minimum:
                title = titles.get(line.question, line.question)
                yield Finding(
                    "threshold:question",
                    f"{title}: the score is {line.score}. At least {line.minimum_score} is needed.",
                    line.question,
                )
        yield from shortfalls(criterion.criteria, titles, decimals)
        if criterion.minimum_share_bp is not None and not criterion.meets_minimum:
            yield Finding(
                "threshold:criterion",
                f"{criterion.title}: "
                + _too_little(criterion.share, criterion.minimum_share_bp, decimals),
                criterion.criterion,
            )


def total_shortfall(
    scheme: Scheme, criteria: Sequence[CriterionResult], quality: Fraction
) -> Iterator[Finding]:
    """Return the finding of a total below its minimum, if it is.

    The minimum is a share of all points but those of price, which hangs on who passed.
    """
    if scheme.total_share_bp is None:
        return
    of_price = sum(
        (
            part.available
            for one in criteria
            for part in one.walk()
            if part.kind is CriterionKind.PRICE
        ),
        Fraction(0),
    )
    available = scheme.total_points - of_price
    share = quality / available if available else Fraction(1)
    if not reaches(share, scheme.total_share_bp):
        yield Finding(
            "threshold:total",
            ("Total of quality: " if scheme.price else "Total: ")
            + _too_little(share, scheme.total_share_bp, scheme.decimals),
            scheme.key,
        )


def _too_little(share: Fraction, minimum_bp: int, decimals: int) -> str:
    """Say how far it came; a share that only prints as the minimum is “just under” it."""
    reached = printed(share * 100, decimals)
    least = percent_words(minimum_bp)
    prints_as_enough = Fraction(reached) >= Fraction(minimum_bp, 100)
    reached = f"just under {least}" if prints_as_enough else f"{reached}%"
    return f"{reached} of the points. At least {least} is needed."
