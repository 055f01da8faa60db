"""Who opens the prices of a round, and why not: two officers, after quality is locked.

Whoever declared an interest in a bidder of the round does not open its prices.
"""

from portal.access import Decision, Viewer, allowed, denied
from portal.applications.opening import policy as policy_opening
from portal.evaluation.policy import Standing
from portal.evaluation.prices.models import PriceOpening
from portal.rounds.models import Round
from scoring.stages import RoundStage


def is_officer(viewer: Viewer, bid_round: Round) -> bool:
    """An officer who opens prices is one who may open the round."""
    return policy_opening.is_officer(viewer, bid_round)


def _may(viewer: Viewer, bid_round: Round, standing: Standing) -> Decision:
    if not is_officer(viewer, bid_round):
        return denied("Only a commissioner of a council of this round can open its prices.")
    if standing.closed:
        return denied(
            "You declared an interest in a bidder, so somebody else must open the prices."
        )
    if bid_round.quality_locked_at is None:
        return denied("Prices stay sealed until quality is locked.")
    if bid_round.prices_opened_at is not None:
        return denied("The prices of this round are open.")
    if bid_round.stage is not RoundStage.MODERATED:
        return denied("The prices of this round cannot be opened at this stage.")
    return allowed


def may_begin(
    viewer: Viewer, bid_round: Round, standing: Standing, opening: PriceOpening | None
) -> Decision:
    """The first officer asks for the opening of the prices."""
    if not (may := _may(viewer, bid_round, standing)):
        return may
    if opening is not None:
        return denied("An officer has begun already. A second one confirms it.")
    return allowed


def may_confirm(
    viewer: Viewer, bid_round: Round, standing: Standing, opening: PriceOpening | None
) -> Decision:
    """The second officer confirms, and is another person than the first."""
    if not (may := _may(viewer, bid_round, standing)):
        return may
    if opening is None:
        return denied("No officer has begun to open the prices yet.")
    if opening.first_officer_id == viewer.person_id:
        return denied("You began, so somebody else must confirm it.")
    return allowed


def may_take_back(viewer: Viewer, opening: PriceOpening | None) -> Decision:
    """The first officer may take the request back until it is confirmed."""
    if opening is None or opening.second_at is not None:
        return denied("There is no opening of prices that waits.")
    if opening.first_officer_id != viewer.person_id:
        return denied("Only the officer who began can take it back.")
    return allowed
