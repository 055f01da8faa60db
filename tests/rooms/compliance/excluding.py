"""Procedures of exclusion, for the tests of compliance."""

from datetime import date, timedelta

import pytest

from portal.applications.exclusions import actions
from portal.applications.exclusions.actions import Charge
from scoring.exclusion import CONSIDERATIONS, About, Debarment
from scoring.rules import RuleBroken
from tests.factories.rounds import AFTER_OPENING, an_officer

UNTIL = AFTER_OPENING + timedelta(days=14)
AFTER = UNTIL + timedelta(hours=1)
TAX = Charge("tax", About.SUPPLIER, "", date(2026, 5, 4), "The bidder declared a penalty.")
ALL = list(CONSIDERATIONS)


def first():
    return an_officer()


def second():
    return an_officer(name="Second Officer")


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def opened(bid, *charges, until=UNTIL, by=None):
    return actions.open_exclusion(
        bid,
        charges or (TAX,),
        "Tell us what happened and what you put right.",
        until,
        actor=by or first(),
        now=AFTER_OPENING,
    )


def looked_up(bid, found=Debarment.NOT_LISTED, note=""):
    return actions.look_up(bid, found, bid.provider.name, note, actor=first(), now=AFTER_OPENING)


def proposed(exclusion, *, exclude=True, may_recur=True, by=None, now=AFTER, **more):
    given = {"weighed": ALL, "reason": "Nothing was put right, and it may happen again."} | more
    actions.propose(
        exclusion, exclude=exclude, may_recur=may_recur, actor=by or first(), now=now, **given
    )
    return exclusion


def excluded(bid, *charges):
    exclusion = opened(bid, *charges)
    looked_up(bid)
    proposed(exclusion)
    actions.confirm(exclusion, actor=second(), now=AFTER)
    return exclusion
