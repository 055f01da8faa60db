"""What the authority is told of an exclusion, and the files that came with the supplier's answer."""

from typing import Any

from flask import Response, redirect, url_for

from forms.exclusions import NoticeForm, ProceedingsForm
from portal.access import Permission, current_viewer, needs
from portal.applications.compliance.views import bp
from portal.applications.exclusions import actions_notices as actions, policy, queries
from portal.applications.exclusions.models import Exclusion
from portal.applications.exclusions.views import BASE
from portal.documents import serving
from portal.people.actions import note_read
from portal.web import carried_out, clock, done, or_404, page
from scoring.exclusion_notices import Occasion


@bp.get(f"{BASE}/files/<version_ref>")
@needs(Permission.BID_READ)
def exclusion_file(ref: str, version_ref: str) -> Response:
    """A file that came with an answer that was sent; who looked is remembered."""
    viewer = current_viewer()
    version = queries.file_of_answer(queries.bid(ref, viewer), version_ref)
    response = serving.send(version)
    note_read(viewer, "document_version", version.ref, clock())
    return response


@bp.route(f"{BASE}/<exclusion_ref>/notices/<occasion>", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def exclusion_notice(ref: str, exclusion_ref: str, occasion: str) -> Response:
    found = _exclusion(ref, exclusion_ref)
    notice = or_404(next((one for one in found.notices if one.occasion.value == occasion), None))
    form = NoticeForm()

    def act() -> None:
        given = form.outcome.data == "given"
        actions.settle(
            notice,
            given_on=form.given_on.data if given else None,
            told=form.told.data or "",
            reference=form.reference.data or "",
            not_needed=form.not_needed.data or "",
            actor=current_viewer(),
            now=clock(),
        )

    if carried_out(form, act):
        done("It is recorded.")
        return redirect(url_for(".exclusion", ref=ref))
    return page(
        "compliance/exclusion_notice.html",
        form=form,
        application=found.application,
        notice=notice,
    )


@bp.route(f"{BASE}/<exclusion_ref>/proceedings", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def exclusion_proceedings(ref: str, exclusion_ref: str) -> Any:
    found = _exclusion(ref, exclusion_ref)
    form = ProceedingsForm()

    def act() -> None:
        happened = Occasion(form.occasion.data), form.happened_on.data
        actions.record_proceedings(found, *happened, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("It is recorded. The authority must be told within 30 days.")
        return redirect(url_for(".exclusion", ref=ref))
    return page("compliance/proceedings.html", form=form, application=found.application)


def _exclusion(ref: str, exclusion_ref: str) -> Exclusion:
    """A procedure whose notices this officer gives."""
    viewer = current_viewer()
    bid = queries.bid(ref, viewer)
    there = queries.exclusions_of(bid, viewer)
    found: Exclusion = or_404(next((one for one in there if one.ref == exclusion_ref), None))
    policy.may_notify(viewer, found).or_refuse("exclusion:not-allowed")
    return found
