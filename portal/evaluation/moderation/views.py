"""The moderation: how far it is, the board as it is turned and narrowed, and giving a sheet back."""

from flask import Response, redirect, request, url_for

from forms.evaluation import GiveBackForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation import actions, policy, queries
from portal.evaluation.models import Part
from portal.evaluation.moderation.board import Known
from portal.evaluation.moderation.narrowing import Narrowing
from portal.evaluation.moderation.summary import MOST_APART, summary
from portal.evaluation.moderation.turns import board, filters
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
    known = Known(queries.bids_in_brief(bid_round), mine.closed)
    ids = [bid.id for bid in known.bids]
    may = policy.may_read_board(mine, bid_round, ids)
    if not may:
        return _not_yet(bid_round, mine, ids, may.reason)
    wanted = Narrowing.of(request.args)
    if wanted.address:
        return board(bid_round, known, wanted)
    return page(
        "evaluation/moderation.html",
        round=bid_round,
        all=summary(bid_round, Panel.OFFICERS, current_viewer(), known),
        most=MOST_APART,
        closed=len(mine.closed),
        start=start_of_page(),
        size=ROWS,
        is_open=bid_round.stage is RoundStage.EVALUATION,
        filters=filters(bid_round),
    )


def _not_yet(bid_round: Round, mine: Standing, ids: list[int], why: str) -> Response:
    undeclared = not mine.declared_on(ids)
    if mine and undeclared and bid_round.stage is RoundStage.EVALUATION:
        return redirect(url_for(".declare", ref=bid_round.ref))
    return page("evaluation/not_yet.html", round=bid_round, why=why, title="Moderation")


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
