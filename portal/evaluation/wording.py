"""Reasons are written to be sent: what in one should not be in a letter, and how it will read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portal.evaluation.asked import Asked

PRICE = re.compile(
    r"£\s*\d[\d,.]*|\b\d[\d,.]*\s*(?:pounds?|pence|quid|gbp)\b|\bgbp\s*\d[\d,.]*", re.IGNORECASE
)
FORMS_OF_BUSINESS = re.compile(
    r"[\s,]+(?:ltd|limited|plc|llp|cic|c\.i\.c|inc|co|company|group|holdings)\.?$", re.IGNORECASE
)
LEAST_LETTERS = 4  # shorter names are words of every day


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One question as the bidder will read it."""

    question: str
    score: str
    reason: str


def cautions(reason: str, own_name: str, other_names: Iterable[str]) -> list[str]:
    """What the writer should look at again before the reason goes into a letter."""
    found = []
    if price := PRICE.search(reason):
        amount = price.group().rstrip(".,")
        found.append(f"It names a price (“{amount}”). Quality is agreed without prices.")
    own = _spoken(own_name)
    others = sorted({_spoken(one) for one in other_names} - {own})
    found += [
        f"It names another bidder (“{name}”). A letter speaks of its own bid only."
        for name in others
        if len(name) >= LEAST_LETTERS and _names(reason, name, own)
    ]
    return found


def _names(reason: str, name: str, own: str) -> bool:
    """Whether a text names somebody; a name that is part of the bidder's own does not count there."""
    text = re.sub(rf"\b{re.escape(own)}\b", " ", reason, flags=re.IGNORECASE) if own else reason
    return re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None


def _spoken(name: str) -> str:
    """A name as people say it, without its form of business."""
    name = " ".join(name.split())
    while (shorter := FORMS_OF_BUSINESS.sub("", name)) != name:
        name = shorter
    return name


def letter_line(asked: Asked, value: int, reason: str) -> LetterLine:
    """How a line of the letter will read."""
    score = f"{value} out of {asked.scale.highest}: {asked.scale.label(value)}"
    return LetterLine(asked.title, score, reason)
