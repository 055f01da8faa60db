"""The audit chain: each link's hash covers its content and the hash before it.

A changed, moved, inserted or removed link breaks the chain at that place. A chain that lost
its newest links is still whole, which is why a head kept elsewhere can be handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.canonical import canonical_json, sha256_of
from scoring.rules import RuleBroken

GENESIS = "0" * 64
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Link:
    """One stored link: its number (from 1), canonical content, and the two hashes."""

    number: int
    content: str
    previous: str
    hash: str


@dataclass(frozen=True)
class BrokenLink:
    """The first place at which a chain does not hold. Code: `chain:…`."""

    number: int
    code: str
    expected: str
    found: str


def next_hash(previous: str, content: str) -> str:
    """Return the hash of a link: SHA-256 of the previous hash, a line feed and the content.

    Args:
        previous: the hash of the link before, or `GENESIS` for the first.
        content: the canonical JSON of the entry (`scoring.canonical.canonical_json`).

    Raises:
        RuleBroken: `chain:not-a-hash`, when `previous` is not 64 lower-case hexadecimal digits.
    """
    if not HASH.fullmatch(previous):
        raise RuleBroken("chain:not-a-hash", f"“{previous}” is not a SHA-256.")
    return sha256_of(f"{previous}\n{content}")


def link(number: int, previous: str, entry: object) -> Link:
    """Make the next link from an entry that is not canonical yet."""
    content = canonical_json(entry)
    return Link(number, content, previous, next_hash(previous, content))


def verify(
    links: Iterable[Link], *, first: str = GENESIS, head: str | None = None
) -> BrokenLink | None:
    """Return the first broken link, or None when the chain holds.

    Args:
        links: in the order of their numbers, which must be 1, 2, 3 …
        first: the hash before the first link.
        head: the hash that the newest link must have, if it is known from elsewhere.
    """
    previous, length = first, 0
    for found in links:
        length += 1
        problem = _problem(found, length, previous)
        if problem is not None:
            return problem
        previous = found.hash
    if head is not None and previous != head:
        return BrokenLink(length + 1, "chain:cut-short", expected=head, found=previous)
    return None


def _problem(found: Link, number: int, previous: str) -> BrokenLink | None:
    if found.number != number:
        return BrokenLink(number, "chain:number", expected=str(number), found=str(found.number))
    if found.previous != previous:
        return BrokenLink(number, "chain:previous", expected=previous, found=found.previous)
    expected = next_hash(previous, found.content)
    if found.hash != expected:
        return BrokenLink(number, "chain:content", expected=expected, found=found.hash)
    return None
