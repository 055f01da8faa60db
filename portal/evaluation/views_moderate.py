"""The moderation board: turn it by bid or by question, agree a score, give a sheet back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request, url_for

from forms.evaluation import GiveBackForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation import actions, answers, policy, queries
from portal.evaluation.asked import Key, asked_for
from portal.evaluation.board import AgendaRow, Known, ranking
from portal.evaluation.models import Part
from portal.evaluation.policy import Standing
from portal.evaluation.summary import MOST_APART, summary
from portal.evaluation.tally import tallies
from portal.evaluation.views import ROWS, bp, start_of_page
from portal.rounds.models import Round, RoundLot
from portal.web import carried_out, clock, done, or_404, page
from scoring.stages import RoundStage
from scoring.terms import Panel


@bp.get("/moderation/")
@needs(Permission.BID_MODERATE)
def moderations() -> Response:
    viewer = current_viewer()
    rounds = [
        one
        for one in queries.my_rounds(viewer, Part.MODERATOR)
        if one.stage is RoundStage.EVALUATION or one.stage in policy.AFTER_LOCK
    ]
    return page("evaluation/moderations.html", rounds=rounds, tallies=tallies(rounds))


@bp.get("/council/rounds/<ref>/moderation")
@needs(Permission.BID_MODERATE)
def moderation(ref: str) -> Response:
    bid_round, mine = moderated(ref)
    known = Known(queries.bids_in_brief(bid_round), mine.closed)
    ids = [bid.id for bid in known.bids]
    may = policy.may_read_board(mine, bid_round, ids)
    if not may:
        return _not_yet(bid_round, mine, ids, may.reason)
    if request.args.get("bid") or request.args.get("question"):
        return _board(bid_round, known)
    return page(
        "evaluation/moderation.html",
        round=bid_round,
        all=summary(bid_round, Panel.OFFICERS, current_viewer(), known),
        most=MOST_APART,
        closed=len(mine.closed),
        start=start_of_page(),
        size=ROWS,
        is_open=bid_round.stage is RoundStage.EVALUATION,
    )


def _not_yet(bid_round: Round, mine: Standing, ids: list[int], why: str) -> Response:
    undeclared = not mine.declared_on(ids)
    if mine and undeclared and bid_round.stage is RoundStage.EVALUATION:
        return redirect(url_for(".declare", ref=bid_round.ref))
    return page("evaluation/not_yet.html", round=bid_round, why=why, title="Moderation")


def _board(bid_round: Round, known: Known) -> Response:
    """One bid, question by question; or one question, bid by bid."""
    by_bid = bool(request.args.get("bid"))
    rows, total = (_of_bid if by_bid else _of_question)(bid_round, known)
    viewer = current_viewer()
    return page(
        "evaluation/board.html",
        round=bid_round,
        rows=rows,
        total=total,
        start=start_of_page(),
        size=ROWS,
        by_bid=by_bid,
        first=or_404(rows[0] if rows else None),
        answers=answers.answers_to([(row.application, row.asked) for row in rows], viewer),
        is_open=bid_round.stage is RoundStage.EVALUATION,
    )


def _of_bid(bid_round: Round, known: Known) -> tuple[list[AgendaRow], int]:
    """A page of the questions of one bid, and how many there are."""
    names = {bid.ref: bid.id for bid in known.bids}
    application_id = or_404(names.get(request.args["bid"]))
    rows = queries.agenda(
        bid_round, Panel.OFFICERS, current_viewer(), known=known, application_id=application_id
    )
    start = _start_within(rows)
    return rows[start : start + ROWS], len(rows)


def _of_question(bid_round: Round, known: Known) -> tuple[list[AgendaRow], int]:
    """A page of the bids that answer one question, the largest disagreement first."""
    viewer, key = current_viewer(), (request.args["question"], request.args.get("lot", ""))
    names = queries.names_for(viewer, bid_round, known.bids)
    lots = queries.lots_of([id_ for id_ in names if id_ not in known.closed])
    order = [id_ for id_ in names if id_ in lots and _is_asked(bid_round, lots[id_], key)]
    sheets, apart = ranking(Panel.OFFICERS, order, key)
    order.sort(key=lambda id_: (id_ not in apart, -apart.get(id_, 0)))  # equals stay by name
    start = _start_within(order)
    rows = queries.agenda(
        bid_round,
        Panel.OFFICERS,
        viewer,
        known=replace(known, sheets=sheets, lots=lots),
        only=order[start : start + ROWS],
        question=key[0],
        lot_code=key[1],
    )
    return rows, len(order)


def _is_asked(bid_round: Round, lots: Sequence[RoundLot], key: Key) -> bool:
    asked = asked_for(bid_round, [lot.code for lot in lots], Panel.OFFICERS)
    return any(one.key == key for one in asked)


def _start_within(rows: Sequence[Any]) -> int:
    start = start_of_page()
    return start if start < len(rows) else 0


@bp.route("/council/rounds/<ref>/moderation/sheets/<sheet>/give-back", methods=["GET", "POST"])
@needs(Permission.BID_MODERATE)
def give_back(ref: str, sheet: str) -> Response:
    viewer = current_viewer()
    bid_round, mine = moderated(ref)
    returned = or_404(queries.panel_sheet(sheet, bid_round))
    or_404(None if returned.application_id in mine.closed else returned)
    may = policy.may_give_back(mine, returned, queries.bid_ids(bid_round))
    may.or_refuse("sheet:not-allowed")
    form = GiveBackForm()
    back = url_for(".moderation", ref=ref, bid=returned.application.ref)
    if carried_out(
        form, lambda: actions.give_back(returned, form.reason.data, actor=viewer, now=clock())
    ):
        done(f"The sheet is given back to {returned.scorer.label}.")
        return redirect(back)
    return page("evaluation/give_back.html", form=form, round=bid_round, sheet=returned, back=back)


def moderated(ref: str) -> tuple[Round, Standing]:
    """A round of the viewer's councils, and what they are in it."""
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    return bid_round, queries.standing(viewer, bid_round)
