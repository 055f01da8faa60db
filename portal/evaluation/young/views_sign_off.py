"""The Participation Officer's page: how far the young people are, and the sign-off of their view."""

from typing import Any

from flask import Response, redirect, url_for

from forms.evaluation import ConfirmForm, GiveBackForm
from portal.access import Permission, current_viewer, needs
from portal.applications.models import Application
from portal.evaluation import actions, policy, queries
from portal.evaluation.models import Interest, Part
from portal.evaluation.policy import Standing
from portal.evaluation.tally import tallies
from portal.evaluation.views import bp
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.stages import RoundStage
from scoring.terms import Panel


@bp.get("/sign-off/")
@needs(Permission.YOUNG_SIGN_OFF)
def sign_offs() -> Response:
    viewer = current_viewer()
    rounds = [
        one
        for one in queries.my_rounds(viewer, Part.SUPPORTER)
        if one.stage is RoundStage.EVALUATION or one.stage in policy.AFTER_LOCK
    ]
    return page("evaluation/sign_offs.html", rounds=rounds, tallies=tallies(rounds))


@bp.get("/sign-off/<ref>")
@needs(Permission.YOUNG_SIGN_OFF)
def sign_off(ref: str) -> Response:
    bid_round, mine = supported(ref)
    if not mine.declared_on(queries.bid_ids(bid_round)):
        return redirect(url_for(".declare", ref=ref))
    bids = tallies([bid_round], hidden=mine.closed)[bid_round.id]
    return page(
        "evaluation/sign_off.html",
        round=bid_round,
        bids=bids,
        closed=len(mine.closed),
        interests=_interests(bid_round, mine),
    )


@bp.route("/sign-off/<ref>/<bid>", methods=["GET", "POST"])
@needs(Permission.YOUNG_SIGN_OFF)
def sign_off_bid(ref: str, bid: str) -> Response:
    viewer = current_viewer()
    bid_round, mine = supported(ref)
    application = _bid(bid_round, mine, bid)
    form = ConfirmForm()
    form.confirmed.label.text = "This was the young people’s own view. I added nothing to it."
    if carried_out(form, lambda: actions.sign_off_young(application, actor=viewer, now=clock())):
        done(f"Signed off: {application.provider.name}.")
        return redirect(url_for(".sign_off", ref=ref))
    return page("evaluation/sign_off_bid.html", form=form, **_young_view(bid_round, application))


def _young_view(bid_round: Round, application: Application) -> dict[str, Any]:
    """What the young people agreed, and how far they are; no single pair's scores."""
    rows = queries.agenda(bid_round, Panel.YOUNG, current_viewer(), application_id=application.id)
    order = [one.key for one in queries.asked_of(application, Panel.YOUNG)]
    rows.sort(key=lambda row: order.index(row.asked.key))
    names = {one.person.ref: one.person.name for one in queries.members(bid_round)}
    return {
        "round": bid_round,
        "bid": application,
        "rows": rows,
        "sheets": rows[0].sheets if rows else (),
        "agreed": bool(rows) and all(row.is_ready and row.consensus for row in rows),
        "signed": queries.sign_offs([application.id]).get(application.id),
        "running": bid_round.stage is RoundStage.EVALUATION,
        "there": {
            row.asked.key: sorted(names.get(ref, ref) for ref in row.consensus.present)
            for row in rows
            if row.consensus
        },
    }


@bp.route("/sign-off/<ref>/<bid>/give-back/<sheet>", methods=["GET", "POST"])
@needs(Permission.YOUNG_SIGN_OFF)
def give_pair_back(ref: str, bid: str, sheet: str) -> Response:
    viewer = current_viewer()
    bid_round, mine = supported(ref)
    application = _bid(bid_round, mine, bid)
    returned = or_404(queries.panel_sheet(sheet, bid_round))
    or_404(returned if returned.application_id == application.id else None)
    may = policy.may_give_back(mine, returned, queries.bid_ids(bid_round))
    may.or_refuse("sheet:not-allowed")
    form, back = GiveBackForm(), url_for(".sign_off_bid", ref=ref, bid=bid)
    if carried_out(
        form, lambda: actions.give_back(returned, form.reason.data, actor=viewer, now=clock())
    ):
        done(f"The sheet is given back to {returned.scorer.label}.")
        return redirect(back)
    return page("evaluation/give_back.html", form=form, round=bid_round, sheet=returned, back=back)


def supported(ref: str) -> tuple[Round, Standing]:
    viewer = current_viewer()
    bid_round = or_404(queries.panel_round(ref, viewer))
    mine = queries.standing(viewer, bid_round)
    or_404(policy.may_support(mine, bid_round) or None)
    return bid_round, mine


def _bid(bid_round: Round, mine: Standing, ref: str) -> Application:
    bids = {one.ref: one for one in queries.bids(bid_round)}
    or_404(policy.may_see_bids(mine, [one.id for one in bids.values()]) or None)
    found: Application = or_404(bids.get(ref))
    return or_404(None if found.id in mine.closed else found)


def _interests(bid_round: Round, mine: Standing) -> list[tuple[str, str, str]]:
    """What young people declared: who, about whom, in which words."""
    young = {
        one.person_id: one.person.name
        for one in queries.members(bid_round)
        if one.part is Part.YOUNG_COMMISSIONER
    }
    bidders = {
        bid.id: bid.provider.name for bid in queries.bids(bid_round) if bid.id not in mine.closed
    }
    return [
        (young[one.person_id], bidders[one.application_id], one.detail)
        for one in queries.declarations(bid_round)
        if one.interest is not Interest.NONE
        and one.person_id in young
        and one.application_id in bidders
    ]
