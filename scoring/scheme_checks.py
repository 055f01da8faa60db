"""What can be wrong with a scheme, found before it is published and before it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scoring.content import Content
from scoring.rules import Finding
from scoring.scales import Scale
from scoring.scheme_checks_award import award_findings
from scoring.scheme_checks_price import price_findings
from scoring.terms import MOST_DECIMALS, WHOLE_BP, CriterionKind, Panel, Stated

if TYPE_CHECKING:
    from scoring.criteria import Criterion, Scheme


def findings_of(
    scheme: Scheme,
    scales: Mapping[str, Scale] | None,
    question_set: Content | None,
    lots: Sequence[str],
    rate_card: Content | None = None,
) -> list[Finding]:
    """Return every finding, in the order in which the scheme is read."""
    found = list(_of_the_whole(scheme))
    for criterion in scheme.every:
        found += _of_a_criterion(criterion, scheme.stated)
    if scales is not None:
        for criterion in scheme.leaves:
            found += [] if criterion.is_price else _of_its_scale(criterion, scales)
    found += award_findings(scheme, lots)
    found += price_findings(scheme, lots, rate_card)
    if question_set is not None:
        found += _of_the_questions(scheme, question_set, lots)
    return found


def _of_the_whole(scheme: Scheme) -> Iterator[Finding]:
    weights = [criterion.weight for criterion in scheme.criteria]
    if scheme.stated is Stated.BASIS_POINTS:
        yield from _weights(weights, scheme.key, "The criteria")
    elif sum(weights) <= 0:
        yield Finding("scheme:no-points", "A scheme needs at least one point.", scheme.key)
    yield from _share(scheme.total_share_bp, scheme.key, "The minimum of the total")
    yield from _twice([criterion.key for criterion in scheme.every], "criterion")
    yield from _twice(_asked(scheme), "question")
    if not 0 <= scheme.decimals <= MOST_DECIMALS:
        yield Finding(
            "scheme:decimals",
            f"Results are printed with 0 to {MOST_DECIMALS} decimals.",
            "decimals",
        )
    if scheme.least_pairs < 1:
        yield Finding("scheme:least-pairs", "At least one pair must score a question.", "young")


def _of_a_criterion(criterion: Criterion, stated: Stated) -> Iterator[Finding]:
    if criterion.weight < 0 and stated is Stated.POINTS:
        yield _below_zero(f"“{criterion.title}”", criterion.key)
    yield from _share(
        criterion.minimum_share_bp, criterion.key, f"The minimum of “{criterion.title}”"
    )
    if criterion.is_price:
        return
    if criterion.questions and criterion.criteria:
        yield Finding(
            "scheme:questions-and-criteria",
            f"“{criterion.title}” is made of questions or of criteria, not of both.",
            criterion.key,
        )
    yield from _of_its_parts(criterion, stated)
    if criterion.questions and (criterion.kind is CriterionKind.YOUNG) != (
        criterion.panel is Panel.YOUNG
    ):
        yield Finding(
            "scheme:kind-panel",
            f"“{criterion.title}”: Young Commissioners score what is theirs, and nothing else.",
            criterion.key,
        )


def _of_its_parts(criterion: Criterion, stated: Stated) -> Iterator[Finding]:
    what = "criteria" if criterion.criteria else "questions"
    weights = [part.weight for part in criterion.criteria or criterion.questions]
    if stated is Stated.BASIS_POINTS:
        yield from _weights(weights, criterion.key, f"The {what} of “{criterion.title}”")
        return
    if any(part.weight < 0 for part in criterion.questions):
        yield _below_zero(f"The questions of “{criterion.title}”", criterion.key)
    if sum(weights) != criterion.weight or not weights:
        yield Finding(
            "scheme:points-do-not-sum",
            f"“{criterion.title}” is worth {criterion.weight} points, and its {what} "
            f"{sum(weights)}.",
            criterion.key,
        )
    if criterion.minimum_share_bp is not None and criterion.weight == 0:
        yield Finding(
            "scheme:minimum-without-points",
            f"“{criterion.title}” is worth nothing, so it has no share to reach.",
            criterion.key,
        )


def _below_zero(what: str, where: str) -> Finding:
    return Finding("scheme:weight-negative", f"{what} have a weight below zero.", where)


def _of_its_scale(criterion: Criterion, scales: Mapping[str, Scale]) -> Iterator[Finding]:
    scale = scales.get(criterion.scale)
    if scale is None:
        yield Finding(
            "scheme:no-scale",
            f"“{criterion.title}” needs a scale; there is none called “{criterion.scale}”.",
            criterion.key,
        )
        return
    for question in criterion.questions:
        if question.minimum_score is not None and question.minimum_score not in scale.values:
            yield Finding(
                "scheme:minimum-not-on-scale",
                f"The minimum score {question.minimum_score} is not on “{scale.title}”.",
                question.question,
            )
    if scale.abstention and criterion.panel is Panel.OFFICERS:
        yield Finding(
            "scheme:abstention",
            f"“{criterion.title}” is scored by officers, who do not abstain. Choose another scale.",
            criterion.key,
        )


def _of_the_questions(scheme: Scheme, content: Content, lots: Sequence[str]) -> Iterator[Finding]:
    asked = {
        question["key"]: (section, question)
        for section in content.get("sections", [])
        for question in section.get("questions", [])
    }
    for criterion in scheme.leaves:
        for scored in criterion.questions:
            if scored.question not in asked:
                yield Finding(
                    "scheme:question-not-asked",
                    f"“{scored.question}” is scored but not in the question set.",
                    scored.question,
                )
            else:
                yield from _of_one_question(criterion, *asked[scored.question], lots)
    for key, (_, question) in asked.items():
        if question.get("role") == "scored" and key not in _asked(scheme):
            yield Finding(
                "scheme:question-without-weight",
                f"“{key}” is to be scored, but no criterion gives it a weight.",
                key,
            )


def _of_one_question(
    criterion: Criterion, section: Content, question: Content, lots: Sequence[str]
) -> Iterator[Finding]:
    key = question["key"]
    if question.get("role") != "scored":
        yield Finding("scheme:question-not-scored", f"“{key}” is not a scored question.", key)
    if section.get("audience", Panel.OFFICERS) != criterion.panel:
        yield Finding(
            "scheme:other-panel", f"“{key}” is for another panel than “{criterion.title}”.", key
        )
    only = question.get("lots") or []
    if only and not set(lots) <= set(only):
        yield Finding(
            "scheme:question-not-in-every-lot",
            f"“{key}” is not asked in every lot, so the weights of the others would not sum.",
            key,
        )
    if question.get("when") or not question.get("required"):
        yield Finding(
            "scheme:answer-may-be-missing",
            f"“{key}” is scored, but a provider may leave it out. It will be scored all the same.",
            key,
            level="warning",
        )


def _asked(scheme: Scheme) -> list[str]:
    return [question.question for criterion in scheme.every for question in criterion.questions]


def _weights(weights: Sequence[int], where: str, what: str) -> Iterator[Finding]:
    if any(weight < 0 for weight in weights):
        yield _below_zero(what, where)
    if sum(weights) != WHOLE_BP:
        yield Finding(
            "scheme:weights-do-not-sum",
            f"{what} weigh {sum(weights)} basis points together. They must sum to {WHOLE_BP}.",
            where,
        )


def _share(share_bp: int | None, where: str, what: str) -> Iterator[Finding]:
    if share_bp is not None and not 0 <= share_bp <= WHOLE_BP:
        yield Finding(
            "scheme:share-out-of-range",
            f"{what} is {share_bp} basis points. It must be from 0 to {WHOLE_BP}.",
            where,
        )


def _twice(keys: Sequence[str], what: str) -> Iterator[Finding]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield Finding(f"scheme:{what}-twice", f"The {what} “{key}” stands {times} times.", key)
