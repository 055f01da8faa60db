"""What a computation finds: every number with what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from scoring.prices import PriceLine, Reference
from scoring.rules import Finding, RuleBroken
from scoring.terms import ALL_POINTS, WHOLE_BP, CriterionKind, Panel

BidRef: TypeAlias = str

Agreed: TypeAlias = Fraction | int
"""A score as it counts: whole where a panel agreed, an exact fraction where the mean is taken."""


@dataclass(frozen=True, order=True)
class Place:
    """Where awards are made: a lot, and where price is evaluated for each council, a council."""

    lot: str = ""
    council: str = ""


ANYWHERE = Place()
"""The place of a lot that is computed by itself."""


@dataclass(frozen=True)
class BidScores:
    """The scores of one bid for one lot, by question key.

    Args:
        consensus: what counts: the agreed score, or the exact mean where the round says so.
        pairs: how many pairs of Young Commissioners gave a score, by question; where it is
            handed in, the least number of the round is held.
    """

    consensus: Mapping[str, Agreed]
    pairs: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Line:
    """One question's points with everything that they were made from."""

    question: str
    criterion: str
    scale: str
    score: Agreed
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
    """A criterion's points. `share` is the part of its own points that was earned, 0 to 1.

    `criteria` are the results below it; `price` is the line of a criterion that is the price.
    """

    criterion: str
    title: str
    panel: Panel
    weight_bp: int
    available: Fraction
    points: Fraction
    share: Fraction
    minimum_share_bp: int | None
    lines: tuple[Line, ...]
    kind: CriterionKind = CriterionKind.QUALITY
    criteria: tuple[CriterionResult, ...] = ()
    price: PriceLine | None = None

    @property
    def meets_minimum(self) -> bool:
        """Whether the exact share reaches the criterion's minimum, if it has one."""
        return reaches(self.share, self.minimum_share_bp)

    def walk(self) -> Iterator[CriterionResult]:
        """Return this result and all below it, each before its parts."""
        yield self
        for part in self.criteria:
            yield from part.walk()


@dataclass(frozen=True)
class BidResult:
    """The result of one bid.

    Args:
        total: all its points; without those of price while a threshold is not passed.
        findings: gates and thresholds that it did not pass.
        rank: its place among the bids that passed, where there is a ranking.
        quality: all points but those of price.
        price: the line of its price, where one was evaluated.
        flags: what people must look into before an award (a price that may be abnormally low).
        award_findings: why it is not awarded though it passed: the cap, a tie, a cap on lots.
    """

    bid: BidRef
    criteria: tuple[CriterionResult, ...]
    total: Fraction
    findings: tuple[Finding, ...]
    rank: int | None = None
    quality: Fraction = Fraction(0)
    price: PriceLine | None = None
    flags: tuple[Finding, ...] = ()
    award_findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the bid is over every threshold, and under the ceiling where there is one."""
        return not self.findings

    @property
    def admitted(self) -> bool:
        """Whether the bid is awarded: it passed, and there is an award for it."""
        return not self.findings and not self.award_findings

    @property
    def every(self) -> tuple[CriterionResult, ...]:
        """The results of the criteria of all levels, each before its parts."""
        return tuple(part for criterion in self.criteria for part in criterion.walk())

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every question's line, in the order of the scheme."""
        return tuple(line for criterion in self.every for line in criterion.lines)


@dataclass(frozen=True)
class Tie:
    """Bids that were equal by their points: what told them apart, and what could not be told."""

    value: Fraction
    bids: tuple[BidRef, ...]
    broken_by: tuple[str, ...]
    still_equal: tuple[tuple[BidRef, ...], ...]


@dataclass(frozen=True)
class LotResult:
    """The results of a lot, in an order that the order of the bids handed in cannot change.

    Args:
        findings: what must be settled before anything is awarded here.
        left_out: questions that left the lot, since too few pairs gave a score.
        reference: what prices were measured by.
    """

    scheme: str
    decimals: int
    ranked: bool
    bids: tuple[BidResult, ...]
    place: Place = ANYWHERE
    available: Fraction = Fraction(ALL_POINTS)
    findings: tuple[Finding, ...] = ()
    ties: tuple[Tie, ...] = ()
    left_out: tuple[str, ...] = ()
    reference: Reference = field(default_factory=Reference)

    @property
    def passed(self) -> tuple[BidResult, ...]:
        """The bids that are over every threshold, in the order of the results."""
        return tuple(bid for bid in self.bids if bid.passed)

    @property
    def admitted(self) -> tuple[BidResult, ...]:
        """The bids that are awarded, in the order of the results."""
        return tuple(bid for bid in self.bids if bid.admitted)

    @property
    def winners(self) -> tuple[BidRef, ...]:
        """The bids of rank 1; without a ranking all that are awarded. Sorted."""
        if not self.ranked:
            return tuple(sorted(bid.bid for bid in self.admitted))
        return tuple(sorted(bid.bid for bid in self.bids if bid.rank == 1))

    def of(self, bid: BidRef) -> BidResult:
        """Return one bid's result.

        Raises:
            RuleBroken: `award:unknown-bid`.
        """
        for result in self.bids:
            if result.bid == bid:
                return result
        raise RuleBroken("award:unknown-bid", "This bid is not among the results.", bid)


def reaches(share: Fraction, minimum_bp: int | None) -> bool:
    """Say whether an exact share reaches a minimum; meeting it exactly does."""
    return minimum_bp is None or share >= Fraction(minimum_bp, WHOLE_BP)
