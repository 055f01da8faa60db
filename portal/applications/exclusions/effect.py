"""What an exclusion does to the bid of the supplier: it leaves every lot, and returns as it was."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from portal.access import Viewer
from portal.applications.exclusions.models import Exclusion
from portal.applications.models import BidLot
from portal.db import db
from scoring.stages import (
    APPLICATION,
    APPLICATION_LOT,
    ApplicationLotStage,
    ApplicationStage,
    move,
)

IN = frozenset({ApplicationLotStage.APPLIED, ApplicationLotStage.PASSED})


Following = Callable[[Exclusion, Viewer, datetime], None]
"""What follows when a bid has left, or has come back. Raises RuleBroken where that is too late."""

_following: list[Following] = []


def follows_exclusion(act: Following) -> Following:
    """Register what a room above does then: results that rest on the bid are computed anew."""
    _following.append(act)
    return act


def leave(exclusion: Exclusion, actor: Viewer, now: datetime) -> None:
    """Take the bid out of every lot in which it still is; where it stood is kept.

    Raises:
        RuleBroken: `application:exclude:not-allowed`, when it has left already.
    """
    application = exclusion.application
    lots = {lot.round_lot.code: lot for lot in _lots(exclusion) if lot.stage in IN}
    exclusion.before = {
        "round": application.round.stage.value,
        "stage": application.stage.value,
        "lots": {code: lot.stage.value for code, lot in lots.items()},
    }
    application.stage = move(APPLICATION, application.stage, "exclude")
    for lot in lots.values():
        lot.stage = move(APPLICATION_LOT, lot.stage, "exclude")
        lot.reason = f"The supplier is excluded. {exclusion.reason}"
    _follow(exclusion, actor, now)


def come_back(exclusion: Exclusion, actor: Viewer, now: datetime) -> None:
    """Put the bid back where it stood when it left. No table of moves lists this: it undoes one."""
    before = exclusion.before or {}
    exclusion.application.stage = ApplicationStage(before["stage"])
    for lot in _lots(exclusion):
        if lot.round_lot.code in before["lots"]:
            lot.stage = ApplicationLotStage(before["lots"][lot.round_lot.code])
            lot.reason = ""
    _follow(exclusion, actor, now)


def _follow(exclusion: Exclusion, actor: Viewer, now: datetime) -> None:
    db.session.flush()
    for act in _following:
        act(exclusion, actor, now)


def _lots(exclusion: Exclusion) -> list[BidLot]:
    wanted = select(BidLot).where(BidLot.application_id == exclusion.application_id)
    return list(db.session.scalars(wanted.order_by(BidLot.id)))
