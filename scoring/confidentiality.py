"""Parts of a bid that a bidder asks to be kept from requests for information, and why.

A mark is a request: the council decides by law when somebody asks, and hears the bidder first.
Source: Freedom of Information Act 2000, sections 38, 40, 41 and 43; the Section 45 code of practice.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from scoring.rules import RuleBroken
from scoring.text import cleaned, count_words, meaningful_words

LEAST_WORDS, MOST_WORDS = 5, 150
LONGEST_YEARS = 20


class Exemption(StrEnum):
    """The exemption that a bidder names."""

    TRADE_SECRET = "trade-secret"  # noqa: S105
    COMMERCIAL = "commercial-interests"
    CONFIDENCE = "confidence"
    PERSONAL = "personal"
    SAFETY = "safety"

    @property
    def section(self) -> str:
        """The section of the Act, as people cite it."""
        return _SECTIONS[self]

    @property
    def words(self) -> str:
        """What it means, for somebody who does not know the Act."""
        return _WORDS[self]

    @property
    def fades(self) -> bool:
        """Whether the reason fades with time, so that a last day is needed."""
        return self in (Exemption.TRADE_SECRET, Exemption.COMMERCIAL)


_SECTIONS = {
    Exemption.TRADE_SECRET: "section 43(1)",
    Exemption.COMMERCIAL: "section 43(2)",
    Exemption.CONFIDENCE: "section 41",
    Exemption.PERSONAL: "section 40",
    Exemption.SAFETY: "section 38",
}
_WORDS = {
    Exemption.TRADE_SECRET: "It is a trade secret",
    Exemption.COMMERCIAL: "Telling it would harm our business, or somebody else's",
    Exemption.CONFIDENCE: "Somebody else gave it to us in confidence",
    Exemption.PERSONAL: "People could be known from it",
    Exemption.SAFETY: "Telling it could put somebody in danger, such as the address of a home",
}


def checked_reason(text: str) -> str:
    """Return the reason for a mark, cleaned.

    Raises:
        RuleBroken: `mark:reason-missing` (fewer than 5 words that mean something),
            `mark:reason-too-long` (more than 150 words), `text:…`.
    """
    reason = cleaned(text, "reason")
    if meaningful_words(reason) < LEAST_WORDS:
        raise RuleBroken(
            "mark:reason-missing",
            f"Say in at least {LEAST_WORDS} words what harm telling it would do.",
            "reason",
        )
    if count_words(reason) > MOST_WORDS:
        raise RuleBroken("mark:reason-too-long", f"Use {MOST_WORDS} words or fewer.", "reason")
    return reason


def check_until(exemption: Exemption, until_on: date | None, today: date) -> None:
    """Refuse a last day that cannot be.

    Raises:
        RuleBroken: `mark:until-missing` (the exemption fades with time), `mark:until-past`,
            `mark:until-too-far` (more than 20 years ahead).
    """
    if until_on is None:
        if exemption.fades:
            raise RuleBroken(
                "mark:until-missing", "Enter the last day on which this is so.", "until_on"
            )
        return
    if until_on <= today:
        raise RuleBroken("mark:until-past", "Enter a day after today.", "until_on")
    if until_on.year - today.year > LONGEST_YEARS:
        raise RuleBroken(
            "mark:until-too-far", f"Enter a day within {LONGEST_YEARS} years.", "until_on"
        )
