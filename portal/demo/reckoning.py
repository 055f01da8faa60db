"""What councils pay for, seen from more sides: blocks of places and what follows."""

from datetime import timedelta
from typing import Any

from portal.costs import actions_blocks
from portal.costs.actions_blocks import BlockTold
from portal.db import db
from portal.demo.cast import Cast

FINANCE = "Claire Dunmore"


def reckon(cast: Cast, clock: Any) -> None:
    """A block of two places, of which the report shows the voids."""
    _block(cast, clock)
    db.session.commit()


def _block(cast: Cast, clock: Any) -> None:
    first = clock(-600).date()
    told = BlockTold(
        type="sixteen-plus",
        places=2,
        weekly_pence=1_020_00,
        from_on=first,
        until_on=first + timedelta(days=729),
        source="Block order 2025-07",
    )
    actions_blocks.record(
        cast.councils["luton"],
        cast.providers["willow"],
        told,
        actor=cast.viewer(FINANCE),
        now=clock(-600),
    )
