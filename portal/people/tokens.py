"""Secrets that travel, and what is kept of them: a hash, never the secret."""

import hmac
import secrets
from hashlib import sha256

from flask import current_app

from portal.db import REF_ALPHABET

CARD_LETTERS = 16  # 77 bits: nobody guesses a card, and a person can still type it
RECOVERY_LETTERS = 10


def new_token() -> str:
    """A token for a link or a session: 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def new_letters(number: int) -> str:
    """Letters and digits that can be read out, without look-alikes."""
    return "".join(secrets.choice(REF_ALPHABET) for _ in range(number))


def grouped(letters: str, size: int) -> str:
    """Letters in groups, as they are printed: ABCD-EFGH."""
    return "-".join(letters[at : at + size] for at in range(0, len(letters), size))


def ungrouped(typed: str) -> str:
    """Letters as they were printed, however somebody typed them."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def hashed(token: str) -> str:
    """What is kept of a token that nobody could guess."""
    return sha256(token.encode()).hexdigest()


def keyed(purpose: str, text: str) -> str:
    """What is kept of something short: without this installation's key it tells nothing."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}|{text}".encode(), sha256).hexdigest()
