"""The young people rehearse agreeing: one face for a made-up answer. Nothing here counts anywhere."""

from collections.abc import Sequence
from datetime import datetime

from portal.access import Viewer
from portal.db import db
from portal.edits import Saved, refuse_unseen
from portal.evaluation.asked import Asked
from portal.evaluation.practice.actions_pairs import pair_for
from portal.evaluation.practice.agreeing import Rehearsed, agreed_on, people_of, rehearsed, rules_of
from portal.evaluation.practice.models import PracticeAgreed, PracticeBid
from portal.evaluation.practice.pairs import Pair
from portal.evaluation.practice.queries import reason_words
from portal.people.models import Person
from scoring.moderation import Consensus, check_consensus
from scoring.rules import RuleBroken
from scoring.terms import Panel
from scoring.text import cleaned


def agree_together(
    bid: PracticeBid,
    asked: Asked,
    *,
    value: int | None,
    reason: str,
    present: Sequence[Person],
    why_outside: str = "",
    dissent: str = "",
    seen_revision: int | None = None,
    actor: Viewer,
    now: datetime,
) -> PracticeAgreed:
    """Keep what the panel agreed on a made-up answer, by the rules of a real meeting. No trail.

    Args:
        present: who is there, of every pair.
        seen_revision: the revision that the page showed; none where nothing was agreed.

    Raises:
        RuleBroken: `practice:not-allowed`, `practice:no-pair`, `practice:closed`,
            `practice:not-ready`, `practice:stranger`, and what `check_consensus` raises.
        EditConflict: somebody else of the panel agreed something else in the meantime.
    """
    place = _place(bid, asked, pair_for(bid, asked, actor))
    if bid.practice.closed_at is not None:
        raise RuleBroken("practice:closed", "This practice is over.")
    _refuse_strangers(bid, present)
    mine = _checked(place, value, reason, why_outside, present)
    kept = agreed_on(bid, asked.question)
    if kept is None:
        kept = PracticeAgreed(practice_bid_id=bid.id, question_key=asked.question, revision=0)
        db.session.add(kept)
    else:
        said = (kept.value, kept.reason)
        theirs = Saved(said, kept.revision, kept.saved_by.name, kept.saved_at)
        refuse_unseen(seen_revision, (mine.value, mine.reason), theirs, "reason")
    kept.value, kept.reason, kept.why_outside = mine.value, mine.reason, mine.why_outside
    kept.dissent = cleaned(dissent, "dissent")
    kept.present = sorted(person.ref for person in present)
    kept.revision += 1
    kept.saved_by_id, kept.saved_at = actor.acting_id(), now
    db.session.flush()
    return kept


def _place(bid: PracticeBid, asked: Asked, pair: Pair) -> Rehearsed:
    for one in rehearsed(bid.practice, pair):
        if (one.bid.id, one.asked.question) == (bid.id, asked.question) and one.is_ready:
            return one
    raise RuleBroken("practice:not-ready", "Your pair and another one must choose a face first.")


def _refuse_strangers(bid: PracticeBid, present: Sequence[Person]) -> None:
    known = {person.id for person in people_of(bid.practice)}
    for person in present:
        if person.id not in known:
            raise RuleBroken("practice:stranger", f"{person.name} is in no pair.", "present")


def _checked(
    place: Rehearsed, value: int | None, reason: str, why_outside: str, present: Sequence[Person]
) -> Consensus:
    quorum, least_pairs = rules_of(place.bid.practice)
    return check_consensus(
        value,
        reason,
        [one.value for one in place.said],
        place.asked.scale,
        panel=Panel.YOUNG,
        minimum_words=reason_words(Panel.YOUNG),
        present={person.ref for person in present},
        quorum=quorum,
        least_pairs=min(least_pairs, len(place.said)),
        why_outside=why_outside,
    )
