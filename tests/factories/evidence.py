"""Rounds that were scored by panels and awarded by the real verbs: what an evidence pack is made of."""

from collections.abc import Sequence

from portal.awards import actions as awards
from portal.db import db
from portal.evaluation import actions, queries
from portal.rounds.models import Round
from tests.factories.awards import (
    RELEASED,
    a_recommendation,
    an_approver,
    approve_all,
    make_pdfs,
)
from tests.factories.evaluation import AGREED, an_evaluation
from tests.factories.people import viewer
from tests.factories.replay import replayed

TELLING = "Heronsbill was the only example that the answer gave to us."  # why the last bid's safeguarding was agreed so


@replayed
def an_awarded_round(
    names: Sequence[str] = ("Oak House", "Elm House"),
    *,
    lots: Sequence[str] = ("1A", "2A"),
    released: bool = True,
) -> Round:
    """Scored by three officers and a pair, agreed, locked, approved by every council.

    Args:
        released: whether the letters are out.
    """
    story = an_evaluation(names=names, lots=lots)
    story.with_all_sheets_in(4)
    for bid in story.bids:
        for asked in queries.asked_of(bid):
            is_telling = bid is story.bids[-1] and asked.question == "safeguarding"
            story.agree(bid, asked, 4, reason=TELLING if is_telling else AGREED)
        actions.sign_off_young(bid, actor=viewer(story.supporter), now=story.now)
    actions.lock_quality(story.round, actor=viewer(story.moderator), now=story.now)
    db.session.commit()
    approve_all(a_recommendation(story.round))
    if released:
        make_pdfs(story.round)
        awards.release_letters(story.round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    return story.round
