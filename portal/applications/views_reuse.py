"""What one's own earlier applications and library offer again: each looked at, and taken one by one."""

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound

from portal.access import Permission, current_viewer, needs
from portal.applications import actions, policy, queries, reuse
from portal.applications.question_pages import address_of, page_at
from portal.applications.views import bp, own_copy
from portal.applications.working_copy import ANSWERS
from portal.autosave_pages import page_name
from portal.db import db
from portal.web import clock, done, page


@bp.get("/<ref>/reuse", endpoint="reuse")
@needs(Permission.APPLICATION_EDIT)
def show_reuse(ref: str) -> Response:
    copy, viewer = own_copy(ref), current_viewer()
    policy.may_edit(viewer, copy.application, clock()).or_refuse("application:edit-refused")
    offers = reuse.offers(copy, viewer)
    lines = {line["key"]: line for line in copy.document_lines}
    return page(
        "applications/reuse.html",
        application=copy.application,
        offers=offers,
        page_name=page_name(copy.application.round.version),
        documents=[
            (lines[key], version) for key, version in reuse.documents_in_date(copy, viewer).items()
        ],
    )


@bp.post("/<ref>/reuse/<key>", endpoint="reuse_answer")
@bp.post("/<ref>/reuse/<key>/<lot>", endpoint="reuse_answer")
@needs(Permission.APPLICATION_EDIT)
def take_answer(ref: str, key: str, lot: str = "") -> Response:
    """One answer; then its own page, to be read once more and changed."""
    viewer = current_viewer()
    copy = queries.part_of_copy(ref, ANSWERS, viewer, clock())
    source, shown = request.form.get("source", ""), request.form.get("_page", "")
    reuse.reuse_answer(copy, key, lot, source, page=shown, actor=viewer, now=clock())
    db.session.commit()
    done("The answer is taken over. Read it once more: it must be true today.")
    if request.form.get("back"):
        return redirect(url_for(".reuse", ref=ref))
    return redirect(address_of(copy.application, page_at(copy, key, lot)))


@bp.post("/<ref>/reuse/documents/<key>", endpoint="reuse_document")
@needs(Permission.APPLICATION_EDIT)
def take_document(ref: str, key: str) -> Response:
    """One document of the library that is still in date."""
    copy, viewer = own_copy(ref), current_viewer()
    version = reuse.documents_in_date(copy, viewer).get(key)
    if version is None:
        policy.may_edit(viewer, copy.application, clock()).or_refuse("application:edit-refused")
        raise NotFound
    shown = {"seen": "nothing", "page": request.form.get("_page", "")}
    actions.attach_document(copy.application, key, version, **shown, actor=viewer, now=clock())
    db.session.commit()
    done(f"{version.document.title}: attached.")
    return redirect(url_for(".reuse", ref=ref))
