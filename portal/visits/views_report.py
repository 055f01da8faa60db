"""The report as a page and as a PDF, for everybody who may read it; and the way until it is final."""

from typing import Any

from flask import Response, redirect, url_for

from forms import choice
from forms.visits import FactAnswerForm, FinishForm, MoreTimeForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.people import queries as people
from portal.tables import attachment, slug
from portal.visits import actions_final, actions_report, finding, policy, queries, report
from portal.visits.models import Visit
from portal.visits.models_report import FactOutcome
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.stages import VisitStage


@bp.get("/<ref>/report", endpoint="report")
@needs(Permission.VISIT_READ)
def report_page(ref: str) -> Response:
    viewer = current_viewer()
    visit = _with_a_report(ref)
    return page("visits/report.html", said=report.young_said(visit), **report.told(visit, viewer))


@bp.get("/<ref>/report.pdf")
@needs(Permission.VISIT_READ)
def report_pdf(ref: str) -> Response:
    return as_pdf(_with_a_report(ref))


def as_pdf(visit: Visit) -> Response:
    """The report to take away."""
    from portal.pdf import render_pdf

    said = report.young_said(visit)
    content = render_pdf("pdf/visit_report.html", said=said, **report.told(visit, current_viewer()))
    name = f"visit-{slug(visit.setting.name)}-{visit.starts_at:%Y-%m-%d}.pdf"
    return attachment(content, name, "application/pdf")


@bp.post("/<ref>/reopen")
@needs(Permission.VISIT_PLAN)
def reopen(ref: str) -> Any:
    visit = finding.inside(ref)
    actions_report.reopen(visit, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The scores can be changed again.")
    return redirect(url_for(".agree", ref=ref))


@bp.post("/<ref>/send")
@needs(Permission.VISIT_PLAN)
def send(ref: str) -> Any:
    visit = finding.inside(ref)
    actions_final.send(visit, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The report is sent to the provider.")
    return redirect(url_for(".show", ref=ref))


@bp.route("/<ref>/facts/<fact>", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def answer_fact(ref: str, fact: str) -> Any:
    viewer, visit = current_viewer(), finding.inside(ref)
    policy.may_lead(viewer, visit).or_refuse("visit-fact:refused")
    found = or_404(next((one for one in actions_final.sent_facts(visit) if one.ref == fact), None))
    form = FactAnswerForm()
    if carried_out(
        form,
        lambda: actions_final.answer_fact(
            found,
            FactOutcome(form.outcome.data),
            form.reply.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Your answer is kept.")
        return redirect(url_for(".show", ref=ref))
    return page("visits/answer_fact.html", form=form, visit=visit, fact=found)


@bp.route("/<ref>/more-time", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def more_time(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.inside(ref)
    policy.may_lead(viewer, visit).or_refuse("visit:more-time-refused")
    or_404(visit if visit.stage is VisitStage.WITH_PROVIDER else None)
    form, report = MoreTimeForm(), or_404(actions_report.report_of(visit))
    if carried_out(
        form,
        lambda: actions_final.give_more_time(visit, form.until_on.data, actor=viewer, now=clock()),
    ):
        done("The provider has more time, and is told.")
        return redirect(url_for(".show", ref=ref))
    return page("visits/more_time.html", form=form, visit=visit, report=report)


@bp.route("/<ref>/finish", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def finish(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.inside(ref)
    policy.may_plan(viewer, visit.council_id).or_refuse("visit:finish-refused")
    others = {one.ref: one for one in people.councils() if one.id != visit.council_id}
    form = FinishForm()
    form.councils.choices = [choice(ref_, one.name) for ref_, one in others.items()]
    if carried_out(
        form,
        lambda: actions_final.finish(
            visit,
            [others[one] for one in form.councils.data or []],
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The report is final. Its recommendations are in the list of follow-ups.")
        return redirect(url_for(".show", ref=ref))
    return page("visits/finish.html", form=form, visit=visit)


@bp.post("/<ref>/close")
@needs(Permission.VISIT_PLAN)
def close(ref: str) -> Any:
    visit = finding.inside(ref)
    actions_final.close(visit, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The visit is closed.")
    return redirect(url_for(".show", ref=ref))


def _with_a_report(ref: str) -> Visit:
    """A visit that was called off or given up has none."""
    found = queries.report_visit(ref, current_viewer())
    there = found is not None and found.stage not in policy.ENDED_EARLY
    return or_404(found if there else None)
