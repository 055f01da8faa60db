"""Whom young people can ring, what one of them told, and their hours, tickets and vouchers."""

from portal.db import db
from portal.demo.cast import Cast, told
from portal.demo.following import Clock
from portal.young import actions
from scoring.younglog import EntryKind

OFFICER, LEAD = "Sunita Rao", "Amina Hussain"
EVENINGS = (
    (-400, "Scoring, first opening", 150),
    (-17, "Practice with made-up answers", 60),
    (-10, "Scoring, summer opening", 120),
)


def care(cast: Cast, clock: Clock) -> None:
    """Two young people told something, one of them settled; the log of the panel's evenings."""
    officer = cast.viewer(OFFICER)
    actions.change_contact(
        cast.councils["luton"],
        "Sunita, your Participation Officer: 01632 960 101\n"
        "Luton’s duty social worker, day and night: 01632 960 102",
        cast.people[LEAD],
        actor=officer,
        now=clock(-460),
    )
    first = actions.tell(
        "The bus home came very late and I waited alone in the dark.",
        actor=cast.viewer("River"),
        now=clock(-9, 21),
    )
    actions.take(first, actor=officer, now=clock(-8, 9))
    actions.settle(first, "Rang River. Taxis home from now on.", actor=officer, now=clock(-8, 11))
    actions.tell(
        "Can somebody ring me about next week?", actor=cast.viewer("Comet"), now=clock(0, 8)
    )
    _log(cast, clock)
    db.session.commit()


def _log(cast: Cast, clock: Clock) -> None:
    officer = cast.viewer(OFFICER)
    for days, what, minutes in EVENINGS:
        for alias in told("cast.yaml")["young"]:
            act = {"actor": officer, "now": clock(days + 1)}
            on, person = clock(days).date(), cast.people[alias]
            actions.write_down(person, EntryKind.TIME, on, what, minutes=minutes, **act)
            bus = actions.write_down(person, EntryKind.EXPENSE, on, "Bus", pence=480, **act)
            thanks = actions.write_down(
                person, EntryKind.VOUCHER, on, f"Thank you: {what}", pence=1500, **act
            )
            if days < -15:
                actions.pay(
                    [bus, thanks], clock(days + 7).date(), actor=officer, now=clock(days + 7)
                )
