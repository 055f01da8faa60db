"""Recording a budget, and taking a record back. Nothing is deleted or changed."""

from dataclasses import dataclass
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import policy, types
from portal.costs.models_budgets import CostBudget, InHouse
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


def take_back(budget: CostBudget, reason: str, *, actor: Viewer, now: datetime) -> None:
    """It was wrong: it counts no more, and stays on record with the reason.

    Raises:
        RuleBroken: the actor may not; `budget:taken-back-already`, `budget:no-reason`.
    """
    policy.may_bring_in(actor, budget.council_id).or_refuse("budget:refused")
    if budget.taken_back_at is not None:
        raise RuleBroken("budget:taken-back-already", "This budget was taken back already.")
    if not meaningful_words(reason):
        raise RuleBroken("budget:no-reason", "Say what was wrong.", "reason")
    budget.taken_back_at, budget.taken_back_by_id = now, actor.person_id
    budget.why_taken_back = reason.strip()
    db.session.flush()
    audit.record(
        Event.BUDGET_TAKEN_BACK,
        budget,
        actor=actor,
        now=now,
        values={"reason": budget.why_taken_back},
    )
