"""A child's number becomes a keyed hash the moment it is read, and is nowhere else.

The key is this installation's own. A hash is of council and number: the same child has the same
hash in every file of its council, and another one at another council.
"""

from collections.abc import Collection, Sequence
from hashlib import sha256

from flask import current_app

from portal.people.models import Council

LETTERS = 24  # 96 bits: no two children of a country share one
MOST_REMEMBERED = 200_000
_BLOCK = 64  # bytes of SHA-256


class ChildHasher:
    """Hashes the numbers of one council's children."""

    def __init__(self, council: Council) -> None:
        self._known = _Known(current_app.config["CHILD_KEY"].encode(), council.slug)

    def __call__(self, number: str) -> str:
        """The hash of a number; an empty text where there is none."""
        return self._known[number]

    def each(self, numbers: Sequence[str]) -> list[str]:
        """The hash of each number."""
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        self._known.learn(set(numbers))
        return list(map(self._known.__getitem__, numbers))


class _Known(dict[str, str]):
    """The hashes so far by number. It says nothing of itself, lest a number be printed."""

    def __init__(self, key: bytes, council: str) -> None:
        super().__init__()
        key = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(one ^ 0x36 for one in key))  # RFC 2104, begun once
        self._outer = sha256(bytes(one ^ 0x5C for one in key))
        self._inner.update(f"{council}|".encode())

    def __repr__(self) -> str:
        return "numbers and their hashes"

    def __missing__(self, number: str) -> str:
        self.learn((number,))
        return self[number]

    def learn(self, numbers: Collection[str]) -> None:
        """Hash those that are new. In one piece: there is a child in every third row."""
        begun, finished = self._inner.copy, self._outer.copy
        for number in numbers:
            if number in self:
                continue
            bare = number
            if not number.isdecimal():
                bare = "".join(number.split()).upper().removesuffix(".0")
            inner, outer = begun(), finished()
            inner.update(bare.encode())
            outer.update(inner.digest())
            self[number] = outer.hexdigest()[:LETTERS] if bare else ""
