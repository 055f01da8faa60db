"""A supplier that is excluded after the lock: what was computed with its bid is computed without it.

It is looked up again before the award, so this is when some of them leave.
"""

from datetime import datetime

from portal.access import Viewer
from portal.applications.exclusions.effect import follows_exclusion
from portal.applications.exclusions.models import Exclusion
from portal.evaluation import queries
from portal.evaluation.policy import AFTER_LOCK
from portal.evaluation.prices.models import Cause
from portal.evaluation.results import outcome, resting


@follows_exclusion
def compute_anew(exclusion: Exclusion, actor: Viewer, now: datetime) -> None:
    """Take back what rests on the results of the round, and compute all of them.

    Before prices are open there are none: they are computed then, of the bids that are left.

    Raises:
        RuleBroken: `letters:released`.
    """
    bid_round = exclusion.application.round
    if bid_round.stage not in AFTER_LOCK or bid_round.prices_opened_at is None:
        return
    queries.hold(bid_round)
    resting.take_back(bid_round, actor, now)
    outcome.compute_and_record(
        bid_round, Cause.DECISION, subject=exclusion.ref, actor=actor, now=now
    )
