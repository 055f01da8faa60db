"""The documents of an application: from the library, uploaded now, or promised; and bids' files."""

from datetime import date
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms.applications import AttachForm
from portal import autosave_pages as typing
from portal.access import Permission, current_viewer, needs
from portal.applications import actions, policy, queries
from portal.applications.models import AttachedDocument
from portal.applications.views import bp, editable, own_copy
from portal.applications.working_copy import WorkingCopy
from portal.content import queries as content
from portal.db import db
from portal.documents import actions as documents, queries as library, receiving, scans, serving
from portal.documents.actions import StagedFile
from portal.documents.models import DocumentVersion
from portal.edits import EditConflict
from portal.people.actions import note_read
from portal.web import clock, done, page
from scoring.content import Content
from scoring.eligibility import DocumentState
from scoring.rules import RuleBroken


@bp.get("/<ref>/documents")
@needs(Permission.APPLICATION_READ)
def documents_list(ref: str) -> Response:
    copy = own_copy(ref)
    return page(
        "applications/documents.html",
        application=copy.application,
        copy=copy,
        states={line["key"]: copy.document_state(line["key"]) for line in copy.document_lines},
        newest=_in_library(copy),
        may_edit=policy.may_edit(current_viewer(), copy.application, clock()),
        homes=[line for line in copy.checklist["documents"] if line["of"] == "setting"],
    )


@bp.get("/<ref>/documents/<key>")
@needs(Permission.APPLICATION_EDIT)
def document(ref: str, key: str) -> Response:
    copy = own_copy(ref)
    decision = policy.may_edit(current_viewer(), copy.application, clock())
    decision.or_refuse("application:edit-refused")
    line = _line(copy, key)
    attached = copy.attached.get(key)
    form = AttachForm(data={"source": _source(attached)})
    return _page(copy, line, _offer(form, copy, line))


@bp.post("/<ref>/documents/<key>")
@needs(Permission.APPLICATION_EDIT)
def attach(ref: str, key: str) -> Response:
    queries.refuse_strangers(ref, current_viewer())
    form = AttachForm()
    staged = _staged(form)  # before the first statement, which takes the write lock
    copy = own_copy(ref)
    line = _line(copy, key)
    _offer(form, copy, line)
    may_edit = policy.may_edit(current_viewer(), copy.application, clock())
    if not may_edit:
        return _page(copy, line, form, closed=typing.close(form, [form.source], may_edit.reason))
    if typing.choice()[0] == typing.THEIRS:
        done(f"{line['title']}: nothing is changed.")
        return redirect(url_for(".documents_list", ref=ref))
    conflict = None
    if form.says_all(lambda: documents.check_last_day(_kind(line), form.last_day, clock())):
        try:
            _give(copy, line, form, staged)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
            conflict = broken if isinstance(broken, EditConflict) else None
        else:
            db.session.commit()
            done(f"{line['title']}: saved.")
            return redirect(url_for(".documents_list", ref=ref))
    return _page(own_copy(ref), line, form, conflict=conflict)


@bp.post("/<ref>/documents/<key>/remove")
@needs(Permission.APPLICATION_EDIT)
def detach(ref: str, key: str) -> Response:
    application = editable(ref)
    actions.detach_document(application, key, actor=current_viewer(), now=clock())
    db.session.commit()
    done("Taken out of the application. The file itself is kept.")
    return redirect(url_for(".documents_list", ref=ref))


@bp.get("/bids/<ref>/files/<version_ref>")
@needs(Permission.BID_READ)
def bid_file(ref: str, version_ref: str) -> Response:
    """A file of an opened bid, for those who read bids; who looked is remembered."""
    viewer = current_viewer()
    application = queries.application(ref, viewer)
    version = queries.bid_document(application, version_ref, viewer)
    response = serving.send(version)
    note_read(viewer, "document_version", version.ref, clock())
    return response


def _in_library(copy: WorkingCopy) -> dict[str, DocumentVersion]:
    """The newest version in the library for each line, by type."""
    types = {line["type"] for line in copy.document_lines}
    return library.newest_in_library(copy.application.provider_id, types, current_viewer())


def _line(copy: WorkingCopy, key: str) -> Content:
    for line in copy.document_lines:
        if line["key"] == key:
            return line
    raise NotFound


def _source(attached: AttachedDocument | None) -> str:
    if attached is None:
        return ""
    if attached.promised:
        return "promise"
    bound = attached.version is not None and attached.version.document.bound_to
    return "" if bound else "library"


def _offer(form: AttachForm, copy: WorkingCopy, line: Content) -> AttachForm:
    newest = _in_library(copy).get(line["type"])
    state = library.state_of(newest, copy.on)
    usable = newest is not None and state not in {DocumentState.INFECTED, DocumentState.EXPIRED}
    return form.offer(
        library=newest.file.name if usable and newest else "",
        promise=line["stage"] == "award",
        asks_for_day=_kind(line).get("expiry", "none") != "none",
    )


def _kind(line: Content) -> Content:
    """What the type of a line's document says of it."""
    kind: Content = content.document_types().get(line["type"], {})
    return kind


def _staged(form: AttachForm) -> StagedFile | None:
    """Store the file that was sent, when uploading is what was chosen."""
    return receiving.take_in(form) if request.form.get("source") == "upload" else None


def _give(copy: WorkingCopy, line: Content, form: AttachForm, staged: StagedFile | None) -> None:
    viewer, now = current_viewer(), clock()
    application, key = copy.application, line["key"]
    shown = {"seen": request.form.get("_seen"), "page": request.form.get("_page", "")}
    if form.source.data == "promise":
        actions.promise_document(application, key, **shown, actor=viewer, now=now)
        return
    if form.source.data == "library":
        version = _in_library(copy)[line["type"]]
    else:
        version = _uploaded(copy, line, staged, form.last_day)
        if form.keep.data and staged is not None:
            _keep_in_library(copy, line, staged, form.last_day)
    actions.attach_document(application, key, version, **shown, actor=viewer, now=now)


def _uploaded(
    copy: WorkingCopy, line: Content, staged: StagedFile | None, last_day: date | None
) -> DocumentVersion:
    if staged is None:
        raise RuleBroken("file:missing", "Choose a file", "file")
    policy.may_edit(current_viewer(), copy.application, clock()).or_refuse(
        "application:edit-refused"
    )
    return documents.add_version(
        copy.application.provider,
        line["type"],
        line["title"],
        staged,
        last_day,
        bound_to=copy.application.ref,
        chain=copy.application.audit_chain,
        actor=current_viewer(),
        now=clock(),
    )


def _keep_in_library(
    copy: WorkingCopy, line: Content, staged: StagedFile, last_day: date | None
) -> None:
    documents.add_version(
        copy.application.provider,
        line["type"],
        line["title"],
        staged,
        last_day,
        actor=current_viewer(),
        now=clock(),
    )


def _page(
    copy: WorkingCopy,
    line: Content,
    form: AttachForm,
    *,
    closed: str = "",
    conflict: EditConflict | None = None,
) -> Response:
    attached = copy.attached.get(line["key"])
    return page(
        "applications/document.html",
        409 if conflict else 200,
        application=copy.application,
        line=line,
        form=form,
        closed=closed,
        conflicts=[_both(conflict, line, form)] if conflict else [],
        seen=actions.seen_of(attached),
        page_name=typing.page_name(copy.application.round.version),
        attached=attached,
        state=copy.document_state(line["key"]),
        scanner=scans.words(),
    )


def _both(conflict: EditConflict, line: Content, form: AttachForm) -> dict[str, Any]:
    """Two colleagues gave a document for one line: what the choice shows."""
    promise = "We will hold it from the start"
    sent = form.source.data == "upload"
    return {
        "name": form.source.name,
        "label": line["title"],
        "by": conflict.theirs.by,
        "at": conflict.theirs.at,
        "theirs": conflict.theirs.value or promise,
        "mine": conflict.mine or promise,
        "may_join": False,
        "again": "To keep your file, choose it again below." if sent else "",
    }
