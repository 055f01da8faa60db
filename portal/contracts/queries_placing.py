"""Under what a council may place: the places on lists, and the contracts of its own.

Anybody at a council who reads the register asks it, with or without the contracts' own pages: that a
council has bought somewhere is no secret within it. Terms and rates are not told here.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, select, union
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Permission, Viewer
from portal.contracts.models import (
    Contract,
    ContractCouncil,
    ListMembership,
    MembershipCouncil,
)
from portal.db import db
from portal.people.models import Council
from portal.rounds.models import AgreementLot
from scoring.stages import MembershipStage


def bought(viewer: Viewer, provider_ids: Iterable[int]) -> Sequence[Contract]:
    """The contracts of the viewer's councils with these providers, ended ones too."""
    if not viewer.may(Permission.REGISTER_READ):
        return []
    wanted = (
        select(Contract)
        .where(_is_ours(viewer), Contract.provider_id.in_(set(provider_ids)))
        .options(
            selectinload(Contract.suspensions),
            selectinload(Contract.councils).joinedload(ContractCouncil.council),
            joinedload(Contract.agreement_lot).joinedload(AgreementLot.agreement),
        )
        .order_by(Contract.starts_on, Contract.id)
    )
    return db.session.scalars(wanted).unique().all()


def buying_from(
    viewer: Viewer, on: date, *, lot_code: str = "", council: str = ""
) -> Select[tuple[int]]:
    """The providers with whom a contract of the viewer's councils runs on a day, by id.

    Args:
        lot_code: only under that lot. council: only what this council buys too, by its slug.
    """
    wanted = select(Contract.provider_id).where(
        _is_ours(viewer), Contract.starts_on <= on, Contract.ends_on >= on
    )
    if lot_code:
        wanted = wanted.join(Contract.agreement_lot).where(AgreementLot.code == lot_code)
    if council:
        parts = select(ContractCouncil.contract_id).join(ContractCouncil.council)
        wanted = wanted.where(Contract.id.in_(parts.where(Council.slug == council)))
    return wanted


def _is_ours(viewer: Viewer) -> ColumnElement[bool]:
    own = select(ContractCouncil.contract_id).where(
        ContractCouncil.council_id.in_(viewer.council_ids)
    )
    return Contract.id.in_(own)


def placing_councils(provider_ids: Iterable[int], on: date) -> dict[int, set[int]]:
    """The councils that may place with each of these providers on a day, by provider. One statement."""
    ids = set(provider_ids)
    listed = (
        select(ListMembership.provider_id, MembershipCouncil.council_id)
        .join(MembershipCouncil, MembershipCouncil.list_membership_id == ListMembership.id)
        .where(_runs(ListMembership, ids, on), ListMembership.stage != MembershipStage.ENDED)
    )
    contracted = (
        select(Contract.provider_id, ContractCouncil.council_id)
        .join(ContractCouncil, ContractCouncil.contract_id == Contract.id)
        .where(_runs(Contract, ids, on))
    )
    found: dict[int, set[int]] = {}
    for provider_id, council_id in db.session.execute(union(listed, contracted)):
        found.setdefault(provider_id, set()).add(council_id)
    return found


def _runs(
    kind: type[Contract] | type[ListMembership], provider_ids: set[int], on: date
) -> ColumnElement[bool]:
    """It has not ended by that day. One that is still to begin counts: it will be placed under."""
    return and_(kind.provider_id.in_(provider_ids), kind.ends_on >= on)
