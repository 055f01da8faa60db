"""What a letter's figures are printed by: the scheme that was published, and what was agreed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from portal.evaluation.asked import Key
from portal.evaluation.decisions.models import Correction
from portal.evaluation.models import Consensus, Result
from scoring.canonical import read_fraction
from scoring.criteria import Scheme
from scoring.rounding import printed
from scoring.scales import Scale
from scoring.terms import WHOLE_BP


@dataclass(frozen=True, slots=True)
class Terms:
    """What the round published, what its panels agreed, and the best bid of each lot (by its id) and council."""

    scheme: Scheme
    scales: Mapping[str, Scale]
    questions: Mapping[str, Mapping[str, Any]]
    agreed: Mapping[tuple[int, Key], Consensus]
    best: Mapping[tuple[int, str], Result]
    corrected: Mapping[tuple[int, Key], Correction] = field(default_factory=dict)
    councils: Mapping[str, str] = field(default_factory=dict)  # names by slug

    def printed(self, points: str | Fraction) -> str:
        """Points, rounded once as the scheme says."""
        exact = read_fraction(points) if isinstance(points, str) else points
        return printed(exact, self.scheme.decimals)

    def needed(self, share_bp: int | None, available: Fraction) -> str | None:
        """The points that a threshold asks for; none where there is no threshold."""
        return None if share_bp is None else self.printed(Fraction(share_bp, WHOLE_BP) * available)

    def title(self, question: str) -> str:
        """A question in two or three words."""
        asked = self.questions[question]
        return str(asked.get("title") or asked["label"])

    def key(self, question: str, lot_code: str) -> Key:
        """Where a question's agreed score stands: one that serves every lot has no lot."""
        return question, lot_code if self.questions[question].get("per_lot") else ""

    def score(self, score: int | str) -> int | str:
        """A score as it is printed: whole, or a mean that the round asked for."""
        return score if isinstance(score, int) else self.printed(score)

    def reason(self, application_id: int, key: Key) -> list[str]:
        """The agreed reason; none where the round takes the mean."""
        agreed = self.agreed.get((application_id, key))
        if agreed is None:
            return []
        mended = self.corrected.get((application_id, key))
        if mended is None:
            return lines_of(agreed.reason)
        words = f"Corrected from {mended.old} to {mended.new}: {mended.reason}"
        return [*lines_of(agreed.reason), *lines_of(words)]

    def meaning(self, line: Mapping[str, Any]) -> str:
        """What a score means on its scale; nothing for one between two points."""
        score = line["score"]
        return self.scales[line["scale"]].label(score) if isinstance(score, int) else ""


def lines_of(text: str) -> list[str]:
    """A text as its paragraphs."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def flat(criteria: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Kept criteria of all levels: parts first, then what they add up to."""
    for criterion in criteria:
        yield from flat(criterion.get("criteria", ()))
        yield criterion


def lines(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every question's line of a kept result, in the order of the scheme."""
    return (line for criterion in flat(content["criteria"]) for line in criterion["lines"])
