"""What was changed since a submission: a page of one's own."""

from flask import Response

from portal.access import Permission, current_viewer, needs
from portal.applications.submitting.since_submission import changes
from portal.applications.views import bp, own_copy
from portal.web import page


@bp.get("/<ref>/since-submission", endpoint="since_submission")
@needs(Permission.APPLICATION_READ)
def show_since_submission(ref: str) -> Response:
    copy = own_copy(ref)
    return page(
        "applications/since_submission.html",
        application=copy.application,
        changes=changes(copy, current_viewer()),
    )
