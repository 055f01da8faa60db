"""Placement choices: the list, and one record with its versions."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict

from forms import choice
from forms.cost_choices import ALL, ChoiceBackForm, ChoicesForm
from portal import paging, settings, tables
from portal.access import Permission, current_viewer, needs
from portal.contracts import queries as contracts
from portal.costs.choices import actions, policy as policy_choices, queries
from portal.costs.choices.models import PlacementChoice
from portal.costs.choices.queries import WantedChoices
from portal.costs.of_lots.priced import like_named
from portal.costs.queries import lots_with_choice
from portal.costs.views import bp
from portal.db import db
from portal.web import carried_out, clock, date_text, done, page, words_of_address


@bp.get("/placement-choices")
@needs(Permission.PLACEMENT_CHOICE_READ)
def choices() -> Any:
    viewer = current_viewer()
    form, wanted = _filters()
    found = paging.paginate(
        db.session,
        queries.visible(viewer, wanted),
        queries.BY,
        sort=request.args.get("sort"),
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    chosen = words_of_address("from", "sort", "kind")
    return page("costs/choices.html", form=form, found=found, chosen=chosen)


@bp.get("/placement-choices.<kind>")
@needs(Permission.PLACEMENT_CHOICE_READ)
def choices_file(kind: str) -> Any:
    _, wanted = _filters()
    newest_first = (PlacementChoice.decided_on.desc(), PlacementChoice.ref)
    found = queries.visible(current_viewer(), wanted).order_by(*newest_first)
    every = db.session.scalars(found).all()
    return tables.download(queries.as_table(every, _told(wanted)), kind)


def _filters() -> tuple[ChoicesForm, WantedChoices]:
    """The filters of the address; what it says wrongly narrows nothing, and is said."""
    viewer = current_viewer()
    lots = lots_with_choice(contracts.agreements(viewer))
    form = ChoicesForm(MultiDict(request.args)).fit(
        [choice(address, words) for address, words in lots],
        [choice(ref, name) for ref, name in queries.chosen_before(viewer)],
    )
    for field in (form.lot, form.chosen):
        field.data = field.data or ALL
    if request.args:
        form.validate()

    def sound(field: Any) -> Any:
        return None if field.errors or field.data in (None, ALL) else field.data

    wanted = WantedChoices(
        words=sound(form.words) or "",
        lot=sound(form.lot) or "",
        chosen=sound(form.chosen) or "",
        since=sound(form.since),
        until=sound(form.until),
    )
    return form, wanted


def _told(wanted: WantedChoices) -> dict[str, str]:
    days = {"From": wanted.since, "To": wanted.until}
    told = {"Placement": wanted.words, "Lot": wanted.lot, "Chosen": wanted.chosen}
    told |= {name: date_text(day) for name, day in days.items() if day}
    return {name: value for name, value in told.items() if value}


@bp.get("/placement-choices/<ref>")
@needs(Permission.PLACEMENT_CHOICE_READ)
def show_choice(ref: str) -> Any:
    viewer = current_viewer()
    one = queries.one_choice(ref, viewer)
    lines = queries.lines_of(one, one.newest)
    considered = {line["provider_ref"] for line in lines}
    others = [fact for fact in one.facts if fact["provider"] not in considered]
    return page(
        "costs/choice.html",
        one=one,
        like=like_named(one.agreement_lot, one.like),
        shown=_shown(one),
        others=others,
        may_change=bool(policy_choices.may_choose(viewer, one.council_id)) and not one.taken_back,
    )


def _shown(one: PlacementChoice) -> Any:
    """The cells of the page's table: what is the same in every line stands above it."""
    keys = ("provider", "chosen", "weekly", "distance", "quality", "free", "visit", "kpis", "why")
    table = queries.as_table([one], {})
    at = [next(n for n, c in enumerate(table.columns) if c.key == key) for key in keys]
    return [[row[number] for number in at] for row in table.body]


@bp.get("/placement-choices/<ref>.<kind>")
@needs(Permission.PLACEMENT_CHOICE_READ)
def choice_file(ref: str, kind: str) -> Any:
    one = queries.one_choice(ref, current_viewer())
    return tables.download(queries.as_table([one], {"Placement": one.reference}), kind)


@bp.route("/placement-choices/<ref>/take-back", methods=["GET", "POST"])
@needs(Permission.PLACEMENT_CHOOSE)
def choice_back(ref: str) -> Any:
    viewer = current_viewer()
    one = queries.one_choice(ref, viewer)
    form = ChoiceBackForm()
    if carried_out(
        form, lambda: actions.take_back(one, form.correction.data, actor=viewer, now=clock())
    ):
        done("The record is taken back. It stays, marked as such.")
        return redirect(url_for(".show_choice", ref=ref))
    return page("costs/choice_back.html", form=form, one=one)
