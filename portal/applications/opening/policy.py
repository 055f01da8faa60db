"""Who may open a round, and why not: two officers, some minutes after the deadline."""

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.rounds import policy as rounds
from portal.rounds.models import Round, RoundOpening
from scoring.rules import RuleBroken


def is_officer(viewer: Viewer, bid_round: Round) -> bool:
    """An opening officer is a commissioner of a council that takes part."""
    return viewer.may(Permission.ROUND_OPEN) and rounds.commissions(viewer, bid_round)


def may_begin(
    viewer: Viewer, bid_round: Round, opening: RoundOpening | None, refusal: RuleBroken | None
) -> Decision:
    """The first officer asks for the opening.

    Args:
        opening: what was begun before, if anything.
        refusal: what `scoring.stages.opening_refusal` says at this moment.
    """
    if not is_officer(viewer, bid_round):
        return denied("Only a commissioner of a council of this round can open it.")
    if refusal is not None:
        return denied(refusal.message)
    if opening is not None:
        return denied("An officer has begun the opening already. A second one confirms it.")
    return allowed


def may_confirm(
    viewer: Viewer, bid_round: Round, opening: RoundOpening | None, refusal: RuleBroken | None
) -> Decision:
    """The second officer confirms, and is another person than the first."""
    if not is_officer(viewer, bid_round):
        return denied("Only a commissioner of a council of this round can open it.")
    if refusal is not None:
        return denied(refusal.message)
    if opening is None:
        return denied("No officer has begun the opening yet.")
    if opening.first_officer_id == viewer.person_id:
        return denied("You began the opening, so somebody else must confirm it.")
    return allowed


def may_take_back(viewer: Viewer, opening: RoundOpening | None) -> Decision:
    if opening is None or opening.second_at is not None:
        return denied("There is no opening that waits.")
    if opening.first_officer_id != viewer.person_id:
        return denied("Only the officer who began the opening can take it back.")
    return allowed


def may_read_bids(viewer: Viewer, bid_round: Round) -> bool:
    """Who applied, with names and hashes: from the opening on, by commissioners and auditors."""
    posts = viewer.councils_as(Role.COMMISSIONER) | viewer.councils_as(Role.AUDITOR)
    return (
        bid_round.opened_at is not None
        and viewer.may(Permission.BID_READ)
        and bool(posts & bid_round.council_ids)
    )
