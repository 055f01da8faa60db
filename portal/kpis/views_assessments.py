"""Yearly assessments: drafted and decided by a council, commented by the provider, then final."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import PortalForm, choice
from forms.kpis import CommentForm, ConfirmForm, ShareForm, YearForm, decisions_form
from portal import paging, tables
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.kpis import (
    actions_assessments as actions,
    assessing,
    assessments_table,
    policy,
    queries,
)
from portal.kpis.actions_assessments import OVERALL, Decided
from portal.kpis.models_assessments import KpiAssessment
from portal.kpis.notice import notice_of
from portal.kpis.sets import kpi_set
from portal.kpis.views import bp
from portal.tables import attachment, slug
from portal.web import carried_out, clock, done, or_404, page
from scoring.kpi_assessing import OVERALL_RULE, RULE, Performance
from scoring.kpi_periods import year_words

VERBS = ("decide", "share", "take-back", "conclude")
WHOLE = "overall"


@bp.get("/assessments")
@needs(Permission.KPI_READ)
def assessments() -> Response:
    found = assessing.assessments_page(current_viewer(), cursor=request.args.get("from"))
    return page("kpis/assessments.html", found=found, year_words=year_words)


@bp.get("/assessments.<kind>")
@needs(Permission.KPI_READ)
def assessments_file(kind: str) -> Response:
    viewer = current_viewer()
    found = paging.whole(lambda at: assessing.assessments_page(viewer, cursor=at))
    return tables.download(assessments_table.listed(found, today(clock())), kind)


@bp.route("/plans/<ref>/assess", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def assess(ref: str) -> Any:
    viewer, now = current_viewer(), clock()
    plan = or_404(queries.plan(ref, viewer))
    policy.may_check(viewer, queries.council_ids_of(plan)).or_refuse("kpi:not-allowed")
    form, made = YearForm(), []
    taken = {one.year for one in assessing.of_plan(plan, viewer)}
    years = [year for year in assessing.years_of(plan, today(now)) if year not in taken]
    form.year.choices = [choice(year, year_words(year)) for year in years]

    def act() -> None:
        made.append(actions.begin(plan, form.year.data, actor=viewer, now=now))

    if carried_out(form, act):
        done("The assessment is drafted from the accepted figures. Now decide each value.")
        return redirect(url_for(".decide", ref=made[0].ref))
    return page("kpis/assess.html", form=form, plan=plan, years=years)


@bp.get("/assessments/<ref>")
@needs(Permission.KPI_READ)
def assessment(ref: str) -> Response:
    viewer, on, one = current_viewer(), today(clock()), _one(ref)
    ids = queries.council_ids_of(one.plan)
    return page(
        "kpis/assessment.html",
        one=one,
        notice=notice_of(one),
        may={verb: policy.may_assess(viewer, one, verb, ids, on) for verb in VERBS},
        may_comment=policy.may_comment(viewer, one),
        rules=(RULE, OVERALL_RULE),
    )


@bp.get("/assessments/<ref>/values.<kind>")
@needs(Permission.KPI_READ)
def assessment_file(ref: str, kind: str) -> Response:
    """The values of one assessment; the notice itself is a document of its own."""
    one = _one(ref)
    return tables.download(assessments_table.of_one(one, notice_of(one), today(clock())), kind)


@bp.get("/assessments/<ref>/notice.pdf")
@needs(Permission.KPI_READ)
def notice_file(ref: str) -> Response:
    from portal.pdf import render_pdf

    one = _one(ref)
    made = render_pdf("pdf/kpi_notice.html", one=one, notice=notice_of(one))
    name = f"kpi-assessment-{slug(one.plan.provider.name)}-{one.year}.pdf"
    return attachment(made, name, "application/pdf")


@bp.route("/assessments/<ref>/decide", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def decide(ref: str) -> Any:
    one = _open(ref, "decide")
    form = _decisions(one)

    def act() -> None:
        keys = {line.kpi_key: line.kpi_key for line in one.lines} | {WHOLE: OVERALL}
        decided = {key: _decided(form, end) for end, key in keys.items()}
        actions.decide(one, decided, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("Your decisions are saved.")
        return redirect(url_for(".assessment", ref=ref))
    names = {key: kpi.name for key, kpi in kpi_set(one.plan.kpi_set).kpis.items()}
    return page("kpis/decide.html", form=form, one=one, names=names, rules=(RULE, OVERALL_RULE))


@bp.route("/assessments/<ref>/share", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def share(ref: str) -> Any:
    one, form = _open(ref, "share"), ShareForm()

    def act() -> None:
        actions.share(one, form.comment_until_on.data, actor=current_viewer(), now=clock())

    return _sent(
        form,
        act,
        one,
        "kpis/assessment_share.html",
        "The provider can read it now, and comment on it.",
    )


@bp.route("/assessments/<ref>/take-back", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def take_back(ref: str) -> Any:
    one, form = _open(ref, "take-back"), ConfirmForm()

    def act() -> None:
        actions.take_back(one, actor=current_viewer(), now=clock())

    return _sent(
        form, act, one, "kpis/assessment_take_back.html", "The assessment is a draft again."
    )


@bp.route("/assessments/<ref>/conclude", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def conclude(ref: str) -> Any:
    one, form = _open(ref, "conclude"), ConfirmForm()

    def act() -> None:
        actions.conclude(one, actor=current_viewer(), now=clock())

    return _sent(form, act, one, "kpis/assessment_conclude.html", "The assessment is final.")


@bp.route("/assessments/<ref>/comment", methods=["GET", "POST"])
@needs(Permission.KPI_SUBMIT)
def comment(ref: str) -> Any:
    one = _one(ref)
    policy.may_comment(current_viewer(), one).or_refuse("assessment:comment-refused")
    form = CommentForm(data={"comment": one.comment})

    def act() -> None:
        actions.comment(one, form.comment.data, actor=current_viewer(), now=clock())

    return _sent(
        form,
        act,
        one,
        "kpis/assessment_comment.html",
        "Your comment is sent, and stands in the notice.",
    )


def _sent(form: PortalForm, act: Any, one: KpiAssessment, template: str, words: str) -> Any:
    """Carry out one act of an assessment, and go back to it."""
    if carried_out(form, act):
        done(words)
        return redirect(url_for(".assessment", ref=one.ref))
    return page(template, form=form, one=one, year=year_words(one.year))


def _one(ref: str) -> KpiAssessment:
    found: KpiAssessment = or_404(assessing.assessment(ref, current_viewer()))
    return found


def _open(ref: str, verb: str) -> KpiAssessment:
    """The assessment, where this person may do this to it now."""
    one = _one(ref)
    ids = queries.council_ids_of(one.plan)
    policy.may_assess(current_viewer(), one, verb, ids, today(clock())).or_refuse("kpi:not-allowed")
    return one


def _decisions(one: KpiAssessment) -> PortalForm:
    names = kpi_set(one.plan.kpi_set).kpis
    ends = [(line.kpi_key, names[line.kpi_key].name) for line in one.lines]
    data: dict[str, Any] = {}
    for line in one.lines:
        data |= {f"value-{line.kpi_key}": line.decided, f"reason-{line.kpi_key}": line.reason}
    data |= {f"value-{WHOLE}": one.decided, f"reason-{WHOLE}": one.reason}
    values = [choice(one.value, one.words) for one in Performance]
    form: PortalForm = decisions_form([*ends, (WHOLE, "The whole")], values, data=data)
    return form


def _decided(form: PortalForm, end: str) -> Decided:
    value = form[f"value-{end}"].data
    return Decided(Performance(value) if value else None, form[f"reason-{end}"].data)
