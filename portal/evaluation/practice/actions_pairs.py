"""A pair practises: both halves keep one score for a made-up answer. Nothing here counts anywhere."""

from datetime import datetime

from sqlalchemy import select

from portal.access import Viewer
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.evaluation.asked import Asked
from portal.evaluation.practice.agreeing import agreed_on
from portal.evaluation.practice.models import PracticeBid, PracticePairScore
from portal.evaluation.practice.pairs import Pair, pair_of
from portal.evaluation.practice.queries import may_practise, reason_words
from portal.people.models import Person
from scoring.rules import RuleBroken
from scoring.sheets import Mark, check_typed
from scoring.terms import Panel


def save_together(
    bid: PracticeBid,
    asked: Asked,
    mark: Mark,
    *,
    seen_revision: int | None,
    actor: Viewer,
    now: datetime,
) -> PracticePairScore:
    """Keep what a pair agreed to give a made-up answer. No trail: it is nobody's business but theirs.

    Args:
        seen_revision: the revision that the page showed; none where nothing was saved.

    Raises:
        RuleBroken: `practice:not-allowed`, `practice:no-pair`, `practice:closed`, `score:…`,
            `reason:…`; `practice:agreed`, once the panel has agreed on this answer.
        EditConflict: the other half of the pair saved something else in the meantime.
    """
    pair = pair_for(bid, asked, actor)
    if bid.practice.closed_at is not None:
        raise RuleBroken("practice:closed", "This practice is over.")
    if agreed_on(bid, asked.question) is not None:
        raise RuleBroken("practice:agreed", "All of you agreed on this one, so the faces stay.")
    kept = check_typed(mark, asked.scale, minimum_words=reason_words(asked.panel))
    score = _kept(bid, asked, pair)
    if score is None:
        first, second = pair.people
        score = PracticePairScore(
            practice_bid_id=bid.id,
            first_id=first,
            second_id=second,
            question_key=asked.question,
            revision=0,
        )
        db.session.add(score)
    else:
        mine = (kept.value, kept.abstained, kept.reason)
        refuse_unseen(seen_revision, mine, _theirs(score, actor), "reason")
    score.value, score.abstained, score.reason = kept.value, kept.abstained, kept.reason
    score.revision += 1
    score.saved_by_id, score.saved_at = actor.acting_id(), now
    db.session.flush()
    return score


def pair_for(bid: PracticeBid, asked: Asked, actor: Viewer) -> Pair:
    """The actor's pair, where it may practise this answer.

    Raises:
        RuleBroken: `practice:not-allowed`, `practice:no-pair`.
    """
    practice = bid.practice
    if not may_practise(practice, actor) or asked.panel is not Panel.YOUNG:
        raise RuleBroken("practice:not-allowed", "This practice is not for you.")
    pair = pair_of(practice, actor)
    if pair is None:
        raise RuleBroken("practice:no-pair", "You are not in a pair yet.")
    return pair


def _kept(bid: PracticeBid, asked: Asked, pair: Pair) -> PracticePairScore | None:
    return db.session.scalar(
        select(PracticePairScore)
        .where(
            PracticePairScore.practice_bid_id == bid.id,
            PracticePairScore.question_key == asked.question,
            PracticePairScore.first_id == pair.people[0],
            PracticePairScore.second_id == pair.people[1],
        )
        .with_for_update()
    )


def _theirs(score: PracticePairScore, actor: Viewer) -> Saved:
    by = "You, in another window,"
    if score.saved_by_id != actor.person_id:
        by = db.session.get_one(Person, score.saved_by_id).name
    value = (score.value, score.abstained, score.reason)
    return Saved(value, score.revision, by, score.saved_at)
