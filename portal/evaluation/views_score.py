"""One question of one bid: the answer, the scale, a score and its reason. Then the whole sheet."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms.base import is_autosave
from forms.evaluation import ConfirmForm, ScoreForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation import actions, answers, queries, saving
from portal.evaluation.asked import Asked
from portal.evaluation.desk import Turn, desk, next_after, next_on
from portal.evaluation.models import Sheet
from portal.evaluation.views import bp, score_address
from portal.web import carried_out, clock, done, or_404, page
from scoring.stages import RoundStage, SheetStage
from scoring.terms import Panel


@bp.route("/scoring/sheets/<ref>/questions/<question>", methods=["GET", "POST"])
@bp.route("/scoring/sheets/<ref>/questions/<question>/<lot>", methods=["GET", "POST"])
@needs(Permission.BID_SCORE)
def score(ref: str, question: str, lot: str = "") -> Any:
    viewer = current_viewer()
    sheet = _own_sheet(ref)
    asked = or_404(saving.asked_at(sheet, question, lot))
    if not _is_open(sheet):
        return redirect(url_for(".sheet", ref=ref))
    kept = queries.score_of(sheet, asked.key)
    form = saving.fitted(ScoreForm, sheet, asked, kept)
    if is_autosave():
        return saving.autosaved(form, sheet, asked, kept)
    later = "later" in request.form
    saved, theirs = saving.saved(form, sheet, asked, whole=not later)
    if saved:
        return redirect(url_for(".sheet", ref=ref) if later else _next(sheet, asked))
    if request.method == "GET":
        answers.note(viewer, sheet.application, clock())
    return _page(form, sheet, asked, theirs)


def _page(form: ScoreForm, sheet: Sheet, asked: Asked, theirs: Any) -> Response:
    viewer, everything = current_viewer(), queries.asked_on(sheet)
    return page(
        "evaluation/score.html",
        form=form,
        sheet=sheet,
        asked=asked,
        place=everything.index(asked) + 1,
        number_of=len(everything),
        name=queries.name_of(viewer, sheet.application),
        answer=answers.answer_to(asked, sheet.application, viewer),
        theirs=theirs,
        turn=Turn.of(request.args.get("by")),
        previous=_neighbour(everything, asked, -1),
        following=_neighbour(everything, asked, 1),
    )


def _neighbour(everything: tuple[Asked, ...], asked: Asked, step: int) -> Asked | None:
    at = everything.index(asked) + step
    return everything[at] if 0 <= at < len(everything) else None


def _next(sheet: Sheet, asked: Asked) -> str:
    """The next question that has no score, in the order of the address; else the whole sheet."""
    turn = Turn.of(request.args.get("by"))
    if turn is Turn.QUESTION:
        following = next_after(
            desk(sheet.application.round, current_viewer()), sheet, asked.key, turn
        )
        if following is not None:
            bid, (question, lot) = following
            return score_address(bid.sheet.ref, question, lot, turn)
    elif (left := next_on(sheet, queries.asked_on(sheet), asked)) is not None:
        return score_address(sheet.ref, *left.key, turn)
    return url_for(".sheet", ref=sheet.ref)


@bp.get("/scoring/sheets/<ref>")
@needs(Permission.BID_SCORE)
def sheet(ref: str) -> Response:
    mine, viewer = _own_sheet(ref), current_viewer()
    whole = _whole(mine)
    read = {}  # a meeting may ask for the answer again, when nothing can be changed any more
    if not whole["is_open"]:
        read = answers.to_all([one for one, _ in whole["lines"]], mine.application, viewer)
        answers.note(viewer, mine.application, clock())
    return page("evaluation/sheet.html", answers=read, **whole)


@bp.route("/scoring/sheets/<ref>/submit", methods=["GET", "POST"])
@needs(Permission.BID_SCORE)
def submit(ref: str) -> Response:
    viewer, mine = current_viewer(), _own_sheet(ref)
    if not _is_open(mine):
        return redirect(url_for(".sheet", ref=ref))
    form = ConfirmForm()
    if carried_out(form, lambda: actions.submit_sheet(mine, actor=viewer, now=clock())):
        done("Your sheet is submitted. Nobody saw it before this moment.")
        return redirect(url_for(".queue", ref=mine.application.round.ref))
    return page("evaluation/submit.html", form=form, **_whole(mine))


def _whole(mine: Sheet) -> dict[str, Any]:
    asked = queries.asked_on(mine)
    missing = {one.where: one.message for one in queries.missing_on(mine, asked)}
    return {
        "sheet": mine,
        "round": mine.application.round,
        "name": queries.name_of(current_viewer(), mine.application),
        "lines": [(one, queries.score_of(mine, one.key)) for one in asked],
        "missing": {} if mine.stage is SheetStage.SUBMITTED else missing,
        "is_open": _is_open(mine),
    }


def _own_sheet(ref: str) -> Sheet:
    found: Sheet = or_404(queries.sheet(ref, current_viewer()))
    return or_404(found if found.scorer.panel is Panel.OFFICERS else None)


def _is_open(mine: Sheet) -> bool:
    running = mine.application.round.stage is RoundStage.EVALUATION
    return running and mine.stage is SheetStage.DRAFT
