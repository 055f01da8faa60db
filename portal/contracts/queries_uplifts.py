"""Requests for uplifts, for those whom they concern."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal import settings
from portal.access import Permission, Viewer
from portal.contracts import policy_uplifts
from portal.contracts.actions_uplifts import OPEN
from portal.contracts.models import (
    Contract,
    ContractCouncil,
    ListMembership,
    MembershipCouncil,
)
from portal.contracts.models_uplifts import UpliftRequest, UpliftStep
from portal.contracts.policy import Agreed
from portal.db import db
from portal.documents.models import Document, DocumentVersion
from portal.paging import Page, Sorting, paginate
from portal.rounds.models import AgreementLot

BY_DAY = Sorting({"asked": UpliftRequest.asked_at}, default="-asked", unique=UpliftRequest.ref)


def request(ref: str, viewer: Viewer) -> UpliftRequest | None:
    """One request with all its steps; nothing for a stranger."""
    wanted = _loaded(select(UpliftRequest).where(UpliftRequest.ref == ref))
    found = db.session.scalars(wanted).unique().first()
    return found if found is not None and policy_uplifts.may_read(viewer, found) else None


def page_of(viewer: Viewer, *, state: str = "", cursor: str | None = None) -> Page[UpliftRequest]:
    """A page of the requests that concern somebody, the newest first."""
    wanted = _loaded(select(UpliftRequest).where(_concerns(viewer)))
    if state in {"open", "over"}:
        waits = UpliftRequest.stage.in_(OPEN)
        wanted = wanted.where(waits if state == "open" else ~waits)
    size = int(settings.get("list_page_size"))
    return paginate(db.session, wanted, BY_DAY, cursor=cursor, size=size)


def of_held(held: Agreed, viewer: Viewer) -> Sequence[UpliftRequest]:
    """The requests of one contract or place, the newest first."""
    link = UpliftRequest.contract_id if isinstance(held, Contract) else _PLACE
    wanted = select(UpliftRequest).where(link == held.id, _concerns(viewer))
    loaded = wanted.options(selectinload(UpliftRequest.steps))
    return db.session.scalars(loaded.order_by(UpliftRequest.id.desc())).all()


_PLACE = UpliftRequest.list_membership_id


def waiting(viewer: Viewer) -> Sequence[UpliftRequest]:
    """What waits for somebody to recommend or decide, the oldest first."""
    if not (viewer.may(Permission.CONTRACT_EDIT) or viewer.may(Permission.UPLIFT_DECIDE)):
        return []
    wanted = _loaded(select(UpliftRequest).where(_concerns(viewer), UpliftRequest.stage.in_(OPEN)))
    return db.session.scalars(wanted.order_by(UpliftRequest.id)).unique().all()


def _concerns(viewer: Viewer) -> ColumnElement[bool]:
    councils = viewer.councils_where(Permission.CONTRACT_READ)
    bought = select(ContractCouncil.contract_id).where(ContractCouncil.council_id.in_(councils))
    held = select(MembershipCouncil.list_membership_id).where(
        MembershipCouncil.council_id.in_(councils)
    )
    own = select(Contract.id).where(Contract.provider_id.in_(viewer.provider_ids))
    own_places = select(ListMembership.id).where(
        ListMembership.provider_id.in_(viewer.provider_ids)
    )
    return or_(
        UpliftRequest.contract_id.in_(bought),
        UpliftRequest.contract_id.in_(own),
        _PLACE.in_(held),
        _PLACE.in_(own_places),
    )


def _loaded(wanted: Select[UpliftRequest]) -> Select[UpliftRequest]:
    options: list[Any] = [
        selectinload(UpliftRequest.steps).joinedload(UpliftStep.by),
        selectinload(UpliftRequest.letter),
    ]
    for link, kind in (
        (UpliftRequest.contract, Contract),
        (UpliftRequest.list_membership, ListMembership),
    ):
        one: Any = kind
        options += [
            joinedload(link).joinedload(one.provider),
            joinedload(link).selectinload(one.councils),
            joinedload(link).joinedload(one.agreement_lot).joinedload(AgreementLot.agreement),
        ]
    return wanted.options(*options)


def documents(one: UpliftRequest) -> Sequence[DocumentVersion]:
    """What was handed in as evidence, in order. For whoever reads the request."""
    return db.session.scalars(
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .where(Document.bound_to == one.ref)
        .options(joinedload(DocumentVersion.document))
        .order_by(DocumentVersion.id)
    ).all()
