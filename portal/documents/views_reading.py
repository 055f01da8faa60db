"""Reading a file within a page, where its kind allows it."""

from flask import Response

from portal.access import Permission, current_viewer, needs
from portal.documents import queries, serving
from portal.documents.views import bp


@bp.get("/versions/<ref>/view")
@needs(Permission.DOCUMENT_READ)
def view(ref: str) -> Response:
    return serving.show(queries.version(ref, current_viewer()))
