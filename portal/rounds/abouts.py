"""What a question is about: the round as a whole, a lot, a part of the application.

It stands beside the question as one word, such as `lot:1A` or `section:quality`; empty is the round
as a whole.
"""

from dataclasses import dataclass

from portal.rounds.models import Round
from scoring.rules import RuleBroken

WHOLE = "The round as a whole"
PARTS = {
    "timetable": "Timetable",
    "documents": "Documents",
    "rates": "Prices",
    "scheme": "How applications are scored",
}
"""Parts that every round has beside its lots and the sections of its question set."""


@dataclass(frozen=True, slots=True)
class About:
    """A part of a round that a question can be about."""

    key: str
    words: str
    group: str


def abouts(bid_round: Round) -> list[About]:
    """Everything in a round that a question can be about, in the order of its page."""
    return [
        *(
            About(f"lot:{one.code}", f"Lot {one.code}: {one.title}", "Lots")
            for one in bid_round.open_lots
        ),
        *(
            About(f"section:{one['key']}", one["title"], "Parts of the application")
            for one in bid_round.question_set.body["sections"]
        ),
        *(About(key, words, "The round") for key, words in PARTS.items()),
    ]


def about_words(bid_round: Round, key: str) -> str:
    """What a question is about, in words; a part that there is no more by its key."""
    if not key:
        return WHOLE
    there = {one.key: one.words for one in abouts(bid_round)}
    return there.get(key, key.partition(":")[2] or key)


def checked_about(bid_round: Round, key: str) -> str:
    """The key, if the round has such a part.

    Raises:
        RuleBroken: `question:about`.
    """
    if key and key not in {one.key for one in abouts(bid_round)}:
        raise RuleBroken("question:about", "Choose a part of this round.", "about")
    return key
