"""Handing a file out: never opened by the browser as a page of ours."""

from flask import Response, send_file

from portal.access import Decision
from portal.documents import policy
from portal.documents.models import DocumentVersion
from portal.filekinds import FileKind, safe_download_name
from portal.storage import get_store


def send(version: DocumentVersion) -> Response:
    """The file as an attachment with a safe name.

    Raises:
        RuleBroken: `document:not-open`, before the scan, and after it when a virus was found.
    """
    decision: Decision = policy.may_open(version)
    decision.or_refuse("document:not-open")
    response = send_file(
        get_store().open(version.file.sha256),
        mimetype=version.file.mime,
        as_attachment=True,
        download_name=safe_download_name(version.file.name, FileKind(version.file.mime)),
        max_age=0,
    )
    response.headers["Content-Length"] = str(version.file.size)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
