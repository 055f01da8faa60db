"""Young Commissioners practise with their pair: one face for both, then how it compares."""

from typing import Any

from flask import Response, redirect, url_for

from forms.evaluation import RATHER_NOT, YoungScoreForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation.asked import Asked
from portal.evaluation.practice import actions_pairs as actions, pairs, queries
from portal.evaluation.practice.agreeing import rehearsed
from portal.evaluation.practice.models import PracticeBid, PracticePairScore, PracticeRound
from portal.evaluation.practice.pairs import Pair
from portal.evaluation.practice.views import own_practice, place_of, saved_by_young
from portal.evaluation.views import bp
from portal.web import clock, or_404, page
from scoring.sheets import Mark
from scoring.terms import Panel


@bp.get("/practice/<ref>/together")
@needs(Permission.YOUNG_SCORE)
def practice_together(ref: str) -> Response:
    """How far the pair is, and what each pair and the model said where one's own has said something."""
    found, pair = own_pair(ref)
    given = pairs.together(found, pair)
    asked = queries.asked_in(found, Panel.YOUNG)
    places = [(bid, one) for bid in found.bids for one in asked]
    places_to_agree = rehearsed(found, pair)
    return page(
        "evaluation/practice_together.html",
        practice=found,
        pair=pair,
        total=len(places),
        next=queries.next_place(places, given),
        lines=pairs.compared(found, pair),
        open=[one for one in places_to_agree if one.is_open],
        agreed={(one.bid.id, one.asked.question) for one in places_to_agree if one.agreed},
    )


@bp.route("/practice/<ref>/together/<bid>/<question>", methods=["GET", "POST"])
@needs(Permission.YOUNG_SCORE)
def practise_together(ref: str, bid: str, question: str) -> Response:
    found, pair = own_pair(ref)
    made_up, asked = place_of(found, bid, question, Panel.YOUNG)
    if found.closed_at is not None:
        return redirect(url_for(".practice_together", ref=ref))
    kept = pairs.together(found, pair).get((made_up.id, asked.question))
    form = YoungScoreForm(data=_typed(kept)).fit(asked.scale, queries.reason_words(Panel.YOUNG))
    saved, theirs = _saved(form, made_up, asked)
    if saved:
        return redirect(_onward(found, pair))
    return page(
        "evaluation/practise_together.html",
        form=form,
        practice=found,
        pair=pair,
        bid=made_up,
        asked=asked,
        theirs=theirs,
    )


def _typed(kept: PracticePairScore | None) -> dict[str, Any]:
    if kept is None:
        return {}
    value = RATHER_NOT if kept.abstained else str(kept.value)
    return {"value": value, "reason": kept.reason, "revision": kept.revision}


def _saved(form: YoungScoreForm, bid: PracticeBid, asked: Asked) -> tuple[bool, Any]:
    """Save what the button sent; what the other half saved meanwhile, if it differs."""

    def act() -> None:
        mark = Mark(form.score, form.reason.data, form.abstained)
        how = {"seen_revision": form.seen_revision, "actor": current_viewer(), "now": clock()}
        actions.save_together(bid, asked, mark, **how)

    return saved_by_young(form, act)


def _onward(found: PracticeRound, pair: Pair) -> str:
    """The next answer that the pair has not scored; when there is none, how its scores compare."""
    given = pairs.together(found, pair)
    asked = queries.asked_in(found, Panel.YOUNG)
    following = queries.next_place([(bid, one) for bid in found.bids for one in asked], given)
    if following is None:
        return url_for(".practice_together", ref=found.ref)
    bid, one = following
    return url_for(".practise_together", ref=found.ref, bid=bid.ref, question=one.question)


def own_pair(ref: str) -> tuple[PracticeRound, Pair]:
    """A practice round and the viewer's pair in it; nothing is found by anybody without one."""
    found = own_practice(ref)
    return found, or_404(pairs.pair_of(found, current_viewer()))
