"""A child's number becomes a keyed hash the moment it is read, and is nowhere else.

The key is this installation's own. A hash is of council and number: the same child has the same
hash in every file of its council, and another one at another council.
"""

import hmac
from hashlib import sha256

from flask import current_app

from portal.people.models import Council

LETTERS = 24  # 96 bits: no two children of a country share one


class ChildHasher:
    """Hashes the numbers of one council's children."""

    def __init__(self, council: Council) -> None:
        self._key = current_app.config["CHILD_KEY"].encode()
        self._council = council.slug
        self._known: dict[str, str] = {}

    def __call__(self, number: str) -> str:
        """The hash of a number; an empty text where there is none."""
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._hash(number)
        return known

    def _hash(self, number: str) -> str:
        bare = "".join(number.split()).upper().removesuffix(".0")
        if not bare:
            return ""
        text = f"{self._council}|{bare}".encode()
        return hmac.new(self._key, text, sha256).hexdigest()[:LETTERS]
