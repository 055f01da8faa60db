"""The moderation board: turn it by bid or by question, agree a score, give a sheet back."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms.evaluation import GiveBackForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation import actions, answers, policy, queries
from portal.evaluation.board import Known
from portal.evaluation.models import Part
from portal.evaluation.policy import Standing
from portal.evaluation.tally import tallies
from portal.evaluation.views import ROWS, bp, start_of_page
from portal.rounds.models import Round
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
    known = Known(queries.bids(bid_round), mine.closed)
    ids = [bid.id for bid in known.bids]
    may = policy.may_read_board(mine, bid_round, ids)
    if not may:
        return _not_yet(bid_round, mine, ids, may.reason)
    if request.args.get("bid") or request.args.get("question"):
        return _board(bid_round, known)
    viewer, start = current_viewer(), start_of_page()
    rows = queries.overview(bid_round, Panel.OFFICERS, viewer, known=known)
    still_open = sorted((row for row in rows if row.is_open), key=lambda row: -row.disagreement)
    return page(
        "evaluation/moderation.html",
        round=bid_round,
        rows=rows,
        by_bid=_grouped(rows, lambda row: row.application.ref),
        by_question=_grouped(rows, lambda row: row.asked.name),
        still_open=still_open,
        closed=len(mine.closed),
        start=start,
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
    viewer, start = current_viewer(), start_of_page()
    bid_ref, question = request.args.get("bid", ""), request.args.get("question")
    lot_code = request.args.get("lot", "") if question else None
    names = {bid.ref: bid.id for bid in known.bids}
    application_id = or_404(names.get(bid_ref)) if bid_ref else None
    rows = queries.agenda(
        bid_round,
        Panel.OFFICERS,
        viewer,
        known=known,
        application_id=application_id,
        question=question,
        lot_code=lot_code,
    )
    or_404(rows or None)
    shown = rows[start : start + ROWS]
    return page(
        "evaluation/board.html",
        round=bid_round,
        rows=shown,
        total=len(rows),
        start=start,
        size=ROWS,
        by_bid=bool(bid_ref),
        first=rows[0],
        answers=answers.answers_to([(row.application, row.asked) for row in shown], viewer),
        is_open=bid_round.stage is RoundStage.EVALUATION,
    )


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


def _grouped(rows: Any, key: Any) -> list[list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return list(groups.values())
