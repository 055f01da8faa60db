"""What rests on results is taken back when a correction or a decision computes them anew.

Only until letters are out: a bidder that has its letter has rights that rest on it.
"""

from datetime import datetime

from sqlalchemy import delete

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.awards import queries
from portal.awards.models import Letter, LetterLook, Recommendation
from portal.db import db
from portal.evaluation.results.resting import rests_on_results
from portal.mail import Message
from portal.rounds.models import Round
from scoring.rules import RuleBroken
from scoring.stages import RECOMMENDATION, ROUND, RoundStage, move

TOO_LATE = (
    "The letters are out, so this cannot be changed any more. Put the round on hold, take legal "
    "advice, and award anew if it was wrong."
)


@rests_on_results
def take_back(bid_round: Round, actor: Viewer, now: datetime) -> None:
    """Send the recommendation back to the panel, and withdraw letters that nobody has read.

    Raises:
        RuleBroken: `letters:released`.
    """
    letters = queries.letters_of(bid_round)
    if any(one.released_at is not None for one in letters):
        raise RuleBroken("letters:released", TOO_LATE)
    if bid_round.stage not in {RoundStage.RECOMMENDED, RoundStage.APPROVED}:
        raise RuleBroken("letters:released", TOO_LATE)
    _withdraw(bid_round, [one.id for one in letters], actor, now)
    recommendation = queries.recommendation_of(bid_round)
    if recommendation is not None:
        _return(recommendation, actor, now)
    bid_round.stage = move(ROUND, bid_round.stage, "return")
    db.session.flush()


def _withdraw(bid_round: Round, letter_ids: list[int], actor: Viewer, now: datetime) -> None:
    if not letter_ids:
        return
    told = {one.ref: one.sha256 for one in queries.letters_of(bid_round)}
    db.session.execute(delete(LetterLook).where(LetterLook.letter_id.in_(letter_ids)))
    db.session.execute(delete(Letter).where(Letter.id.in_(letter_ids)))
    audit.record(Event.LETTERS_TAKEN_BACK, bid_round, actor=actor, now=now, letters=told)


def _return(recommendation: Recommendation, actor: Viewer, now: datetime) -> None:
    recommendation.stage = move(RECOMMENDATION, recommendation.stage, "return")
    audit.record(Event.AWARD_RETURNED, recommendation, actor=actor, now=now, council=None)
    mail.write(
        Message.AWARD_RETURNED,
        [recommendation.made_by, *(one.decided_by for one in recommendation.approvals)],
        now=now,
        about=recommendation.round.ref,
        title=recommendation.round.title,
    )
