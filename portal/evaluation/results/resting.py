"""What rests on results, and is taken back when they are computed anew.

The rooms above (awards) register what they do; this room does not know them.
"""

from collections.abc import Callable
from datetime import datetime

from portal.access import Viewer
from portal.rounds.models import Round
from scoring.stages import RoundStage

TakeBack = Callable[[Round, Viewer, datetime], None]
"""Takes back what rests on the results of a round. Raises RuleBroken where that is too late."""

_registered: list[TakeBack] = []


def rests_on_results(take_back: TakeBack) -> TakeBack:
    """Register what is taken back when results are computed anew."""
    _registered.append(take_back)
    return take_back


def take_back(bid_round: Round, actor: Viewer, now: datetime) -> None:
    """Take back everything that rests on the results of a round.

    Raises:
        RuleBroken: it is too late; the message says what to do.
    """
    if bid_round.stage is RoundStage.MODERATED:
        return
    for each in _registered:
        each(bid_round, actor, now)
