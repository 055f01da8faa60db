"""The way out of a visit: call it off, or give it up."""

from typing import Any

from flask import redirect, url_for

from forms.visits import EndForm
from portal.access import Permission, current_viewer, needs
from portal.visits import actions_ending, finding, policy
from portal.visits.models import EndedCause
from portal.visits.views import bp
from portal.web import carried_out, clock, done, page


@bp.route("/<ref>/end", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def end(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.inside(ref)
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
