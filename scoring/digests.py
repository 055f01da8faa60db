"""What the trail keeps of words that are written elsewhere: a hash of them, never the words.

It is put into the trail by the act, and computed anew from an evidence pack, so that a pack that
was made again with other words is found even where all of its own hashes fit.
"""

from __future__ import annotations

from collections.abc import Collection

from scoring.canonical import canonical_json, sha256_of


def agreed_digest(
    *,
    bid: str,
    question: str,
    lot: str,
    score: int,
    reason: str,
    why_outside: str,
    dissent: str,
    present: Collection[str],
) -> str:
    """Return the SHA-256 of what a panel agreed, as docs/evidence-pack.md states it.

    Args:
        present: references of who was there, in any order.
    """
    content = {
        "application": bid,
        "dissent": dissent,
        "lot": lot,
        "present": sorted(present),
        "question": question,
        "reason": reason,
        "score": score,
        "why_outside": why_outside,
    }
    return sha256_of(canonical_json(content))


def correction_digest(
    *, bid: str, question: str, lot: str, old: int, new: int, reason: str, prices_open: bool
) -> str:
    """Return the SHA-256 of a correction, as docs/evidence-pack.md states it."""
    content = {
        "application": bid,
        "lot": lot,
        "new": new,
        "old": old,
        "prices_open": prices_open,
        "question": question,
        "reason": reason,
    }
    return sha256_of(canonical_json(content))
