"""A ground for exclusion that lay with a sub-contractor: it was replaced, and the authority was told."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select

from portal.applications.exclusions import actions as exclusions, actions_notices as notices
from portal.applications.exclusions.actions import Charge
from portal.applications.exclusions.models import Exclusion
from portal.applications.models import Application
from portal.db import db
from portal.demo.cast import Cast
from portal.rounds.models import Round
from scoring.exclusion import About, Debarment

SUMMER, SUPPLIER = "16+ list, summer opening", "cedar"
EVIDENCE = "The fire service wrote to us that alarms in two houses were not tested for a year."
HEARD = "Tell us who tests alarms and wiring in your homes now, and send us the newest reports."
ANSWER = (
    "We have ended the contract with Brightwire Electrical Ltd. Since June our own caretaker tests "
    "every week, and another firm tested every home in July. Nothing was found."
)
REASON = (
    "The shortcomings lay with a sub-contractor that is replaced. The reports of July show that "
    "every alarm works, and the caretaker’s list is kept each week."
)


class Clock(Protocol):
    """Days before and after today, at an hour of the day in London."""

    def __call__(self, days: int, hour: int = 10) -> datetime: ...


def tell(cast: Cast, clock: Clock) -> None:
    """Told, heard, decided by two people, and told to the authority (Procurement Act 2023, section 59)."""
    hearing = _heard(cast, clock)
    first, second = cast.viewer("Amina Hussain"), cast.viewer("Peter Lyons")
    decided = clock(-9, 14)
    exclusions.propose(
        hearing,
        exclude=False,
        may_recur=False,
        weighed=["changes", "time"],
        reason=REASON,
        replaced=[one.id for one in hearing.grounds],
        actor=first,
        now=decided,
    )
    exclusions.confirm(hearing, actor=second, now=decided + timedelta(hours=2))
    for notice in hearing.notices:
        notices.settle(
            notice,
            given_on=clock(-6).date(),
            told="Procurement Review Unit, Cabinet Office",
            reference="PRU-DEMO-0459",
            actor=first,
            now=clock(-6, 15),
        )
    db.session.commit()


def _heard(cast: Cast, clock: Clock) -> Exclusion:
    bid = db.session.scalars(
        select(Application)
        .join(Application.round)
        .where(Round.title == SUMMER, Application.provider_id == cast.providers[SUPPLIER].id)
    ).one()
    officer, at = cast.viewer("Amina Hussain"), clock(-15)
    charge = Charge(
        "performance",
        About.SUBCONTRACTOR,
        "Brightwire Electrical Ltd",
        at.date() - timedelta(days=90),
        EVIDENCE,
    )
    hearing = exclusions.open_exclusion(bid, [charge], HEARD, clock(-5, 12), actor=officer, now=at)
    exclusions.look_up(bid, Debarment.NOT_LISTED, bid.provider.name, actor=officer, now=at)
    answered = clock(-10, 16)
    exclusions.answer(
        hearing, ANSWER, received_at=answered, actor=cast.admin_of(SUPPLIER), now=answered
    )
    db.session.commit()
    return hearing
