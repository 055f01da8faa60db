"""Your scoring: what an evaluator has to score, and how far it is."""

from flask import Blueprint, Response, redirect, request, url_for

from portal.access import Permission, current_viewer, needs
from portal.evaluation import queries
from portal.evaluation.desk import Desk, Turn, desk
from portal.evaluation.models import Part
from portal.rounds.models import Round
from portal.web import or_404, page
from scoring.stages import RoundStage

bp = Blueprint("evaluation", __name__)
ROWS = 20  # on a page of a long list


def start_of_page() -> int:
    """The row at which the address begins a page; nonsense begins at the first."""
    word = request.args.get("from", "")
    return min(int(word), 100_000) if word.isdecimal() and len(word) < 7 else 0


@bp.get("/scoring/")
@needs(Permission.BID_SCORE)
def index() -> Response:
    viewer = current_viewer()
    rounds = [
        one
        for one in queries.my_rounds(viewer, Part.EVALUATOR)
        if one.opened_at is not None and one.stage is not RoundStage.CANCELLED
    ]
    running = [one for one in rounds if one.stage is RoundStage.EVALUATION]
    if len(running) == 1:
        return _queue(running[0], others=[one for one in rounds if one is not running[0]])
    return page("evaluation/index.html", desks=[desk(one, viewer) for one in rounds])


@bp.get("/scoring/rounds/<ref>")
@needs(Permission.BID_SCORE)
def queue(ref: str) -> Response:
    return _queue(or_404(queries.panel_round(ref, current_viewer())))


def _queue(bid_round: Round, others: list[Round] | None = None) -> Response:
    mine = desk(bid_round, current_viewer())
    if Part.EVALUATOR not in mine.standing.parts:
        return or_404(None)
    if mine.must_declare and mine.is_open:
        return redirect(url_for(".declare", ref=bid_round.ref))
    turn = Turn.of(request.args.get("by"))
    return page(
        "evaluation/queue.html",
        desk=mine,
        round=bid_round,
        turn=turn,
        go_on=_address(mine, turn),
        start=start_of_page(),
        size=ROWS,
        others=others or [],
    )


def _address(mine: Desk, turn: Turn) -> str:
    """Where scoring goes on."""
    if mine.next is None or not mine.is_open:
        return ""
    bid, (question, lot) = mine.next
    return score_address(bid.sheet.ref, question, lot, turn)


def score_address(ref: str, question: str, lot: str, turn: Turn) -> str:
    """The page of one question on one sheet; the address keeps the order of scoring."""
    by = turn.value if turn is Turn.QUESTION else None
    return url_for("evaluation.score", ref=ref, question=question, lot=lot or None, by=by)
