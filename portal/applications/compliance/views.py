"""The compliance check: the queue of a round, one bid with its items, one item, the conclusion."""

from flask import Blueprint, Response, abort, redirect, request, url_for

from forms.compliance import ConcludeForm, DecisionForm
from portal.access import Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.clarifications import actions_clean_copies, policy as policy_clarifications
from portal.applications.compliance import (
    actions as actions_compliance,
    policy as policy_compliance,
    queries as queries_compliance,
)
from portal.applications.compliance.items import Item
from portal.applications.compliance.queries import Check
from portal.applications.lots.councils import only_for
from portal.applications.models import CheckOutcome
from portal.applications.submitting.submitted import submitted
from portal.db import db
from portal.documents import serving
from portal.documents.models import DocumentVersion
from portal.people.actions import note_read
from portal.rounds import boards, queries as rounds
from portal.web import carried_out, clock, done, framing, or_404, page
from scoring.clarifications import askable_kind
from scoring.rules import RuleBroken
from scoring.stages import RoundStage

bp = Blueprint("compliance", __name__, url_prefix="/council")


@bp.get("/rounds/<ref>/compliance")
@needs(Permission.BID_READ)
def queue(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = rounds.own_round(ref, viewer)
    checks = queries_compliance.checks_of(bid_round, viewer, now)
    note_read(viewer, "round", bid_round.ref, now)
    return page(
        "compliance/queue.html",
        round=bid_round,
        checks=checks,
        waiting=[check for check in checks if check.is_open],
        is_checking=bid_round.stage is RoundStage.OPENED,
        panel=boards.link("evaluation.panel", ref=ref)
        if viewer.may(Permission.PANEL_MANAGE)
        else "",
    )


@bp.get("/applications/<ref>/compliance")
@needs(Permission.BID_READ)
def show(ref: str) -> Response:
    viewer = current_viewer()
    check = look(ref)
    may_check = policy_compliance.may_check(viewer, check.application)
    return page(
        "compliance/show.html",
        check=check,
        application=check.application,
        round=check.application.round,
        only_for=only_for,
        may_check=may_check,
        may_conclude=policy_compliance.may_conclude(
            viewer,
            check.application,
            check.items,
            check.decisions,
            check.request_stage,
            excluding=check.excluding,
        ),
        may_request=policy_clarifications.may_request(
            viewer, check.application, check.request_stage
        ),
    )


@bp.get("/applications/<ref>/submitted", endpoint="submitted")
@needs(Permission.BID_READ)
def show_submitted(ref: str) -> Response:
    """Everything that an opened bid says, but its prices; who looked is remembered."""
    viewer = current_viewer()
    check = look(ref)
    content = queries.bid_content(check.application, viewer)
    return page(
        "compliance/submitted.html",
        application=check.application,
        round=check.application.round,
        read=submitted(check.application, content),
    )


@bp.route("/applications/<ref>/compliance/<key>", methods=["GET", "POST"], defaults={"lot": ""})
@bp.route("/applications/<ref>/compliance/<key>/<lot>", methods=["GET", "POST"])
@needs(Permission.BID_READ)
def item(ref: str, key: str, lot: str) -> Response:
    viewer = current_viewer()
    check = look(ref)
    found = or_404(check.item(key, lot))
    may_check = policy_compliance.may_check(viewer, check.application)
    decision = check.decision_on(found)
    asked = check.request.field(key, lot) if check.request else None
    form = DecisionForm(obj=decision).fit(may_ask=_may_ask(check, found))
    if form.is_submitted() and not viewer.may(Permission.BID_CHECK):
        abort(403)  # who may only read sees the same page and sends nothing
    if carried_out(
        form,
        lambda: actions_compliance.record_check(
            check.application,
            lot,
            key,
            CheckOutcome(form.outcome.data),
            form.reason.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        return _onwards(check, found)
    shown = page(
        "compliance/item.html",
        form=form,
        attached=_file_of(check, found),
        check=check,
        application=check.application,
        round=check.application.round,
        item=found,
        decision=decision,
        overtaken=check.decisions.get(found.place) if decision is None else None,
        asked=asked,
        may_check=may_check,
        clean_copy=check.clean_copy(found),
        may_ask_again=actions_clean_copies.may_ask(viewer, check, found),
        now=clock(),
    )
    return framing(shown)


def _file_of(check: Check, found: Item) -> DocumentVersion | None:
    if not found.version_ref:
        return None
    return queries.bid_document(check.application, found.version_ref, current_viewer())


@bp.post("/applications/<ref>/compliance")
@needs(Permission.BID_CHECK)
def pass_suggested(ref: str) -> Response:
    check = look(ref)
    number = actions_compliance.record_suggested_passes(
        check.application, actor=current_viewer(), now=clock()
    )
    db.session.commit()
    done("1 item passed." if number == 1 else f"{number} items passed.")
    return redirect(url_for(".show", ref=ref))


@bp.route("/applications/<ref>/compliance-conclusion", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def conclude(ref: str) -> Response:
    viewer = current_viewer()
    check = look(ref)
    policy_compliance.may_conclude(
        viewer,
        check.application,
        check.items,
        check.decisions,
        check.request_stage,
        excluding=check.excluding,
    ).or_refuse("compliance:not-concluded")
    form = ConcludeForm()
    if carried_out(
        form,
        lambda: actions_compliance.conclude_compliance(
            check.application, actor=viewer, now=clock()
        ),
    ):
        done(f"The check of {check.application.provider.name} is concluded.")
        return redirect(url_for(".queue", ref=check.application.round.ref))
    return page(
        "compliance/conclude.html",
        form=form,
        check=check,
        application=check.application,
        round=check.application.round,
        failures=policy_compliance.failures(check.items, check.decisions),
    )


@bp.get("/applications/<ref>/documents/<version_ref>")
@needs(Permission.BID_READ)
def document(ref: str, version_ref: str) -> Response:
    """A file that the bid pins, for those who check it."""
    check = look(ref)
    viewer = current_viewer()
    return serving.send(queries.bid_document(check.application, version_ref, viewer))


@bp.get("/applications/<ref>/documents/<version_ref>/view")
@needs(Permission.BID_READ)
def document_view(ref: str, version_ref: str) -> Response:
    """The same file, to be read within the page of its item."""
    check = look(ref)
    return serving.show(queries.bid_document(check.application, version_ref, current_viewer()))


def _may_ask(check: Check, item: Item) -> bool:
    """Whether the bidder can still be asked, and about this: never about prices."""
    try:
        askable_kind(item.key)
    except RuleBroken:
        return False
    return check.request is None or not check.request.is_sent


def look(ref: str) -> Check:
    """The check of a bid; that somebody looked at it is remembered."""
    viewer, now = current_viewer(), clock()
    check = queries_compliance.check_of(ref, viewer, now)
    if request.method == "GET":  # anything else stands in the trail, and holds the write lock
        note_read(viewer, "application", check.application.ref, now)
    return check


def _onwards(check: Check, decided: Item) -> Response:
    """To the next item without a decision, or back to the bid."""
    ref = check.application.ref
    after = check.items[check.items.index(decided) + 1 :]
    following = next((one for one in after if one.place not in check.decisions), None)
    done(f"Saved: {decided.title}")
    if following is None:
        return redirect(url_for(".show", ref=ref))
    return redirect(url_for(".item", ref=ref, key=following.key, lot=following.lot_code))
