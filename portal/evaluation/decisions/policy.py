"""Who asks about prices, decides and corrects after the lock, and why not.

Commissioners and moderators of the lead council do, one proposing and another confirming; nobody
about a bid in which they declared an interest. The bidder's own administrators answer.
"""

from collections.abc import Collection
from datetime import datetime

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.evaluation import policy
from portal.evaluation.decisions.models import AwardDecision, Correction, PriceQuestion
from portal.rounds.models import Round
from scoring.stages import RoundStage

CORRECTABLE = frozenset({RoundStage.MODERATED, RoundStage.RECOMMENDED, RoundStage.APPROVED})


def may_decide(viewer: Viewer, bid_round: Round, closed: Collection[int]) -> Decision:
    """Ask about a price, set a bid aside, or decide on a tie."""
    if not policy.leads_panel(viewer, bid_round):
        return denied("Only the lead council of this round decides on its results.")
    if closed:
        return denied("You declared an interest in a bidder, so somebody else must decide.")
    if bid_round.prices_opened_at is None:
        return denied("There is nothing to decide on before the prices are open.")
    if bid_round.stage is not RoundStage.MODERATED:
        return denied(
            "The award is recommended already. An approver can return it to the panel first."
        )
    return allowed


def may_correct(
    viewer: Viewer, bid_round: Round, application_id: int, closed: Collection[int]
) -> Decision:
    """Mend an agreed score after the lock, until letters are out."""
    if not policy.leads_panel(viewer, bid_round):
        return denied("Only the lead council of this round corrects its scores.")
    if application_id in closed:
        return denied("A declared interest closes this bid to you.")
    if bid_round.quality_locked_at is None:
        return denied("Quality is not locked yet. Agree the score again on the moderation board.")
    if bid_round.stage not in CORRECTABLE:
        return denied(
            "The letters are out. Put the round on hold, take legal advice, and award anew if a "
            "score was wrong."
        )
    return allowed


def may_confirm(viewer: Viewer, waiting: AwardDecision | Correction, may: Decision) -> Decision:
    """A second person confirms or declines: not the one who proposed.

    Args:
        may: whether the viewer may propose such a thing at all.
    """
    if not may:
        return may
    if not waiting.waits:
        return denied("This was confirmed or declined already.")
    if waiting.made_by_id == viewer.person_id:
        return denied("You proposed this, so somebody else must confirm it.")
    return allowed


def may_answer(viewer: Viewer, question: PriceQuestion, now: datetime) -> Decision:
    """An administrator of the bidder answers, once, before the time is over."""
    provider_id = question.application.provider_id
    if not viewer.may(Permission.APPLICATION_SUBMIT) or not viewer.administers(provider_id):
        return denied("Only an administrator of your organisation can send the answer.")
    if question.answered_at is not None:
        return denied("This question is answered. An answer cannot be changed.")
    if now >= question.answer_until_at:
        return denied("The time to answer is over.")
    return allowed
