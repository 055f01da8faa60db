"""What a round tells the rooms above it, which it does not know: as jobs, written with the change.

The applications room answers them (portal/applications/jobs.py).
"""

from datetime import datetime

from portal import queue
from portal.rounds.models import Round

CANCELLED = "round:cancelled"
DEADLINE_MOVED = "round:deadline-moved"
VERSION_PUBLISHED = "round:version-published"


def tell_cancelled(bid_round: Round, now: datetime) -> None:
    """A published round was cancelled: whoever writes an application to it must know."""
    if bid_round.published_at is not None:
        queue.put(CANCELLED, bid_round.ref, now=now)


def tell_deadline_moved(bid_round: Round, now: datetime) -> None:
    """The deadline of a published round is another one: reminders follow it."""
    if bid_round.published_at is not None:
        queue.put(DEADLINE_MOVED, bid_round.ref, now=now, due_at=now)


def tell_version(bid_round: Round, number: int, now: datetime) -> None:
    """A new version of a round is out: whoever has started must know, whether submitted or not."""
    queue.put(VERSION_PUBLISHED, bid_round.ref, now=now, due_at=now, number=number)
