"""What the high pages show: collected from the rooms below, each scoped to the viewer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Permission, Viewer
from portal.audit import AuditEntry, Event
from portal.content import queries as content
from portal.content.schemas import Kind
from portal.contracts import queries as contracts
from portal.contracts.models import ListMembership, Rate
from portal.db import db
from portal.documents import queries as documents
from portal.documents.queries import LibraryLine
from portal.paging import Page, Sorting, paginate
from portal.people.models import Person
from portal.providers import queries_settings as homes_of
from portal.providers.models import Provider, Registration
from portal.providers.models_settings import Setting
from portal.register.answers import Ground, grounds
from portal.register.placing import Answer
from portal.rounds.models import AgreementLot, Round
from portal.web import Due, rooms
from scoring.stages import MembershipStage

PROVIDERS = Sorting({"name": Provider.name}, default="name", unique=Provider.ref)
TRAIL = Sorting({"at": AuditEntry.at}, default="-at", unique=AuditEntry.id)


def due(viewer: Viewer, now: datetime) -> list[Due]:
    """Everything that waits for the viewer in any room, most urgent first."""
    found = [one for room in rooms().values() for one in room.due(viewer, now)]
    return sorted(found, key=lambda one: (not one.urgent, one.due_at is None, one.due_at or now))


def public_page(
    on: date, *, words: str = "", lot_code: str = "", cursor: str | None = None
) -> tuple[Page[Provider], dict[int, list[ListMembership]]]:
    """A page of the published list, by provider: its active places."""
    wanted = named(select(Provider), words).where(on_list(lot_code, on, public=True))
    found = paginate(db.session, wanted, PROVIDERS, cursor=cursor, size=page_size())
    ids = [provider.id for provider in found.items]
    return found, _by_provider(contracts.public_list(on, ids), lot_code)


def public_places(on: date, *, words: str = "", lot_code: str = "") -> list[ListMembership]:
    """The whole published list, for a file: one line for each place, by provider and lot."""
    wanted = named(select(Provider.id), words).where(on_list(lot_code, on, public=True))
    ids = list(db.session.scalars(wanted))
    places = _by_provider(contracts.public_list(on, ids), lot_code)
    found = [place for own in places.values() for place in own]
    return sorted(
        found, key=lambda one: (one.provider.name.casefold(), one.agreement_lot.position, one.id)
    )


def _by_provider(
    places: Iterable[ListMembership], lot_code: str = ""
) -> dict[int, list[ListMembership]]:
    found: dict[int, list[ListMembership]] = {}
    for place in places:
        if lot_code in ("", place.agreement_lot.code):
            found.setdefault(place.provider_id, []).append(place)
    return found


def page_size() -> int:
    return int(settings.get("list_page_size"))


def named(wanted: Select[Any], words: str) -> Select[Any]:
    """Narrow to providers that have every word in their names or URNs."""
    for word in words.lower().split():
        urns = select(Registration.provider_id).where(
            func.lower(Registration.urn).contains(word, autoescape=True)
        )
        wanted = wanted.where(
            or_(
                func.lower(Provider.name).contains(word, autoescape=True),
                func.lower(Provider.trading_name).contains(word, autoescape=True),
                Provider.id.in_(urns),
            )
        )
    return wanted


def lots_on_lists() -> Sequence[AgreementLot]:
    """Every lot of every list, for a filter."""
    return db.session.scalars(
        select(AgreementLot).order_by(AgreementLot.agreement_id, AgreementLot.position)
    ).all()


def on_list(lot_code: str, on: date, *, public: bool = False) -> ColumnElement[bool]:
    """Whether a provider holds a place on that day, for that lot if one is named."""
    place = (
        select(ListMembership.id)
        .join(ListMembership.agreement_lot)
        .where(
            ListMembership.provider_id == Provider.id,
            ListMembership.starts_on <= on,
            ListMembership.ends_on >= on,
        )
    )
    if public:
        place = place.where(contracts.not_suspended(on))
    place = place.where(ListMembership.stage != MembershipStage.ENDED)
    if lot_code:
        place = place.where(AgreementLot.code == lot_code)
    return place.exists()


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """Everything that the register holds about one provider."""

    provider: Provider
    ground: Ground
    rates: Sequence[Rate]
    documents: Sequence[LibraryLine]
    homes: Sequence[Setting]
    outcomes: Mapping[tuple[str, str], str]

    @property
    def answer(self) -> Answer:
        return self.ground.answer

    @property
    def places(self) -> Sequence[ListMembership]:
        return self.ground.places


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
    reads_documents = viewer.may(Permission.DOCUMENT_CHECK)
    return ProviderFile(
        provider=provider,
        ground=grounds([provider], viewer, on)[provider.id],
        rates=contracts.rates_of_provider(provider.id, viewer),
        documents=documents.library(provider.id, viewer, on) if reads_documents else [],
        homes=homes_of.settings_of([provider.id], viewer),
        outcomes=_outcomes(),
    )


def _outcomes() -> dict[tuple[str, str], str]:
    """The words of every outcome of Ofsted's, by service and value."""
    scales = [
        content.ofsted_scale(version)
        for (kind, _), version in content.shelf().items()
        if kind is Kind.OFSTED_SCALE
    ]
    return {(scale.provision, one.value): one.label for scale in scales for one in scale.outcomes}


def trail_page(
    viewer: Viewer,
    *,
    event: str = "",
    subject: str = "",
    chain: str = "",
    actor: str = "",
    cursor: str | None = None,
) -> tuple[Page[AuditEntry], dict[str, str]]:
    """A page of the audit trail, newest first, with the names behind the references.

    Args:
        subject: the reference of what an act was done to, or of the receipt that it gave.
        actor: somebody's reference, or their whole name.

    Raises:
        NotFound: for somebody who does not read the trail.
    """
    if not viewer.may(Permission.TRAIL_READ):
        raise NotFound
    wanted = select(AuditEntry).where(_is_unsealed())
    if event:
        wanted = wanted.where(AuditEntry.event == event)
    if subject.strip():
        wanted = wanted.where(_is_about(subject.strip()))
    if chain.strip():
        wanted = wanted.where(AuditEntry.chain == chain.strip())
    if actor.strip():
        named = select(Person.ref).where(func.lower(Person.name) == actor.strip().lower())
        who = or_(AuditEntry.actor_ref == actor.strip(), AuditEntry.actor_ref.in_(named))
        wanted = wanted.where(who)
    found = paginate(db.session, wanted, TRAIL, cursor=cursor)
    refs = {entry.actor_ref for entry in found.items}
    rows = db.session.execute(select(Person.ref, Person.name).where(Person.ref.in_(refs)))
    return found, {row.ref: row.name for row in rows}


def _is_about(ref: str) -> ColumnElement[bool]:
    """The acts on something; of a receipt, which people hold in their hands, the submission."""
    receipt = AuditEntry.detail["receipt"].as_string() == ref
    submitted = and_(AuditEntry.event == Event.APPLICATION_SUBMITTED, receipt)
    return or_(AuditEntry.subject_ref == ref, submitted)


def _is_unsealed() -> ColumnElement[bool]:
    """Until a round is opened nobody at a council, an auditor neither, learns who bids and when."""
    sealed = select("round:" + Round.ref).where(Round.opened_at.is_(None))
    return or_(AuditEntry.chain.not_in(sealed), AuditEntry.actor_roles.not_like("%provider-%"))
