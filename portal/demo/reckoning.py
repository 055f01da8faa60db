"""What councils pay for, seen from more sides: blocks of places and what follows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from portal.costs.budgets import actions as actions_budgets
from portal.costs.budgets.actions import BudgetTold
from portal.costs.budgets.models import InHouse
from portal.costs.choices import actions as actions_choices, facts as choice_facts
from portal.costs.choices.actions import ChoiceTold
from portal.costs.of_lots.reports import asked_of
from portal.costs.places import actions as actions_blocks
from portal.costs.places.actions import BlockTold
from portal.db import db
from portal.demo.cast import Cast
from scoring.choices import Considered
from scoring.costs import OVERALL
from scoring.years import year_of

FINANCE = "Claire Dunmore"


def reckon(cast: Cast, clock: Any) -> None:
    """A block of two places with voids, a budget, and a placement whose choice is on record, once corrected."""
    _block(cast, clock)
    _budget(cast, clock(-40, 10))
    _choose(cast, clock(-3, 11))
    db.session.commit()


def _block(cast: Cast, clock: Any) -> None:
    first = clock(-600).date()
    told = BlockTold(
        type="sixteen-plus",
        places=2,
        weekly_pence=1_020_00,
        from_on=first,
        until_on=first + timedelta(days=729),
        source="Block order 2025-07",
    )
    actions_blocks.record(
        cast.councils["luton"],
        cast.providers["willow"],
        told,
        actor=cast.viewer(FINANCE),
        now=clock(-600),
    )


def _budget(cast: Cast, now: datetime) -> None:
    told = BudgetTold(
        year_of(now.date()), OVERALL, 2_500_000_00, InHouse.CARER_PAYMENTS, "Budget book, page 41"
    )
    luton = cast.councils["luton"]
    actions_budgets.record(luton, told, actor=cast.viewer(FINANCE), now=now)


def _choose(cast: Cast, now: datetime) -> None:
    officer = cast.viewer("Amina Hussain")
    asked = asked_of(officer, "", "10", now.date())
    facts = choice_facts.facts_on(asked)
    chosen, others = facts[0], facts[1:3]
    told = ChoiceTold(
        reference="PL-2026/0412",
        considered=[
            Considered(chosen["provider"], distance_tenths=42),
            *(
                Considered(one["provider"], "No room free in the weeks that matter", 110 + at)
                for at, one in enumerate(others)
            ),
        ],
        chosen=chosen["provider"],
        why="It is a bus ride from college, and a worker there has supported learners at night.",
    )
    choice = actions_choices.record(cast.councils["luton"], asked, told, actor=officer, now=now)
    actions_choices.correct(
        choice,
        replace(told, reference="PL-2026/0421"),
        "Two digits of the reference were swapped.",
        actor=cast.viewer("Peter Lyons"),
        now=now + timedelta(hours=3),
    )
