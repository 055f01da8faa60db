"""The board as a page: of one bid or one question with every score, or a list of what fits filters."""

from collections.abc import Sequence
from typing import Any

from flask import Response

from forms import choice
from forms.evaluation import BoardFilterForm
from portal.access import current_viewer
from portal.evaluation import answers, queries
from portal.evaluation.asked import Asked, asked_for
from portal.evaluation.moderation.board import AgendaRow, Known
from portal.evaluation.moderation.narrowed import Found, lines, lines_of_a_question, rows_of_a_bid
from portal.evaluation.moderation.narrowing import Line, Narrowing, Only, Order, Status
from portal.evaluation.views import ROWS, start_of_page
from portal.rounds.models import Round
from portal.web import or_404, page
from scoring.stages import RoundStage
from scoring.terms import Panel

STATUS = {
    Status.OPEN: "To agree",
    Status.AGREED: "Agreed",
    Status.WAITING: "Waiting for sheets",
    Status.MEAN: "The mean counts",
}
ONLY = {
    Only.MINE: "I recorded it",
    Only.DISSENT: "Somebody dissented",
    Only.OUTSIDE: "Outside the scores given",
}
ORDER = {
    Order.APART: "Largest disagreement first",
    Order.BIDDER: "By bidder",
    Order.QUESTION: "By question",
}


def board(bid_round: Round, known: Known, wanted: Narrowing) -> Response:
    """One bid or one question as it is agreed; a list of everything else."""
    viewer, asked = current_viewer(), _asked(bid_round)
    _refuse_unknown(bid_round, known, asked, wanted)
    turn = _turn(wanted, asked)
    found, known = _found(bid_round, known, wanted, turn, asked)
    start = start_of_page() if start_of_page() < len(found) else 0
    shown = found[start : start + ROWS]
    rows = shown if turn == "bid" else _rows(bid_round, known, shown) if turn else []
    return page(
        "evaluation/board.html" if turn else "evaluation/board_list.html",
        round=bid_round,
        wanted=wanted,
        address=wanted.address,
        filters=filters(bid_round),
        rows=rows,
        lines=shown,
        total=len(found),
        start=start,
        size=ROWS,
        by_bid=turn == "bid",
        title=_title(bid_round, known, wanted, asked),
        status_words=STATUS,
        sheets=rows[0].sheets if rows and turn == "bid" else (),
        answers=answers.answers_to([(row.application, row.asked) for row in rows], viewer),
        is_open=bid_round.stage is RoundStage.EVALUATION,
    )


def _found(
    bid_round: Round, known: Known, wanted: Narrowing, turn: str, asked: Sequence[Asked]
) -> tuple[Found | Sequence[Any], Known]:
    """Everything that fits: the rows of one bid, or lines; and what was read for them."""
    viewer, officers = current_viewer(), Panel.OFFICERS
    if turn == "bid":
        bid_id = next(bid.id for bid in known.bids if bid.ref == wanted.bid)
        rows = queries.agenda(bid_round, officers, viewer, known=known, application_id=bid_id)
        return rows_of_a_bid(bid_round, rows, viewer, wanted), known
    if turn == "question":
        one = next(one for one in asked if wanted.takes_question(one))
        return lines_of_a_question(bid_round, officers, viewer, known, wanted, asked=one)
    return lines(bid_round, officers, viewer, known, wanted), known


def filters(bid_round: Round) -> BoardFilterForm:
    """The bar above the board, as the address fills it in."""
    asked = {one.question: one for one in _asked(bid_round)}
    form = BoardFilterForm()
    form.question.choices = [choice(key, one.short) for key, one in asked.items()]
    form.lot.choices = [choice(lot.code, f"Lot {lot.code}") for lot in bid_round.lots]
    form.status.choices = [choice(key.value, words) for key, words in STATUS.items()]
    form.only.choices = [choice(key.value, words) for key, words in ONLY.items()]
    form.sort.choices = [choice(key.value, words) for key, words in ORDER.items()]
    widest = max((one.scale.highest - one.scale.lowest for one in asked.values()), default=1)
    form.apart.choices = [
        choice(str(points), f"{points} point{'s'[: points > 1]} or more")
        for points in range(1, widest + 1)
    ]
    return form


def _asked(bid_round: Round) -> Sequence[Asked]:
    return asked_for(bid_round, [lot.code for lot in bid_round.lots], Panel.OFFICERS)


def _refuse_unknown(
    bid_round: Round, known: Known, asked: Sequence[Asked], wanted: Narrowing
) -> None:
    """An address of something that is not on this board is not found."""
    if wanted.bid:
        bids = {bid.ref: bid.id for bid in known.bids}
        or_404(None if bids.get(wanted.bid) in {None, *known.closed} else wanted)
    if wanted.question:
        or_404(wanted if any(one.question == wanted.question for one in asked) else None)
    if wanted.lot:
        or_404(wanted if any(lot.code == wanted.lot for lot in bid_round.lots) else None)


def _turn(wanted: Narrowing, asked: Sequence[Asked]) -> str:
    """How the board is turned: to one bid, to one question, or not at all."""
    if wanted.bid:
        return "bid"
    its_own = [one for one in asked if one.question == wanted.question]
    if not its_own or not any(wanted.takes_question(one) for one in its_own):
        return ""
    return "question" if wanted.lot or not its_own[0].per_lot else ""


def _title(bid_round: Round, known: Known, wanted: Narrowing, asked: Sequence[Asked]) -> str:
    if wanted.bid:
        names = queries.names_for(current_viewer(), bid_round, known.bids)
        return next(names[bid.id] for bid in known.bids if bid.ref == wanted.bid)
    if not _turn(wanted, asked):
        return "Find scores"
    titles = (one.title for one in asked if wanted.takes_question(one))
    return next(titles, "No such question")


def _rows(bid_round: Round, known: Known, shown: Sequence[Line]) -> list[AgendaRow]:
    """The lines of a page with every score and its reason, in their order."""
    questions = {line.asked.key for line in shown}
    one = next(iter(questions)) if len(questions) == 1 else (None, None)
    rows = queries.agenda(
        bid_round,
        Panel.OFFICERS,
        current_viewer(),
        known=known,
        only={line.application.id for line in shown},
        question=one[0],
        lot_code=one[1],
    )
    there = {(row.application.id, row.asked.key): row for row in rows}
    return [there[line.key] for line in shown]
