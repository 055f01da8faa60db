"""Recording a budget (`actions_taking_back` takes a record back)."""

from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import policy
from portal.costs.budgets.models import CostBudget, InHouse
from portal.costs.placement_types import versions as types
from portal.db import db
from portal.people.models import Council
from scoring.costs import OVERALL
from scoring.rules import RuleBroken
from scoring.text import meaningful_words

MOST_PENCE = 10**13  # a hundred billion pounds: a slip of the finger
FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True, slots=True)
class BudgetTold:
    """What somebody tells of a budget: the council's own share of a year, in pence."""

    year: int
    type: str
    pence: int
    in_house: InHouse
    source: str


def record(council: Council, told: BudgetTold, *, actor: Viewer, now: datetime) -> CostBudget:
    """Put a budget on record; it counts in the place of an earlier one of the same year and type.

    Raises:
        RuleBroken: the actor may not; `budget:no-type`, `budget:no-amount`, `budget:no-year`,
            `budget:no-source`.
    """
    policy.may_bring_in(actor, council.id).or_refuse("budget:refused")
    _check(council, told)
    made = CostBudget(
        council=council,
        year=told.year,
        type=told.type,
        pence=told.pence,
        in_house=told.in_house,
        source=told.source.strip(),
        made_by_id=actor.person_id,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        Event.BUDGET_RECORDED,
        made,
        actor=actor,
        now=now,
        council=council.ref,
        year=told.year,
        type=told.type,
    )
    return made


def _check(council: Council, told: BudgetTold) -> None:
    if told.type not in {OVERALL, *types.mapping_of(council).types}:
        raise RuleBroken("budget:no-type", "Choose all placements, or a type of placement.", "type")
    if not 0 < told.pence <= MOST_PENCE:
        raise RuleBroken("budget:no-amount", "Enter a budget above £0.", "amount")
    if not FIRST_YEAR <= told.year <= LAST_YEAR:
        raise RuleBroken("budget:no-year", "Choose a financial year.", "year")
    if not meaningful_words(told.source):
        raise RuleBroken("budget:no-source", "Say where the budget is written.", "source")
