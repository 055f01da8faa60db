"""How the demonstration opens the prices of a tender, and hears a bidder about a low one."""

from datetime import datetime, timedelta

from portal.access import Viewer
from portal.db import db
from portal.demo.cast import Cast
from portal.evaluation import actions, queries
from portal.evaluation.decisions import actions as actions_decisions
from portal.evaluation.decisions.models import DecisionKind
from portal.evaluation.prices import actions as actions_prices
from portal.rounds.models import Round

QUESTION = (
    "Your weekly fees are well under those of the other bids. Please tell us how you recruit, pay "
    "and support carers at these fees for the whole term."
)
ANSWER = (
    "Our carers live within fifteen miles of our office, we own the building, and our group pays "
    "for training and for the duty line. The allowance of carers is the same as in our other areas."
)
KEPT = "The fees pay the carers in full, and the savings are in overheads that the group carries."


def open_prices(cast: Cast, bid_round: Round, at: datetime) -> None:
    """Quality is locked; the day after, two officers open the prices."""
    actions.lock_quality(bid_round, actor=cast.viewer("Grace Okafor"), now=at)
    db.session.commit()
    later = at + timedelta(days=1)
    actions_prices.begin(bid_round, actor=cast.viewer("Amina Hussain"), now=later)
    actions_prices.confirm(bid_round, actor=cast.viewer("Peter Lyons"), now=later)
    db.session.commit()


def explain_and_keep(cast: Cast, bid_round: Round, key: str, at: datetime) -> None:
    """A flagged price is asked about, explained, and kept."""
    officer = cast.viewer("Amina Hussain")
    flagged = [
        one for one in queries.results(bid_round, Viewer.system(), "F1") if one.content["flags"]
    ]
    for result in flagged:
        asked = actions_decisions.ask(
            result, QUESTION, at + timedelta(days=9), actor=officer, now=at + timedelta(hours=1)
        )
        db.session.commit()
        when = at + timedelta(days=4)
        actions_decisions.answer(asked, ANSWER, actor=cast.admin_of(key), now=when)
        later = at + timedelta(days=6)
        actions_decisions.decide_price(result, DecisionKind.KEEP, KEPT, actor=officer, now=later)
        db.session.commit()
