"""Confidential parts: what is marked, why, and until when."""

from flask import Response, redirect, request, url_for

from forms.confidential import MarkForm
from portal.access import Permission, current_viewer, needs
from portal.applications import actions_marks, policy
from portal.applications.marks import markable, name_of, place_of
from portal.applications.views import bp, editable, own_copy
from portal.db import db
from portal.web import carried_out, clock, done, page
from scoring.confidentiality import Exemption


@bp.route("/<ref>/confidential", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def confidential(ref: str) -> Response:
    """The list of what is marked, and a form to mark one more."""
    copy, viewer, now = own_copy(ref), current_viewer(), clock()
    policy.may_edit(viewer, copy.application, now).or_refuse("application:edit-refused")
    parts = {name_of(place): title for place, title in markable(copy)}
    asked = request.args.get("what", "")
    form = MarkForm(data={"what": asked} if asked in parts else None).offer(parts.items())
    if carried_out(
        form,
        lambda: actions_marks.mark(
            copy,
            place_of(form.what.data),
            Exemption(form.exemption.data),
            form.reason.data,
            form.until_on.data,
            actor=viewer,
            now=now,
        ),
    ):
        done("Marked. The councils see the mark and your reason with your application.")
        return redirect(url_for(".confidential", ref=ref))
    return page(
        "applications/confidential.html",
        application=copy.application,
        form=form,
        marks=[(one, parts.get(name_of(one.place), "")) for one in copy.marks],
        parts=parts,
    )


@bp.post("/<ref>/confidential/<mark>/remove")
@needs(Permission.APPLICATION_EDIT)
def unmark(ref: str, mark: str) -> Response:
    application = editable(ref)
    actions_marks.unmark(application, mark, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The mark is taken back.")
    return redirect(url_for(".confidential", ref=ref))
