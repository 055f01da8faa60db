"""The register's two lists: providers, and homes with what is free in them."""

from typing import Any

from flask import request
from sqlalchemy import select

from forms import AddressForm, choice, choices_of
from forms.register import HomesFilterForm, RegisterFilterForm
from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.db import db
from portal.people.models import Council
from portal.providers import homes_table
from portal.providers.models_settings import Serves, SettingCategory
from portal.providers.words import NOT_INSPECTED, OUTCOMES, SERVICES
from portal.register import listing, queries
from portal.register.listing import Wanted, WantedHome
from portal.register.views import bp
from portal.web import clock, page

HOMES_ON_A_PAGE = 25


@bp.get("/register")
@needs(Permission.REGISTER_READ)
def index() -> Any:
    form = _filter()
    found, lines = listing.providers_page(
        current_viewer(), _wanted(form), clock(), cursor=request.args.get("from")
    )
    return page(
        "register/index.html",
        form=form,
        found=found,
        lines=lines,
        chosen=_chosen(form),
        ofsted_of=listing.ofsted_of,
    )


@bp.get("/register.<kind>")
@needs(Permission.REGISTER_READ)
def index_file(kind: str) -> Any:
    form = _filter()
    lines = listing.all_providers(current_viewer(), _wanted(form), clock())
    table = listing.providers_table(lines, today(clock()), _in_words(form))
    return tables.download(table, kind)


@bp.get("/register/homes")
@needs(Permission.REGISTER_READ)
def homes() -> Any:
    form = _homes_filter()
    lines = listing.homes(current_viewer(), _wanted_home(form), clock())
    at = max(request.args.get("page", 1, type=int) or 1, 1)
    start = (at - 1) * HOMES_ON_A_PAGE
    return page(
        "register/homes.html",
        form=form,
        lines=lines[start : start + HOMES_ON_A_PAGE],
        number=len(lines),
        at=at,
        more=len(lines) > start + HOMES_ON_A_PAGE,
        chosen=_chosen(form),
    )


@bp.get("/register/homes.<kind>")
@needs(Permission.REGISTER_READ)
def homes_file(kind: str) -> Any:
    form, viewer = _homes_filter(), current_viewer()
    lines = listing.homes(viewer, _wanted_home(form), clock())
    kept = [one.home for one in lines]
    return tables.download(homes_table.table(kept, viewer, clock(), _in_words(form)), kind)


def _filter() -> RegisterFilterForm:
    form = RegisterFilterForm()
    lots = {one.code: f"{one.code} {one.title}" for one in queries.lots_on_lists()}
    form.lot.choices = [choice(code, words) for code, words in lots.items()]
    councils = db.session.scalars(select(Council).order_by(Council.name))
    form.council.choices = [choice(one.slug, one.name) for one in councils]
    form.outcome.choices = [
        choice(f"{service.value}:{value}", words, group=SERVICES[service])
        for service, outcomes in OUTCOMES.items()
        for value, words in outcomes.items()
        if value != NOT_INSPECTED or service is next(iter(OUTCOMES))
    ]
    return form


def _wanted(form: RegisterFilterForm) -> Wanted:
    return Wanted(**_chosen(form))


def _homes_filter() -> HomesFilterForm:
    form = HomesFilterForm()
    form.category.choices = choices_of(SettingCategory, {one: one.title for one in SettingCategory})
    form.serves.choices = choices_of(Serves, {one: one.title for one in Serves})
    return form


def _wanted_home(form: HomesFilterForm) -> WantedHome:
    return WantedHome(**_chosen(form))


def _chosen(form: AddressForm) -> dict[str, Any]:
    """What the address asks for; a value that there is not narrows nothing."""
    form.validate()
    return {one.short_name: one.data for one in form if one.data and not one.errors}


def _in_words(form: AddressForm) -> dict[str, str]:
    return {one.label.text: str(one.data) for one in form if one.data and not one.errors}
