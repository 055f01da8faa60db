"""The council's request to a bidder: the bidder reads it, replies field by field, sends the reply."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Response, redirect, url_for

from forms.clarifications import ReplyForm, SendReplyForm
from portal import autosave_pages as typing
from portal.access import Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.clarifications import (
    actions_replies as actions,
    policy,
    queries as clarifications,
)
from portal.applications.clarifications.models import ClarificationField
from portal.applications.views import bp
from portal.db import db
from portal.documents import actions as documents, receiving, scans
from portal.documents.actions import StagedFile
from portal.documents.models import DocumentVersion
from portal.edits import EditConflict
from portal.web import carried_out, clock, done, page
from scoring.rules import RuleBroken

bp.add_app_template_global(clarifications.stage_of, "request_stage")


@bp.get("/<ref>/clarification")
@needs(Permission.APPLICATION_READ)
def clarification(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    asked = clarifications.own_request(ref, viewer)
    return page(
        "applications/clarification.html",
        application=asked.application,
        asked=asked,
        stage=clarifications.stage_of(asked, now),
        fields=clarifications.with_originals(asked.fields, asked.application, viewer),
        may_reply=policy.may_reply(viewer, asked, now),
        may_send=policy.may_send_reply(viewer, asked, now),
        administrators=queries.administrators(asked.application.provider_id),
    )


@bp.get("/<ref>/clarification/<field>", endpoint="reply")
@needs(Permission.APPLICATION_EDIT)
def show_reply(ref: str, field: str) -> Response:
    found = clarifications.own_field(ref, field, current_viewer())
    decision = policy.may_reply(current_viewer(), found.request, clock())
    decision.or_refuse("clarification-reply:refused")
    form = ReplyForm(data={"text": found.reply, "revision": found.revision})
    return _reply_page(found, _fit(form, found))


@bp.post("/<ref>/clarification/<field>", endpoint="save_reply")
@needs(Permission.APPLICATION_EDIT)
def save_reply(ref: str, field: str) -> Response:
    """Save one reply: when it came in is noted, and a file stored, before the write lock is taken."""
    received_at, viewer = db.clock(), current_viewer()
    clarifications.refuse_strangers(ref, field, viewer)
    form = ReplyForm()
    staged = receiving.take_in(form)
    found = clarifications.own_field(ref, field, viewer)
    _fit(form, found)
    if typing.choice()[0] == typing.THEIRS:
        done("Your colleague’s reply is kept.")
        return redirect(url_for(".clarification", ref=ref))
    conflicts: list[dict[str, Any]] = []
    if form.validate_on_submit() and form.refused is None:
        try:
            _save(found, form, staged, received_at)
        except EditConflict as conflict:
            db.session.rollback()
            form.add_rule_error(conflict)
            form.revision.data = conflict.theirs.revision  # what is chosen now was seen
            conflicts.append(_both(conflict, found.title, with_file=staged is not None))
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"Saved: {found.title}. Nobody at the councils sees it before it is sent.")
            return redirect(url_for(".clarification", ref=ref))
    if form.refused is not None and "file" in form:
        form.refuse_file(form.refused)
    return _reply_page(clarifications.own_field(ref, field, viewer), form, conflicts)


@bp.post("/<ref>/clarification/<field>/remove-document")
@needs(Permission.APPLICATION_EDIT)
def take_document_out(ref: str, field: str) -> Response:
    received_at, viewer = db.clock(), current_viewer()
    found = clarifications.own_field(ref, field, viewer)
    actions.take_document_out(found, received_at=received_at, actor=viewer, now=clock())
    db.session.commit()
    done("Taken out of the reply. The file itself is kept.")
    return redirect(url_for(".reply", ref=ref, field=field))


@bp.route("/<ref>/clarification/send", methods=["GET", "POST"])
@needs(Permission.APPLICATION_SUBMIT)
def send_reply(ref: str) -> Response:
    received_at, viewer = db.clock(), current_viewer()
    asked = clarifications.own_request(ref, viewer)
    policy.may_send_reply(viewer, asked, received_at).or_refuse("clarification-reply:refused")
    form = SendReplyForm()
    if carried_out(
        form,
        lambda: actions.send_reply(
            asked,
            certified=form.certified.data,
            received_at=received_at,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Your reply is sent. The council reads it beside what you submitted.")
        return redirect(url_for(".clarification", ref=ref))
    return page(
        "applications/send_reply.html",
        form=form,
        application=asked.application,
        asked=asked,
    )


def _reply_page(
    field: ClarificationField, form: ReplyForm, conflicts: Iterable[dict[str, Any]] = ()
) -> Response:
    application = field.request.application
    (shown,) = clarifications.with_originals([field], application, current_viewer())
    return page(
        "applications/reply.html",
        form=form,
        application=application,
        asked=field.request,
        field=field,
        original=shown.original,
        conflicts=list(conflicts),
        scanner=scans.words(),
    )


def _both(conflict: EditConflict, label: str, *, with_file: bool) -> dict[str, Any]:
    """Two replies to one field, for the page on which one of them is chosen."""
    theirs = conflict.theirs
    return {
        "name": "text",
        "label": label,
        "by": theirs.by,
        "at": theirs.at,
        "theirs": theirs.value,
        "mine": conflict.mine,
        "may_join": False,
        "again": "Choose the file again." if with_file else "",
    }


def _fit(form: ReplyForm, field: ClarificationField) -> ReplyForm:
    fitted: ReplyForm = form.fit(
        takes_document=field.takes_document, asks_for_day=clarifications.asks_for_day(field)
    )
    return fitted


def _save(
    field: ClarificationField, form: ReplyForm, staged: StagedFile | None, received_at: Any
) -> None:
    viewer, now = current_viewer(), clock()
    policy.may_reply(viewer, field.request, received_at).or_refuse("clarification-reply:refused")
    given = staged if field.takes_document else None
    actions.save_reply(
        field,
        form.text.data,
        version=_version(field, given, form.last_day) if given else None,
        seen_revision=form.seen_revision,
        received_at=received_at,
        actor=viewer,
        now=now,
    )


def _version(
    field: ClarificationField, staged: StagedFile, last_day: date | None
) -> DocumentVersion:
    """A new version of the document in question, bound to the bid; the one submitted stays."""
    application = field.request.application
    return documents.add_version(
        application.provider,
        field.document_type,
        field.title,
        staged,
        last_day,
        bound_to=application.ref,
        chain=application.audit_chain,
        actor=current_viewer(),
        now=clock(),
    )
