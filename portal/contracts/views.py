"""Contracts and places on lists: which there are, and the page of one."""

from typing import Any

from flask import Blueprint, Response, request

from forms.contracts import MEMBERSHIP, ContractsForm
from portal import paging, tables
from portal.access import Permission, current_viewer, needs
from portal.contracts import (
    policy_uplifts,
    presentation,
    presentation_uplifts,
    queries_frameworks,
    queries_held,
    queries_packages,
    queries_uplifts,
)
from portal.contracts.models import Contract
from portal.contracts.policy import Agreed, may_enter
from portal.days import today
from portal.documents.queries import version_words
from portal.paging import Page
from portal.people.queries import names_of
from portal.web import clock, or_404, page

bp = Blueprint("contracts", __name__)


def agreed(ref: str) -> Agreed:
    """A contract or place that the viewer may see; for anybody else it is not there."""
    found: Agreed = or_404(queries_held.held(ref, current_viewer()))
    return found


def contract(ref: str) -> Contract:
    """The same, where only a contract will do."""
    found = agreed(ref)
    one: Contract = or_404(found if isinstance(found, Contract) else None)
    return one


@bp.get("/contracts")
@needs(Permission.CONTRACT_READ)
def index() -> Response:
    kind, found = _listed(request.args.get("from"))
    return page(
        "contracts/index.html",
        form=ContractsForm(kind=kind),
        kind=kind,
        found=found,
        address=_address(),
        on=today(clock()),
        may_enter=may_enter(current_viewer()),
    )


@bp.get("/contracts.<form>")
@needs(Permission.CONTRACT_READ)
def index_file(form: str) -> Response:
    chosen = _address()
    filters = {"Words": chosen.get("words", "all"), "Which": chosen.get("state", "all")}
    return tables.download(presentation.list_table(_everything(), today(clock()), filters), form)


def _address() -> dict[str, str]:
    named = ("kind", "words", "state", "sort")
    return {name: request.args[name] for name in named if request.args.get(name)}


def _listed(cursor: str | None = None, size: int | None = None) -> tuple[str, Page[Any]]:
    chosen = _address()
    kind = chosen.pop("kind", "")
    find = queries_held.places_page if kind == MEMBERSHIP else queries_held.contracts_page
    return kind, find(current_viewer(), today(clock()), cursor=cursor, size=size, **chosen)


def _everything() -> list[Any]:
    """All that the filters leave, for a file."""
    return paging.whole(lambda cursor: _listed(cursor, paging.MOST)[1])


@bp.get("/contracts/<ref>")
@needs(Permission.CONTRACT_READ)
def show(ref: str) -> Response:
    found, viewer, on = agreed(ref), current_viewer(), today(clock())
    titles = queries_held.item_titles(found)
    looks = [look for one in found.promises for look in one.checks]
    return page(
        "contracts/show.html",
        held=found,
        on=on,
        is_contract=isinstance(found, Contract),
        stage=found.stage_on(on, viewer.council_ids & found.council_ids),
        options=presentation.option_lines(found, viewer, on),
        doors=presentation.doors(found, viewer, on),
        rates=presentation.rate_rows(queries_held.rates_of(found, viewer), titles),
        promises=found.promises,
        version_words=version_words,
        names=names_of(look.looked_by_id for look in looks),
        duties=queries_frameworks.duties([found.agreement_lot.agreement_id]).get(
            found.agreement_lot.agreement_id, []
        ),
        uplift_rule=presentation.uplift_words(found),
        by_council=bool(viewer.council_ids),
        uplifts=queries_uplifts.of_held(found, viewer),
        percent=presentation_uplifts.percent,
        reviews=queries_packages.of_held(found, viewer),
        may_ask=policy_uplifts.may_ask(viewer, found, on),
    )


@bp.get("/contracts/<ref>/rates.<kind>")
@needs(Permission.CONTRACT_READ)
def rates_file(ref: str, kind: str) -> Response:
    found, viewer, on = agreed(ref), current_viewer(), today(clock())
    rates = queries_held.rates_of(found, viewer)
    titles = queries_held.item_titles(found)
    return tables.download(presentation.rate_table(found, rates, titles, on), kind)
