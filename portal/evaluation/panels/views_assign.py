"""Who scores which answers: the work of each scorer, an even share, and changes in bulk."""

from collections.abc import Callable, Mapping, Set
from math import ceil
from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.evaluation_panels import ChangeWorkForm, ShareOutForm
from portal import settings
from portal.access import Permission, current_viewer, needs
from portal.evaluation import actions, policy, queries
from portal.evaluation.panels.assignments import (
    Preview,
    Sharing,
    hash_of,
    preview,
    sharing,
    words_of,
)
from portal.evaluation.views import bp
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.assignment import Place, Share, Workload, changed, suggest
from scoring.rules import RuleBroken
from scoring.terms import Panel

Plan = Mapping[str, Set[Place]]


@bp.get("/council/rounds/<ref>/panel/work/<panel>")
@needs(Permission.PANEL_MANAGE)
def work(ref: str, panel: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    shared = _shared(bid_round, panel)
    words = words_of(shared, viewer)
    return page(
        "evaluation/work.html",
        shared=shared,
        shown=preview(shared, shared.plan, words, shared.each),
        may=policy.may_assign(viewer, bid_round, list_is_whole=queries.list_is_whole(bid_round)),
        **_words(bid_round),
    )


@bp.route("/council/rounds/<ref>/panel/work/<panel>/share", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def share_out(ref: str, panel: str) -> Response:
    shared = _to_assign(ref, panel)
    form = ShareOutForm(data={"each": shared.each, "share": Share.BID.value})
    words = words_of(shared, current_viewer())

    def plan() -> Plan:
        each, share = form.each.data, Share(form.share.data)
        return suggest(words, list(shared.scorers), shared.closed, each=each, share=share)

    return _act(form, shared, words, plan, "evaluation/share_out.html")


@bp.route("/council/rounds/<ref>/panel/work/<panel>/change", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def change_work(ref: str, panel: str) -> Response:
    shared = _to_assign(ref, panel)
    form = ChangeWorkForm(data={"each": shared.each})
    _offer(form, shared)

    def plan() -> Plan:
        return changed(
            shared.plan,
            form.scorers.data,
            _named(form, shared),
            shared.closed,
            give=form.act.data == "give",
        )

    words = words_of(shared, current_viewer())
    return _act(form, shared, words, plan, "evaluation/change_work.html")


def _act(
    form: Any, shared: Sharing, words: Mapping[Place, int], plan: Callable[[], Plan], template: str
) -> Response:
    """Show what would change; on the second press, when nothing changed in between, change it."""
    shown: Preview | None = None
    if form.validate_on_submit():
        try:
            wanted = plan()
        except RuleBroken as broken:
            form.add_rule_error(broken)
        else:
            shown = preview(shared, wanted, words, form.each.data)
            seen = form.seen.data == hash_of(shared.plan) and form.plan.data == shown.hash
            if "apply" in request.form and seen and _applied(form, shared, wanted):
                done("The answers are assigned. Queues and sheets show it now.")
                return redirect(url_for(".work", ref=shared.round.ref, panel=shared.panel.value))
            form.seen.data, form.plan.data = hash_of(shared.plan), shown.hash
    return page(template, form=form, shared=shared, shown=shown, **_words(shared.round))


def _applied(form: Any, shared: Sharing, wanted: Plan) -> bool:
    return carried_out(
        form,
        lambda: actions.assign(
            shared.round,
            shared.panel,
            wanted,
            each=form.each.data,
            seen=form.seen.data,
            actor=current_viewer(),
            now=clock(),
        ),
    )


def _offer(form: ChangeWorkForm, shared: Sharing) -> None:
    """Choices in the words of the page; nothing ticked is all of them."""
    form.scorers.choices = [choice(ref, one.label) for ref, one in shared.scorers.items()]
    codes = sorted({code for held in shared.lots.values() for code in held})
    form.lots.choices = [choice(code, f"Lot {code}") for code in codes]
    form.questions.choices = [choice(name, words) for name, words in shared.label.items()]
    form.bids.choices = [choice(ref, name) for ref, name in shared.names.items()]


def _named(form: ChangeWorkForm, shared: Sharing) -> list[Place]:
    lots, questions, bids = (set(one.data) for one in (form.lots, form.questions, form.bids))
    return [
        (bid, question)
        for bid, question in shared.places
        if (not bids or bid in bids)
        and (not questions or question in questions)
        and (not lots or _is_for(question, shared.lots[bid], lots))
    ]


def _is_for(question: str, codes: tuple[str, ...], lots: set[str]) -> bool:
    """An answer for one lot is of that lot; one that serves all lots is of each of the bid's lots."""
    lot = question.partition("|")[2]
    return lot in lots if lot else bool(lots & set(codes))


def _shared(bid_round: Round, panel: str) -> Sharing:
    word: Any = or_404(panel if panel in set(Panel) else None)
    or_404(bid_round.opened_at)
    return sharing(bid_round, Panel(word), current_viewer())


def _to_assign(ref: str, panel: str) -> Sharing:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    whole = queries.list_is_whole(bid_round)
    policy.may_assign(viewer, bid_round, list_is_whole=whole).or_refuse("assignment:not-allowed")
    return _shared(bid_round, panel)


def _words(bid_round: Round) -> dict[str, Any]:
    pace = int(settings.get("scoring_words_an_hour"))
    return {"round": bid_round, "pace": pace, "hours": lambda one: hours_text(one, pace)}


def hours_text(work_: Workload, pace: int) -> str:
    """The time in half hours, rounded up: nobody is promised less than it takes."""
    halves = ceil(work_.hours(pace) * 2)
    whole, half = divmod(halves, 2)
    if not halves:
        return "–"
    number = f"{whole or ''}{'½' if half else ''}"
    return f"{number} hour" if halves <= 2 else f"{number} hours"
