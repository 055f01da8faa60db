"""Rounds for anybody to read."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from forms import PortalForm
from forms.rounds_parts import check_form
from portal.access import Permission, Viewer, current_viewer, public
from portal.rounds import (
    boards,
    policy,
    presentation,
    queries,
    queries_clarifications as clarifications,
)
from portal.web import clock, page

bp = Blueprint("rounds", __name__)
bp.add_app_template_filter(presentation.before, "before_text")


@bp.get("/rounds/")
@public
def open_rounds() -> Response:
    return page("rounds/open.html", rounds=queries.open_rounds(clock()))


@bp.get("/rounds/past")
@public
def past_rounds() -> Response:
    found = queries.past_rounds(clock(), cursor=request.args.get("from"))
    return page("rounds/past.html", found=found)


@bp.get("/rounds/<ref>")
@public
def show(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.round_by_ref(ref, viewer)
    return page(
        "rounds/show.html",
        round=bid_round,
        stage=bid_round.stage_at(now),
        timetable=presentation.timetable(bid_round, now),
        criteria=presentation.scheme_rows(bid_round),
        admission=presentation.admission(bid_round),
        price=presentation.price(bid_round),
        documents=presentation.documents,
        rates=presentation.rates(bid_round),
        on_the_board=policy.may_read_board(viewer, bid_round),
        answers=clarifications.newest_published(bid_round),
        number_of_answers=clarifications.number_published(bid_round),
        start=boards.link("applications.start", ref=ref) if _may_apply(viewer) else "",
        register=boards.link("providers.new"),
    )


@bp.route("/rounds/<ref>/can-we-apply", methods=["GET", "POST"])
@public
def can_we_apply(ref: str) -> Response:
    """The two-minute check: it answers on the same page, and nothing of it is kept."""
    bid_round = queries.round_by_ref(ref, current_viewer())
    questions = presentation.eligibility(bid_round)
    form = check_form(questions)
    answered = form.validate_on_submit()
    against = [one for one in questions if _answer(form, one) != one["pass_value"]]
    return page(
        "rounds/can_we_apply.html",
        form=form,
        round=bid_round,
        questions=questions,
        answered=answered,
        against=against if answered else [],
    )


def _answer(form: PortalForm, question: Mapping[str, Any]) -> str:
    return "yes" if form[question["key"]].data else "no"


def _may_apply(viewer: Viewer) -> bool:
    return bool(viewer.provider_ids) and viewer.may(Permission.APPLICATION_EDIT)


@bp.get("/rounds/<ref>/questions")
@public
def questions(ref: str) -> Response:
    bid_round = queries.round_by_ref(ref, current_viewer())
    return page("rounds/questions.html", round=bid_round, body=bid_round.question_set.body)
