"""Declaring interests on the full list of bidders, before any bid is seen."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, redirect, url_for

from forms.evaluation import KNOWS, declarations_form
from portal.access import Permission, Viewer, current_viewer, needs
from portal.applications.models import Application
from portal.evaluation import actions, policy, queries
from portal.evaluation.models import Interest, Part
from portal.evaluation.panels.actions_interests import check_declaration
from portal.evaluation.policy import Standing
from portal.evaluation.views import bp
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import RuleBroken
from scoring.stages import RoundStage

NONE = Interest.NONE.value


@bp.route("/rounds/<ref>/interests", methods=["GET", "POST"])
@needs(Permission.CONFLICT_DECLARE)
def declare(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = or_404(queries.panel_round(ref, viewer))
    mine = queries.standing(viewer, bid_round)
    list_is_whole = queries.list_is_whole(bid_round)
    may = policy.may_declare(mine, bid_round, list_is_whole=list_is_whole)
    if not may:
        return page("evaluation/declare_later.html", round=bid_round, why=may.reason)
    bids = queries.bids(bid_round)
    young = Part.YOUNG_COMMISSIONER in mine.parts
    form = declarations_form(_lines(bids, mine), young)
    checks = [partial(_check, form, bid) for bid in bids if f"detail-{bid.ref}" in form]
    if carried_out(form, lambda: _declare(form, bids, mine, viewer), *checks):
        done("Thank you." if young else "Your declaration is on record.")
        return redirect(_onward(bid_round, mine))
    template = "evaluation/young_declare.html" if young else "evaluation/declare.html"
    fixed = [
        (bid.provider.name, mine.declared[bid.id].value)
        for bid in bids
        if mine.declared.get(bid.id, Interest.NONE) is not Interest.NONE
    ]
    return page(template, form=form, round=bid_round, bids=bids, fixed=fixed)


def _lines(bids: Sequence[Application], mine: Standing) -> list[tuple[str, str, str | None, str]]:
    """Every bidder by its name: names are hidden only after this page. An interest stays."""
    return [
        (bid.ref, bid.provider.name, NONE if bid.id in mine.declared else None, "")
        for bid in bids
        if mine.declared.get(bid.id, Interest.NONE) is Interest.NONE
    ]


def _declare(form: Any, bids: Sequence[Application], mine: Standing, viewer: Viewer) -> None:
    for bid in bids:
        if f"interest-{bid.ref}" not in form:
            continue  # declared before, and it stays
        interest, detail = _said(form, bid.ref)
        if mine.declared.get(bid.id) is not interest:
            actions.declare(bid, interest, detail, actor=viewer, now=clock())


def _said(form: Any, ref: str) -> tuple[Interest, str]:
    said = form[f"interest-{ref}"].data
    typed = form[f"detail-{ref}"].data if f"detail-{ref}" in form else ""
    if said in KNOWS and said != NONE:
        return Interest.PERSONAL, KNOWS[said]
    return Interest(said), typed


def _check(form: Any, bid: Application) -> None:
    """Tell beside each bidder what does not fit; the fields have told what is missing."""
    if not form[f"interest-{bid.ref}"].data:
        return
    try:
        check_declaration(*_said(form, bid.ref), bid.provider.name)
    except RuleBroken as broken:
        field = f"{broken.field}-{bid.ref}"
        raise RuleBroken(broken.code, broken.message, field) from broken


def _onward(bid_round: Round, mine: Standing) -> str:
    """To what the declaration opens."""
    ways = {
        Part.EVALUATOR: "evaluation.queue",
        Part.YOUNG_COMMISSIONER: "evaluation.young",
        Part.MODERATOR: "evaluation.moderation",
        Part.SUPPORTER: "evaluation.sign_off",
    }
    for part, endpoint in ways.items():
        if part in mine.parts and bid_round.stage is RoundStage.EVALUATION:
            return url_for(endpoint, ref=None if part is Part.YOUNG_COMMISSIONER else bid_round.ref)
    return url_for("evaluation.declare", ref=bid_round.ref)
