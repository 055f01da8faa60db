"""Open frameworks: which there are, what was awarded under each, and what each owes next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select, union
from sqlalchemy.orm import joinedload

from portal.access import Permission, Viewer
from portal.contracts.models import Contract, ContractCouncil, ListMembership, MembershipCouncil
from portal.contracts.models_frameworks import FrameworkAward
from portal.days import today
from portal.db import db
from portal.rounds.models import Agreement, AgreementLot, Regime, Round, RoundCouncil
from scoring.contract_terms import FrameworkDuty, framework_duties


@dataclass(frozen=True, slots=True)
class Framework:
    """An agreement with the awards that are known, and what they make it owe.

    Args:
        council_ids: who takes part in it, or buys under it.
    """

    agreement: Agreement
    awarded_on: Sequence[date] = ()
    council_ids: frozenset[int] = frozenset()

    @property
    def duties(self) -> list[FrameworkDuty]:
        return framework_duties(self.awarded_on)

    @property
    def next(self) -> FrameworkDuty | None:
        return next(iter(self.duties), None)


def taking_part() -> Any:
    """Agreements with the councils that opened them, bought under them, or have places on them."""
    return union(
        select(Round.agreement_id, RoundCouncil.council_id)
        .join(RoundCouncil, RoundCouncil.round_id == Round.id)
        .where(Round.published_at.is_not(None)),
        select(AgreementLot.agreement_id, ContractCouncil.council_id)
        .join(Contract, Contract.agreement_lot_id == AgreementLot.id)
        .join(ContractCouncil, ContractCouncil.contract_id == Contract.id),
        select(AgreementLot.agreement_id, MembershipCouncil.council_id)
        .join(ListMembership, ListMembership.agreement_lot_id == AgreementLot.id)
        .join(MembershipCouncil, MembershipCouncil.list_membership_id == ListMembership.id),
    ).subquery()


def agreements_of(council_ids: Collection[int]) -> Select[Agreement]:
    """The agreements that these councils take part in, buy under, or have places on."""
    part = taking_part()
    own = select(part.c.agreement_id).where(part.c.council_id.in_(council_ids))
    return select(Agreement).where(Agreement.id.in_(own)).order_by(Agreement.title, Agreement.id)


def frameworks(viewer: Viewer) -> list[Framework]:
    """The agreements of somebody's councils, what is due first at the top. Three statements."""
    councils = viewer.councils_where(Permission.CONTRACT_READ)
    found = db.session.scalars(agreements_of(councils)).all() if councils else []
    return sorted(_with_awards(found), key=lambda one: one.next.by_on if one.next else date.max)


def framework(ref: str, viewer: Viewer) -> Framework | None:
    """One of them; nothing for a stranger, and for every provider."""
    return next((one for one in frameworks(viewer) if one.agreement.ref == ref), None)


def every_framework() -> list[Framework]:
    """Every agreement, for the portal's own reminders."""
    return _with_awards(db.session.scalars(select(Agreement)).all())


def _with_awards(agreements: Iterable[Agreement]) -> list[Framework]:
    found = {one.id: one for one in agreements}
    awards, part = _awards(found), taking_part()
    councils: dict[int, set[int]] = {}
    for agreement_id, council_id in db.session.execute(
        select(part).where(part.c.agreement_id.in_(found))
    ):
        councils.setdefault(agreement_id, set()).add(council_id)
    return [
        Framework(one, awards.get(key, []), frozenset(councils.get(key, ())))
        for key, one in found.items()
    ]


def rounds_awarded(agreement_ids: Collection[int]) -> Sequence[Round]:
    """The rounds under the Procurement Act 2023 that ended in an award.

    A list that is opened again and again is an open framework, as a framework is.
    """
    return db.session.scalars(
        select(Round)
        .where(
            Round.agreement_id.in_(agreement_ids),
            Round.regime != Regime.PCR_2015_LIGHT_TOUCH,
            Round.concluded_at.is_not(None),
        )
        .order_by(Round.concluded_at)
    ).all()


def recorded(agreement_ids: Collection[int]) -> Sequence[FrameworkAward]:
    """The awards that officers recorded, those that were withdrawn too."""
    return db.session.scalars(
        select(FrameworkAward)
        .where(FrameworkAward.agreement_id.in_(agreement_ids))
        .options(
            joinedload(FrameworkAward.recorded_by),
            joinedload(FrameworkAward.withdrawn_by),
            joinedload(FrameworkAward.agreement),
        )
        .order_by(FrameworkAward.awarded_on, FrameworkAward.id)
    ).all()


def _awards(agreement_ids: Collection[int]) -> dict[int, list[date]]:
    days: dict[int, list[date]] = {}
    for made in rounds_awarded(agreement_ids):
        if made.concluded_at is not None:
            days.setdefault(made.agreement_id, []).append(today(made.concluded_at))
    for one in recorded(agreement_ids):
        if one.withdrawn_at is None:
            days.setdefault(one.agreement_id, []).append(one.awarded_on)
    return {key: sorted(set(found)) for key, found in days.items()}


def duties(agreement_ids: Collection[int]) -> dict[int, list[FrameworkDuty]]:
    """What open frameworks owe, by agreement; those that owe nothing are left out. Two statements."""
    return {key: framework_duties(days) for key, days in _awards(agreement_ids).items()}
