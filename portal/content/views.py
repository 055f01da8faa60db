"""Content to look at: what ships with the portal, what councils made of it, and each version."""

from flask import Blueprint, Response

from portal.access import Permission, current_viewer, needs
from portal.content import queries
from portal.content.kinds import Kind
from portal.web import page
from scoring.rows import columns_of

bp = Blueprint("content", __name__, url_prefix="/content")
bp.add_app_template_filter(columns_of)


@bp.get("/")
@needs(Permission.CONTENT_READ)
def catalogue() -> Response:
    return page("content/catalogue.html", catalogue=queries.catalogue(viewer=current_viewer()))


@bp.get("/<kind>/<key>")
@bp.get("/<kind>/<key>/<int:version>", endpoint="show_version")
@needs(Permission.CONTENT_READ)
def show(kind: str, key: str, version: int | None = None) -> Response:
    shown = queries.content(kind, key, version)
    return page(
        "content/show.html",
        shown=shown,
        kind=Kind(shown.kind),
        body=shown.body,
        versions=queries.versions(shown.kind, shown.key),
    )
