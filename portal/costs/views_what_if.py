"""What if: a change of prices and places, tried on a year that is over."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.cost_reports import WhatIfForm
from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.costs import what_if
from portal.costs.reports.asking import Asked, Wanted, councils
from portal.costs.views import bp
from portal.tables import Table
from portal.web import page, words_of_address
from scoring.rules import RuleBroken
from scoring.whatif import Change
from scoring.years import year_named, year_text

USUAL_UPLIFT, USUAL_MOVED, USUAL_VOID = 300, 5, 1_000


@bp.get("/costs/what-if")
@needs(Permission.COST_READ)
def what_if_page() -> Any:
    asked = _asked()
    if asked.is_empty:
        return redirect(url_for(".reports", council=asked.council.slug))
    form, table = _tried(asked)
    return page(
        "costs/what_if.html", asked=asked, form=form, table=table, address=words_of_address("kind")
    )


@bp.get("/costs/what-if.<kind>")
@needs(Permission.COST_READ)
def what_if_file(kind: str) -> Any:
    asked = _asked()
    _, table = (None, None) if asked.is_empty else _tried(asked)
    if table is None:
        raise NotFound
    return tables.download(table, kind)


def _asked() -> Asked:
    if not councils(current_viewer()):
        raise NotFound
    return Asked(Wanted(council=request.args.get("council", "")), current_viewer())


def _year() -> int | None:
    try:
        return year_named(request.args["year"]) if request.args.get("year") else None
    except RuleBroken:
        return None


def _tried(asked: Asked) -> tuple[WhatIfForm, Table | None]:
    """The form of the address, and what comes of it; usual values where it says nothing."""
    offered = what_if.offer(asked, _year())
    usual = {
        "council": asked.council.slug,
        "year": year_text(offered.years[-1]) if offered.years else "",
        "uplift": USUAL_UPLIFT,
        "moved": USUAL_MOVED,
        "leaving": offered.leaving[0] if offered.leaving else "",
        "void": USUAL_VOID,
    }
    form = WhatIfForm(request.args or None, data=usual)
    own = councils(current_viewer())
    form.council.choices = [choice(one.slug, one.name) for one in own]
    form.year.choices = [choice(year_text(one), year_text(one)) for one in offered.years]
    form.leaving.choices = [choice(one, asked.title_of(one)) for one in offered.leaving]
    if len(own) == 1:
        del form.council
    if not offered.leaving or (set(request.args) - {"council"} and not form.validate()):
        return form, None
    for field in form:
        if field.data in (None, ""):
            field.data = usual.get(field.short_name)
    change = Change(form.uplift.data, form.moved.data, form.void.data)
    year = year_named(form.year.data)
    try:
        made = what_if.outcome(asked, year, form.leaving.data, change)
    except RuleBroken as broken:
        form.add_rule_error(broken)
        return form, None
    return form, what_if.table(asked, year, form.leaving.data, change, made)
