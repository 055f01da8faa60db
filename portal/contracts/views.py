"""Contracts, with what was promised in the bids that won them."""

from flask import Blueprint, Response

from portal.access import Permission, current_viewer, needs
from portal.contracts import queries
from portal.contracts.models import Contract
from portal.web import or_404, page

bp = Blueprint("contracts", __name__)


@bp.get("/contracts")
@needs(Permission.CONTRACT_READ)
def index() -> Response:
    return page("contracts/index.html", contracts=queries.contracts(current_viewer()))


@bp.get("/contracts/<ref>")
@needs(Permission.CONTRACT_READ)
def show(ref: str) -> Response:
    found: Contract = or_404(queries.contract(ref, current_viewer()))
    items = {item["key"]: item["title"] for item in found.round.rate_card.body["items"]}
    return page(
        "contracts/show.html",
        contract=found,
        rates=queries.rates_of_contract(found),
        items=items,
    )
