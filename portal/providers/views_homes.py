"""The homes of an organisation, and what is free in them: for its own people."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, url_for

from forms import built_form
from forms.homes import CloseHomeForm, FreeForm, free_field
from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.days import LONDON
from portal.db import db
from portal.providers import (
    actions_settings as actions,
    actions_vacancies,
    homes_table,
    policy,
    queries as providers,
    queries_settings as queries,
)
from portal.providers.home_form import home_form, typed
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.providers.views import bp, own
from portal.web import carried_out, clock, done, or_404, page


def _home(ref: str, home_ref: str) -> tuple[Provider, Setting]:
    """One of the viewer's own organisations and one home of it, or a 404."""
    provider = own(ref)
    home: Setting = or_404(queries.setting(home_ref, current_viewer()))
    if home.provider_id != provider.id:
        or_404(None)
    return provider, home


@bp.get("/homes")
@needs(Permission.HOME_KEEP)
def my_homes() -> Any:
    mine = providers.own_providers(current_viewer())
    if len(mine) == 1:
        return redirect(url_for(".homes", ref=mine[0].ref))
    return page("providers/index.html", providers=mine, leads_to="providers.homes")


@bp.get("/<ref>/homes")
@needs(Permission.HOME_KEEP)
def homes(ref: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    kept = queries.settings_of([provider.id], viewer, closed=True)
    return page(
        "providers/homes.html",
        provider=provider,
        open_homes=[one for one in kept if one.closed_on is None],
        closed_homes=[one for one in kept if one.closed_on is not None],
        free={one.id: queries.free_in(one, clock()) for one in kept},
        may_edit=policy.may_edit(viewer, provider),
    )


@bp.get("/<ref>/homes.<kind>")
@needs(Permission.HOME_KEEP)
def homes_file(ref: str, kind: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    kept = queries.settings_of([provider.id], viewer)
    return tables.download(homes_table.table(kept, viewer, clock()), kind)


@bp.route("/<ref>/homes/new", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def new_home(ref: str) -> Any:
    viewer, provider = current_viewer(), own(ref)
    policy.may_edit(viewer, provider).or_refuse()
    form = home_form(provider, None)
    made: list[Setting] = []
    if carried_out(
        form,
        lambda: made.append(
            actions.add_setting(provider, **typed(form, provider), actor=viewer, now=clock())
        ),
    ):
        done(f"{made[0].name} is added. Say now what is free there.")
        return redirect(url_for(".free", ref=ref))
    return page("providers/home_edit.html", form=form, provider=provider, home=None)


@bp.get("/<ref>/homes/<home_ref>")
@needs(Permission.HOME_KEEP)
def home(ref: str, home_ref: str) -> Any:
    viewer = current_viewer()
    provider, found = _home(ref, home_ref)
    return page(
        "providers/home.html",
        provider=provider,
        home=found,
        free=queries.free_in(found, clock()),
        history=queries.history(found),
        may_edit=policy.may_edit(viewer, provider),
        may_say=policy.may_say_what_is_free(viewer, provider),
    )


@bp.route("/<ref>/homes/<home_ref>/edit", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def edit_home(ref: str, home_ref: str) -> Any:
    viewer = current_viewer()
    provider, found = _home(ref, home_ref)
    policy.may_edit(viewer, provider).or_refuse()
    form = home_form(provider, found)
    if carried_out(
        form,
        lambda: actions.change_setting(found, **typed(form, provider), actor=viewer, now=clock()),
    ):
        done("The home is saved.")
        return redirect(url_for(".home", ref=ref, home_ref=home_ref))
    return page("providers/home_edit.html", form=form, provider=provider, home=found)


@bp.route("/<ref>/homes/<home_ref>/close", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def close_home(ref: str, home_ref: str) -> Any:
    viewer = current_viewer()
    provider, found = _home(ref, home_ref)
    policy.may_edit(viewer, provider).or_refuse()
    form = CloseHomeForm()
    if carried_out(
        form,
        lambda: actions.close_setting(found, form.closed_on.data, actor=viewer, now=clock()),
    ):
        done(f"{found.name} is closed. You can open it again.")
        return redirect(url_for(".home", ref=ref, home_ref=home_ref))
    return page("providers/home_close.html", form=form, provider=provider, home=found)


@bp.post("/<ref>/homes/<home_ref>/reopen")
@needs(Permission.ORGANISATION_EDIT)
def reopen_home(ref: str, home_ref: str) -> Any:
    _provider, found = _home(ref, home_ref)
    actions.reopen_setting(found, actor=current_viewer(), now=clock())
    db.session.commit()
    done(f"{found.name} is open again. Say now what is free there.")
    return redirect(url_for(".free", ref=ref))


@bp.route("/<ref>/homes/free", methods=["GET", "POST"])
@needs(Permission.HOME_KEEP)
def free(ref: str) -> Any:
    """All homes on one page: to say that nothing changed takes one button."""
    viewer, provider = current_viewer(), own(ref)
    policy.may_say_what_is_free(viewer, provider).or_refuse()
    kept = queries.settings_of([provider.id], viewer)
    form = _free_form(kept)
    if kept and carried_out(
        form,
        lambda: actions_vacancies.say_what_is_free(
            {one: form[one.ref].data for one in kept},
            form.from_on.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Thank you. Councils see what is free from now on.")
        return redirect(url_for(".homes", ref=ref))
    return page(
        "providers/free.html",
        form=form,
        provider=provider,
        homes=kept,
        free={one.id: queries.free_in(one, clock()) for one in kept},
    )


@bp.post("/<ref>/homes/<home_ref>/free/<vacancy_ref>/take-back")
@needs(Permission.HOME_KEEP)
def take_back_free(ref: str, home_ref: str, vacancy_ref: str) -> Any:
    _provider, found = _home(ref, home_ref)
    vacancy = or_404(queries.vacancy(vacancy_ref, found))
    actions_vacancies.take_back(vacancy, actor=current_viewer(), now=clock())
    db.session.commit()
    done("Taken back. What was said before it holds again.")
    return redirect(url_for(".home", ref=ref, home_ref=home_ref))


def _free_form(homes: Sequence[Setting]) -> Any:
    """A field for each home, filled with what is known: nothing known stays empty."""
    known = {one.ref: queries.free_in(one, clock()).number for one in homes}
    fields = {one.ref: free_field(one.name, one.places) for one in homes}
    today = clock().astimezone(LONDON).date()
    return built_form(fields, base=FreeForm, data={**known, "from_on": today})
