"""The council's request to a bidder, as those see it who check the bid."""

from typing import Any

from flask import Response, abort, redirect, url_for

from forms import choice
from forms.clarifications import AddFieldForm, SendRequestForm
from portal.access import Decision, Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.clarifications import actions, policy, queries as clarifications
from portal.applications.clarifications.originals import (
    Informing,
    Original,
    informing_answers,
    original_of,
)
from portal.applications.compliance.queries import Check
from portal.applications.compliance.views import bp, look
from portal.db import db
from portal.documents import serving
from portal.web import carried_out, clock, done, page


@bp.route("/applications/<ref>/clarification", methods=["GET", "POST"])
@needs(Permission.BID_READ)
def clarification(ref: str) -> Response:
    viewer = current_viewer()
    check = look(ref)
    form = SendRequestForm()
    if form.is_submitted() and not viewer.may(Permission.BID_CHECK):
        abort(403)  # who may only read sees the same page and sends nothing
    if carried_out(
        form,
        lambda: actions.send_request(
            check.application, form.reply_until_at.data, actor=viewer, now=clock()
        ),
    ):
        done(f"{check.application.provider.name} is asked. Its administrators are told by mail.")
        return redirect(url_for(".clarification", ref=ref))
    return page("compliance/clarification.html", form=form, **_shown(check))


@bp.route("/applications/<ref>/clarification/add", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def add_field(ref: str) -> Response:
    """List one of the answers that only inform."""
    viewer = current_viewer()
    check = look(ref)
    application = check.application
    _may_request(check).or_refuse("clarification-request:not-allowed")
    answers = informing_answers(application, queries.bid_content(application, viewer))
    form = AddFieldForm()
    form.field.choices = [choice(_name(one), one.title) for one in answers]
    if carried_out(form, lambda: _add(form, check)):
        done("Added to the request.")
        return redirect(url_for(".clarification", ref=ref))
    return page(
        "compliance/add_field.html",
        form=form,
        check=check,
        application=application,
        round=application.round,
        answers=answers,
    )


@bp.post("/applications/<ref>/clarification/<field>/remove")
@needs(Permission.BID_CHECK)
def remove_field(ref: str, field: str) -> Response:
    viewer = current_viewer()
    application = look(ref).application
    found = clarifications.council_field(application, field, viewer)
    actions.remove_field(found, actor=viewer, now=clock())
    db.session.commit()
    done("Taken out of the request.")
    return redirect(url_for(".clarification", ref=ref))


@bp.get("/applications/<ref>/clarification/documents/<version_ref>")
@needs(Permission.BID_READ)
def reply_document(ref: str, version_ref: str) -> Response:
    """A document of a reply that was sent, for those who check the bid."""
    application = look(ref).application
    return serving.send(clarifications.reply_document(application, version_ref, current_viewer()))


def _may_request(check: Check) -> Decision:
    return policy.may_request(current_viewer(), check.application, check.request_stage)


def _shown(check: Check) -> dict[str, Any]:
    application = check.application
    return {
        "check": check,
        "application": application,
        "round": application.round,
        "request_of": check.request,
        "may_request": _may_request(check),
        "originals": _originals(check),
    }


def _originals(check: Check) -> dict[tuple[str, str], Original]:
    """What was submitted, for every field of the request."""
    fields = check.request.fields if check.request else ()
    submitted = queries.bid_content(check.application, current_viewer())
    return {
        (one.lot_code, one.key): original_of(one.key, one.lot_code, check.application, submitted)
        for one in fields
    }


def _name(one: Informing) -> str:
    return f"{one.key}/{one.lot_code}"


def _add(form: AddFieldForm, check: Check) -> None:
    key, _, lot = form.field.data.rpartition("/")
    actions.add_field(
        check.application, key, lot, form.asked.data, actor=current_viewer(), now=clock()
    )
