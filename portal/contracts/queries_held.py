"""One contract or place with all that is decided about it, and long lists of them by page."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import settings
from portal.access import Permission, Role, Viewer
from portal.contracts import policy
from portal.contracts.models import (
    Contract,
    ContractCouncil,
    ListMembership,
    MembershipCouncil,
    Promise,
    PromiseCheck,
    PromiseDocument,
    Rate,
)
from portal.contracts.models_terms import (
    ExtensionDecision,
    ExtensionOption,
    HandEntry,
    Suspension,
)
from portal.contracts.queries import by_item, visible_contracts, visible_places, visible_rates
from portal.contracts.queries_frameworks import agreements_of
from portal.db import db
from portal.documents.models import Document, DocumentVersion
from portal.paging import Page, Sorting, paginate
from portal.people.models import Council
from portal.providers.models import Provider
from portal.rounds.models import Agreement, AgreementLot, Round
from portal.searching import containing
from scoring.stages import EntryStage, MembershipStage

Agreed = Contract | ListMembership
CONTRACTS = Sorting(
    {"title": Contract.title, "ends": Contract.ends_on}, default="ends", unique=Contract.ref
)
PLACES = Sorting({"ends": ListMembership.ends_on}, default="ends", unique=ListMembership.ref)
RUNNING, OVER = "running", "over"


def held(ref: str, viewer: Viewer) -> Agreed | None:
    """A contract or a place by its reference, with all that was decided; nothing for a stranger."""
    if ref.startswith("CON-"):
        wanted: Any = select(Contract).where(Contract.ref == ref, visible_contracts(viewer))
        parts = selectinload(Contract.councils).joinedload(ContractCouncil.council)
        kind: Any = Contract
    else:
        wanted = select(ListMembership).where(ListMembership.ref == ref, visible_places(viewer))
        parts = selectinload(ListMembership.councils).joinedload(MembershipCouncil.council)
        kind = ListMembership
    found: Agreed | None = (
        db.session.scalars(wanted.options(parts, _promises(kind), *_decided(kind))).unique().first()
    )
    return found


def _promises(kind: Any) -> Any:
    """What was promised, what was found, and the documents that show it."""
    looks = selectinload(kind.promises).selectinload(Promise.checks)
    shown = looks.selectinload(PromiseCheck.documents).joinedload(PromiseDocument.version)
    return shown.joinedload(DocumentVersion.document).joinedload(Document.setting)


def _decided(kind: Any) -> list[Any]:
    options = selectinload(kind.options).selectinload(ExtensionOption.decisions)
    paused = selectinload(kind.suspensions)
    return [
        joinedload(kind.provider),
        joinedload(kind.agreement_lot).joinedload(AgreementLot.agreement),
        options.joinedload(ExtensionDecision.decided_by),
        options.joinedload(ExtensionDecision.undone_by),
        paused.joinedload(Suspension.council),
        paused.joinedload(Suspension.placed_by),
        paused.joinedload(Suspension.lifted_by),
    ]


def contracts_page(
    viewer: Viewer,
    on: date,
    *,
    words: str = "",
    state: str = "",
    sort: str | None = None,
    cursor: str | None = None,
    size: int | None = None,
) -> Page[Contract]:
    """A page of the contracts that somebody may see.

    Args:
        size: how many; as the installation says when nothing is said.
    """
    wanted = (
        select(Contract)
        .join(Contract.provider)
        .join(Contract.agreement_lot)
        .join(AgreementLot.agreement)
        .where(visible_contracts(viewer))
    )
    named = containing(words.lower().split(), Contract.title, Agreement.title, Provider.name)
    return _page(
        wanted.where(named),
        Contract,
        ContractCouncil,
        CONTRACTS,
        on=on,
        state=state,
        sort=sort,
        cursor=cursor,
        size=size,
    )


def places_page(
    viewer: Viewer,
    on: date,
    *,
    words: str = "",
    state: str = "",
    sort: str | None = None,
    cursor: str | None = None,
    size: int | None = None,
) -> Page[ListMembership]:
    """A page of the places on lists whose pages somebody may see."""
    wanted = (
        select(ListMembership)
        .join(ListMembership.provider)
        .join(ListMembership.agreement_lot)
        .join(AgreementLot.agreement)
        .where(visible_places(viewer))
    )
    named = containing(words.lower().split(), Agreement.title, Provider.name, AgreementLot.code)
    return _page(
        wanted.where(named),
        ListMembership,
        MembershipCouncil,
        PLACES,
        on=on,
        state=state,
        sort=sort,
        cursor=cursor,
        size=size,
    )


def _page(
    wanted: Select[Any],
    kind: Any,
    part: Any,
    sorting: Sorting,
    *,
    on: date,
    state: str,
    sort: str | None,
    cursor: str | None,
    size: int | None,
) -> Page[Any]:
    if state in (RUNNING, OVER):
        wanted = wanted.where(kind.ends_on >= on if state == RUNNING else kind.ends_on < on)
    loaded = wanted.options(
        joinedload(kind.provider),
        joinedload(kind.agreement_lot).joinedload(AgreementLot.agreement),
        selectinload(kind.councils).joinedload(part.council),
        selectinload(kind.suspensions),
    )
    size = int(size or settings.get("list_page_size"))
    return paginate(db.session, loaded, sorting, sort=sort, cursor=cursor, size=size)


def rates_of(one: Agreed, viewer: Viewer) -> Sequence[Rate]:
    """Every rate of a contract or place that the viewer may see, by item, the newest first."""
    found = visible_rates(viewer).where(
        Rate.provider_id == one.provider_id,
        Rate.agreement_lot_id == one.agreement_lot_id,
        Rate.council_id.is_(None),
    )
    return by_item(db.session.scalars(found).unique())


def siblings(one: Agreed, viewer: Viewer, on: date) -> list[Agreed]:
    """Everything that runs with the same provider under the same agreement and that one may change."""
    seen: Any = visible_contracts(viewer) if isinstance(one, Contract) else visible_places(viewer)
    kind: Any = type(one)
    found = db.session.scalars(
        select(kind)
        .join(kind.agreement_lot)
        .where(
            seen,
            kind.provider_id == one.provider_id,
            kind.ends_on >= on,
            AgreementLot.agreement_id == one.agreement_lot.agreement_id,
        )
        .options(
            selectinload(kind.councils),
            selectinload(kind.suspensions),
            joinedload(kind.agreement_lot).joinedload(AgreementLot.agreement),
        )
        .order_by(AgreementLot.position, kind.id)
    )
    return [other for other in found.unique() if policy.may_edit(viewer, other)]


def item_titles(one: Agreed) -> dict[str, str]:
    """The words of the items of the rate cards under an agreement, by key."""
    cards = db.session.scalars(
        select(Round)
        .where(Round.agreement_id == one.agreement_lot.agreement_id)
        .options(joinedload(Round.rate_card))
        .order_by(Round.id)
    )
    return {item["key"]: item["title"] for found in cards for item in found.rate_card.body["items"]}


def councils_to_buy(viewer: Viewer) -> Sequence[Council]:
    """Every council, for whoever enters a contract; one's own first."""
    own = viewer.councils_as(Role.COMMISSIONER)
    found = db.session.scalars(select(Council).order_by(Council.name)).all()
    return sorted(found, key=lambda one: one.id not in own)


def providers_to_choose(viewer: Viewer) -> Sequence[Provider]:
    """Every provider by name, for whoever enters a contract."""
    if not viewer.may(Permission.CONTRACT_EDIT):
        return []
    return db.session.scalars(select(Provider).order_by(Provider.name, Provider.id)).all()


def agreements_to_choose(viewer: Viewer) -> Sequence[Agreement]:
    """The agreements of the viewer's councils, with their lots."""
    wanted = agreements_of(viewer.councils_where(Permission.CONTRACT_EDIT))
    return db.session.scalars(wanted.options(selectinload(Agreement.lots))).all()


def entry(ref: str, viewer: Viewer) -> HandEntry | None:
    """One entry by hand; nothing for a stranger."""
    found = db.session.scalar(
        select(HandEntry)
        .where(HandEntry.ref == ref)
        .options(
            joinedload(HandEntry.provider),
            joinedload(HandEntry.council),
            joinedload(HandEntry.proposed_by),
            joinedload(HandEntry.decided_by),
        )
    )
    return found if found is not None and policy.may_read_entry(viewer, found) else None


def councils_called(slugs: Iterable[str]) -> list[str]:
    """The names of councils by their names in addresses."""
    named = select(Council.name).where(Council.slug.in_(list(slugs))).order_by(Council.name)
    return list(db.session.scalars(named))


def lot_called(agreement_ref: str, code: str) -> AgreementLot | None:
    """A lot of an agreement that is on the portal, with the agreement."""
    return db.session.scalar(
        select(AgreementLot)
        .join(AgreementLot.agreement)
        .where(Agreement.ref == agreement_ref, AgreementLot.code == code)
        .options(contains_eager(AgreementLot.agreement))
    )


def entries_waiting(viewer: Viewer) -> Sequence[HandEntry]:
    """The entries of one's councils that wait for a second look, the oldest first."""
    if not viewer.may(Permission.CONTRACT_EDIT):
        return []
    return db.session.scalars(
        select(HandEntry)
        .where(
            HandEntry.stage == EntryStage.PROPOSED,
            HandEntry.council_id.in_(viewer.councils_as(Role.COMMISSIONER)),
        )
        .options(joinedload(HandEntry.provider), joinedload(HandEntry.proposed_by))
        .order_by(HandEntry.proposed_at, HandEntry.id)
    ).all()


def open_options(seen: ColumnElement[bool] | None, kind: Any) -> Select[ExtensionOption]:
    """The options of what still runs; which of them is next is told by `policy.may_decide`.

    Args:
        seen: which contracts or places; None is all of them. kind: `Contract` or `ListMembership`.
    """
    link = ExtensionOption.contract if kind is Contract else ExtensionOption.list_membership
    wanted = select(ExtensionOption).join(link).where(kind.terminated_on.is_(None))
    if kind is ListMembership:
        wanted = wanted.where(kind.stage != MembershipStage.ENDED)
    loaded = joinedload(link)
    wanted = wanted.options(
        selectinload(ExtensionOption.decisions),
        loaded.joinedload(kind.provider),
        loaded.selectinload(kind.councils),
        loaded.selectinload(kind.options).selectinload(ExtensionOption.decisions),
        loaded.joinedload(kind.agreement_lot).joinedload(AgreementLot.agreement),
    )
    return wanted if seen is None else wanted.where(seen)


def is_next(option: ExtensionOption) -> bool:
    """Whether this option is the one to decide on: all before it are taken, and it is open."""
    before = (one for one in option.held.options if one.number < option.number)
    return (
        option.decision is None
        and option.follows_on
        and all(one.decision is not None and one.decision.extended for one in before)
    )
