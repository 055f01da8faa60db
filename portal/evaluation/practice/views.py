"""Practising: score made-up bids, and see how it compares. For everybody who will score or lead."""

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, url_for

from forms.evaluation import ScoreForm, YoungScoreForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.edits import EditConflict
from portal.evaluation import wording
from portal.evaluation.asked import Asked
from portal.evaluation.practice import actions, pairs, queries
from portal.evaluation.practice.models import PracticeBid, PracticeRound
from portal.evaluation.views import bp
from portal.web import carried_out, clock, or_404, page
from scoring.rules import RuleBroken
from scoring.sheets import Mark
from scoring.terms import Panel


@bp.get("/practice/")
@needs(Permission.PRACTISE)
def practices() -> Response:
    viewer = current_viewer()
    return page("evaluation/practices.html", practices=queries.practices(viewer, open_only=True))


@bp.get("/practice/<ref>")
@needs(Permission.PRACTISE)
def practice(ref: str) -> Response:
    viewer, panel = current_viewer(), queries.panel_of(current_viewer())
    found = own_practice(ref)
    given, asked = queries.scores_of(found, viewer), queries.asked_in(found, panel)
    places = [(bid, one) for bid in found.bids for one in asked]
    return page(
        "evaluation/practice.html",
        practice=found,
        asked=asked,
        given=given,
        next=queries.next_place(places, given),
        pair=pairs.pair_of(found, viewer),
        young=panel is Panel.YOUNG,
    )


@bp.route("/practice/<ref>/<bid>/<question>", methods=["GET", "POST"])
@needs(Permission.PRACTISE)
def practise(ref: str, bid: str, question: str) -> Response:
    viewer, panel = current_viewer(), queries.panel_of(current_viewer())
    found = own_practice(ref)
    made_up, asked = place_of(found, bid, question, panel)
    given = queries.scores_of(found, viewer).get((made_up.id, asked.question))
    kind = YoungScoreForm if panel is Panel.YOUNG else ScoreForm
    kept = {"reason": given.reason} if given else {}
    if given and given.value is not None:
        kept["value"] = given.value if panel is Panel.OFFICERS else str(given.value)
    form = kind(data=kept).fit(asked.scale, queries.reason_words(panel))
    if carried_out(form, lambda: _save(form, made_up, asked)):
        return redirect(_onward(found, panel))
    return page(
        "evaluation/practise.html",
        form=form,
        practice=found,
        bid=made_up,
        asked=asked,
        young=panel is Panel.YOUNG,
    )


def _save(form: Any, bid: PracticeBid, asked: Asked) -> None:
    mark = Mark(form.score, form.reason.data, form.abstained)
    try:
        actions.save_practice(bid, asked, mark, actor=current_viewer(), now=clock())
    except RuleBroken as broken:
        if asked.panel is Panel.YOUNG:
            raise wording.for_young(broken, queries.reason_words(asked.panel)) from broken
        raise


def _onward(found: PracticeRound, panel: Panel) -> str:
    """The next answer without a score; when there is none, how one's scores compare."""
    given = queries.scores_of(found, current_viewer())
    places = [(bid, one) for bid in found.bids for one in queries.asked_in(found, panel)]
    following = queries.next_place(places, given)
    if following is None:
        return url_for(".practice_compare", ref=found.ref)
    bid, asked = following
    return url_for(".practise", ref=found.ref, bid=bid.ref, question=asked.question)


@bp.get("/practice/<ref>/compare")
@needs(Permission.PRACTISE)
def practice_compare(ref: str) -> Response:
    viewer, panel = current_viewer(), queries.panel_of(current_viewer())
    found = own_practice(ref)
    compared = queries.comparison(found, panel, queries.scores_of(found, viewer))
    return page(
        "evaluation/practice_compare.html",
        practice=found,
        compared=compared,
        young=panel is Panel.YOUNG,
    )


def own_practice(ref: str) -> PracticeRound:
    found: PracticeRound = or_404(queries.practice(ref, current_viewer()))
    return found


def place_of(
    found: PracticeRound, bid: str, question: str, panel: Panel
) -> tuple[PracticeBid, Asked]:
    asked = {one.question: one for one in queries.asked_in(found, panel)}
    bids = {one.ref: one for one in found.bids}
    return or_404(bids.get(bid)), or_404(asked.get(question))


def saved_by_young(form: Any, act: Callable[[], None]) -> tuple[bool, Any]:
    """Carry out what young people sent together; what others of them saved meanwhile, if it differs."""
    if not form.validate_on_submit():
        return False, None
    try:
        act()
    except EditConflict as conflict:
        db.session.rollback()
        form.add_rule_error(conflict)
        form.revision.data = conflict.theirs.revision  # pressing again keeps one's own
        return False, conflict.theirs
    except RuleBroken as broken:
        db.session.rollback()
        form.add_rule_error(wording.for_young(broken, queries.reason_words(Panel.YOUNG)))
        return False, None
    db.session.commit()
    return True, None
