"""Who is on which list, and at what rate: everything here is scoped to the viewer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from portal.access import Permission, Viewer
from portal.content.models import ContentVersion
from portal.contracts.models import (
    Contract,
    ContractCouncil,
    ListMembership,
    MembershipCouncil,
    Promise,
    Rate,
    RateSource,
)
from portal.contracts.models_terms import ExtensionOption, Suspension
from portal.db import db
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementLot, Round, RoundCouncil
from scoring.stages import MembershipStage
from scoring.text import natural

OFSTED_CERTIFICATE = "ofsted-registration-certificate"


def _with_everything() -> Select[ListMembership]:
    return (
        select(ListMembership)
        .join(ListMembership.provider)
        .join(ListMembership.agreement_lot)
        .join(AgreementLot.agreement)
        .options(
            contains_eager(ListMembership.provider),
            contains_eager(ListMembership.agreement_lot).contains_eager(AgreementLot.agreement),
            selectinload(ListMembership.councils).joinedload(MembershipCouncil.council),
            selectinload(ListMembership.suspensions),
        )
        .order_by(Agreement.title, Provider.name, AgreementLot.position)
    )


def holding(on: date) -> Select[ListMembership]:
    """Places that hold on a day."""
    return _with_everything().where(
        ListMembership.stage != MembershipStage.ENDED,
        ListMembership.starts_on <= on,
        ListMembership.ends_on >= on,
    )


def public_places(on: date) -> Select[ListMembership]:
    """The published list: active places only. Rates are not part of it."""
    return holding(on).where(not_suspended(on))


def not_suspended(on: date) -> ColumnElement[bool]:
    """Whether a place is not suspended for all of its councils on a day."""
    return ~(
        select(Suspension.id)
        .where(
            Suspension.list_membership_id == ListMembership.id,
            Suspension.council_id.is_(None),
            Suspension.from_on <= on,
            or_(Suspension.lifted_on.is_(None), Suspension.lifted_on > on),
        )
        .exists()
    )


def public_list(on: date, provider_ids: Iterable[int] | None = None) -> Sequence[ListMembership]:
    """The places on the published list, of everybody or of some providers."""
    wanted = public_places(on)
    if provider_ids is not None:
        wanted = wanted.where(ListMembership.provider_id.in_(list(provider_ids)))
    return db.session.scalars(wanted).unique().all()


def memberships(
    viewer: Viewer,
    *,
    on: date | None = None,
    provider_ids: Iterable[int] | None = None,
    agreement_lot_id: int | None = None,
    own_councils: bool = False,
) -> Sequence[ListMembership]:
    """Places on lists: all of them for a council, its own for a provider, none for a stranger.

    Args:
        on: only those that hold on that day.
        own_councils: only those that hold for a council of the viewer's.
    """
    wanted = _with_everything() if on is None else holding(on)
    if not viewer.may(Permission.REGISTER_READ):
        wanted = wanted.where(ListMembership.provider_id.in_(viewer.provider_ids))
    if provider_ids is not None:
        wanted = wanted.where(ListMembership.provider_id.in_(list(provider_ids)))
    if agreement_lot_id is not None:
        wanted = wanted.where(ListMembership.agreement_lot_id == agreement_lot_id)
    if own_councils:
        wanted = wanted.where(_holds_for(viewer.council_ids))
    return db.session.scalars(wanted).unique().all()


def _holds_for(council_ids: Collection[int]) -> ColumnElement[bool]:
    return ListMembership.id.in_(
        select(MembershipCouncil.list_membership_id).where(
            MembershipCouncil.council_id.in_(council_ids)
        )
    )


def _bought_by(council_ids: Collection[int]) -> ColumnElement[bool]:
    return Contract.id.in_(
        select(ContractCouncil.contract_id).where(ContractCouncil.council_id.in_(council_ids))
    )


def _held_jointly(council_ids: Collection[int]) -> ColumnElement[bool]:
    """Contracts of several councils, out of a round in which a council of the viewer's took part.

    A council that joined the consortium later took no part in it, and sees no earlier promises.
    """
    joint = (
        select(ContractCouncil.contract_id)
        .group_by(ContractCouncil.contract_id)
        .having(func.count() > 1)
    )
    took_part = select(RoundCouncil.round_id).where(RoundCouncil.council_id.in_(council_ids))
    return and_(Contract.id.in_(joint), Contract.round_id.in_(took_part))


def visible_contracts(viewer: Viewer) -> ColumnElement[bool]:
    """The contracts that somebody may see.

    A provider's own, those of the viewer's councils, and those held jointly in their consortium.
    """
    if not viewer.may(Permission.CONTRACT_READ):
        return false()
    own = Contract.provider_id.in_(viewer.provider_ids)
    councils = viewer.councils_where(Permission.CONTRACT_READ)
    return or_(own, _bought_by(councils), _held_jointly(councils))


def visible_places(viewer: Viewer) -> ColumnElement[bool]:
    """The places on lists whose page somebody may see: a provider's own, and those of one's councils."""
    if not viewer.may(Permission.CONTRACT_READ):
        return false()
    own = ListMembership.provider_id.in_(viewer.provider_ids)
    return or_(own, _holds_for(viewer.councils_where(Permission.CONTRACT_READ)))


def _contracts(viewer: Viewer) -> Select[Contract]:
    """The contracts that somebody may see, with what a list of them tells."""
    return (
        select(Contract)
        .where(visible_contracts(viewer))
        .options(
            selectinload(Contract.suspensions),
            joinedload(Contract.provider),
            joinedload(Contract.agreement_lot).joinedload(AgreementLot.agreement),
            joinedload(Contract.round),
            selectinload(Contract.councils).joinedload(ContractCouncil.council),
        )
    )


def contracts(viewer: Viewer, round_id: int | None = None) -> Sequence[Contract]:
    """Contracts by lot and provider, of one round or of all. Two statements."""
    if not viewer.may(Permission.CONTRACT_READ):
        return []
    wanted = _contracts(viewer)
    if round_id is not None:
        wanted = wanted.where(Contract.round_id == round_id)
    found = db.session.scalars(wanted).unique().all()
    return sorted(
        found, key=lambda one: (one.title, one.agreement_lot.position, one.provider.name.casefold())
    )


def contract(ref: str, viewer: Viewer) -> Contract | None:
    """One contract with its promises; nothing for a stranger."""
    if not viewer.may(Permission.CONTRACT_READ):
        return None
    wanted = _contracts(viewer).where(Contract.ref == ref)
    promises = selectinload(Contract.promises).selectinload(Promise.checks)
    return db.session.scalars(wanted.options(promises)).unique().first()


@dataclass(frozen=True, slots=True)
class Made:
    """What came out of a bid: a contract, or a place on a list."""

    ref: str
    application_ref: str
    agreement_lot_id: int
    starts_on: date
    ends_on: date
    most_on: date  # with every extension that is open
    made_at: datetime


def made_from(application_refs: Iterable[str]) -> list[Made]:
    """Contracts and places that came out of these bids. Six statements."""
    refs = list(application_refs)
    kinds: tuple[Any, ...] = (Contract, ListMembership)
    found = [
        one
        for kind in kinds
        for one in db.session.scalars(
            select(kind)
            .where(kind.application_ref.in_(refs))
            .options(selectinload(kind.options).selectinload(ExtensionOption.decisions))
        )
    ]
    return [
        Made(
            one.ref,
            one.application_ref,
            one.agreement_lot_id,
            one.starts_on,
            one.ends_on,
            one.most_on,
            one.made_at if isinstance(one, Contract) else one.joined_at,
        )
        for one in found
    ]


def visible_rates(viewer: Viewer) -> Select[Rate]:
    """The rates that somebody may see.

    A rate of the list or of a contract belongs to the councils for which it holds; a spot rate to
    the one that agreed it. A provider sees its own rates of the list.
    """
    rates = select(Rate).options(joinedload(Rate.provider), joinedload(Rate.agreement_lot))
    if not viewer.may(Permission.REGISTER_READ):
        return rates.where(Rate.council_id.is_(None), Rate.provider_id.in_(viewer.provider_ids))
    councils = viewer.councils_where(Permission.REGISTER_READ)
    place_of_ours = (
        select(ListMembership.id)
        .where(
            ListMembership.provider_id == Rate.provider_id,
            ListMembership.agreement_lot_id == Rate.agreement_lot_id,
            _holds_for(councils),
        )
        .exists()
    )
    contract_of_ours = (
        select(Contract.id)
        .where(
            Contract.provider_id == Rate.provider_id,
            Contract.agreement_lot_id == Rate.agreement_lot_id,
            _bought_by(councils),
        )
        .exists()
    )
    return rates.where(
        or_(
            and_(Rate.council_id.is_(None), or_(place_of_ours, contract_of_ours)),
            Rate.council_id.in_(councils),
        )
    )


def rates_of_lot(agreement_lot_id: int, on: date, viewer: Viewer) -> Sequence[Rate]:
    """The rates that hold for a lot on a day ("from" and "until" days included).

    Of two that hold at once the one that began later comes last, and counts.
    """
    rates = visible_rates(viewer).where(
        Rate.agreement_lot_id == agreement_lot_id,
        Rate.from_on <= on,
        or_(Rate.until_on.is_(None), Rate.until_on >= on),
    )
    return db.session.scalars(rates.order_by(Rate.from_on, Rate.id)).unique().all()


def rates_of_lots(agreement_lot_ids: Iterable[int], on: date, viewer: Viewer) -> Sequence[Rate]:
    """The same for several lots, rates of the list and of contracts only. One statement."""
    rates = visible_rates(viewer).where(
        Rate.agreement_lot_id.in_(list(agreement_lot_ids)),
        Rate.council_id.is_(None),
        Rate.from_on <= on,
        or_(Rate.until_on.is_(None), Rate.until_on >= on),
    )
    return db.session.scalars(rates.order_by(Rate.from_on, Rate.id)).unique().all()


def rates_of_provider(provider_id: int, viewer: Viewer) -> Sequence[Rate]:
    """Every rate of a provider that the viewer may see, by lot and item, newest first."""
    rates = visible_rates(viewer).where(Rate.provider_id == provider_id)
    found = by_item(db.session.scalars(rates).unique())
    return sorted(found, key=lambda one: (one.agreement_lot.position, *_lot(one)))


def _lot(rate: Rate) -> tuple[str, int]:
    """Lots of two agreements may share a place and even a code."""
    return rate.agreement_lot.code, rate.agreement_lot.agreement_id


def by_item(rates: Iterable[Rate]) -> list[Rate]:
    """Rates by what is paid for, as people count (ages 5 to 9 before 10 to 15), newest first."""
    newest = sorted(rates, key=lambda one: (one.from_on, one.id), reverse=True)
    return sorted(newest, key=lambda one: natural(one.item_key))


def spot_rates_on_record(council_ids: Iterable[int]) -> Select[Rate]:
    """The spot rates that these councils agreed."""
    return (
        select(Rate)
        .where(Rate.council_id.in_(list(council_ids)))
        .options(joinedload(Rate.provider), joinedload(Rate.agreement_lot))
    )


def spot_rates_of_file(council_id: int, file: str) -> Select[Rate]:
    """The spot rates of a council that one file brought in, in the order of the file."""
    return (
        spot_rates_on_record([council_id])
        .where(Rate.source_ref == file, Rate.source == RateSource.SPOT)
        .order_by(Rate.id)
    )


def agreements(viewer: Viewer, session: Session | None = None) -> Sequence[Agreement]:
    """Every agreement that a council of the viewer's takes part in, with its lots."""
    mine = (
        select(Round.agreement_id)
        .join(RoundCouncil)
        .where(RoundCouncil.council_id.in_(viewer.council_ids), Round.published_at.is_not(None))
    )
    wanted = select(Agreement).where(Agreement.id.in_(mine)).options(selectinload(Agreement.lots))
    return (session or db.session).scalars(wanted.order_by(Agreement.title, Agreement.id)).all()


def gated_lots(agreement_ids: Iterable[int]) -> dict[tuple[int, str], ContentVersion]:
    """The lots for which a list asks for Ofsted's registration, with the scale of outcomes.

    As the newest concluded round of each agreement says.
    """
    rounds = db.session.scalars(
        select(Round)
        .where(Round.agreement_id.in_(list(agreement_ids)), Round.concluded_at.is_not(None))
        .options(
            joinedload(Round.checklist), joinedload(Round.ofsted_scale), selectinload(Round.lots)
        )
        .order_by(Round.concluded_at)
    )
    found: dict[tuple[int, str], ContentVersion] = {}
    for one in rounds:
        lots = [lot.code for lot in one.lots]
        found |= dict.fromkeys(((one.agreement_id, code) for code in lots), one.ofsted_scale)
        for code in set(lots) - _asking_for_ofsted(one.checklist.body, lots):
            del found[one.agreement_id, code]
    return found


def _asking_for_ofsted(checklist: dict[str, Any], lots: Sequence[str]) -> set[str]:
    lines = [one for one in checklist["documents"] if one["type"] == OFSTED_CERTIFICATE]
    return {code for line in lines for code in line.get("lots") or lots}


def promises_of_provider(provider_id: int, viewer: Viewer) -> Sequence[Promise]:
    """What a provider promised in the bids that won, newest contract first, as far as the viewer may see."""
    if not viewer.may(Permission.CONTRACT_READ):
        return []
    wanted = (
        select(Promise)
        .outerjoin(Promise.contract)
        .outerjoin(Promise.list_membership)
        .where(
            or_(
                and_(Contract.provider_id == provider_id, visible_contracts(viewer)),
                and_(ListMembership.provider_id == provider_id, visible_places(viewer)),
            )
        )
        .options(
            contains_eager(Promise.contract).joinedload(Contract.agreement_lot),
            contains_eager(Promise.list_membership).joinedload(ListMembership.agreement_lot),
            selectinload(Promise.checks),
        )
    )
    newest = func.coalesce(Contract.starts_on, ListMembership.starts_on).desc()
    return db.session.scalars(wanted.order_by(newest, Promise.id)).all()
