"""The chain of a round, and the slice of the global chain in which it is anchored."""

import json
from typing import Any

from sqlalchemy import func, select

from portal.audit import AuditAnchor, AuditEntry
from portal.db import db
from scoring.chain import GENESIS


def trail_rows(chain: str) -> dict[str, Any]:
    """Every act in a round, with its links."""
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.number)
    )
    return {
        "chain": chain,
        "first": GENESIS,
        "entries": [
            {
                "content": json.loads(one.canonical()),
                "previous": one.previous_hash,
                "hash": one.hash,
            }
            for one in entries
        ],
        "anchors": _anchors(chain),
    }


def _anchors(chain: str) -> dict[str, Any] | None:
    """From the link before the round's first act to its newest."""
    first, last = db.session.execute(
        select(func.min(AuditAnchor.number), func.max(AuditAnchor.number)).where(
            AuditAnchor.chain == chain
        )
    ).one()
    if first is None:
        return None
    before = db.session.get(AuditAnchor, first - 1)
    links = db.session.scalars(
        select(AuditAnchor)
        .where(AuditAnchor.number.between(first, last))
        .order_by(AuditAnchor.number)
    )
    return {
        "number": first - 1,
        "hash": before.hash if before is not None else GENESIS,
        "links": [
            {
                "number": one.number,
                "chain": one.chain,
                "chain_number": one.chain_number,
                "entry": one.entry_hash,
                "hash": one.hash,
            }
            for one in links
        ],
    }
