"""Budgets for placements: on record, put on record, taken back."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.cost_budgets import BudgetBackForm, BudgetForm
from portal import paging, settings
from portal.access import Permission, Role, current_viewer, needs
from portal.costs.actions_taking_back import take_back
from portal.costs.budgets import actions, queries
from portal.costs.budgets.actions import BudgetTold
from portal.costs.budgets.models import InHouse
from portal.costs.placement_types import versions as types
from portal.costs.views import bp
from portal.days import today
from portal.db import db
from portal.people.models import Council
from portal.people.queries import councils_as
from portal.web import carried_out, clock, done, page
from scoring.costs import OVERALL
from scoring.years import year_named, year_of, year_text

YEARS_BACK, YEARS_ON = 6, 2


@bp.get("/costs/budgets")
@needs(Permission.PLACEMENT_COST_READ)
def budgets() -> Any:
    found = paging.paginate(
        db.session,
        queries.visible(current_viewer()),
        queries.NEWEST_FIRST,
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    own = {one.council for one in found.items}
    return page(
        "costs/budgets.html",
        found=found,
        titles={council.id: types.mapping_of(council).types for council in own},
        counting=queries.counting_refs(own),
        words=queries.WORDS,
    )


@bp.route("/costs/budgets/new", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def new_budget() -> Any:
    own = {one.slug: one for one in councils_as(Role.FINANCE, current_viewer())}
    if not own:
        raise NotFound
    form = _form(own)
    if carried_out(form, lambda: _record(form, own)):
        done("The budget is on record, and stands in the report.")
        return redirect(url_for(".budgets"))
    return page("costs/budget_new.html", form=form)


def _form(own: dict[str, Council]) -> BudgetForm:
    now = year_of(today(clock()))
    years = [year_text(year) for year in range(now + YEARS_ON, now - YEARS_BACK, -1)]
    titles = {
        key: one.title
        for council in own.values()
        for key, one in types.mapping_of(council).types.items()
        if key not in types.mapping_of(council).unpaid
    }
    form = BudgetForm(data={"year": year_text(now)} if request.method == "GET" else None)
    return form.fit(
        [choice(one.slug, one.name) for one in own.values()],
        [choice(year, year) for year in years],
        [choice(OVERALL, "All placements"), *(choice(key, title) for key, title in titles.items())],
    )


def _record(form: BudgetForm, own: dict[str, Council]) -> None:
    council = own[form.council.data] if "council" in form else next(iter(own.values()))
    told = BudgetTold(
        year_named(form.year.data),
        form.type.data,
        form.amount.data,
        InHouse(form.in_house.data),
        form.source.data,
    )
    actions.record(council, told, actor=current_viewer(), now=clock())


@bp.route("/costs/budgets/<ref>/take-back", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def budget_back(ref: str) -> Any:
    viewer = current_viewer()
    budget = queries.one_budget(ref, viewer)
    form = BudgetBackForm()
    if carried_out(form, lambda: take_back(budget, form.reason.data, actor=viewer, now=clock())):
        done("The budget counts no more.")
        return redirect(url_for(".budgets"))
    title = types.mapping_of(budget.council).types.get(budget.type)
    return page(
        "costs/budget_back.html",
        form=form,
        budget=budget,
        year=year_text(budget.year),
        title=title.title if title else "all placements",
    )
