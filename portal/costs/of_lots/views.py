"""Reports on the providers of one lot, as pages, charts and files."""

from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from forms import choice
from forms.cost_lots import LotForm
from portal import charts, tables
from portal.access import Permission, current_viewer, needs
from portal.contracts import queries as contracts
from portal.costs.of_lots.priced import likes_of
from portal.costs.of_lots.reports import LOT_KINDS, LotAsked, asked_of
from portal.costs.queries import lots_with_choice
from portal.costs.reports.kinds import Report
from portal.costs.views import bp
from portal.days import today
from portal.parsing import date_on
from portal.web import clock, page


@bp.get("/costs/lots/<key>")
@needs(Permission.RATE_COMPARE)
def lot_report(key: str) -> Any:
    kind = LOT_KINDS.get(key)
    if kind is None:
        raise NotFound
    if not contracts.agreements(current_viewer()):
        return page("costs/lot_report.html", kind=kind, form=None, report=None, chart=None)
    asked = asked_here()
    made = kind.make(asked)
    return page(
        "costs/lot_report.html",
        kind=kind,
        form=_form(asked),
        report=made,
        chart=charts.picture(made.chart) if made.chart else None,
        address=asked.address,
    )


@bp.get("/costs/lots/<key>/<name>.<kind>")
@needs(Permission.RATE_COMPARE)
def lot_report_file(key: str, name: str, kind: str) -> Any:
    table = _made(key).table(name)
    if table is None:
        raise NotFound
    return tables.download(table, kind)


@bp.get("/costs/lots/<key>/chart.<kind>")
@needs(Permission.RATE_COMPARE)
def lot_report_chart(key: str, kind: str) -> Any:
    made = _made(key)
    if made.chart is None:
        raise NotFound
    return charts.download(made.chart, kind)


def _made(key: str) -> Report:
    if key not in LOT_KINDS:
        raise NotFound
    return LOT_KINDS[key].make(asked_here())


def asked_here() -> LotAsked:
    """The lot, price and day of the address."""
    args = request.args
    return asked_of(current_viewer(), args.get("lot", ""), args.get("like", ""), _day(args))


def _day(args: MultiDict[str, str]) -> date:
    """The day of the address, in one part or in three; today where there is none, or no such day."""
    parts = [args.get(f"on-{part}", "") for part in ("day", "month", "year")]
    text = args.get("on") or ("/".join(parts) if all(parts) else "")
    try:
        return date_on(text) if text else today(clock())
    except ValueError:
        return today(clock())


def _form(asked: LotAsked) -> LotForm:
    """The filters as they count: what an address says wrongly is shown as it was understood."""
    form = LotForm()
    for name, value in {**asked.address, "on": asked.on}.items():
        form[name].data = value
    lots = lots_with_choice(contracts.agreements(asked.viewer))
    form.lot.choices = [choice(address, words) for address, words in lots]
    likes = likes_of(asked.lot)
    if asked.like not in likes:
        likes.append(asked.like)
    form.like.choices = [choice(one.address, one.words) for one in likes]
    return form
