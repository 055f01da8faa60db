"""A sheet that is given back, or that nobody waits for any more: each with a reason."""

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for

from forms.visits import ReasonForm
from portal.access import Decision, Permission, Viewer, current_viewer, needs
from portal.visits import actions_ending, actions_sheets, finding, policy
from portal.visits.models import VisitSheet
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page


@bp.route("/<ref>/sheets/<sheet>/give-back", methods=["GET", "POST"])
@needs(Permission.VISIT_READ)
def give_back(ref: str, sheet: str) -> Any:
    said = "The sheet is given back to {}."
    may, act = policy.may_give_back, actions_sheets.give_back
    return _with_a_reason(ref, sheet, "visits/give_back.html", may=may, act=act, said=said)


@bp.route("/<ref>/sheets/<sheet>/excuse", methods=["GET", "POST"])
@needs(Permission.VISIT_READ)
def excuse(ref: str, sheet: str) -> Any:
    said = "Nobody waits for the sheet of {} any more."
    may, act = policy.may_excuse, actions_ending.excuse
    return _with_a_reason(ref, sheet, "visits/excuse.html", may=may, act=act, said=said)


def _with_a_reason(
    ref: str,
    sheet: str,
    template: str,
    *,
    may: Callable[[Viewer, VisitSheet], Decision],
    act: Callable[..., None],
    said: str,
) -> Any:
    viewer, visit = current_viewer(), finding.inside(ref)
    found = or_404(next((one for one in visit.sheets if one.ref == sheet), None))
    may(viewer, found).or_refuse("visit-sheet:refused")
    form = ReasonForm()
    if carried_out(form, lambda: act(found, visit, form.reason.data, actor=viewer, now=clock())):
        done(said.format(found.title))
        return redirect(url_for(".show", ref=ref))
    return page(template, form=form, visit=visit, sheet=found)
