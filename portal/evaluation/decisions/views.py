"""After the prices: low prices, ties, corrections, and what waits for a second person."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms.decisions import (
    CONFIRM,
    SET_ASIDE,
    PriceDecisionForm,
    PriceQuestionForm,
    SecondForm,
    SetAsideForm,
    tie_form,
)
from portal.access import Permission, current_viewer, needs
from portal.evaluation import policy, queries
from portal.evaluation.asked import titles_of
from portal.evaluation.decisions import (
    actions as actions_decisions,
    actions_corrections,
    policy as policy_decisions,
    queries as decisions,
)
from portal.evaluation.decisions.models import AwardDecision, Correction, DecisionKind
from portal.evaluation.decisions.queries import Flagged
from portal.evaluation.models import Result
from portal.evaluation.prices import queries as queries_prices
from portal.evaluation.results import outcome
from portal.evaluation.views import bp
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page


@bp.get("/council/rounds/<ref>/decisions")
@needs(Permission.RESULT_READ)
def decisions_page(ref: str) -> Response:
    """Everything that people decided, or have yet to decide, about the results of a round."""
    viewer, bid_round = current_viewer(), results_round(ref)
    results = queries.results(bid_round, viewer)
    closed = decisions.closed_to(viewer, bid_round)
    made = [one for one in decisions.decisions_of(bid_round) if one.application_id not in closed]
    computation = queries_prices.computation_of(bid_round)
    names = {one.application.ref: one.application.provider.name for one in results}
    return page(
        "evaluation/decisions.html",
        round=bid_round,
        flagged=decisions.flagged(results, decisions.questions_of(bid_round), made),
        ties=decisions.tied(results),
        made=made,
        names=names,
        titles=titles_of(bid_round),
        corrections=[
            one for one in decisions.corrections_of(bid_round) if one.application_id not in closed
        ],
        refused=_refused(bid_round, closed) if computation and computation.refusal else [],
        may_decide=policy_decisions.may_decide(viewer, bid_round, closed),
        councils={part.council.slug: part.council.name for part in bid_round.councils},
        now=clock(),
    )


def _refused(bid_round: Round, closed: frozenset[int]) -> list[tuple[Any, Any, str]]:
    """The bids whose price cannot be evaluated, with the place and why."""
    bids = {bid.ref: bid for bid in queries.bids(bid_round) if bid.id not in closed}
    return [
        (bids[ref], place, broken.message)
        for (ref, place), broken in outcome.refused_prices(bid_round).items()
        if ref in bids
    ]


@bp.route("/council/rounds/<ref>/decisions/prices/<bid>/<lot>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def low_price(ref: str, bid: str, lot: str) -> Response:
    """Ask the bidder about its price; then, with its answer, keep the bid or set it aside."""
    viewer, bid_round = current_viewer(), results_round(ref)
    flagged = _flagged(bid_round, bid, lot)
    if flagged.question is None:
        return _ask(bid_round, flagged)
    form = PriceDecisionForm()
    if carried_out(
        form,
        lambda: actions_decisions.decide_price(
            flagged.result,
            DecisionKind.SET_ASIDE if form.decision.data == SET_ASIDE else DecisionKind.KEEP,
            form.reason.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Your decision is recorded.")
        return redirect(url_for(".decisions_page", ref=ref))
    return _price_page(bid_round, flagged, form)


def _ask(bid_round: Round, flagged: Flagged) -> Response:
    form = PriceQuestionForm()
    if carried_out(
        form,
        lambda: actions_decisions.ask(
            flagged.result,
            form.question.data,
            form.answer_until_at.data,
            actor=current_viewer(),
            now=clock(),
        ),
    ):
        done(f"{flagged.result.application.provider.name} is asked. Its administrators get a mail.")
        return redirect(url_for(".decisions_page", ref=bid_round.ref))
    return _price_page(bid_round, flagged, form)


def _price_page(bid_round: Round, flagged: Flagged, form: Any) -> Response:
    viewer = current_viewer()
    closed = decisions.closed_to(viewer, bid_round)
    return page(
        "evaluation/low_price.html",
        form=form,
        round=bid_round,
        flagged=flagged,
        may=policy_decisions.may_decide(viewer, bid_round, closed),
        now=clock(),
    )


def _flagged(bid_round: Round, bid: str, lot: str) -> Flagged:
    council = request.args.get("council", "")
    results = queries.results(bid_round, current_viewer(), lot)
    own = [one for one in results if (one.application.ref, one.council) == (bid, council)]
    found = decisions.flagged(
        own, decisions.questions_of(bid_round), decisions.decisions_of(bid_round)
    )
    flagged: Flagged = or_404(next(iter(found), None))
    return flagged


@bp.route("/council/rounds/<ref>/decisions/ties/<lot>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def tie(ref: str, lot: str) -> Response:
    """Decide on the order of bids whose equal rank stands at the last award."""
    viewer, bid_round = current_viewer(), results_round(ref)
    tied: list[Result] = or_404(_tied(bid_round, lot))
    bids = [(one.application.ref, one.application.provider.name) for one in tied]
    form = tie_form(bids)
    if carried_out(
        form,
        lambda: actions_decisions.decide_tie(
            tied, _order(form, bids), form["reason"].data, actor=viewer, now=clock()
        ),
    ):
        done("Proposed. A second person must confirm it.")
        return redirect(url_for(".decisions_page", ref=ref))
    return page("evaluation/tie.html", form=form, round=bid_round, lot=tied[0].round_lot, bids=bids)


def _tied(bid_round: Round, lot: str) -> list[Result] | None:
    results = queries.results(bid_round, current_viewer(), lot)
    council = request.args.get("council", "")
    found = decisions.tied(results)
    return next((own for (_, slug), own in found.items() if slug == council), None)


def _order(form: Any, bids: list[tuple[str, str]]) -> list[str]:
    """The references by the places that were chosen; a place that is chosen twice is nobody's."""
    places = {ref: form[f"place_{ref.replace('-', '_')}"].data for ref, _ in bids}
    if len(set(places.values())) < len(places):
        return []
    return sorted(places, key=lambda ref: int(places[ref]))


@bp.route("/council/rounds/<ref>/decisions/set-aside/<bid>/<lot>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def set_bid_aside(ref: str, bid: str, lot: str) -> Response:
    """Set a bid aside whose price cannot be evaluated."""
    viewer, bid_round = current_viewer(), results_round(ref)
    closed, council = decisions.closed_to(viewer, bid_round), request.args.get("council", "")
    here = (bid, lot, council)
    found = (
        (one, why)
        for one, place, why in _refused(bid_round, closed)
        if (one.ref, place.lot, place.council) == here
    )
    application, why = or_404(next(found, None))
    form = SetAsideForm()
    if carried_out(
        form,
        lambda: actions_decisions.set_aside(
            bid_round, bid, lot, council, form.reason.data, actor=viewer, now=clock()
        ),
    ):
        done("Proposed. A second person must confirm it.")
        return redirect(url_for(".decisions_page", ref=ref))
    return page(
        "evaluation/set_aside.html", form=form, round=bid_round, bid=application, lot=lot, why=why
    )


@bp.route("/council/rounds/<ref>/decisions/second/<made>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def second(ref: str, made: str) -> Response:
    """A second person confirms or declines a decision or a correction."""
    viewer, bid_round = current_viewer(), results_round(ref)
    proposed = decisions.decision(made, viewer) or decisions.correction(made, viewer)
    waiting: AwardDecision | Correction = or_404(proposed)
    or_404(waiting.audit_chain == bid_round.audit_chain or None)
    _may_confirm(bid_round, waiting).or_refuse("decision:not-allowed")
    form = SecondForm()
    if carried_out(form, lambda: _second(form, waiting)):
        done(
            "Confirmed. All results are computed anew."
            if form.decision.data == CONFIRM
            else "Declined."
        )
        return redirect(url_for(".decisions_page", ref=ref))
    results = queries.results(bid_round, viewer)
    return page(
        "evaluation/second.html",
        form=form,
        round=bid_round,
        waiting=waiting,
        is_correction=isinstance(waiting, Correction),
        titles=titles_of(bid_round),
        names={one.application.ref: one.application.provider.name for one in results},
    )


def _may_confirm(bid_round: Round, waiting: AwardDecision | Correction) -> Any:
    viewer = current_viewer()
    closed = decisions.closed_to(viewer, bid_round)
    if isinstance(waiting, Correction):
        may = policy_decisions.may_correct(viewer, bid_round, waiting.application_id, closed)
    else:
        may = policy_decisions.may_decide(viewer, bid_round, closed)
    return policy_decisions.may_confirm(viewer, waiting, may)


def _second(form: Any, waiting: AwardDecision | Correction) -> None:
    who: dict[str, Any] = {"actor": current_viewer(), "now": clock()}
    confirms = form.decision.data == CONFIRM
    if isinstance(waiting, Correction):
        if confirms:
            actions_corrections.confirm(waiting, **who)
        else:
            actions_corrections.decline(waiting, form.reason.data, **who)
    elif confirms:
        actions_decisions.confirm(waiting, **who)
    else:
        actions_decisions.decline(waiting, form.reason.data, **who)


def results_round(ref: str) -> Round:
    """A round of the viewer's councils whose results may be read."""
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    policy.may_read_results(viewer, bid_round).or_refuse("results:not-yet")
    return bid_round
