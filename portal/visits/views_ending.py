"""Ways out of a visit: call it off, give it up, or go on without somebody's sheet."""

from typing import Any

from flask import redirect, url_for

from forms.visits import EndForm, ReasonForm
from portal.access import Permission, current_viewer, needs
from portal.visits import actions_ending, policy, queries
from portal.visits.models import EndedCause, Visit
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page


@bp.route("/<ref>/end", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def end(ref: str) -> Any:
    viewer, visit = current_viewer(), _inside(ref)
    policy.may_end(viewer, visit).or_refuse("visit:end-refused")
    begun, form = visit.stage not in policy.BEFORE, EndForm().fit(EndedCause)
    if carried_out(
        form,
        lambda: actions_ending.end(
            visit, EndedCause(form.cause.data), form.reason.data, actor=viewer, now=clock()
        ),
    ):
        done("The visit is given up." if begun else "The visit is cancelled.")
        return redirect(url_for(".show", ref=ref))
    return page("visits/end.html", form=form, visit=visit, begun=begun)


@bp.route("/<ref>/sheets/<sheet>/excuse", methods=["GET", "POST"])
@needs(Permission.VISIT_READ)
def excuse(ref: str, sheet: str) -> Any:
    viewer, visit = current_viewer(), _inside(ref)
    found = or_404(next((one for one in visit.sheets if one.ref == sheet), None))
    policy.may_excuse(viewer, found).or_refuse("visit-sheet:refused")
    form = ReasonForm()
    if carried_out(
        form,
        lambda: actions_ending.excuse(found, visit, form.reason.data, actor=viewer, now=clock()),
    ):
        done(f"Nobody waits for the sheet of {found.title} any more.")
        return redirect(url_for(".show", ref=ref))
    return page("visits/excuse.html", form=form, visit=visit, sheet=found)


def _inside(ref: str) -> Visit:
    found: Visit = or_404(queries.visit(ref, current_viewer()))
    return found
