"""One home of a provider, for councils: what is known of it, its history, and correcting it."""

from typing import Any

from flask import Response, redirect, url_for

from forms.homes import CloseHomeForm
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.db import db
from portal.providers import policy, queries_settings as homes
from portal.providers.home_form import home_form, typed
from portal.providers.models_settings import Setting
from portal.register import actions_homes as actions, queries
from portal.register.queries import ProviderFile
from portal.register.views import bp
from portal.web import carried_out, clock, done, or_404, page


def _file(ref: str) -> ProviderFile:
    return queries.provider_file(ref, current_viewer(), today(clock()))


def _home(ref: str, home_ref: str) -> tuple[ProviderFile, Setting]:
    """A provider that the viewer may see and one home of it, or a 404."""
    file, found = _file(ref), homes.setting(home_ref, current_viewer())
    home: Setting = or_404(found if found and found.provider_id == file.provider.id else None)
    return file, home


def _by() -> dict[str, Any]:
    return {"actor": current_viewer(), "now": clock()}


def _refuse(file: ProviderFile) -> None:
    actions.may_correct(current_viewer(), file.ground, today(clock())).or_refuse("home:not-yours")


@bp.get("/register/<ref>/homes/<home_ref>")
@needs(Permission.REGISTER_READ)
def home(ref: str, home_ref: str) -> Response:
    viewer, (file, found) = current_viewer(), _home(ref, home_ref)
    return page(
        "register/home_page.html",
        file=file,
        home=found,
        where=policy.address_for(viewer, found),
        free=homes.free_in(found, clock()),
        history=homes.history(found),
        may_correct=actions.may_correct(viewer, file.ground, today(clock())),
    )


@bp.route("/register/<ref>/homes/new", methods=["GET", "POST"])
@needs(Permission.HOME_CORRECT)
def new_home(ref: str) -> Any:
    file = _file(ref)
    _refuse(file)
    form, made = home_form(file.provider, None), list[Setting]()
    if carried_out(
        form,
        lambda: made.append(
            actions.add(file.provider, file.ground, **_by(), **typed(form, file.provider))
        ),
    ):
        done(f"{made[0].name} is added. The provider has been told by mail.")
        return redirect(url_for(".home", ref=ref, home_ref=made[0].ref))
    return page("register/home_edit.html", form=form, provider=file.provider, home=None)


@bp.route("/register/<ref>/homes/<home_ref>/edit", methods=["GET", "POST"])
@needs(Permission.HOME_CORRECT)
def edit_home(ref: str, home_ref: str) -> Any:
    file, found = _home(ref, home_ref)
    _refuse(file)
    form = home_form(file.provider, found)
    if carried_out(
        form,
        lambda: actions.correct(found, file.ground, **_by(), **typed(form, file.provider)),
    ):
        done("The home is corrected. The provider has been told by mail.")
        return redirect(url_for(".home", ref=ref, home_ref=home_ref))
    return page("register/home_edit.html", form=form, provider=file.provider, home=found)


@bp.route("/register/<ref>/homes/<home_ref>/close", methods=["GET", "POST"])
@needs(Permission.HOME_CORRECT)
def close_home(ref: str, home_ref: str) -> Any:
    file, found = _home(ref, home_ref)
    _refuse(file)
    form = CloseHomeForm()
    if carried_out(form, lambda: actions.close(found, file.ground, form.closed_on.data, **_by())):
        done(f"{found.name} is closed. You can open it again.")
        return redirect(url_for(".home", ref=ref, home_ref=home_ref))
    return page("providers/home_close.html", form=form, provider=file.provider, home=found)


@bp.post("/register/<ref>/homes/<home_ref>/reopen")
@needs(Permission.HOME_CORRECT)
def reopen_home(ref: str, home_ref: str) -> Any:
    file, found = _home(ref, home_ref)
    actions.reopen(found, file.ground, **_by())
    db.session.commit()
    done(f"{found.name} is open again.")
    return redirect(url_for(".home", ref=ref, home_ref=home_ref))
