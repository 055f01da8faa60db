"""The list of providers and the list of homes, narrowed and paged, for a page or a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.contracts.models import ListMembership, MembershipCouncil
from portal.contracts.queries_placing import buying_from
from portal.days import LONDON
from portal.db import db
from portal.paging import Page, paginate
from portal.people.models import Council
from portal.providers import policy, queries_settings as homes_of
from portal.providers.models import Provider, Registration
from portal.providers.models_settings import Setting
from portal.providers.words import outcome_words
from portal.register.answers import Ground, grounds
from portal.register.placing import Held, holds
from portal.register.queries import PROVIDERS, named, on_list, page_size
from portal.searching import words_of
from portal.tables import Column, Kind, Table
from scoring.stages import ContractStage, MembershipStage

MAY = {"yes": "Yes", "care": "Yes, but look", "no": "No"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; an empty text narrows nothing."""

    words: str = ""
    lot: str = ""
    council: str = ""
    outcome: str = ""  # service:value
    may: str = ""
    free: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A provider as the register lists it."""

    provider: Provider
    ground: Ground
    free: int | None  # None where nobody has said
    on: date
    council_ids: frozenset[int]

    @property
    def places(self) -> list[Held]:
        """The places on lists and the contracts that hold today."""
        return [one for one in self.ground.held if holds(one, self.on)]

    @property
    def lots(self) -> str:
        """The lots for which one may ask today, by code, and which are suspended for those who ask."""
        return ", ".join(sorted({self._lot(one) for one in self.places}))

    def _lot(self, place: Held) -> str:
        stage = place.stage_on(self.on, self.council_ids & set(place.council_ids))
        code: str = place.agreement_lot.code
        suspended = stage in {MembershipStage.SUSPENDED, ContractStage.SUSPENDED}
        return f"{code} (suspended)" if suspended else code

    @property
    def ends_on(self) -> date | None:
        """The first of them to end."""
        return min((one.ends_on for one in self.places), default=None)


def providers_page(
    viewer: Viewer, wanted: Wanted, now: datetime, *, cursor: str | None = None
) -> tuple[Page[Provider], list[Line]]:
    """A page of providers, each with its answer. As many statements for twenty as for one.

    Raises:
        NotFound: for somebody who does not read the register.
    """
    found = paginate(
        db.session, _narrowed(viewer, wanted, now), PROVIDERS, cursor=cursor, size=page_size()
    )
    return found, _lines(found.items, viewer, now)


def all_providers(viewer: Viewer, wanted: Wanted, now: datetime) -> list[Line]:
    """Everybody whom the filters leave, for a file."""
    statement = _narrowed(viewer, wanted, now).order_by(Provider.name, Provider.id)
    return _lines(list(db.session.scalars(statement)), viewer, now)


def _narrowed(viewer: Viewer, wanted: Wanted, now: datetime) -> Select[tuple[Provider]]:
    if not viewer.may(Permission.REGISTER_READ):
        raise NotFound
    on = now.astimezone(LONDON).date()
    statement = named(select(Provider), wanted.words).options(selectinload(Provider.registrations))
    if wanted.lot:
        bought = buying_from(viewer, on, lot_code=wanted.lot)
        statement = statement.where(or_(on_list(wanted.lot, on), Provider.id.in_(bought)))
    if wanted.council:
        bought, listed = (
            buying_from(viewer, on, council=wanted.council),
            _places_for(wanted.council, on),
        )
        statement = statement.where(or_(Provider.id.in_(listed), Provider.id.in_(bought)))
    if wanted.outcome:
        service, _, value = wanted.outcome.partition(":")
        rated = select(Registration.provider_id).where(
            Registration.service == service, Registration.outcome == value
        )
        statement = statement.where(Provider.id.in_(rated))
    if wanted.free:
        statement = statement.where(_among(_with_free(viewer, now)))
    if wanted.may:
        everybody = db.session.scalars(statement).all()
        kinds = grounds(everybody, viewer, on)
        statement = statement.where(
            _among(id_ for id_, one in kinds.items() if one.answer.kind == wanted.may)
        )
    return statement


def _among(ids: Any) -> Any:
    kept = sorted(ids)
    return Provider.id.in_(kept) if kept else false()


def _places_for(council: str, on: date) -> Select[tuple[int]]:
    return (
        select(ListMembership.provider_id)
        .join(MembershipCouncil, MembershipCouncil.list_membership_id == ListMembership.id)
        .join(Council, Council.id == MembershipCouncil.council_id)
        .where(
            Council.slug == council,
            ListMembership.stage != MembershipStage.ENDED,
            ListMembership.starts_on <= on,
            ListMembership.ends_on >= on,
        )
    )


def _with_free(viewer: Viewer, now: datetime) -> set[int]:
    return {
        one.provider_id
        for one in homes_of.open_settings(viewer)
        if homes_of.free_in(one, now).number
    }


def _lines(providers: Sequence[Provider], viewer: Viewer, now: datetime) -> list[Line]:
    on = now.astimezone(LONDON).date()
    kinds = grounds(providers, viewer, on)
    free: dict[int, int] = {}
    for home in homes_of.settings_of([one.id for one in providers], viewer):
        number = homes_of.free_in(home, now).number
        if number is not None:
            free[home.provider_id] = free.get(home.provider_id, 0) + number
    return [Line(one, kinds[one.id], free.get(one.id), on, viewer.council_ids) for one in providers]


def providers_table(lines: Sequence[Line], on: date, filters: Mapping[str, str]) -> Table:
    """The list as a file has it."""
    columns = [
        Column("provider", "Provider"),
        Column("may", "May we place today?"),
        Column("reason", "Why"),
        Column("lots", "Lots"),
        Column("ends_on", "First to end", Kind.DATE),
        Column("free", "Free places", Kind.WHOLE, total=True),
        Column("ofsted", "Ofsted"),
    ]
    rows = [
        {
            "provider": line.provider.name,
            "may": line.ground.answer.words,
            "reason": line.ground.answer.reason,
            "lots": line.lots,
            "ends_on": line.ends_on,
            "free": line.free,
            "ofsted": ofsted_of(line.provider),
        }
        for line in lines
    ]
    return Table(
        "register",
        "Register of providers",
        columns,
        rows,
        source="The register, as your council sees it",
        as_at=on,
        filters=filters,
    )


def ofsted_of(provider: Provider) -> str:
    """Each registration with its outcome, on one line."""
    return "; ".join(
        f"{one.urn}: {outcome_words(one.service, one.outcome)}" for one in provider.registrations
    )


@dataclass(frozen=True, slots=True)
class WantedHome:
    """What the list of homes is narrowed to."""

    words: str = ""
    category: str = ""
    age: int | None = None
    serves: str = ""
    free: str = ""
    may: str = ""


@dataclass(frozen=True, slots=True)
class HomeLine:
    """A home as the register lists it, with the answer for its provider."""

    home: Setting
    free: homes_of.Free
    ground: Ground
    where: str

    @property
    def stopped(self) -> bool:
        """Whether a paper of this very home stops placements there."""
        return any(
            one.home is self.home and one.document.ref not in self.ground.excepted
            for one in self.ground.stops
        )

    @property
    def may(self) -> str:
        return "no" if self.stopped else self.ground.answer.kind


def homes(viewer: Viewer, wanted: WantedHome, now: datetime) -> list[HomeLine]:
    """The open homes of everybody, most free places first; a paper that ran out shuts its home.

    Raises:
        NotFound: for somebody who does not read the register.
    """
    if not viewer.may(Permission.REGISTER_READ):
        raise NotFound
    found = [one for one in homes_of.open_settings(viewer) if _fits(one, wanted, viewer)]
    providers = {one.provider.id: one.provider for one in found}
    loaded = db.session.scalars(
        select(Provider)
        .where(Provider.id.in_(providers))
        .options(selectinload(Provider.registrations))
    ).all()
    kinds = grounds(loaded, viewer, now.astimezone(LONDON).date())
    lines = home_lines(found, viewer, kinds, now)
    kept = [one for one in lines if _is_wanted(one, wanted)]
    return sorted(kept, key=lambda one: (-(one.free.number or 0), one.home.name.casefold()))


def home_lines(
    found: Sequence[Setting], viewer: Viewer, kinds: Mapping[int, Ground], now: datetime
) -> list[HomeLine]:
    """Homes with what is free there and the answer for their provider."""
    return [
        HomeLine(
            one,
            homes_of.free_in(one, now),
            kinds[one.provider_id],
            policy.address_for(viewer, one),
        )
        for one in found
    ]


def _fits(home: Setting, wanted: WantedHome, viewer: Viewer) -> bool:
    oldest = home.oldest_age if home.oldest_age is not None else 99
    return (
        policy.names_home(viewer, home, words_of(wanted.words))
        and wanted.category in ("", home.category.value)
        and (wanted.age is None or home.youngest_age <= wanted.age <= oldest)
        and wanted.serves in ("", home.serves.value)
    )


def _is_wanted(line: HomeLine, wanted: WantedHome) -> bool:
    if wanted.free and not line.free.number:
        return False
    return not wanted.may or line.may != "no"
