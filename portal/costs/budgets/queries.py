"""The budgets of councils for placements."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Role, Viewer
from portal.costs.budgets.models import CostBudget, InHouse
from portal.db import db
from portal.paging import Sorting
from portal.people.models import Council
from scoring.years import year_text

NEWEST_FIRST = Sorting({"made": CostBudget.made_at}, default="-made", unique=CostBudget.ref)
WORDS = {
    InHouse.CARER_PAYMENTS: "payments to carers only",
    InHouse.FULL_COST: "the full cost, with workers and overheads",
}


def visible(viewer: Viewer) -> Select[CostBudget]:
    """The budgets of the councils whose money the viewer works on, taken back ones too."""
    mine = (
        viewer.councils_as(Role.FINANCE)
        if viewer.may(Permission.PLACEMENT_COST_READ)
        else frozenset()
    )
    return (
        select(CostBudget)
        .where(CostBudget.council_id.in_(mine))
        .options(joinedload(CostBudget.council))
    )


def one_budget(ref: str, viewer: Viewer) -> CostBudget:
    """One of them.

    Raises:
        NotFound: there is none, or it is another council's.
    """
    found = db.session.scalar(visible(viewer).where(CostBudget.ref == ref))
    if found is None:
        raise NotFound
    return found


def counting(council: Council) -> dict[tuple[int, str], CostBudget]:
    """The budget that counts of each year and type. One statement."""
    found = db.session.scalars(
        select(CostBudget)
        .where(CostBudget.council_id == council.id, CostBudget.taken_back_at.is_(None))
        .order_by(CostBudget.made_at, CostBudget.id)
    )
    return {(one.year, one.type): one for one in found}


def counting_refs(councils: Iterable[Council]) -> set[str]:
    """The references of all that count of some councils."""
    return {one.ref for council in councils for one in counting(council).values()}


def in_house_rule(budgets: Iterable[CostBudget]) -> str:
    """What in-house cost holds, as the newest budget says; that nobody said it, otherwise."""
    said = [one for one in budgets if one.in_house is not InHouse.NOT_SAID]
    if not said:
        return (
            "Nobody has said whether in-house cost is payments to carers only or the full cost, so "
            "compare it with bought care with caution. Finance says it with a budget."
        )
    newest = max(said, key=lambda one: (one.year, one.made_at, one.id))
    return f"In-house cost is {WORDS[newest.in_house]}, as the budget of {year_text(newest.year)} says."
