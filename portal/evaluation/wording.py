"""Reasons are written to be sent: what in one should not be in a letter, and how it will read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portal.evaluation.asked import Asked
from scoring.rules import RuleBroken

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


def for_young(broken: RuleBroken, least_words: int) -> RuleBroken:
    """The same refusal in the words of a page for Young Commissioners (reading age 9)."""
    words = "3 words" if least_words == 3 else f"{least_words} word{'s' * (least_words != 1)}"
    plain = {
        "score:missing": "Choose a face.",
        "score:not-on-scale": "Choose one of the faces.",
        "reason:missing": "Say why, in your own words.",
        "reason:too-short": f"Say why, in {words} or more.",
        "consensus:no-quorum": "More of you need to be here to agree. Tick everybody who is here.",
        "consensus:outside-range": "Nobody picked this face before. "
        f"Say what changed your minds, in {words} or more.",
        "consensus:too-few-pairs": "Not enough of you picked a face. "
        "Ask your Participation Officer what to do.",
        "consensus:not-at-meeting": "Somebody you ticked is not at the meeting. "
        "Ask your Participation Officer to tick who is here.",
        "score:not-allowed": "You cannot change these scores now.",
    }
    return RuleBroken(broken.code, plain.get(broken.code, broken.message), broken.field)


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
