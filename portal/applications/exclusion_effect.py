"""What an exclusion does to the bid of the supplier: it leaves every lot, and returns as it was."""

from sqlalchemy import select

from portal.applications.models import BidLot
from portal.applications.models_exclusions import Exclusion
from portal.db import db
from scoring.stages import (
    APPLICATION,
    APPLICATION_LOT,
    ApplicationLotStage,
    ApplicationStage,
    move,
)

IN = frozenset({ApplicationLotStage.APPLIED, ApplicationLotStage.PASSED})


def leave(exclusion: Exclusion) -> None:
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


def come_back(exclusion: Exclusion) -> None:
    """Put the bid back where it stood when it left. No table of moves lists this: it undoes one."""
    before = exclusion.before or {}
    exclusion.application.stage = ApplicationStage(before["stage"])
    for lot in _lots(exclusion):
        if lot.round_lot.code in before["lots"]:
            lot.stage = ApplicationLotStage(before["lots"][lot.round_lot.code])
            lot.reason = ""


def _lots(exclusion: Exclusion) -> list[BidLot]:
    wanted = select(BidLot).where(BidLot.application_id == exclusion.application_id)
    return list(db.session.scalars(wanted.order_by(BidLot.id)))
