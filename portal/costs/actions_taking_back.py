"""Taking back what somebody put on record of a council's costs. Nothing is deleted."""

from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import policy
from portal.costs.budgets.models import CostBudget
from portal.costs.places.models import BlockPlaces
from portal.db import db
from scoring.rules import RuleBroken
from scoring.text import meaningful_words

THINGS = {
    BlockPlaces: ("block", Event.BLOCK_TAKEN_BACK),
    CostBudget: ("budget", Event.BUDGET_TAKEN_BACK),
}


def take_back(one: BlockPlaces | CostBudget, reason: str, *, actor: Viewer, now: datetime) -> None:
    """It was wrong: it counts no more, and stays on record with the reason.

    Raises:
        RuleBroken: of a block `block:refused`, `block:taken-back-already`, `block:no-reason`; of a
            budget `budget:…`.
    """
    thing, event = THINGS[type(one)]
    policy.may_bring_in(actor, one.council_id).or_refuse(f"{thing}:refused")
    if one.taken_back_at is not None:
        raise RuleBroken(f"{thing}:taken-back-already", f"This {thing} was taken back already.")
    if not meaningful_words(reason):
        raise RuleBroken(f"{thing}:no-reason", "Say what was wrong.", "reason")
    one.taken_back_at, one.taken_back_by_id = now, actor.person_id
    one.why_taken_back = reason.strip()
    db.session.flush()
    audit.record(event, one, actor=actor, now=now, values={"reason": one.why_taken_back})
