"""Young Commissioners score: one question on a page, five faces, their own words."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import PortalForm
from forms.base import is_autosave
from forms.evaluation import YoungScoreForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation import actions, answers, queries, saving, waiting
from portal.evaluation.asked import Asked
from portal.evaluation.models import Sheet
from portal.evaluation.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.stages import RoundStage, SheetStage
from scoring.terms import Panel


@bp.get("/your-scores/")
@needs(Permission.YOUNG_SCORE)
def young() -> Response:
    return page("evaluation/young.html", cards=waiting.young_cards(current_viewer()))


@bp.get("/your-scores/<ref>")
@needs(Permission.YOUNG_SCORE)
def young_sheet(ref: str) -> Response:
    return page("evaluation/young_sheet.html", **_whole(_pair_sheet(ref)))


@bp.route("/your-scores/<ref>/question/<question>", methods=["GET", "POST"])
@bp.route("/your-scores/<ref>/question/<question>/<lot>", methods=["GET", "POST"])
@needs(Permission.YOUNG_SCORE)
def young_score(ref: str, question: str, lot: str = "") -> Any:
    viewer, sheet = current_viewer(), _pair_sheet(ref)
    asked = or_404(saving.asked_at(sheet, question, lot))
    if not _is_open(sheet):
        return redirect(url_for(".young_sheet", ref=ref))
    kept = queries.score_of(sheet, asked.key)
    form = saving.fitted(YoungScoreForm, sheet, asked, kept)
    if is_autosave():
        return saving.autosaved(form, sheet, asked, kept)
    saved, theirs = saving.saved(form, sheet, asked, whole=True)
    if saved:
        return redirect(_next(sheet, asked))
    if request.method == "GET":
        answers.note(viewer, sheet.application, clock())
    everything = queries.asked_on(sheet)
    at = everything.index(asked)
    return page(
        "evaluation/young_score.html",
        form=form,
        sheet=sheet,
        asked=asked,
        place=at + 1,
        number_of=len(everything),
        previous=everything[at - 1] if at else None,
        name=queries.name_of(viewer, sheet.application),
        answer=answers.answer_to(asked, sheet.application, viewer),
        theirs=theirs,
    )


def _next(sheet: Sheet, asked: Asked) -> str:
    """The next question without a score on this sheet; else the page that sends it."""
    everything = queries.asked_on(sheet)
    missing = {one.where for one in queries.missing_on(sheet, everything)}
    at = everything.index(asked)
    for one in everything[at + 1 :] + everything[:at]:
        if one.name in missing:
            return url_for(
                ".young_score", ref=sheet.ref, question=one.question, lot=one.lot_code or None
            )
    return url_for(".young_sheet", ref=sheet.ref)


@bp.post("/your-scores/<ref>/send")
@needs(Permission.YOUNG_SCORE)
def young_send(ref: str) -> Response:
    viewer, sheet = current_viewer(), _pair_sheet(ref)
    if sheet.stage is SheetStage.SUBMITTED:  # by the other half of the pair, a moment ago
        done("These scores were sent already.")
        return redirect(url_for(".young_sheet", ref=ref))
    form = PortalForm()
    if carried_out(form, lambda: actions.submit_sheet(sheet, actor=viewer, now=clock())):
        done("You sent your scores. Well done!")
        return redirect(url_for(".young"))
    return page("evaluation/young_sheet.html", form=form, **_whole(sheet))


def _whole(sheet: Sheet) -> dict[str, Any]:
    asked = queries.asked_on(sheet)
    missing = {one.where for one in queries.missing_on(sheet, asked)}
    return {
        "sheet": sheet,
        "name": queries.name_of(current_viewer(), sheet.application),
        "lines": [(one, queries.score_of(sheet, one.key)) for one in asked],
        "missing": set() if sheet.stage is SheetStage.SUBMITTED else missing,
        "is_open": _is_open(sheet),
        "answers": answers.to_all(asked, sheet.application, current_viewer())
        if sheet.stage is SheetStage.SUBMITTED
        else {},
    }


def _pair_sheet(ref: str) -> Sheet:
    found: Sheet = or_404(queries.sheet(ref, current_viewer()))
    return or_404(found if found.scorer.panel is Panel.YOUNG else None)


def _is_open(sheet: Sheet) -> bool:
    running = sheet.application.round.stage is RoundStage.EVALUATION
    return running and sheet.stage is SheetStage.DRAFT
