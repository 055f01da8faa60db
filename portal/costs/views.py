"""Rates of a lot side by side, as table, chart and files."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from forms import choice
from forms.costs import BOTH, LIST, SPOT, ComparisonForm
from portal import charts, tables
from portal.access import Permission, current_viewer, needs
from portal.contracts import queries as contracts
from portal.costs import queries
from portal.costs.queries import LIST_SOURCES, SPOT_SOURCES, Comparison
from portal.days import today
from portal.web import clock, page, words_of_address

bp = Blueprint("costs", __name__)
SOURCES = {LIST: LIST_SOURCES, SPOT: SPOT_SOURCES, BOTH: LIST_SOURCES | SPOT_SOURCES}
DEFAULT_HOURS = 5


@bp.get("/costs/rates")
@needs(Permission.RATE_COMPARE)
def index() -> Any:
    form, comparison = _chosen()
    return page(
        "costs/rates.html",
        form=form,
        comparison=comparison,
        chart=charts.picture(comparison.chart) if comparison and comparison.rows else None,
        address=words_of_address("kind"),
    )


@bp.get("/costs/rates.<kind>")
@needs(Permission.RATE_COMPARE)
def rates_file(kind: str) -> Any:
    _, comparison = _chosen()
    if comparison is None:  # the page says what is wrong with the address
        return redirect(url_for(".index", **words_of_address()))
    return tables.download(comparison.table, kind)


@bp.get("/costs/rates/chart.<kind>")
@needs(Permission.RATE_COMPARE)
def chart_file(kind: str) -> Any:
    _, comparison = _chosen()
    if comparison is None:
        return redirect(url_for(".index", **words_of_address()))
    return charts.download(comparison.chart, kind)


def _chosen() -> tuple[ComparisonForm, Comparison | None]:
    """The filters of the address, and what they show; the first lot where none is chosen."""
    agreements = contracts.agreements(current_viewer())
    lots = queries.lots_with_choice(agreements)
    usual = {"hours": DEFAULT_HOURS, "on": today(clock()), "source": LIST}
    form = ComparisonForm(request.args or None, data=usual)
    form.lot.choices = [choice(address, words) for address, words in lots]
    if not lots or (request.args and not form.validate()):
        return form, None
    for field in form:  # what the address leaves out is as usual
        if field.data is None:
            field.data = usual.get(field.short_name, lots[0][0])
    agreement_ref, _, lot_code = form.lot.data.rpartition(".")
    return form, queries.rate_comparison(
        current_viewer(),
        agreement_ref,
        lot_code,
        hours=form.hours.data,
        on=form.on.data,
        sources=SOURCES[form.source.data],
    )
