"""Who is on the lists: what anybody may read, and the register as a council sees it."""

from typing import Any

from marshmallow import fields

from portal.access import Permission, current_viewer
from portal.api.fields import Told, a_list, one_of, word
from portal.api.paging import PagedQuery, paged
from portal.api.routes import reads
from portal.api.shared import LotSchema, NamedSchema, councils_told, lot_told, named, on_today
from portal.api.tables import FormQuery, TableSchema, answer
from portal.contracts.models import ListMembership
from portal.people.scopes import Scope
from portal.providers.models import Provider
from portal.register import listing, queries
from portal.register.listing import Line, Wanted
from portal.register.placing import Answer
from portal.web import clock

TAG = "Providers"
MAY = ("yes", "care", "no")


class PlaceSchema(Told):
    """A place on one lot of a list."""

    lot = fields.Nested(LotSchema)
    councils = fields.List(fields.Nested(NamedSchema))
    starts_on = fields.Date()
    ends_on = fields.Date()


class AccreditedSchema(Told):
    """A provider on the published list."""

    name = fields.String()
    places = fields.List(fields.Nested(PlaceSchema))


class RegistrationSchema(Told):
    """An Ofsted registration."""

    urn = fields.String()
    branch = fields.String()
    service = fields.String()
    outcome = fields.String()
    inspected_on = fields.Date(allow_none=True)


class AnswerSchema(Told):
    """May we place today?"""

    may = fields.String(metadata={"enum": list(MAY)})
    words = fields.String()
    reason = fields.String()


class ProviderLineSchema(Told):
    """A provider as the register lists it."""

    ref = fields.String()
    name = fields.String()
    answer = fields.Nested(AnswerSchema)
    lots = fields.String(metadata={"description": "The lots that it is on today, by code"})
    ends_on = fields.Date(allow_none=True, metadata={"description": "The first place to end"})
    free = fields.Integer(allow_none=True, metadata={"description": "Null: nobody has said"})
    registrations = fields.List(fields.Nested(RegistrationSchema))


class ProviderSchema(Told):
    """What the register holds of one provider."""

    ref = fields.String()
    name = fields.String()
    company_number = fields.String(allow_none=True)
    charity_number = fields.String()
    ppon = fields.String()
    answer = fields.Nested(AnswerSchema)
    places = fields.List(fields.Nested(PlaceSchema))
    registrations = fields.List(fields.Nested(RegistrationSchema))


class PublicQuery(PagedQuery):
    """What the published list is narrowed to."""

    words = word(load_default="")
    lot = word(20, load_default="", metadata={"description": "The code of a lot"})


class RegisterNarrowed(FormQuery):
    """What the register is narrowed to."""

    words = word(load_default="")
    lot = word(20, load_default="", metadata={"description": "The code of a lot"})
    council = word(60, load_default="", metadata={"description": "The short name of a council"})
    may = one_of(MAY, load_default="", metadata={"description": "May we place today?"})
    free = one_of(("yes",), load_default="", metadata={"description": "Only with a free place"})


class RegisterQuery(PagedQuery):
    """What the register is narrowed to, page by page."""

    words = word(load_default="")
    lot = word(20, load_default="", metadata={"description": "The code of a lot"})
    council = word(60, load_default="", metadata={"description": "The short name of a council"})
    may = one_of(MAY, load_default="", metadata={"description": "May we place today?"})
    free = one_of(("yes",), load_default="", metadata={"description": "Only with a free place"})


@reads("/accredited-providers", a_list(AccreditedSchema, "Accredited"), tag=TAG, asks=PublicQuery)
def accredited(query: dict[str, Any]) -> dict[str, Any]:
    """The published list: who, for which lots and councils, until when."""
    found, places = queries.public_page(
        on_today(), words=query["words"], lot_code=query["lot"], cursor=query.get("cursor")
    )
    return paged(
        found,
        lambda one: {
            "name": one.name,
            "places": [place_told(place) for place in places.get(one.id, [])],
        },
    )


@reads(
    "/providers",
    a_list(ProviderLineSchema, "ProviderLine"),
    tag=TAG,
    asks=RegisterQuery,
    scope=Scope.PROVIDERS_READ,
    permission=Permission.REGISTER_READ,
)
def providers(query: dict[str, Any]) -> dict[str, Any]:
    """The register, with the answer to “may we place today?” for each provider."""
    cursor = query.pop("cursor", None)
    found, lines = listing.providers_page(current_viewer(), Wanted(**query), clock(), cursor=cursor)
    by_id = {line.provider.id: line for line in lines}
    return paged(found, lambda one: _line(by_id[one.id]))


@reads(
    "/register",
    TableSchema,
    tag=TAG,
    asks=RegisterNarrowed,
    scope=Scope.PROVIDERS_READ,
    permission=Permission.REGISTER_READ,
    csv=True,
)
def register(query: dict[str, Any]) -> Any:
    """The whole register as one table, as its file has it."""
    form = query.pop("format")
    lines = listing.all_providers(current_viewer(), Wanted(**query), clock())
    chosen = {name: value for name, value in query.items() if value}
    return answer(listing.providers_table(lines, on_today(), chosen), form)


@reads(
    "/providers/<ref>",
    ProviderSchema,
    tag=TAG,
    scope=Scope.PROVIDERS_READ,
    permission=Permission.REGISTER_READ,
)
def provider(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """One provider: its registrations, its places on lists, and the answer for today."""
    found = queries.provider_file(ref, current_viewer(), on_today())
    one = found.provider
    return {
        **named(one),
        "company_number": one.company_number,
        "charity_number": one.charity_number,
        "ppon": one.ppon,
        "answer": _answer(found.answer),
        "places": [place_told(place) for place in found.places],
        "registrations": _registrations(one),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        **named(line.provider),
        "answer": _answer(line.ground.answer),
        "lots": line.lots,
        "ends_on": line.ends_on,
        "free": line.free,
        "registrations": _registrations(line.provider),
    }


def _answer(told: Answer) -> dict[str, str]:
    return {"may": told.kind, "words": told.words, "reason": told.reason}


def _registrations(provider: Provider) -> list[dict[str, Any]]:
    return [
        {
            "urn": one.urn,
            "branch": one.branch,
            "service": one.service.value,
            "outcome": one.outcome,
            "inspected_on": one.inspected_on,
        }
        for one in provider.registrations
    ]


def place_told(place: ListMembership) -> dict[str, Any]:
    """A place on a list as `PlaceSchema` has it."""
    return {
        "lot": lot_told(place.agreement_lot),
        "councils": councils_told(place.councils),
        "starts_on": place.starts_on,
        "ends_on": place.ends_on,
    }
