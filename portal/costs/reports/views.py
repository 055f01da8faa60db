"""Reports of costs as pages, charts and files, and the spells behind a figure."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from forms import choice
from forms.cost_reports import ALL, ReportForm
from forms.costs import TakeForm
from portal import charts, tables
from portal.access import Permission, current_viewer, needs
from portal.costs import policy
from portal.costs.forecasts import drawn as forecast_drawn
from portal.costs.forecasts.report import KEY as FORECAST, begins_after
from portal.costs.of_lots.reports import LOT_KINDS
from portal.costs.reports import offered
from portal.costs.reports.asking import USUAL_AHEAD, USUAL_SEED, Asked, Wanted, councils
from portal.costs.reports.kinds import KINDS, Report
from portal.costs.reports.outturn import KEY as OUTTURN
from portal.costs.reports.sorting import SORTS
from portal.costs.reports.spells import spells as spells_behind
from portal.costs.views import bp
from portal.parsing import date_on
from portal.web import carried_out, clock, page, words_of_address
from scoring.costs import OVERALL
from scoring.rules import RuleBroken
from scoring.years import year_named, year_text

ROWS_ON_A_PAGE = 25


@bp.get("/costs")
@needs(Permission.COST_READ)
def reports() -> Any:
    """Which reports there are, and up to when the council's figures go."""
    viewer = current_viewer()
    own = councils(viewer)
    if not own:
        return page("costs/reports.html", kinds=KINDS, lot_kinds=LOT_KINDS, asked=None, own=own)
    asked = Asked(wanted_of(request.args), viewer)
    return page("costs/reports.html", kinds=KINDS, lot_kinds=LOT_KINDS, asked=asked, own=own)


def wanted_of(args: MultiDict[str, str]) -> Wanted:
    """The filters of an address; nonsense in it is passed over, and the page shows what counts."""

    def year(name: str) -> int | None:
        try:
            return year_named(args[name]) if args.get(name) else None
        except RuleBroken:
            return None

    def chosen(name: str) -> str:
        return "" if args.get(name) == ALL else args.get(name, "")

    return Wanted(
        council=args.get("council", ""),
        first_year=year("from_year"),
        last_year=year("to_year"),
        as_at=_day(args),
        provider=chosen("provider"),
        lot=chosen("lot"),
        seed=_number(args, "seed", USUAL_SEED, 1, 999_999),
        ahead=_number(args, "ahead", USUAL_AHEAD, 1, 5),
        rise_bp=_rise(args.get("rise", "")),
    )


def _number(args: MultiDict[str, str], name: str, usual: int, least: int, most: int) -> int:
    """A whole number of the address, within its limits."""
    text = args.get(name, "")
    return min(max(int(text), least), most) if text.isdecimal() else usual


def _rise(text: str) -> int:
    """A rise of prices in basis points, from a percentage such as 2.5; none where it is no number."""
    try:
        return min(max(round(Decimal(text.replace("%", "").strip()) * 100), -5_000), 5_000)
    except ArithmeticError:
        return 0


def _day(args: MultiDict[str, str]) -> Any:
    """A day, from a link of ours or from the three parts of a date field."""
    parts = [args.get(f"as_at-{part}", "") for part in ("day", "month", "year")]
    text = args.get("as_at") or ("/".join(parts) if all(parts) else "")
    try:
        return date_on(text) if text else None
    except ValueError:
        return None


def asked_for() -> Asked:
    """The council, day and filters that an address asks for.

    Raises:
        NotFound: they are not the viewer's.
    """
    viewer = current_viewer()
    if not councils(viewer):
        raise NotFound
    return Asked(wanted_of(request.args), viewer)


def _made(key: str, asked: Asked) -> Report:
    if key not in KINDS or asked.is_empty:
        raise NotFound
    return KINDS[key].make(asked)


def _form(asked: Asked, key: str) -> ReportForm:
    own = councils(current_viewer())
    wanted = asked.wanted
    now = {
        "council": asked.council.slug,
        "from_year": year_text(wanted.first_year) if wanted.first_year else ALL,
        "to_year": year_text(wanted.last_year) if wanted.last_year else ALL,
        "as_at": begins_after(asked) if key == FORECAST else asked.as_at,
        "provider": wanted.provider or ALL,
        "lot": wanted.lot or ALL,
        "ahead": wanted.ahead,
        "rise": wanted.rise_bp,
        "seed": wanted.seed,
    }
    providers, lots = offered.of(asked) if asked.sees_all else ([], [])
    form = ReportForm()
    for name, value in now.items():  # what counts, also where the address says less
        form[name].data = value
    form.fit(
        councils=[choice(one.slug, one.name) for one in own],
        years=[year_text(year) for year in asked.all_years],
        providers=providers,
        lots=lots,
        sees_all=asked.sees_all,
    )
    return form.only(forecasts=key == FORECAST)


@bp.get("/costs/reports/<key>")
@needs(Permission.COST_READ)
def report(key: str) -> Any:
    asked = asked_for()
    if key not in KINDS:
        raise NotFound
    if asked.is_empty:
        return redirect(url_for(".reports", council=asked.council.slug))
    asked.cannot_wait = True
    made = _made(key, asked)
    return page(
        "costs/report.html",
        job=forecast_drawn.job_of(asked, to_date=key == OUTTURN) if made.waits else None,
        draw_form=TakeForm() if made.waits else None,
        form=_form(asked, key),
        asked=asked,
        report=made,
        chart=charts.picture(made.chart) if made.chart else None,
        address=asked.address,
    )


@bp.post("/costs/reports/<key>/draw")
@needs(Permission.COST_READ)
def draw_report(key: str) -> Any:
    """Ask a worker to draw a forecast that nobody would wait for."""
    asked = asked_for()
    if key not in {FORECAST, OUTTURN} or asked.is_empty:
        raise NotFound
    carried_out(
        TakeForm(), lambda: forecast_drawn.ask_for(asked, to_date=key == OUTTURN, now=clock())
    )
    return redirect(url_for(".report", key=key, **asked.address))


@bp.get("/costs/reports/<key>/<name>.<kind>")
@needs(Permission.COST_READ)
def report_file(key: str, name: str, kind: str) -> Any:
    table = _made(key, asked_for()).table(name)
    if table is None:
        raise NotFound
    return tables.download(table, kind)


@bp.get("/costs/reports/<key>/chart.<kind>")
@needs(Permission.COST_READ)
def report_chart(key: str, kind: str) -> Any:
    made = _made(key, asked_for())
    if made.chart is None:
        raise NotFound
    return charts.download(made.chart, kind)


def _behind() -> tuple[Asked, Any]:
    asked = asked_for()
    policy.may_see_spells(current_viewer(), asked.council.id).or_refuse("cost:not-allowed")
    kind = request.args.get("type", OVERALL)
    how = SORTS.get(request.args.get("by", ""))
    is_known = kind == OVERALL or bool(how) or kind in asked.mapping.types
    if asked.is_empty or not is_known:
        raise NotFound
    try:
        year = year_named(request.args.get("year", ""))
    except RuleBroken:
        raise NotFound from None
    try:
        return asked, spells_behind(asked, year, kind, how)
    except (KeyError, ValueError):  # a line that this way of sorting does not have
        raise NotFound from None


@bp.get("/costs/spells")
@needs(Permission.PLACEMENT_COST_READ)
def spells() -> Any:
    """The spells behind a figure, for finance only."""
    asked, behind = _behind()
    rows = len(behind.table.rows)
    number = request.args.get("page", "1")
    at = max(1, min(int(number) if number.isdecimal() else 1, -(-rows // ROWS_ON_A_PAGE) or 1))
    shown = behind.table.rows[(at - 1) * ROWS_ON_A_PAGE : at * ROWS_ON_A_PAGE]
    chosen = words_of_address("page", "kind") | {"council": asked.council.slug}
    return page(
        "costs/spells.html",
        asked=asked,
        behind=behind,
        title_of_report=KINDS[behind.report].title if behind.report in KINDS else "Costs",
        rows=replace(behind.table, rows=shown).page_rows[: len(shown)],
        before=url_for(".spells", page=at - 1, **chosen) if at > 1 else "",
        after=url_for(".spells", page=at + 1, **chosen) if at * ROWS_ON_A_PAGE < rows else "",
        chosen=chosen,
    )


@bp.get("/costs/spells.<kind>")
@needs(Permission.PLACEMENT_COST_READ)
def spells_file(kind: str) -> Any:
    return tables.download(_behind()[1].table, kind)
