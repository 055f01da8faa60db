"""What everybody may know in the demonstration, and only there."""

from portal.db import REF_ALPHABET
from portal.people.tokens import CARD_LETTERS, keyed

PASSWORD = "correct horse battery staple"  # noqa: S105
PIN = "270514"


def card_letters(card_ref: str) -> str:
    """The number of a demonstration card, so that the sign-in page can show it again."""
    digits = keyed("demonstration card", card_ref)
    numbers = bytes.fromhex(digits)[:CARD_LETTERS]
    return "".join(REF_ALPHABET[number % len(REF_ALPHABET)] for number in numbers)
