"""The councils to which each lot is offered."""

from flask import Response, redirect, request, url_for

from forms.applications import councils_form
from portal.access import Permission, current_viewer, needs
from portal.applications import actions
from portal.applications.lots.councils import councils_of, councils_offered, field_name, seen_of
from portal.applications.views import bp, editable
from portal.db import db
from portal.web import clock, done, page
from scoring.rules import RuleBroken


@bp.route("/<ref>/councils", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def councils(ref: str) -> Response:
    application = editable(ref)
    lots = {
        field_name(one.round_lot.code): one
        for one in sorted(application.lots, key=lambda one: one.round_lot.position)
        if one.round_lot.cancelled_at is None
    }
    form = councils_form(
        {name: one.round_lot for name, one in lots.items()},
        councils_offered(None, application.round),
        {name: councils_of(one, application.round) for name, one in lots.items()},
    )
    if form.validate_on_submit():
        chosen = {one.round_lot.code: form[name].data for name, one in lots.items()}
        seen = request.form.get("_seen", "")
        try:
            actions.choose_councils(
                application, chosen, seen=seen, actor=current_viewer(), now=clock()
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("Your councils are saved.")
            return redirect(url_for(".show", ref=ref))
    return page(
        "applications/councils.html",
        form=form,
        application=application,
        names=list(lots),
        seen=seen_of(application),
    )
