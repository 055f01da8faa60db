"""What bids scored for quality, for pages that stand on concluded awards."""

from collections.abc import Collection
from fractions import Fraction

from sqlalchemy import select

from portal.access import Permission, Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation.models import Result
from portal.rounds.models import Round, RoundCouncil, RoundLot
from scoring.value import quality_share


def quality_of(bids: Collection[str], agreement_lot_id: int, viewer: Viewer) -> dict[str, Fraction]:
    """The share of the points for quality of each bid in a lot, by the bid's reference. One statement.

    For officers who compare rates, of concluded rounds in which a council of theirs took part: the
    share alone, never the scores or reasons behind it. Of two councils' results for one bid the
    quality is the same.
    """
    if not bids or not viewer.may(Permission.RATE_COMPARE):
        return {}
    took_part = select(RoundCouncil.round_id).where(RoundCouncil.council_id.in_(viewer.council_ids))
    wanted = (
        select(Application.ref, Result.content)
        .join(Application, Application.id == Result.application_id)
        .join(RoundLot, RoundLot.id == Result.round_lot_id)
        .join(Round, Round.id == RoundLot.round_id)
        .where(
            Application.ref.in_(list(bids)),
            RoundLot.agreement_lot_id == agreement_lot_id,
            Result.stands,
            Round.concluded_at.is_not(None),
            Round.id.in_(took_part),
        )
        .order_by(Result.id)
    )
    shares = {
        ref: quality_share(content["criteria"]) for ref, content in db.session.execute(wanted)
    }
    return {ref: share for ref, share in shares.items() if share is not None}
