"""Rounds for anybody to read."""

from flask import Blueprint, Response, request

from portal.access import Permission, Viewer, current_viewer, public
from portal.rounds import boards, policy, presentation, queries
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
        on_the_board=policy.may_read_board(viewer, bid_round),
        start=boards.link("applications.start", ref=ref) if _may_apply(viewer) else "",
        register=boards.link("providers.new"),
    )


def _may_apply(viewer: Viewer) -> bool:
    return bool(viewer.provider_ids) and viewer.may(Permission.APPLICATION_EDIT)


@bp.get("/rounds/<ref>/questions")
@public
def questions(ref: str) -> Response:
    bid_round = queries.round_by_ref(ref, current_viewer())
    return page("rounds/questions.html", round=bid_round, body=bid_round.question_set.body)
