"""What this room keeps for a time: the words and the files of KPI returns.

A return is a record of the contract or place under which it was made, and is kept as long as that:
its period counts from its own last day, and it waits while the provider's contract or place is there.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select

from portal.contracts.models import Contract, ListMembership
from portal.db import Base, db
from portal.evidence.letting_go import Part, let_documents_go, let_go
from portal.evidence.parts import by, through
from portal.kpis.models import KpiPlan, KpiPlanLot, KpiUnit
from portal.kpis.models_returns import (
    KpiCorrection,
    KpiEvidence,
    KpiFigure,
    KpiQuery,
    KpiReturn,
)
from portal.providers.models import Provider
from portal.retention import DueItem, Erased, Kept

STILL_THERE = "The contract or place that it was made under is kept."


OF_RETURN = by(KpiFigure.return_id)
PARTS = (
    Part(KpiFigure, OF_RETURN, words=("comment",)),
    Part(KpiCorrection, through(KpiCorrection.figure_id, KpiFigure, OF_RETURN), words=("reason",)),
    Part(KpiQuery, by(KpiQuery.return_id), words=("text", "answer")),
    Part(KpiEvidence, by(KpiEvidence.return_id), whole=True),
)


def old_returns(before: date, most: int) -> Sequence[DueItem]:
    """Returns of periods that ended before a day, the oldest first. One statement."""
    kept = or_(_kept(ListMembership), _kept(Contract)).label("kept")
    rows = db.session.execute(
        select(KpiReturn.ref, KpiReturn.period_ends_on, Provider.ref, kept)
        .join(KpiReturn.unit)
        .join(KpiUnit.plan)
        .join(KpiPlan.provider)
        .where(KpiReturn.let_go_at.is_(None), KpiReturn.period_ends_on < before)
        .order_by(KpiReturn.period_ends_on, KpiReturn.id)
        .limit(most)
    )
    return [
        DueItem(ref, ended_on, (provider,), STILL_THERE if is_kept else "")
        for ref, ended_on, provider, is_kept in rows
    ]


def _kept(model: type[Base]) -> Any:
    """Whether the provider holds a lot of the plan by something whose words were not let go."""
    held: Any = model
    lots = select(KpiPlanLot.agreement_lot_id).where(KpiPlanLot.plan_id == KpiPlan.id)
    return exists().where(
        held.provider_id == KpiPlan.provider_id,
        held.agreement_lot_id.in_(lots),
        held.let_go_at.is_(None),
    )


def let_returns_go(refs: Sequence[str], now: datetime) -> Erased:
    """Comments, questions, answers and files go; the figures, their ratings and the hashes stay."""
    erased = Erased()
    found = db.session.scalars(
        select(KpiReturn).where(KpiReturn.ref.in_(refs), KpiReturn.let_go_at.is_(None))
    ).all()
    let_go(PARTS, [one.id for one in found], erased)
    let_documents_go([one.ref for one in found], erased)
    for one in found:
        one.let_go_at = now
    erased.number = len(found)
    db.session.flush()
    return erased


KEPT = (
    Kept(
        "kpi-returns",
        "KPI returns: what was written and sent with them",
        "the last day of the period; never while the contract or place that it was made under is kept",
        "law: Limitation Act 1980, section 5 – a claim on the contract can be made for six years",
        old_returns,
        let_returns_go,
        "Comments, reasons for corrections, questions of the council with their answers, and the "
        "files that were sent as evidence.",
        "The numbers, which period and KPI they belong to, when they were sent and accepted; the "
        "hashes in the trail.",
    ),
)
