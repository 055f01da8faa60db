"""The versions of a round, as anybody may read them."""

from sqlalchemy import select

from portal.db import db
from portal.rounds.models import Round
from portal.rounds.models_versions import RoundVersion


def versions_of(bid_round: Round) -> list[RoundVersion]:
    """The published versions after the first, newest first; no statement where there is none."""
    if bid_round.root.version == 1:
        return []
    return list(
        db.session.scalars(
            select(RoundVersion)
            .where(RoundVersion.round_id == bid_round.root.id)
            .order_by(RoundVersion.number.desc())
        )
    )
