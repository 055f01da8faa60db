"""What a password and a card's PIN must be. Length protects; rules about symbols do not.

Source: NIST SP 800-63B and the National Cyber Security Centre's password guidance: long, not
common, not the person's own name; no composition rules and no forced change.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection
from itertools import pairwise

from scoring.rules import RuleBroken

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200
LEAST_PART = 4
PIN_DIGITS = 6
#: Words that somebody who knows what this is would try first.
OUR_WORDS = (
    *("placement", "quality", "portal", "provider", "council", "commissioner", "commissioning"),
    *("supported", "accommodation", "fostering", "tender", "framework", "password", "welcome"),
)
_AROUND = string.digits + string.punctuation + string.whitespace + "£"


def check_password(
    password: str, *, common: Collection[str] = (), email: str = "", name: str = ""
) -> None:
    """Refuse a password that is short, common, or made of the person's own words.

    Args:
        password: as typed; spaces count, nothing is cut off.
        common: known common passwords in lower case (a set, for speed).
        email: the address of the account; the part before the @ may not be in the password.
        name: the person's name; no part of it with 4 letters or more may be in it either.

    Raises:
        RuleBroken: `password:too-short`, `password:too-long`, `password:common`,
            `password:repeated`, `password:own-words`, `password:our-words`, with field `password`.
    """
    folded = password.casefold()
    bare = folded.strip(_AROUND)  # figures and marks around a common one make it no better
    if len(password) < LEAST_CHARACTERS:
        raise _password("too-short", f"Use {LEAST_CHARACTERS} characters or more.")
    if len(password) > MOST_CHARACTERS:
        raise _password("too-long", f"Use {MOST_CHARACTERS} characters or fewer.")
    as_one = "".join(folded.split())  # "correct horse …" is known to lists as one word
    if not {folded, folded.strip(), bare, as_one}.isdisjoint(common):
        raise _password("common", "Many people use this password. Choose another one.")
    if len(set(folded)) <= 2:
        raise _password("repeated", "Use more than one or two different characters.")
    if any(part in folded for part in _own_words(email, name)):
        raise _password("own-words", "Do not use your name or e-mail address in your password.")
    if _is_made_of_our_words(folded):
        raise _password("our-words", "Add words that have nothing to do with this portal.")


def check_pin(pin: str) -> None:
    """Refuse a card's PIN that is not six digits, or that somebody would try first.

    Raises:
        RuleBroken: `pin:not-six-digits`, `pin:easy-to-guess`, with field `pin`.
    """
    if not re.fullmatch(r"[0-9]{6}", pin):
        raise RuleBroken("pin:not-six-digits", f"A PIN has {PIN_DIGITS} digits.", "pin")
    if _runs(pin) or _repeats(pin):
        raise RuleBroken("pin:easy-to-guess", "This PIN is easy to guess. Pick another.", "pin")


def _own_words(email: str, name: str) -> set[str]:
    address = email.casefold()
    parts = [address, address.partition("@")[0], *re.split(r"[\s'’.-]+", name.casefold())]
    return {part for part in parts if len(part) >= LEAST_PART}


def _is_made_of_our_words(folded: str) -> bool:
    """Whether less than a word is left without the words that this portal is about."""
    left = folded
    for word in OUR_WORDS:
        left = left.replace(word, "")
    return left != folded and sum(letter.isalpha() for letter in left) < LEAST_PART


def _runs(pin: str) -> bool:
    """Digits that all go up, or all go down, by the same step, round the end: 123456, 789012."""
    steps = {(int(second) - int(first)) % 10 for first, second in pairwise(pin)}
    return len(steps) == 1


def _repeats(pin: str) -> bool:
    """One, two or three digits again and again: 111111, 121212, 123123."""
    return any(pin == pin[:size] * (PIN_DIGITS // size) for size in (1, 2, 3))


def _password(problem: str, message: str) -> RuleBroken:
    return RuleBroken(f"password:{problem}", message, "password")
