"""What a supplier reads of a procedure about itself, and where it is heard."""

from flask import Response, redirect, url_for

from forms.exclusions import AnswerExclusionForm
from portal.access import Permission, current_viewer, needs
from portal.applications import actions_exclusions as actions
from portal.applications import policy_exclusions as policy
from portal.applications import queries, queries_exclusions
from portal.applications.views import bp
from portal.db import db
from portal.web import carried_out, clock, done, or_404, page
from scoring.exclusion import CONSIDERATIONS, grounds


@bp.route("/<ref>/exclusion", methods=["GET", "POST"])
@needs(Permission.APPLICATION_READ)
def exclusion(ref: str) -> Response:
    received_at = db.clock()
    viewer, now = current_viewer(), clock()
    application = queries.own_application(ref, viewer)
    found = queries_exclusions.exclusions_of(application, viewer)
    newest = or_404(found[0] if found else None)
    form = AnswerExclusionForm()
    if carried_out(
        form,
        lambda: actions.answer(
            newest, form.answer.data, received_at=received_at, actor=viewer, now=now
        ),
    ):
        done("Your answer is with the council.")
        return redirect(url_for(".exclusion", ref=ref))
    return page(
        "applications/exclusion.html",
        form=form,
        application=application,
        exclusions=found,
        newest=newest,
        told=queries_exclusions.told,
        titles={one.key: one.title for one in grounds(application.round.regime.under_the_act)},
        considerations=CONSIDERATIONS,
        may_answer=policy.may_answer(viewer, newest, now),
    )
