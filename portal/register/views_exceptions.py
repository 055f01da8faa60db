"""A council places all the same: an exception given on the page of a provider, and ended."""

from typing import Any

from flask import redirect, url_for

from forms import choice
from forms.register import ExceptionForm
from portal.access import Permission, Role, current_viewer, needs
from portal.days import today
from portal.db import db
from portal.people.queries import councils_as
from portal.providers import (
    actions_exceptions as exceptions_given,
    queries_exceptions as exceptions,
)
from portal.providers.actions_exceptions import About
from portal.providers.models_exceptions import Hindrance
from portal.register import actions_exceptions as actions, queries
from portal.register.queries import ProviderFile
from portal.register.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import RuleBroken


@bp.route("/register/<ref>/exceptions/new/<about>", methods=["GET", "POST"])
@needs(Permission.PLACEMENT_EXCEPT)
def new_exception(ref: str, about: str) -> Any:
    viewer, on = current_viewer(), today(clock())
    file = queries.provider_file(ref, viewer, on)
    hindrance = or_404(_hindrance(file, about))
    councils = {one.slug: one for one in councils_as(Role.COMMISSIONER, viewer)}
    if not actions.is_of_use(file.ground.held, [one.id for one in councils.values()], on):
        names = " and ".join(one.name for one in councils.values())
        raise RuleBroken("exception:no-place", actions.no_place(names, file.provider))
    form = ExceptionForm().fit([choice(one.slug, one.name) for one in councils.values()])
    if carried_out(
        form,
        lambda: actions.give(
            file.provider,
            file.ground.held,
            councils[form.council.data],
            hindrance,
            form.reason.data,
            until_on=form.until_on.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The exception is recorded. It holds for your council alone.")
        return redirect(url_for(".provider", ref=ref))
    return page("register/exception.html", form=form, file=file, about=hindrance)


@bp.post("/register/<ref>/exceptions/<exception_ref>/end")
@needs(Permission.PLACEMENT_EXCEPT)
def end_exception(ref: str, exception_ref: str) -> Any:
    found = or_404(exceptions.exception(exception_ref, current_viewer()))
    if found.provider.ref != ref:
        or_404(None)
    exceptions_given.end(found, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The exception is ended.")
    return redirect(url_for(".provider", ref=ref))


def _hindrance(file: ProviderFile, about: str) -> About | None:
    """What stands against a placement with this provider, by its reference."""
    for stop in file.ground.stops:
        if stop.document.ref == about:
            return About(Hindrance.DOCUMENT, about, stop.label)
    for one in file.provider.registrations:
        if one.ref == about:
            return About(Hindrance.REGISTRATION, about, f"Ofsted registration {one.urn}")
    return None
