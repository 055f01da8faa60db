"""Late cases: the bidder asks, one officer proposes, a second one decides."""

from datetime import datetime

from flask import Response, redirect, url_for
from werkzeug.exceptions import NotFound

from forms.late import TAKE, LateDecisionForm, LateForm
from portal.access import Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.late import actions as actions_late, cases as late_cases
from portal.applications.late.models import LateCase
from portal.applications.opening.views import bp as opening, round_of_officer
from portal.applications.views import bp, own_copy
from portal.db import db
from portal.web import carried_out, clock, done, moment_text, page
from scoring.late import Cause
from scoring.rules import errors


@bp.app_template_filter("written_moment")
def written_moment(text: str) -> str:
    """A moment that was kept as text, as people say it."""
    return moment_text(datetime.fromisoformat(text))


@bp.route("/<ref>/late", methods=["GET", "POST"])
@needs(Permission.APPLICATION_READ)
def late(ref: str) -> Response:
    """One's own late case, or the form that asks. When it came in is said by the database."""
    received_at = db.clock()
    viewer, copy = current_viewer(), own_copy(ref)
    case = late_cases.of_application(copy.application, viewer)
    form = LateForm()
    if case is None and carried_out(
        form,
        lambda: actions_late.ask_late(
            copy.application,
            form.what_happened.data,
            form.evidence.data,
            certified=bool(form.certified.data),
            received_at=received_at,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The officers of the councils are asked. You are told what they decide.")
        return redirect(url_for(".late", ref=ref))
    return page(
        "applications/late_case.html",
        application=copy.application,
        case=case,
        form=form,
        missing=[one for found in copy.findings.values() for one in errors(found)],
        may_ask=late_cases.may_ask(viewer, copy.application, case, received_at),
        may_withdraw=case is not None and late_cases.may_withdraw(viewer, case),
        record=case.portal_record if case else late_cases.portal_record(copy.application),
    )


@bp.post("/<ref>/late/take-back")
@needs(Permission.APPLICATION_SUBMIT)
def late_take_back(ref: str) -> Response:
    viewer = current_viewer()
    case = late_cases.own_case(queries.own_application(ref, viewer), viewer)
    actions_late.take_back_late(case, actor=viewer, now=clock())
    db.session.commit()
    done("Your late case is taken back.")
    return redirect(url_for(".late", ref=ref))


@opening.get("/late", endpoint="late_cases")
@needs(Permission.ROUND_OPEN)
def list_late(ref: str) -> Response:
    bid_round = round_of_officer(ref)
    return page(
        "opening/late_cases.html",
        round=bid_round,
        cases=late_cases.of_round(bid_round, current_viewer()),
        bidder_of=late_cases.bidder_of,
    )


@opening.route("/late/<case>", methods=["GET", "POST"], endpoint="late_case")
@needs(Permission.ROUND_OPEN)
def late_case(ref: str, case: str) -> Response:
    viewer = current_viewer()
    found = late_cases.case(case, viewer)
    if found.application.round.ref != ref:
        raise NotFound
    form = LateDecisionForm()
    deciding = found.proposed_at is not None
    if carried_out(form, lambda: _act(found, form, deciding=deciding)):
        done("Decided. The bidder is told." if deciding else "Proposed. A second officer decides.")
        return redirect(url_for("opening.late_cases", ref=ref))
    return page(
        "opening/late_case.html",
        round=found.application.round,
        case=found,
        bidder=late_cases.bidder_of(found),
        form=form,
        may_propose=late_cases.may_propose(viewer, found),
        may_decide=late_cases.may_decide(viewer, found),
    )


def _act(found: LateCase, form: LateDecisionForm, *, deciding: bool) -> None:
    act = actions_late.decide_late if deciding else actions_late.propose_late
    act(
        found,
        accept=form.outcome.data == TAKE,
        cause=Cause(form.cause.data),
        reason=form.reason.data,
        actor=current_viewer(),
        now=clock(),
    )
