"""Who is on which list, and at what rate: everything here is scoped to the viewer."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.access import Permission, Viewer
from portal.contracts.models import ListMembership, MembershipCouncil, Rate
from portal.db import db
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementLot
from scoring.stages import MembershipStage


def _with_everything() -> Select[tuple[ListMembership]]:
    return (
        select(ListMembership)
        .join(ListMembership.provider)
        .join(ListMembership.agreement_lot)
        .join(AgreementLot.agreement)
        .options(
            contains_eager(ListMembership.provider),
            contains_eager(ListMembership.agreement_lot).contains_eager(AgreementLot.agreement),
            selectinload(ListMembership.councils).joinedload(MembershipCouncil.council),
        )
        .order_by(Agreement.title, Provider.name, AgreementLot.position)
    )


def holding(on: date) -> Select[tuple[ListMembership]]:
    """Places that hold on a day."""
    return _with_everything().where(
        ListMembership.stage != MembershipStage.ENDED,
        ListMembership.starts_on <= on,
        ListMembership.ends_on >= on,
    )


def public_list(on: date) -> Sequence[ListMembership]:
    """The published list: active places only. Rates are not part of it."""
    active = holding(on).where(ListMembership.stage == MembershipStage.ACTIVE)
    return db.session.scalars(active).unique().all()


def memberships(
    viewer: Viewer, *, on: date | None = None, provider_ids: Iterable[int] | None = None
) -> Sequence[ListMembership]:
    """Places on lists: all of them for a council, its own for a provider, none for a stranger."""
    wanted = _with_everything() if on is None else holding(on)
    if not viewer.may(Permission.REGISTER_READ):
        wanted = wanted.where(ListMembership.provider_id.in_(viewer.provider_ids))
    if provider_ids is not None:
        wanted = wanted.where(ListMembership.provider_id.in_(list(provider_ids)))
    return db.session.scalars(wanted).unique().all()


def _visible_rates(viewer: Viewer) -> Select[tuple[Rate]]:
    """Shared rates, and spot rates of the viewer's own councils; a provider sees its own shared ones."""
    rates = select(Rate).options(joinedload(Rate.provider), joinedload(Rate.agreement_lot))
    if viewer.may(Permission.REGISTER_READ):
        return rates.where(or_(Rate.council_id.is_(None), Rate.council_id.in_(viewer.council_ids)))
    return rates.where(Rate.council_id.is_(None), Rate.provider_id.in_(viewer.provider_ids))


def rates_of_lot(agreement_lot_id: int, on: date, viewer: Viewer) -> Sequence[Rate]:
    """The rates that hold for a lot on a day ("from" and "until" days included)."""
    rates = _visible_rates(viewer).where(
        Rate.agreement_lot_id == agreement_lot_id,
        Rate.from_on <= on,
        or_(Rate.until_on.is_(None), Rate.until_on >= on),
    )
    return db.session.scalars(rates).unique().all()


def rates_of_provider(provider_id: int, viewer: Viewer) -> Sequence[Rate]:
    """Every rate of a provider that the viewer may see, newest first."""
    rates = _visible_rates(viewer).where(Rate.provider_id == provider_id)
    ordered = rates.join(Rate.agreement_lot).order_by(
        AgreementLot.position, Rate.item_key, Rate.from_on.desc()
    )
    return db.session.scalars(ordered).unique().all()


def agreements() -> Sequence[Agreement]:
    """Every agreement with its lots."""
    return db.session.scalars(
        select(Agreement).options(selectinload(Agreement.lots)).order_by(Agreement.title)
    ).all()


def agreement(ref: str) -> Agreement | None:
    return db.session.scalar(
        select(Agreement).where(Agreement.ref == ref).options(selectinload(Agreement.lots))
    )
