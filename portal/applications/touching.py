"""What a bidder wrote on an earlier version of the round, and must confirm."""

from dataclasses import dataclass

from scoring.differences import Difference, Part
from scoring.rules import Finding

PART_WORDS = {Part.QUESTIONS: "Answer", Part.DOCUMENTS: "Document", Part.RATES: "Price"}


@dataclass(frozen=True, slots=True)
class Touched:
    """One answer, document or price given before the version that touched it."""

    number: int
    difference: Difference
    lot_code: str
    given: str  # in words

    @property
    def part(self) -> Part:
        return self.difference.part

    @property
    def key(self) -> str:
        return self.difference.key

    @property
    def name(self) -> str:
        """How a form names it, with its version: what came later is not confirmed unseen."""
        return f"{self.number}|{self.part.value}|{self.key}|{self.lot_code}"

    @property
    def finding(self) -> Finding:
        """What stands against submitting it."""
        return Finding(
            "version:not-confirmed",
            f"{PART_WORDS[self.part]} to confirm: {self.difference.title}. "
            f"Version {self.number} of the round changed it after you had answered.",
            self.key,
        )
