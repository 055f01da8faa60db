"""Contracts and places on lists, with their rates."""

from typing import Any

from marshmallow import fields

from portal.access import Permission, current_viewer
from portal.api.fields import Pence, Told, a_list, one_of, word
from portal.api.paging import PagedQuery, paged
from portal.api.routes import reads
from portal.api.shared import LotSchema, NamedSchema, councils_told, lot_told, named, on_today
from portal.contracts import presentation, queries_held
from portal.contracts.models import Contract, Rate
from portal.contracts.policy import Agreed
from portal.people.scopes import Scope
from portal.web import or_404

TAG = "Contracts"
CONTRACT, PLACE = "contract", "place"


class RateSchema(Told):
    """A price that holds from a day on."""

    ref = fields.String()
    item = fields.String(metadata={"description": "The key of what is paid for"})
    title = fields.String()
    unit = fields.String()
    included_hours = fields.Integer()
    amount_pence = Pence()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    source = fields.String()


class ContractLineSchema(Told):
    """A contract, or a place on a list, as lists have it."""

    ref = fields.String()
    kind = fields.String(metadata={"enum": [CONTRACT, PLACE]})
    title = fields.String()
    provider = fields.Nested(NamedSchema)
    lot = fields.Nested(LotSchema)
    councils = fields.List(fields.Nested(NamedSchema))
    stage = fields.String(metadata={"description": "Today, for your councils"})
    starts_on = fields.Date()
    ends_on = fields.Date(metadata={"description": "As things stand, with what was extended"})


class ContractSchema(ContractLineSchema):
    """A contract, or a place on a list."""

    value_pence = Pence(allow_none=True)
    uplift_index = fields.String(metadata={"description": "Such as CPIH; empty: none"})
    uplift_cap_bp = fields.Integer(
        allow_none=True, metadata={"description": "At most so many basis points in twelve months"}
    )
    rates = fields.List(fields.Nested(RateSchema))


ContractPage = a_list(ContractLineSchema, "ContractLine")


class ContractsQuery(PagedQuery):
    """What a list of contracts is narrowed to."""

    words = word(load_default="")
    state = one_of((queries_held.RUNNING, queries_held.OVER), load_default="")


@reads(
    "/contracts",
    ContractPage,
    tag=TAG,
    asks=ContractsQuery,
    scope=Scope.CONTRACTS_READ,
    permission=Permission.CONTRACT_READ,
)
def contracts(query: dict[str, Any]) -> dict[str, Any]:
    """The contracts that you may see, by provider."""
    return paged(queries_held.contracts_page(current_viewer(), on_today(), **query), line_told)


@reads(
    "/places",
    ContractPage,
    tag=TAG,
    asks=ContractsQuery,
    scope=Scope.CONTRACTS_READ,
    permission=Permission.CONTRACT_READ,
)
def places(query: dict[str, Any]) -> dict[str, Any]:
    """The places on lists that you may see, the first to end first."""
    return paged(queries_held.places_page(current_viewer(), on_today(), **query), line_told)


@reads(
    "/contracts/<ref>",
    ContractSchema,
    tag=TAG,
    scope=Scope.CONTRACTS_READ,
    permission=Permission.CONTRACT_READ,
)
def contract(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """One contract or place, with every rate that you may see."""
    viewer = current_viewer()
    held: Agreed = or_404(queries_held.held(ref, viewer))
    titles = queries_held.item_titles(held)
    return {
        **line_told(held),
        "value_pence": held.value_pence,
        "uplift_index": held.uplift_index,
        "uplift_cap_bp": held.uplift_cap_bp,
        "rates": [_rate(one, titles) for one in queries_held.rates_of(held, viewer)],
    }


def line_told(held: Agreed) -> dict[str, Any]:
    """A contract or place as `ContractLineSchema` has it."""
    own = current_viewer().council_ids & held.council_ids
    return {
        "ref": held.ref,
        "kind": CONTRACT if isinstance(held, Contract) else PLACE,
        "title": held.title,
        "provider": named(held.provider),
        "lot": lot_told(held.agreement_lot),
        "councils": councils_told(held.councils),
        "stage": held.stage_on(on_today(), own).value,
        "starts_on": held.starts_on,
        "ends_on": held.ends_on,
    }


def _rate(one: Rate, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "item": one.item_key,
        "title": presentation.item_words(one.item_key, titles),
        "unit": one.unit,
        "included_hours": one.included_hours,
        "amount_pence": one.amount_pence,
        "from_on": one.from_on,
        "until_on": one.until_on,
        "source": one.source.value,
    }
