"""A scorer's sheet: one person's or one pair's scores, each with a reason, all of them alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.criteria import Panel, Scheme
from scoring.rules import Finding, RuleBroken
from scoring.scales import Scale
from scoring.text import cleaned, meaningful_words


@dataclass(frozen=True)
class Mark:
    """One score and its reason, or “I'd rather not say”, which is an abstention, never a score."""

    value: int | None = None
    reason: str = ""
    abstained: bool = False


def asked_of(scheme: Scheme, scales: Mapping[str, Scale], panel: Panel) -> dict[str, Scale]:
    """Return the questions that a panel scores, in order, each with its scale."""
    return {
        scored.question: scales[scheme.criterion_of(scored.question).scale]
        for scored in scheme.questions_for(panel)
    }


def check_reason(text: str, *, minimum_words: int, field: str | None = None) -> str:
    """Return the reason, cleaned, when it is long enough to mean something.

    Raises:
        RuleBroken: `reason:missing`, `reason:too-short` (fewer words than the round asks for, or
            one word again and again).
    """
    reason = cleaned(text, field)
    if not reason:
        raise RuleBroken("reason:missing", "Give a reason for this score.", field)
    if meaningful_words(reason) < minimum_words:
        raise RuleBroken(
            "reason:too-short", f"Give your reason in at least {minimum_words} words.", field
        )
    if minimum_words > 1 and len({word.casefold() for word in reason.split()}) == 1:
        raise RuleBroken("reason:too-short", "Say in your own words why you gave it.", field)
    return reason


def check_mark(mark: Mark, scale: Scale, *, minimum_words: int, field: str | None = None) -> Mark:
    """Return the mark, its reason cleaned, when it may stand on a submitted sheet.

    An abstention needs no reason: to ask for one would undo “I'd rather not say”.

    Raises:
        RuleBroken: `score:missing`, `score:not-on-scale`, `score:no-abstention`,
            `score:both` (a score and an abstention at once), `reason:…`.
    """
    if mark.abstained:
        return _abstention(mark, scale, field)
    if mark.value is None:
        raise RuleBroken("score:missing", "Choose a score.", field)
    value = scale.check(mark.value, field)
    return Mark(value, check_reason(mark.reason, minimum_words=minimum_words, field=field))


def check_typed(mark: Mark, scale: Scale, *, minimum_words: int) -> Mark:
    """The same of what stands on a form: a refusal names its field, `value` or `reason`.

    Raises:
        RuleBroken: as `check_mark`.
    """
    try:
        return check_mark(mark, scale, minimum_words=minimum_words)
    except RuleBroken as broken:
        field = "reason" if broken.code.startswith("reason") else "value"
        raise RuleBroken(broken.code, broken.message, field) from broken


def missing_scores(
    asked: Mapping[str, Scale], marks: Mapping[str, Mark], *, minimum_words: int
) -> list[Finding]:
    """Return what keeps a sheet from being submitted, question by question; empty is complete.

    Args:
        asked: the questions of this sheet with their scales (`asked_of`, or a part of it).
        marks: what the scorer wrote so far, by question.
        minimum_words: the length of a reason, as the round states it.
    """
    found = []
    for question, scale in asked.items():
        try:
            mark = marks.get(question, Mark())
            check_mark(mark, scale, minimum_words=minimum_words, field=question)
        except RuleBroken as refusal:
            found.append(Finding(refusal.code, refusal.message, question))
    strangers = sorted(set(marks) - set(asked))
    return found + [
        Finding("score:not-asked", "This sheet does not ask this.", key) for key in strangers
    ]


def _abstention(mark: Mark, scale: Scale, field: str | None) -> Mark:
    if not scale.abstention:
        raise RuleBroken("score:no-abstention", "Choose a score for every question.", field)
    if mark.value is not None:
        raise RuleBroken("score:both", "Choose a score or “I'd rather not say”, not both.", field)
    return Mark(None, cleaned(mark.reason, field), abstained=True)
