"""What the high pages show: collected from the rooms below, each scoped to the viewer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from portal import settings
from portal.access import Permission, Viewer
from portal.audit import AuditEntry
from portal.content import queries as content
from portal.content.schemas import Kind
from portal.contracts import queries as contracts
from portal.contracts.models import ListMembership, Rate
from portal.db import db
from portal.documents import queries as documents
from portal.documents.models import Document
from portal.documents.queries import LibraryLine
from portal.paging import Page, Sorting, paginate
from portal.people.models import Person
from portal.providers.models import Provider, Registration
from portal.register.placing import Answer, Facts, may_place
from portal.rounds.models import AgreementLot, Round
from portal.web import Due, rooms
from scoring.documents import HOLDS
from scoring.eligibility import DocumentState, OutcomeScale
from scoring.stages import MembershipStage

GONE = frozenset({DocumentState.EXPIRED, DocumentState.REJECTED, DocumentState.INFECTED})
PROVIDERS = Sorting({"name": Provider.name}, default="name", unique=Provider.ref)
TRAIL = Sorting({"at": AuditEntry.at}, default="-at", unique=AuditEntry.id)


def due(viewer: Viewer, now: datetime) -> list[Due]:
    """Everything that waits for the viewer in any room, most urgent first."""
    found = [one for room in rooms().values() for one in room.due(viewer, now)]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now))


def public_page(
    on: date, *, words: str = "", lot_code: str = "", cursor: str | None = None
) -> tuple[Page[Provider], dict[int, list[ListMembership]]]:
    """A page of the published list, by provider: its active places."""
    wanted = _named(select(Provider), words).where(_on_list(lot_code, on, public=True))
    found = paginate(db.session, wanted, PROVIDERS, cursor=cursor, size=_page_size())
    ids = [provider.id for provider in found.items]
    return found, _by_provider(contracts.public_list(on, ids), lot_code)


def public_places(on: date, *, words: str = "", lot_code: str = "") -> list[ListMembership]:
    """The whole published list, for a file: one line for each place, by provider and lot."""
    wanted = _named(select(Provider.id), words).where(_on_list(lot_code, on, public=True))
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


def _page_size() -> int:
    return int(settings.get("list_page_size"))


def _named(wanted: Select[Any], words: str) -> Select[Any]:
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


def register_page(
    viewer: Viewer, on: date, *, words: str = "", lot_code: str = "", cursor: str | None = None
) -> tuple[Page[Provider], dict[int, list[ListMembership]]]:
    """A page of providers with the places that they hold on that day.

    Raises:
        NotFound: for somebody who does not read the register.
    """
    if not viewer.may(Permission.REGISTER_READ):
        raise NotFound
    wanted = _named(select(Provider), words)
    if lot_code:
        wanted = wanted.where(_on_list(lot_code, on))
    found = paginate(db.session, wanted, PROVIDERS, cursor=cursor, size=_page_size())
    ids = [provider.id for provider in found.items]
    return found, _by_provider(contracts.memberships(viewer, on=on, provider_ids=ids))


def _on_list(lot_code: str, on: date, *, public: bool = False) -> ColumnElement[bool]:
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
        place = place.where(ListMembership.stage == MembershipStage.ACTIVE)
    else:
        place = place.where(ListMembership.stage != MembershipStage.ENDED)
    if lot_code:
        place = place.where(AgreementLot.code == lot_code)
    return place.exists()


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """Everything that the register holds about one provider."""

    provider: Provider
    answer: Answer
    places: Sequence[ListMembership]
    rates: Sequence[Rate]
    documents: Sequence[LibraryLine]
    outcomes: Mapping[tuple[str, str], str]


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
    blocking, homes = _stopped(provider.id, on)
    facts = Facts(on, viewer.council_ids, blocking, homes, *_ofsted(provider, places, on))
    return ProviderFile(
        provider=provider,
        answer=may_place(places, facts),
        places=places,
        rates=contracts.rates_of_provider(provider.id, viewer),
        documents=library,
        outcomes=_outcomes(),
    )


def _stopped(provider_id: int, on: date) -> tuple[list[str], list[str]]:
    """The documents in a provider's library that stop new placements on that day.

    Returns:
        Titles of the organisation's own documents; homes, each with the title of what ran out.
    """
    types = content.document_types()
    kept = db.session.scalars(
        select(Document)
        .where(Document.provider_id == provider_id, Document.bound_to == "")
        .options(selectinload(Document.versions))
        .order_by(Document.title, Document.id)
    )
    organisation, homes = [], []
    for one in kept:
        kind = types.get(one.type_key, {})
        if not kind.get("blocks_placement") or not _has_run_out(one, on):
            continue
        if kind["of"] == "setting":
            homes.append(f"{one.title} ({kind['title'].lower()} out of date)")
        else:
            organisation.append(one.title)
    return organisation, homes


def _has_run_out(document: Document, on: date) -> bool:
    """No version holds any more. One that nobody has decided on yet replaces none that ran out."""
    states = {documents.state_of(version, on) for version in document.versions}
    return not states & HOLDS and bool(states & GONE)


def _ofsted(
    provider: Provider, places: Sequence[ListMembership], on: date
) -> tuple[dict[tuple[int, str], str], list[str]]:
    """What Ofsted's registration says of the lots that need it.

    Returns:
        The lots that it does not open, each with the reason; what to look at first.
    """
    gated = contracts.gated_lots({one.agreement_lot.agreement_id for one in places})
    closed, cautions = {}, set()
    for lot, version in gated.items():
        scale = content.ofsted_scale(version)
        branches = [one for one in provider.registrations if _is_registered(one, scale, on)]
        if not branches:
            closed[lot] = _why_closed(provider, scale)
        cautions |= {
            f"Ofsted, {one.urn}: {_outcome_words(one, scale)}."
            for one in branches
            if one.outcome not in scale.usual_gate
        }
    return closed, sorted(cautions)


def _why_closed(provider: Provider, scale: OutcomeScale) -> str:
    dayless = [
        one.urn
        for one in provider.registrations
        if one.service.value == scale.provision and one.registered_on is None
    ]
    if dayless:
        return f"the day of Ofsted registration {', '.join(dayless)} is not on record."
    return "no Ofsted registration is on record."


def _is_registered(one: Registration, scale: OutcomeScale, on: date) -> bool:
    return (
        one.service.value == scale.provision
        and one.registered_on is not None
        and one.registered_on <= on
    )


def _outcome_words(one: Registration, scale: OutcomeScale) -> str:
    labels = {outcome.value: outcome.label for outcome in scale.outcomes}
    return labels.get(one.outcome, one.outcome)


def _outcomes() -> dict[tuple[str, str], str]:
    """The words of every outcome of Ofsted's, by service and value."""
    return {
        (version.body["provision"], one.value): one.label
        for (kind, _), version in content.shelf().items()
        if kind is Kind.OFSTED_SCALE
        for one in content.ofsted_scale(version).outcomes
    }


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
        wanted = wanted.where(AuditEntry.subject_ref == subject.strip())
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


def _is_unsealed() -> ColumnElement[bool]:
    """Until a round is opened nobody at a council, an auditor neither, learns who bids and when."""
    sealed = select("round:" + Round.ref).where(Round.opened_at.is_(None))
    return or_(AuditEntry.chain.not_in(sealed), AuditEntry.actor_roles.not_like("%provider-%"))
