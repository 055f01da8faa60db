"""From the scores of single scorers to a consensus: the spread, the agenda, and what may stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.criteria import Panel
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.sheets import check_reason

Score = int | None
"""One scorer's score; None is an abstention."""


@dataclass(frozen=True)
class AgendaItem:
    """One question of one bid with the scores that were given."""

    bid: str
    question: str
    scores: tuple[Score, ...]
    scale: Scale

    @property
    def disagreement(self) -> Fraction:
        """The spread as a share of the scale's height, so that unlike scales compare: 0 to 1."""
        return Fraction(spread(self.scores) or 0, self.scale.highest - self.scale.lowest)


@dataclass(frozen=True)
class Consensus:
    """A consensus that may stand, its texts cleaned."""

    value: int
    reason: str
    why_outside: str = ""

    @property
    def whole_reason(self) -> str:
        """Both texts as one, to be kept and sent."""
        if not self.why_outside:
            return self.reason
        return f"{self.reason}\n\nWhy it is outside the panel's own scores: {self.why_outside}"


def given(scores: Iterable[Score]) -> list[int]:
    """Return the scores that were given, without abstentions."""
    return [score for score in scores if score is not None]


def spread(scores: Iterable[Score]) -> int | None:
    """Return highest minus lowest; None when nobody gave a score. Abstentions do not count."""
    values = given(scores)
    return max(values) - min(values) if values else None


def outside_range(value: int, scores: Iterable[Score]) -> bool:
    """Say whether a consensus lies above or below every score that was given."""
    values = given(scores)
    return bool(values) and not min(values) <= value <= max(values)


def agenda(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """Return the items with the largest disagreement first; equal ones by bid and question."""
    return sorted(items, key=lambda item: (-item.disagreement, item.bid, item.question))


def check_quorum(present: Collection[str], quorum: int) -> None:
    """Refuse a meeting with too few scorers; somebody named twice counts once.

    Raises:
        RuleBroken: `consensus:no-quorum`.
    """
    there = len(set(present))
    if there < quorum:
        raise RuleBroken(
            "consensus:no-quorum",
            f"At least {quorum} must be here, and you named {there}. Record who is present.",
            "present",
        )


def check_pairs(scores: Iterable[Score], least_pairs: int) -> None:
    """Refuse a young panel's consensus for which too few pairs gave a score.

    Raises:
        RuleBroken: `consensus:too-few-pairs`.
    """
    pairs = len(given(scores))
    if pairs < least_pairs:
        raise RuleBroken(
            "consensus:too-few-pairs",
            f"{pairs} pairs gave a score, and the round asks for {least_pairs} or more.",
            "value",
        )


def check_consensus(
    value: int | None,
    reason: str,
    scores: Sequence[Score],
    scale: Scale,
    *,
    panel: Panel,
    minimum_words: int,
    present: Collection[str],
    quorum: int,
    least_pairs: int = 1,
    why_outside: str = "",
) -> Consensus:
    """Return the consensus when it may be recorded.

    Args:
        value: the score that the panel agreed on; never empty, whoever abstained.
        reason: why, in words that can be sent to the bidder.
        scores: what each scorer gave; None is an abstention.
        present: who was there, one name or reference each.
        why_outside: why it lies outside the range of the scores; asked for only then.

    Raises:
        RuleBroken: `consensus:empty`, `consensus:no-scores`, `consensus:too-few-pairs`,
            `consensus:no-quorum`, `consensus:outside-range`, `score:not-on-scale`, `reason:…`.
    """
    if value is None:
        raise RuleBroken("consensus:empty", "The panel must agree on a score.", "value")
    agreed = scale.check(value, "value")
    _refuse_without_scores(scores, panel, least_pairs)
    check_quorum(present, quorum)
    words = check_reason(reason, minimum_words=minimum_words, field="reason")
    if not outside_range(agreed, scores):
        return Consensus(agreed, words)
    return Consensus(agreed, words, _why(why_outside, minimum_words))


def _refuse_without_scores(scores: Sequence[Score], panel: Panel, least_pairs: int) -> None:
    if panel == Panel.YOUNG:
        check_pairs(scores, least_pairs)
    elif not given(scores):
        raise RuleBroken("consensus:no-scores", "Nobody has scored this question yet.", "value")


def _why(text: str, minimum_words: int) -> str:
    try:
        return check_reason(text, minimum_words=minimum_words, field="why_outside")
    except RuleBroken as refusal:
        raise RuleBroken(
            "consensus:outside-range",
            "This score is outside the range of the panel's own scores. "
            f"Say why, in at least {minimum_words} words.",
            "why_outside",
        ) from refusal
