"""Recommend, decide, release, conclude; and the letters."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from forms.awards import (
    APPROVE,
    ConcludeForm,
    ConcludeTenderForm,
    DecisionForm,
    RecommendForm,
    ReleaseForm,
)
from portal.access import Permission, current_viewer, needs
from portal.awards import actions, policy, presentation, queries
from portal.awards.grounds import grounds as grounds_of
from portal.awards.models import Recommendation
from portal.days import today
from portal.evaluation.asked import scheme_of
from portal.evaluation.decisions.open_matters import open_matters
from portal.people.actions import note_read
from portal.people.models import Council
from portal.rounds import queries as rounds
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import RuleBroken

bp = Blueprint("awards", __name__)


def award_round(ref: str) -> Round:
    """A round whose award the viewer may read; for anybody else it is not there."""
    bid_round: Round = rounds.own_round(ref, current_viewer())
    found: Round = or_404(bid_round if policy.may_read(current_viewer(), bid_round) else None)
    _note(found)
    return found


def _note(bid_round: Round) -> None:
    """Looking at what was offered is recorded; who sends a form has looked before."""
    if request.method == "GET" and not request.headers.get("X-Requested-With"):
        note_read(current_viewer(), "award", bid_round.ref, clock())


@bp.get("/council/rounds/<ref>/award")
@needs(Permission.RESULT_READ)
def show(ref: str) -> Response:
    bid_round = award_round(ref)
    return page("awards/show.html", **presentation.board(bid_round, current_viewer(), clock()))


@bp.get("/council/rounds/<ref>/award/grounds")
@needs(Permission.RESULT_READ)
def grounds(ref: str) -> Response:
    """What the award rests on: cost, dissent, how easily it would turn."""
    bid_round = award_round(ref)
    found = grounds_of(bid_round, current_viewer(), clock())
    return page("awards/grounds.html", round=bid_round, grounds=found)


@bp.route("/council/rounds/<ref>/award/recommend", methods=["GET", "POST"])
@needs(Permission.AWARD_RECOMMEND)
def recommend(ref: str) -> Response:
    bid_round, viewer = award_round(ref), current_viewer()
    may = policy.may_recommend(viewer, bid_round, open_matters(bid_round))
    may.or_refuse("award:not-allowed")
    form = RecommendForm()
    if carried_out(
        form,
        lambda: actions.recommend(bid_round, form.reason.data, actor=viewer, now=clock()),
    ):
        done("Recommended. The approvers of every council have been told.")
        return redirect(url_for(".show", ref=ref))
    return page(
        "awards/recommend.html",
        form=form,
        round=bid_round,
        outcome=presentation.outcome(bid_round, viewer),
        returned=presentation.returns(queries.history_of(bid_round)),
    )


@bp.route("/council/awards/<ref>/<slug>", methods=["GET", "POST"])
@needs(Permission.AWARD_APPROVE)
def decide(ref: str, slug: str) -> Response:
    viewer = current_viewer()
    recommendation: Recommendation = or_404(queries.recommendation(ref, viewer))
    council: Council = or_404(presentation.council_of(recommendation.round, slug))
    _note(recommendation.round)
    presentation.decision_of(recommendation, council, viewer).or_refuse("award:not-allowed")
    form = DecisionForm()
    if carried_out(form, lambda: _decide(form, recommendation, council)):
        done("Your council's decision is recorded.")
        return redirect(url_for(".show", ref=recommendation.round.ref))
    return page(
        "awards/decide.html",
        form=form,
        decides_for=council,
        recommendation=recommendation,
        outcome=presentation.outcome(recommendation.round, viewer),
        failed=queries.failed_in(recommendation.round),
        returned=presentation.returns(queries.history_of(recommendation.round)),
        grounds=grounds_of(recommendation.round, viewer, clock()),
    )


def _decide(form: DecisionForm, recommendation: Recommendation, council: Council) -> Any:
    who: dict[str, Any] = {"actor": current_viewer(), "now": clock()}
    if form.decision.data == APPROVE:
        return actions.approve(
            recommendation,
            council,
            form.decision_reference.data,
            declared_no_interest=form.declared_no_interest.data,
            delegation_limit_pence=form.delegation_limit.data,
            call_in_until_on=form.call_in_until_on.data,
            **who,
        )
    return actions.return_to_panel(recommendation, council, form.reason.data, **who)


@bp.route("/council/rounds/<ref>/award/release", methods=["GET", "POST"])
@needs(Permission.AWARD_APPROVE)
def release(ref: str) -> Response:
    bid_round, viewer = award_round(ref), current_viewer()
    made = queries.progress_of(bid_round)
    policy.may_release(viewer, bid_round, made).or_refuse("letters:not-allowed")
    looked = queries.looked_at(bid_round, viewer)
    form = ReleaseForm()
    if carried_out(form, lambda: _release(bid_round, looked)):
        done("The letters are released. Every bidder has been told by mail.")
        return redirect(url_for(".show", ref=ref))
    return page(
        "awards/release.html",
        form=form,
        round=bid_round,
        made=made,
        looked=looked,
    )


def _release(bid_round: Round, looked: int) -> None:
    """Nobody says of letters that they have never opened that they may go."""
    if not looked:
        message = "You have looked at none of them. Look at one at least before all of them go."
        raise RuleBroken("letters:not-looked-at", message, "checked")
    actions.release_letters(bid_round, actor=current_viewer(), now=clock())


@bp.route("/council/rounds/<ref>/award/conclude", methods=["GET", "POST"])
@needs(Permission.AWARD_CONCLUDE)
def conclude(ref: str) -> Response:
    bid_round, viewer = award_round(ref), current_viewer()
    waiting = queries.waiting_of(bid_round, clock())
    policy.may_conclude(viewer, bid_round, waiting).or_refuse("award:not-allowed")
    ranked = scheme_of(bid_round).ranked
    form: Any = (ConcludeTenderForm if ranked else ConcludeForm)(starts_on=today(clock()))
    if carried_out(form, lambda: _conclude(form, bid_round)):
        done(
            "Concluded. The contracts are made."
            if ranked
            else "Concluded. The admitted providers are on the register and on the public list."
        )
        return redirect(url_for(".show", ref=ref))
    return page(
        "awards/conclude.html",
        form=form,
        round=bid_round,
        outcome=presentation.outcome(bid_round, viewer),
        ranked=ranked,
        notice_missing=bid_round.regime.under_the_act and waiting.notice is None,
    )


def _conclude(form: Any, bid_round: Round) -> None:
    actions.conclude(bid_round, form.starts_on.data, actor=current_viewer(), now=clock())


@bp.get("/council/rounds/<ref>/award/progress")
@needs(Permission.RESULT_READ)
def progress(ref: str) -> Any:
    """How many letters are made, for the page that waits for them."""
    made = queries.progress_of(award_round(ref))
    if request.headers.get("X-Requested-With") == "progress":
        state = "done" if made.all_made else "working"
        return {"done": made.made, "total": made.total, "words": made.words, "state": state}
    return redirect(url_for(".show", ref=ref))
