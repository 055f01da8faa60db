"""Rates of one lot side by side."""

from typing import Any

from marshmallow import fields, validate

from portal.access import Permission, current_viewer
from portal.api.fields import Told, a_list, one_of, word
from portal.api.paging import whole
from portal.api.routes import reads
from portal.api.shared import AgreementSchema, agreement_told, on_today
from portal.api.tables import FormQuery, TableSchema, answer
from portal.contracts import queries as contracts
from portal.costs import queries
from portal.costs.queries import LIST_SOURCES, SPOT_SOURCES
from portal.people.scopes import Scope
from portal.rounds.models import Agreement

TAG = "Rates"
SOURCES = {"list": LIST_SOURCES, "spot": SPOT_SOURCES, "both": LIST_SOURCES | SPOT_SOURCES}
USUAL_HOURS = 5


class OfferedLotSchema(Told):
    """A lot of an agreement."""

    code = fields.String()
    title = fields.String()


class OfferedAgreementSchema(AgreementSchema):
    """An agreement with its lots."""

    lots = fields.List(fields.Nested(OfferedLotSchema))


class ComparisonQuery(FormQuery):
    """Of which lot, for how many hours, on which day."""

    agreement = word(20, required=True, metadata={"description": "Its reference"})
    lot = word(20, required=True, metadata={"description": "Its code"})
    hours = fields.Integer(load_default=USUAL_HOURS, validate=validate.Range(0, 168))
    on = fields.Date(metadata={"description": "Today, where it is left out"})
    source = one_of(SOURCES, load_default="list")


@reads(
    "/agreements",
    a_list(OfferedAgreementSchema, "Agreement"),
    tag=TAG,
    scope=Scope.COSTS_READ,
    permission=Permission.RATE_COMPARE,
)
def agreements(_query: dict[str, Any]) -> dict[str, Any]:
    """The agreements of your councils, with their lots."""
    return whole(contracts.agreements(current_viewer()), _agreement)


@reads(
    "/rate-comparison",
    TableSchema,
    tag=TAG,
    asks=ComparisonQuery,
    scope=Scope.COSTS_READ,
    permission=Permission.RATE_COMPARE,
    csv=True,
)
def rate_comparison(query: dict[str, Any]) -> Any:
    """The rates of one lot on one day, the lowest first."""
    compared = queries.rate_comparison(
        current_viewer(),
        query["agreement"],
        query["lot"],
        hours=query["hours"],
        on=query.get("on") or on_today(),
        sources=SOURCES[query["source"]],
    )
    return answer(compared.table, query["format"])


def _agreement(one: Agreement) -> dict[str, Any]:
    lots = [{"code": lot.code, "title": lot.title} for lot in one.lots]
    return agreement_told(one) | {"lots": lots}
