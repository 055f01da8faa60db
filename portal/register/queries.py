"""What the high pages show: collected from the rooms below, each scoped to the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.audit import AuditEntry
from portal.content import queries as content
from portal.contracts import queries as contracts
from portal.contracts.models import ListMembership
from portal.db import db
from portal.documents import queries as documents
from portal.documents.models import Document
from portal.documents.queries import LibraryLine
from portal.paging import Page, Sorting, paginate
from portal.people.models import Person
from portal.providers.models import Provider
from portal.register.placing import Answer, may_place
from portal.rounds.models import AgreementLot
from portal.web import Due, rooms
from scoring.eligibility import DocumentState
from scoring.stages import MembershipStage

PROVIDERS = Sorting({"name": Provider.name}, default="name", unique=Provider.ref)
TRAIL = Sorting({"at": AuditEntry.at}, default="-at", unique=AuditEntry.id)


def due(viewer: Viewer, now: datetime) -> list[Due]:
    """Everything that waits for the viewer in any room, most urgent first."""
    found = [one for room in rooms().values() for one in room.due(viewer, now)]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now))


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider on the published list: its lots, each with the councils and the last day."""

    provider: Provider
    places: tuple[ListMembership, ...]


def public_list(on: date, lot_code: str = "", words: str = "") -> list[Listed]:
    """The published list of accredited providers, by name."""
    by_provider: dict[int, list[ListMembership]] = {}
    for place in contracts.public_list(on):
        by_provider.setdefault(place.provider_id, []).append(place)
    found = [
        Listed(places[0].provider, tuple(places))
        for places in by_provider.values()
        if not lot_code or any(place.agreement_lot.code == lot_code for place in places)
    ]
    wanted = words.casefold().strip()
    return sorted(
        (one for one in found if wanted in one.provider.name.casefold()),
        key=lambda one: one.provider.name.casefold(),
    )


def lots_on_lists() -> Sequence[AgreementLot]:
    """Every lot of every list, for a filter."""
    return db.session.scalars(
        select(AgreementLot).order_by(AgreementLot.agreement_id, AgreementLot.position)
    ).all()


def register_page(
    viewer: Viewer, on: date, *, words: str = "", lot_code: str = "", cursor: str | None = None
) -> tuple[Page[Provider], dict[int, list[ListMembership]]]:
    """A page of providers with the places that they hold on that day.

    Raises:
        NotFound: for somebody who does not read the register.
    """
    if not viewer.may(Permission.REGISTER_READ):
        raise NotFound
    wanted: Select[tuple[Provider]] = select(Provider)
    if words.strip():
        wanted = wanted.where(func.lower(Provider.name).contains(words.strip().lower()))
    if lot_code:
        wanted = wanted.where(_holds(lot_code, on))
    found = paginate(db.session, wanted, PROVIDERS, cursor=cursor)
    places: dict[int, list[ListMembership]] = {}
    ids = [provider.id for provider in found.items]
    for place in contracts.memberships(viewer, on=on, provider_ids=ids):
        places.setdefault(place.provider_id, []).append(place)
    return found, places


def _holds(lot_code: str, on: date) -> ColumnElement[bool]:
    return (
        select(ListMembership.id)
        .join(ListMembership.agreement_lot)
        .where(
            ListMembership.provider_id == Provider.id,
            AgreementLot.code == lot_code,
            ListMembership.stage != MembershipStage.ENDED,
            ListMembership.starts_on <= on,
            ListMembership.ends_on >= on,
        )
        .exists()
    )


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """Everything that the register holds about one provider."""

    provider: Provider
    answer: Answer
    places: Sequence[ListMembership]
    rates: Sequence[object]
    documents: Sequence[LibraryLine]


def provider_file(ref: str, viewer: Viewer, on: date) -> ProviderFile:
    """The page of one provider.

    Raises:
        NotFound: there is none, or the viewer does not read the register.
    """
    if not viewer.may(Permission.REGISTER_READ):
        raise NotFound
    provider = db.session.scalar(
        select(Provider).where(Provider.ref == ref).options(selectinload(Provider.registrations))
    )
    if provider is None:
        raise NotFound
    places = contracts.memberships(viewer, provider_ids=[provider.id])
    reads_documents = viewer.may(Permission.DOCUMENT_CHECK)
    library = documents.library(provider.id, viewer, on) if reads_documents else []
    return ProviderFile(
        provider=provider,
        answer=may_place(places, blocking(provider.id, on), on),
        places=places,
        rates=contracts.rates_of_provider(provider.id, viewer),
        documents=library,
    )


def blocking(provider_id: int, on: date) -> list[str]:
    """Titles of required documents in a provider's library that stop new placements on that day."""
    types = content.document_types()
    kept = db.session.scalars(
        select(Document)
        .where(Document.provider_id == provider_id, Document.bound_to == "")
        .options(selectinload(Document.versions))
        .order_by(Document.title)
    )
    stopped = {DocumentState.EXPIRED, DocumentState.REJECTED, DocumentState.INFECTED}
    return [
        one.title
        for one in kept
        if types.get(one.type_key, {}).get("blocks_placement")
        and documents.state_of(one.newest, on) in stopped
    ]


def trail_page(
    viewer: Viewer,
    *,
    event: str = "",
    subject: str = "",
    chain: str = "",
    cursor: str | None = None,
) -> tuple[Page[AuditEntry], dict[str, str]]:
    """A page of the audit trail, newest first, with the names behind the references.

    Raises:
        NotFound: for somebody who does not read the trail.
    """
    if not viewer.may(Permission.TRAIL_READ):
        raise NotFound
    wanted = select(AuditEntry)
    if event:
        wanted = wanted.where(AuditEntry.event == event)
    if subject.strip():
        wanted = wanted.where(AuditEntry.subject_ref == subject.strip())
    if chain.strip():
        wanted = wanted.where(AuditEntry.chain == chain.strip())
    found = paginate(db.session, wanted, TRAIL, cursor=cursor)
    refs = {entry.actor_ref for entry in found.items}
    rows = db.session.execute(select(Person.ref, Person.name).where(Person.ref.in_(refs)))
    return found, {row.ref: row.name for row in rows}
