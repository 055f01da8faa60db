"""The team agrees: all scores side by side, one score with a reason, a judgement, recommendations."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for

from forms import PortalForm, choice
from forms.visits import RATHER_NOT, AgreeForm, RecommendForm, ReportForm
from portal.access import Permission, Viewer, current_viewer, needs
from portal.db import db
from portal.edits import EditConflict
from portal.followups.models import OwnerSide
from portal.visits import (
    actions_final,
    actions_report,
    board,
    comments,
    finding,
    frameworks,
    policy,
    queries,
    report,
)
from portal.visits.models import Visit, VisitSheet
from portal.visits.telling import score_words
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.sheets import Mark
from scoring.stages import SheetStage, VisitStage
from scoring.terms import Panel
from scoring.visits import Part


@dataclass(frozen=True, slots=True)
class Given:
    """One sheet's score of a matter, as the page shows it."""

    by: str
    score: str
    words: str


@bp.get("/<ref>/agree")
@needs(Permission.VISIT_READ)
def agree(ref: str) -> Response:
    viewer, visit = current_viewer(), finding.with_scores(ref)
    return page(
        "visits/agree.html",
        visit=visit,
        lines=report.lines(visit),
        missing=actions_report.missing(visit),
        report=actions_report.report_of(visit),
        recommendations=actions_final.recommendations(visit),
        may_agree=policy.may_agree(viewer, visit),
        form=PortalForm(),
    )


@bp.route("/<ref>/agree/<matter>", methods=["GET", "POST"])
@needs(Permission.VISIT_READ)
def agree_matter(ref: str, matter: str) -> Any:
    viewer, visit = current_viewer(), finding.with_scores(ref)
    matters = visit.framework_version.body["matters"]
    content = or_404(next((one for one in matters if one["key"] == matter), None))
    kept = {one.matter: one for one in _officers(visit)}.get(matter)
    scale = frameworks.scale_of(visit, Panel.OFFICERS)
    form = AgreeForm(data=_typed(kept)).fit(scale)
    theirs, saved = _agreed(form, visit, matter, viewer)
    if saved:
        return redirect(_next(visit, matter))
    return page(
        "visits/agree_matter.html",
        visit=visit,
        matter=content,
        form=form,
        theirs=theirs,
        officers=_given(visit, matter, Panel.OFFICERS, viewer),
        young=_given(visit, matter, Panel.YOUNG, viewer),
        line=next(one for one in report.lines(visit) if one.key == matter),
        may_agree=policy.may_agree(viewer, visit),
    )


def _agreed(form: Any, visit: Visit, matter: str, viewer: Viewer) -> tuple[Any, bool]:
    """Whether the score was kept; else what a colleague kept meanwhile."""
    if request.method == "POST":
        policy.may_agree(viewer, visit).or_refuse("visit-agreed:refused")
    if not form.validate_on_submit():
        return None, False
    conflict: list[EditConflict] = []

    def act() -> None:
        mark = Mark(form.score, form.reason.data or "", form.abstained)
        try:
            actions_report.agree_score(
                visit, matter, mark, seen_revision=form.seen_revision, actor=viewer, now=clock()
            )
        except EditConflict as found:
            conflict.append(found)
            raise

    saved = carried_out(form, act)
    if not conflict:
        return None, saved
    form.revision.data = str(conflict[0].theirs.revision)  # pressing again keeps one's own
    return conflict[0].theirs, False


def _next(visit: Visit, matter: str) -> str:
    """The next matter without an agreed score; else the page of all of them."""
    keys = list(frameworks.framework(visit).matters)
    agreed = {one.matter for one in _officers(visit)}
    after = keys[keys.index(matter) + 1 :] + keys[: keys.index(matter)]
    following = next((key for key in after if key not in agreed), None)
    if following is None:
        return url_for(".agree", ref=visit.ref)
    return url_for(".agree_matter", ref=visit.ref, matter=following)


@bp.route("/<ref>/judgement", methods=["GET", "POST"])
@needs(Permission.VISIT_READ)
def judgement(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.with_scores(ref)
    policy.may_agree(viewer, visit).or_refuse("visit-report:refused")
    kept = actions_report.report_of(visit)
    names = ("judgement", "judgement_reason", "summary", "care", "care_reason")
    data = {name: getattr(kept, name) for name in names} if kept else {}
    form = ReportForm(data={**data, "revision": str(kept.revision) if kept else ""})
    form.fit(visit.framework_version.body["judgements"])
    if carried_out(
        form,
        lambda: actions_report.save_report(
            visit,
            **{name: form[name].data or "" for name in names},
            seen_revision=form.seen_revision,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The judgement is kept.")
        return redirect(url_for(".agree", ref=ref))
    return page("visits/judgement.html", form=form, visit=visit, team_care=_care(visit))


@bp.route("/<ref>/recommend", methods=["GET", "POST"])
@needs(Permission.VISIT_READ)
def recommend(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.with_scores(ref)
    policy.may_agree(viewer, visit).or_refuse("visit-recommendation:refused")
    form = RecommendForm()
    titles = frameworks.framework(visit).matters
    form.matter.choices = [choice(key, f"{key} – {title}") for key, title in titles.items()]
    if carried_out(
        form,
        lambda: actions_report.recommend(
            visit,
            form.text.data,
            matter=form.matter.data or "",
            owner_side=OwnerSide(form.owner_side.data),
            owner_post=form.owner_post.data,
            due_on=form.due_on.data,
            young=bool(form.young.data),
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The recommendation is kept.")
        return redirect(url_for(".agree", ref=ref))
    return page("visits/recommend.html", form=form, visit=visit)


@bp.post("/<ref>/recommendations/<made>/take-back")
@needs(Permission.VISIT_READ)
def take_back(ref: str, made: str) -> Any:
    visit = finding.with_scores(ref)
    found = next((one for one in actions_final.recommendations(visit) if one.ref == made), None)
    actions_report.take_back(or_404(found), actor=current_viewer())
    db.session.commit()
    done("The recommendation is taken back.")
    return redirect(url_for(".agree", ref=ref))


@bp.post("/<ref>/agreed")
@needs(Permission.VISIT_READ)
def agreed(ref: str) -> Any:
    visit = finding.with_scores(ref)
    actions_report.finish_agreeing(visit, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The report is agreed.")
    return redirect(url_for(".show", ref=ref))


def _officers(visit: Visit) -> list[Any]:
    agreed = actions_report.agreed_scores(visit)
    return [one for one in agreed if one.panel is Panel.OFFICERS]


def _typed(kept: Any) -> dict[str, Any]:
    if kept is None:
        return {"revision": ""}
    value = RATHER_NOT if kept.abstained else str(kept.value)
    return {"value": value, "reason": kept.reason, "revision": str(kept.revision)}


def _given(visit: Visit, matter: str, panel: Panel, viewer: Viewer) -> list[Given]:
    """What each sheet says of a matter; young people's words once others may read them."""
    scale = frameworks.scale_of(visit, panel)
    marks = board.marks(visit)
    spoken = comments.by_sheet_and_matter(visit) if panel is Panel.YOUNG else {}
    sees_all = policy.may_read_comments(viewer, visit)
    found = []
    for sheet in (one for one in visit.sheets if one.panel is panel):
        mark = marks[sheet.id].get(matter)
        if mark is None or not _is_shown(sheet):
            continue
        words, comment = mark.reason, spoken.get((sheet.id, matter))
        if comment is not None and not comment.is_cleared and not sees_all:
            words = comments.HELD if comment.is_held else comments.UNREAD
        found.append(Given(sheet.title, score_words(mark.value, mark.abstained, scale), words))
    return found


def _is_shown(sheet: VisitSheet) -> bool:
    """What somebody has not handed in is theirs; an officer's stays readable on a visit given up."""
    given_up = sheet.visit.stage is VisitStage.GIVEN_UP and sheet.panel is Panel.OFFICERS
    return given_up or sheet.stage is SheetStage.SUBMITTED


def _care(visit: Visit) -> dict[str, Any] | None:
    """What the team wrote down on the day."""
    found = (one for one in queries.entries(visit) if one.place == Part.CARE)
    return next((one.value for one in found), None)
