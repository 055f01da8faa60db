"""Handing a file out: never opened by the browser as a page of ours.

To be read within a page it comes in a sandbox, which gives it an origin of its own: whatever is in
it reaches neither our pages nor their cookies. Only pictures and PDFs are handed out like that.
"""

from flask import Response, current_app, send_file
from werkzeug.exceptions import NotFound

from portal.access import Decision
from portal.documents import policy
from portal.documents.models import DocumentVersion, StoredFile
from portal.filekinds import FileKind, safe_download_name
from portal.storage import Store, get_store


def send(version: DocumentVersion) -> Response:
    """The file as an attachment with a safe name.

    Raises:
        RuleBroken: `document:not-open`, before the scan, and after it when a virus was found.
    """
    return send_stored(version.file)


def send_stored(file: StoredFile) -> Response:
    """A file that belongs to no document, such as the minutes of a meeting.

    Raises:
        RuleBroken: `document:not-open`, before the scan, and after it when a virus was found.
    """
    decision: Decision = policy.may_open_file(file)
    decision.or_refuse("document:not-open")
    name = safe_download_name(file.name, FileKind(file.mime))
    link = linked(get_store(), file.sha256, name=name, mime=file.mime)
    return link or _response(file, as_attachment=True)


READABLE = frozenset({FileKind.PDF, FileKind.PNG, FileKind.JPEG})


def readable(version: DocumentVersion) -> bool:
    """Whether a page can show it: a clean picture or PDF."""
    return bool(policy.may_open(version)) and FileKind(version.file.mime) in READABLE


def show(version: DocumentVersion) -> Response:
    """The file for a frame or picture of our own page.

    Raises:
        RuleBroken: `document:not-open`; NotFound: of another kind, which is downloaded.
    """
    policy.may_open(version).or_refuse("document:not-open")
    if not readable(version):
        raise NotFound
    response = _response(version.file, as_attachment=False)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; sandbox; frame-ancestors 'self'"  # which outranks X-Frame-Options
    )
    return response


def linked(store: Store, sha256: str, *, name: str, mime: str) -> Response | None:
    """On to an address of the store that holds for minutes; None where the store has no addresses."""
    seconds = current_app.config["S3_LINK_SECONDS"]
    link = store.link(sha256, name=name, mime=mime, seconds=seconds)
    if not link:
        return None
    response = Response(status=303, headers={"Location": link})
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _response(file: StoredFile, *, as_attachment: bool) -> Response:
    response = send_file(
        get_store().open(file.sha256),
        mimetype=file.mime,
        as_attachment=as_attachment,
        download_name=safe_download_name(file.name, FileKind(file.mime)),
        max_age=0,
    )
    response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
