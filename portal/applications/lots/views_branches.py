"""The registered branches that will deliver each lot."""

from flask import Response, redirect, request, url_for

from forms import choice
from forms.applications import branches_form
from portal.access import Permission, current_viewer, needs
from portal.applications.lots.branches import (
    choose_branches,
    field_name,
    fitting,
    lots_to_choose,
    seen_of,
)
from portal.applications.views import bp, editable
from portal.content.queries import ofsted_scale
from portal.providers.models import Registration
from portal.web import carried_out, clock, done, page
from scoring.ofsted import OutcomeScale


@bp.route("/<ref>/branches", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def branches(ref: str) -> Response:
    application = editable(ref)
    known = fitting(application)
    lots = {field_name(one.round_lot.code): one for one in lots_to_choose(application)}
    scale = ofsted_scale(application.round.ofsted_scale)
    every = [one.urn for one in known]
    form = branches_form(
        {name: one.round_lot for name, one in lots.items()},
        [choice(one.urn, _called(one), hint=_outcome(one, scale)) for one in known],
        {name: every if one.branches is None else one.branches for name, one in lots.items()},
    )
    if carried_out(
        form,
        lambda: choose_branches(
            application,
            {one.round_lot.code: form[name].data for name, one in lots.items()},
            seen=request.form.get("_seen", ""),
            actor=current_viewer(),
            now=clock(),
        ),
    ):
        done("Your branches are saved.")
        return redirect(url_for(".show", ref=ref))
    return page(
        "applications/branches.html",
        form=form,
        application=application,
        names=list(lots),
        known=known,
        accepted=[scale.outcome(value).label for value in scale.usual_gate],
        seen=seen_of(application),
    )


def _called(one: Registration) -> str:
    return f"{one.urn}, {one.branch}" if one.branch else one.urn


def _outcome(one: Registration, scale: OutcomeScale) -> str:
    """What is on record of Ofsted's outcome; a word that the scale does not know as it stands."""
    known = {outcome.value: outcome.label for outcome in scale.outcomes}
    return f"Ofsted: {known.get(one.outcome, one.outcome or 'nothing on record')}"
