"""The evaluation scheme of a round: criteria, weights, thresholds, and who scores what.

Weights are whole basis points; the criteria sum to 10 000, and so do the questions
of each criterion. They multiply down the levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.content import Content, flag_of, part_of, parts_of, text_of, whole_of, whole_or_none
from scoring.rules import Finding, RuleBroken
from scoring.scales import Scale
from scoring.scheme_checks import findings_of
from scoring.terms import MOST_DECIMALS, WHOLE_BP, Mechanism, Panel

__all__ = [
    "MOST_DECIMALS",
    "WHOLE_BP",
    "Criterion",
    "Mechanism",
    "Panel",
    "Scheme",
    "ScoredQuestion",
]


@dataclass(frozen=True)
class ScoredQuestion:
    """A question's weight within its criterion, and the lowest score that passes."""

    question: str
    weight_bp: int
    minimum_score: int | None = None


@dataclass(frozen=True)
class Criterion:
    """A part of the scheme: one panel, one scale, questions whose weights sum to 10 000."""

    key: str
    title: str
    weight_bp: int
    panel: Panel
    scale: str
    questions: tuple[ScoredQuestion, ...]
    minimum_share_bp: int | None = None


@dataclass(frozen=True)
class Scheme:
    """A round's scheme as published. `decimals` is for printing; nothing is rounded before."""

    key: str
    title: str
    criteria: tuple[Criterion, ...]
    decimals: int = 2
    mechanism: Mechanism = Mechanism.ALL_OVER_THRESHOLDS
    ranked: bool = False
    cap: int | None = None
    total_share_bp: int | None = None
    least_pairs: int = 1

    @classmethod
    def from_content(cls, content: Content) -> Scheme:
        """Read a scheme. What it means is `check`'s to judge; only its shape is refused here.

        Raises:
            RuleBroken: `content:…`, `scheme:panel`, `scheme:mechanism`, `scheme:rounding`,
                `scheme:below-least`.
        """
        key = text_of(content, "key", "scheme")
        award = part_of(content, "award", key)
        _refuse_unknown_rules(content, key)
        return cls(
            key=key,
            title=text_of(content, "title", key),
            criteria=tuple(_criterion(part) for part in parts_of(content, "criteria", key)),
            decimals=whole_of({"decimals": 2, **content}, "decimals", key),
            mechanism=_mechanism(award, key),
            ranked=flag_of(award, "ranked", key),
            cap=whole_or_none(award, "cap", key),
            total_share_bp=whole_or_none(
                part_of(content, "thresholds", key), "total_share_bp", key
            ),
            least_pairs=whole_of(
                {"least_pairs": 1, **part_of(content, "young", key)}, "least_pairs", key
            ),
        )

    def check(
        self,
        scales: Mapping[str, Scale] | None = None,
        question_set: Content | None = None,
        lots: tuple[str, ...] = (),
    ) -> list[Finding]:
        """Return what is wrong with the scheme, all of it; nothing is changed.

        Args:
            scales: the scales by key; when handed in, each criterion's must be among them.
            question_set: the content that is asked; when handed in, both must fit together.
            lots: the codes of the round's lots, to tell a question that some lots never ask.
        """
        return findings_of(self, scales, question_set, lots)

    def questions_for(self, panel: Panel) -> tuple[ScoredQuestion, ...]:
        """Return the questions that a panel scores, in the order of the scheme."""
        return tuple(
            question
            for criterion in self.criteria
            if criterion.panel == panel
            for question in criterion.questions
        )

    def criterion_of(self, question: str) -> Criterion:
        """Return the criterion that a question stands under.

        Raises:
            RuleBroken: `scheme:unknown-question`.
        """
        for criterion in self.criteria:
            if any(scored.question == question for scored in criterion.questions):
                return criterion
        raise RuleBroken("scheme:unknown-question", f"“{question}” is not scored.", question)


def _criterion(content: Content) -> Criterion:
    key = text_of(content, "key", "criterion")
    return Criterion(
        key=key,
        title=text_of(content, "title", key),
        weight_bp=whole_of(content, "weight_bp", key),
        panel=_panel(content, key),
        scale=text_of(content, "scale", key),
        questions=tuple(_question(part, key) for part in parts_of(content, "questions", key)),
        minimum_share_bp=whole_or_none(content, "minimum_share_bp", key),
    )


def _question(content: Content, where: str) -> ScoredQuestion:
    key = text_of(content, "question", where)
    return ScoredQuestion(
        question=key,
        weight_bp=whole_of(content, "weight_bp", key),
        minimum_score=whole_or_none(content, "minimum_score", key),
    )


def _panel(content: Content, where: str) -> Panel:
    try:
        return Panel(text_of(content, "panel", where))
    except ValueError as error:
        raise RuleBroken(
            "scheme:panel", f"{where}: the panel is “officers” or “young”.", where
        ) from error


def _mechanism(award: Content, where: str) -> Mechanism:
    try:
        return Mechanism(text_of(award, "mechanism", where))
    except ValueError as error:
        known = ", ".join(Mechanism)
        raise RuleBroken("scheme:mechanism", f"Choose how awards are made: {known}.") from error


def _refuse_unknown_rules(content: Content, where: str) -> None:
    """Rules that nothing here can carry out are refused, never passed over in silence."""
    if content.get("rounding", "half-up") != "half-up":
        raise RuleBroken("scheme:rounding", "Results are rounded half up, once, at the end.", where)
    if part_of(content, "young", where).get("below_least", "refuse") != "refuse":
        raise RuleBroken(
            "scheme:below-least", "With too few pairs a consensus can only be refused.", where
        )
