"""The evaluation scheme of a round: criteria, weights, thresholds, and who scores what.

Weights are whole basis points that sum to 10 000 at each level and multiply down the levels. A
scheme may be stated in points instead; then each part is worth its points, and those of a
criterion are those of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from scoring.award_rules import AwardRule
from scoring.content import (
    Content,
    or_else,
    part_of,
    parts_of,
    text_of,
    whole_of,
    whole_or_none,
)
from scoring.price_rules import PriceRule, choice_of
from scoring.rules import Finding, RuleBroken
from scoring.scales import Scale
from scoring.scheme_checks import findings_of
from scoring.terms import (
    ALL_POINTS,
    MOST_DECIMALS,
    MOST_LEVELS,
    WHOLE_BP,
    Agreeing,
    BelowLeast,
    CriterionKind,
    Formula,
    Mechanism,
    Panel,
    Stated,
)

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
    """A question's weight within its criterion, and the lowest score that passes.

    `points` is what it is worth in a scheme that is stated in points; there `weight_bp` is 0.
    """

    question: str
    weight_bp: int
    minimum_score: int | None = None
    points: int | None = None

    @property
    def weight(self) -> int:
        """The weight beside its siblings, in whichever way the scheme is stated."""
        return self.weight_bp if self.points is None else self.points


@dataclass(frozen=True)
class Criterion:
    """A part of the scheme, made of questions, or of further criteria, or of the price.

    One with questions has one panel and one scale. One with criteria, or of the price, has
    neither: its `scale` is empty. `points` is as for a question.
    """

    key: str
    title: str
    weight_bp: int
    panel: Panel
    scale: str
    questions: tuple[ScoredQuestion, ...]
    minimum_share_bp: int | None = None
    kind: CriterionKind = CriterionKind.QUALITY
    points: int | None = None
    criteria: tuple[Criterion, ...] = ()
    agreeing: Agreeing = Agreeing.AGREED

    @property
    def weight(self) -> int:
        """The weight beside its siblings, in whichever way the scheme is stated."""
        return self.weight_bp if self.points is None else self.points

    @property
    def is_price(self) -> bool:
        """Whether this is the price."""
        return self.kind is CriterionKind.PRICE

    def walk(self) -> Iterator[Criterion]:
        """Return this criterion and all below it, each before its parts."""
        yield self
        for part in self.criteria:
            yield from part.walk()


@dataclass(frozen=True)
class Scheme:
    """A round's scheme as published. `decimals` is for printing; nothing is rounded before."""

    key: str
    title: str
    criteria: tuple[Criterion, ...]
    decimals: int = 2
    award: AwardRule = field(default_factory=AwardRule)
    total_share_bp: int | None = None
    least_pairs: int = 1
    below_least: BelowLeast = BelowLeast.REFUSE
    quorum: int | None = None  # fewest people who agree a score; none: the council's own rule
    stated: Stated = Stated.BASIS_POINTS
    price: PriceRule | None = None

    @classmethod
    def from_content(cls, content: Content) -> Scheme:
        """Read a scheme. What it means is `check`'s to judge; only its shape is refused here.

        The format is told in docs/evaluation-scheme.md.

        Raises:
            RuleBroken: `content:…`, or `scheme:…` for a word that is not in its vocabulary.
        """
        key = text_of(content, "key", "scheme")
        young = part_of(content, "young", key)
        price = part_of(content, "price", key)
        stated = _stated(content, key)
        _refuse_other_rounding(content, key)
        return cls(
            key=key,
            title=text_of(content, "title", key),
            criteria=tuple(
                _criterion(part, stated, {}) for part in parts_of(content, "criteria", key)
            ),
            decimals=whole_of(or_else(content, decimals=2), "decimals", key),
            award=AwardRule.from_content(part_of(content, "award", key), key),
            total_share_bp=whole_or_none(
                part_of(content, "thresholds", key), "total_share_bp", key
            ),
            least_pairs=whole_of(or_else(young, least_pairs=1), "least_pairs", key),
            below_least=choice_of(
                BelowLeast,
                or_else(young, below_least="refuse"),
                "below_least",
                key,
                "scheme:below-least",
            ),
            quorum=whole_or_none(content, "quorum", key),
            stated=stated,
            price=PriceRule.from_content(price) if price else None,
        )

    def check(
        self,
        scales: Mapping[str, Scale] | None = None,
        question_set: Content | None = None,
        lots: tuple[str, ...] = (),
        rate_card: Content | None = None,
    ) -> list[Finding]:
        """Return what is wrong with the scheme, all of it; nothing is changed.

        Args:
            scales: the scales by key; when handed in, each criterion's must be among them.
            question_set: the content that is asked; when handed in, both must fit together.
            lots: the codes of the round's lots, to tell a question that some lots never ask, a
                lot without a basket, or one that the order of lots leaves out.
            rate_card: the content of the rates; when handed in, baskets must fit to it.
        """
        return findings_of(self, scales, question_set, lots, rate_card)

    @property
    def mechanism(self) -> Mechanism:
        """How results become awards."""
        return self.award.mechanism

    @property
    def ranked(self) -> bool:
        """Whether bids are put in an order."""
        return self.award.ranked

    @property
    def cap(self) -> int | None:
        """The number of awards for a lot that states none of its own."""
        return self.award.cap

    @property
    def every(self) -> tuple[Criterion, ...]:
        """All criteria of all levels, each before its parts."""
        return tuple(part for criterion in self.criteria for part in criterion.walk())

    @property
    def leaves(self) -> tuple[Criterion, ...]:
        """The criteria that are made of questions or of the price, in order."""
        return tuple(criterion for criterion in self.every if not criterion.criteria)

    @property
    def total_points(self) -> Fraction:
        """The points of the whole: 100, or in a scheme stated in points, their sum."""
        if self.stated is Stated.BASIS_POINTS:
            return Fraction(ALL_POINTS)
        return Fraction(sum(criterion.weight for criterion in self.criteria))

    @property
    def by_price_per_point(self) -> bool:
        """Whether the lowest price for a quality point wins; price then has no points."""
        return self.price is not None and self.price.formula is Formula.PRICE_PER_QUALITY_POINT

    def available(self) -> dict[str, Fraction]:
        """Return what each criterion of every level is worth, in points, by key."""
        worth: dict[str, Fraction] = {}
        whole = WHOLE_BP if self.stated is Stated.BASIS_POINTS else int(self.total_points)
        _share_out(self.criteria, self.total_points, whole, self.stated, worth)
        return worth

    def questions_for(self, panel: Panel) -> tuple[ScoredQuestion, ...]:
        """Return the questions that a panel scores, in the order of the scheme."""
        return tuple(
            question
            for criterion in self.leaves
            if criterion.panel == panel
            for question in criterion.questions
        )

    def criterion_of(self, question: str) -> Criterion:
        """Return the criterion that a question stands under.

        Raises:
            RuleBroken: `scheme:unknown-question`.
        """
        for criterion in self.leaves:
            if any(scored.question == question for scored in criterion.questions):
                return criterion
        raise RuleBroken("scheme:unknown-question", f"“{question}” is not scored.", question)


def _share_out(
    criteria: tuple[Criterion, ...],
    points: Fraction,
    whole: int,
    stated: Stated,
    worth: dict[str, Fraction],
) -> None:
    for criterion in criteria:
        own = points * criterion.weight / whole if whole else Fraction(0)
        worth[criterion.key] = own
        below = WHOLE_BP
        if stated is Stated.POINTS:
            below = sum(part.weight for part in criterion.criteria)
        _share_out(criterion.criteria, own, below, stated, worth)


def _stated(content: Content, key: str) -> Stated:
    chosen = or_else(content, stated_in="basis-points")
    return choice_of(Stated, chosen, "stated_in", key, "scheme:stated-in")


def _criterion(content: Content, stated: Stated, above: Content, level: int = 1) -> Criterion:
    key = text_of(content, "key", "criterion")
    if level > MOST_LEVELS:
        raise RuleBroken("scheme:too-deep", f"Criteria lie at most {MOST_LEVELS} deep.", key)
    whole = or_else(content, **above)
    kind, made_of = _kind(content, whole, key), parts_of(content, "criteria", key)
    handed_down = {"kind": kind, **{one: whole[one] for one in ("panel", "scale") if one in whole}}
    plain = not made_of and kind is not CriterionKind.PRICE
    return Criterion(
        key=key,
        title=text_of(content, "title", key),
        weight_bp=_weight_bp(content, stated, key),
        panel=_panel(whole, key) if plain or "panel" in whole else Panel.OFFICERS,
        scale=text_of(whole, "scale", key) if plain else "",
        questions=tuple(
            _question(part, stated, key) for part in parts_of(content, "questions", key)
        ),
        minimum_share_bp=whole_or_none(content, "minimum_share_bp", key),
        kind=kind,
        points=whole_of(content, "points", key) if stated is Stated.POINTS else None,
        criteria=tuple(_criterion(part, stated, handed_down, level + 1) for part in made_of),
        agreeing=_agreeing(content, key),
    )


def _question(content: Content, stated: Stated, where: str) -> ScoredQuestion:
    key = text_of(content, "question", where)
    return ScoredQuestion(
        question=key,
        weight_bp=_weight_bp(content, stated, key),
        minimum_score=whole_or_none(content, "minimum_score", key),
        points=whole_of(content, "points", key) if stated is Stated.POINTS else None,
    )


def _weight_bp(content: Content, stated: Stated, key: str) -> int:
    return whole_of(content, "weight_bp", key) if stated is Stated.BASIS_POINTS else 0


def _panel(content: Content, where: str) -> Panel:
    return choice_of(Panel, content, "panel", where, "scheme:panel")


def _kind(content: Content, whole: Content, where: str) -> CriterionKind:
    """What it is about; where nothing is stated, the panel tells, or the criterion above."""
    if content.get("kind") is not None:
        return choice_of(CriterionKind, content, "kind", where, "scheme:kind")
    if whole.get("panel") == Panel.YOUNG:
        return CriterionKind.YOUNG
    above = whole.get("kind", CriterionKind.QUALITY)
    return above if isinstance(above, CriterionKind) else CriterionKind.QUALITY


def _agreeing(content: Content, where: str) -> Agreeing:
    stated = or_else(content, agreeing="agreed")
    return choice_of(Agreeing, stated, "agreeing", where, "scheme:agreeing")


def _refuse_other_rounding(content: Content, where: str) -> None:
    """A rule that nothing here can carry out is refused, never passed over in silence."""
    if content.get("rounding", "half-up") != "half-up":
        raise RuleBroken("scheme:rounding", "Results are rounded half up, once, at the end.", where)
