"""The young people practise before they score: in their pairs, and a meeting of all of them."""

from datetime import datetime, timedelta

from portal.db import db
from portal.demo.cast import Cast
from portal.demo.judging import PAIRS
from portal.evaluation.practice import queries
from portal.evaluation.practice.actions_agreeing import agree_together
from portal.evaluation.practice.actions_pairs import save_together
from portal.evaluation.practice.agreeing import people_of
from portal.rounds.models import Round
from scoring.sheets import Mark
from scoring.terms import Panel

FACES = {  # what each pair says of the first made-up bid
    "Pair 1": (3, "You choose your key worker, and they did what somebody asked for."),
    "Pair 2": (2, "It sounds kind, but we want to know what happens at weekends."),
}
AGREED = "They say real things that they did. We want to know about weekends too."
DISSENT = "Skye would give a lower face until they tell about weekends."


def tell(cast: Cast, bid_round: Round, at: datetime) -> None:
    """Both pairs score a made-up bid, and all agree on its first answer."""
    officer = cast.viewer("Amina Hussain")
    practice = next(one for one in queries.practices(officer) if one.source_id == bid_round.id)
    made_up, asked = practice.bids[0], queries.asked_in(practice, Panel.YOUNG)
    for pair, (value, reason) in FACES.items():
        actor = cast.viewer(PAIRS[pair][0])
        for one in asked:
            mark = Mark(value, reason)
            save_together(made_up, one, mark, seen_revision=None, actor=actor, now=at)
    agree_together(
        made_up,
        asked[0],
        value=3,
        reason=AGREED,
        dissent=DISSENT,
        present=people_of(practice),
        actor=cast.viewer("Comet"),
        now=at + timedelta(hours=1),
    )
    db.session.commit()
