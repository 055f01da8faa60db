"""What the trail keeps of words that are written elsewhere: a hash of them, never the words.

It is put into the trail by the act, and computed anew from an evidence pack, so that a pack that
was made again with other words is found even where all of its own hashes fit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

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


def decision_digest(order: Sequence[str], reason: str, declined: str = "") -> str:
    """Return the SHA-256 of a decision on a price or a tie, as docs/evidence-pack.md states it.

    Args:
        order: of a tie, references of the bids, best first; otherwise empty.
        declined: why the second person declined it.
    """
    return sha256_of(canonical_json([list(order), reason, declined]))


def approval_digest(
    *,
    council: str,
    decision: str,
    reference: str,
    reason: str,
    delegation_limit_pence: int | None,
    call_in_until_on: date | str | None,
) -> str:
    """Return the SHA-256 of what a council decided, as docs/evidence-pack.md states it.

    Args:
        reason: of a council that returned the award; otherwise empty.
        delegation_limit_pence: up to which yearly cost its officer may decide.
        call_in_until_on: the last day on which councillors may call it in.
    """
    content = {
        "call_in_until_on": call_in_until_on,
        "council": council,
        "decision": decision,
        "delegation_limit_pence": delegation_limit_pence,
        "reason": reason,
        "reference": reference,
    }
    return sha256_of(canonical_json(content))
