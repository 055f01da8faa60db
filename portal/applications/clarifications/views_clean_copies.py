"""A clean copy of an infected file: asked for by the council, given by the bidder."""

from datetime import datetime

from flask import Response, redirect, url_for

from forms.clean_copies import AskCleanCopyForm, GiveCleanCopyForm
from portal.access import Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.clarifications import actions_clean_copies as actions
from portal.applications.clarifications.models_clean_copies import CleanCopy
from portal.applications.compliance.views import bp as compliance, look
from portal.applications.views import bp
from portal.db import db
from portal.documents import actions as documents, scans, serving
from portal.documents.actions import StagedFile
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import RuleBroken

ADDRESS = "/applications/<ref>/clean-copy/<key>"


@compliance.route(ADDRESS, methods=["GET", "POST"], defaults={"lot": ""})
@compliance.route(f"{ADDRESS}/<lot>", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def clean_copy(ref: str, key: str, lot: str) -> Response:
    viewer, now = current_viewer(), clock()
    check = look(ref)
    found = or_404(check.item(key, lot))
    actions.may_ask(viewer, check, found).or_refuse("clean-copy:not-allowed")
    form = AskCleanCopyForm()
    if carried_out(
        form,
        lambda: actions.ask(
            check.application,
            key,
            lot,
            form.reason.data,
            form.until_at.data,
            actor=viewer,
            now=now,
        ),
    ):
        done("The bidder is asked for a clean copy.")
        return redirect(url_for("compliance.item", ref=ref, key=key, lot=lot))
    return page(
        "compliance/ask_clean_copy.html", form=form, application=check.application, item=found
    )


@compliance.get("/applications/<ref>/clean-copies/<copy_ref>")
@needs(Permission.BID_READ)
def clean_copy_file(ref: str, copy_ref: str) -> Response:
    check = look(ref)
    asked = or_404(next((one for one in check.clean_copies if one.ref == copy_ref), None))
    return serving.send(or_404(asked.version))


@bp.route("/<ref>/clean-copies/<copy_ref>", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def give_clean_copy(ref: str, copy_ref: str) -> Response:
    """The file is stored before the write lock is taken, and only for those whose bid it is."""
    received_at, viewer = db.clock(), current_viewer()
    queries.refuse_strangers(ref, viewer)
    form = GiveCleanCopyForm()
    staged, refused = _staged(form)
    application = queries.own_application(ref, viewer)
    asked = or_404(
        next(
            (one for one in actions.own_clean_copies(application, viewer) if one.ref == copy_ref),
            None,
        )
    )
    actions.may_give(viewer, asked, received_at).or_refuse("clean-copy:refused")
    if carried_out(form, lambda: _give(asked, form, staged, refused, received_at)):
        done("The clean copy is with the council.")
        return redirect(url_for(".show", ref=ref))
    return page(
        "applications/clean_copy.html",
        form=form,
        application=application,
        asked=asked,
        scanner=scans.words(),
    )


def _staged(form: GiveCleanCopyForm) -> tuple[StagedFile | None, RuleBroken | None]:
    """Store the file that was sent; why it was not taken."""
    sent = form.file.data
    if not form.is_submitted() or not sent:
        return None, None
    try:
        return documents.stage_file(sent.stream, sent.filename), None
    except RuleBroken as broken:
        return None, broken


def _give(
    asked: CleanCopy,
    form: GiveCleanCopyForm,
    staged: StagedFile | None,
    refused: RuleBroken | None,
    received_at: datetime,
) -> None:
    if refused is not None or staged is None:
        raise RuleBroken("clean-copy:file", str(refused or "Choose the file."), "file")
    application, viewer, now = asked.application, current_viewer(), clock()
    version = documents.add_version(
        application.provider,
        asked.document_type,
        asked.title,
        staged,
        form.valid_until_on.data,
        bound_to=application.ref,
        chain=application.audit_chain,
        actor=viewer,
        now=now,
    )
    actions.give(asked, version, received_at=received_at, actor=viewer, now=now)
