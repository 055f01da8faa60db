"""Which documents a provider has and when they run out; never a file, and never one of a bid."""

from typing import Any

from marshmallow import fields

from portal.access import Permission, current_viewer
from portal.api.fields import Moment, Told, a_list
from portal.api.paging import whole
from portal.api.routes import reads
from portal.api.shared import NamedSchema, named, on_today
from portal.documents import queries
from portal.documents.models import DocumentVersion
from portal.documents.queries import LibraryLine
from portal.people.scopes import Scope

TAG = "Documents"


class VersionSchema(Told):
    """One upload."""

    ref = fields.String()
    number = fields.Integer()
    file_name = fields.String()
    bytes = fields.Integer()
    sha256 = fields.String()
    uploaded_at = Moment()
    valid_until_on = fields.Date(allow_none=True)
    check = fields.String()
    scan = fields.String()


class DocumentSchema(Told):
    """One type of document in a library, and the version that counts."""

    type = fields.String()
    title = fields.String()
    home = fields.Nested(NamedSchema, allow_none=True)
    state = fields.String()
    days_left = fields.Integer(allow_none=True)
    version = fields.Nested(VersionSchema, allow_none=True)


@reads(
    "/providers/<ref>/documents",
    a_list(DocumentSchema, "Document"),
    tag=TAG,
    scope=Scope.DOCUMENTS_READ,
    permission=Permission.DOCUMENT_READ,
)
def documents(_query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The library of a provider: what is there, what is missing, what runs out when."""
    viewer = current_viewer()
    holder = queries.holder(ref, viewer)
    return whole(queries.library(holder.id, viewer, on_today()), _line)


def _line(line: LibraryLine) -> dict[str, Any]:
    return {
        "type": line.type_key,
        "title": line.title,
        "home": named(line.home) if line.home else None,
        "state": line.state.value,
        "days_left": line.days_left,
        "version": _version(line.version) if line.version else None,
    }


def _version(one: DocumentVersion) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "number": one.number,
        "file_name": one.file.name,
        "bytes": one.file.size,
        "sha256": one.file.sha256,
        "uploaded_at": one.uploaded_at,
        "valid_until_on": one.valid_until_on,
        "check": one.check.value,
        "scan": one.file.scan.value,
    }
