"""Action plans, their quarterly reviews, and the report for the management meeting."""

from datetime import date
from typing import Any

from flask import Response, redirect, url_for

from forms import PortalForm, choice
from forms.forums import FinishReviewForm, LookAtForm, PlanForm
from portal import tables
from portal.access import Permission, Role, current_viewer, needs
from portal.days import today
from portal.followups import (
    actions_plan as actions,
    listing,
    policy_forums as policy,
    queries,
    queries_plan as plans,
    report,
)
from portal.followups.models_plan import ActionPlan, PlanReview, Progress
from portal.followups.views import bp
from portal.followups.words import source_words
from portal.people.queries import councils_as
from portal.providers.models import ServiceKind
from portal.providers.words import SERVICES
from portal.web import carried_out, clock, done, or_404, page
from scoring.followups import counts, quarter_words
from scoring.rules import RuleBroken
from scoring.stages import PlanReviewStage


def _one(ref: str) -> ActionPlan:
    found: ActionPlan = or_404(plans.plan(ref, current_viewer()))
    return found


def _review(ref: str, review_ref: str) -> PlanReview:
    found: PlanReview = or_404(plans.review(review_ref, _one(ref)))
    return found


@bp.get("/action-plans/")
@needs(Permission.FOLLOW_UP_READ)
def plan_list() -> Response:
    viewer, on = current_viewer(), today(clock())
    or_404(viewer.councils_where(Permission.FOLLOW_UP_READ) or None)
    found = plans.plans(viewer)
    numbers = {one.ref: counts(queries.standings(viewer, plans.in_plan(one)), on) for one in found}
    return page("followups/plans.html", plans=found, numbers=numbers, on=on, services=SERVICES)


@bp.route("/action-plans/new", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def new_plan() -> Any:
    viewer, form = current_viewer(), PlanForm()
    own = {one.ref: one for one in councils_as(Role.COMMISSIONER, viewer)}
    form.council.choices = [choice(ref, one.name) for ref, one in own.items()]
    form.service.choices = [choice(one.value, words) for one, words in SERVICES.items()]
    form.next_review_on.earliest = today(clock())
    made: list[ActionPlan] = []

    def act() -> None:
        made.append(
            actions.make_plan(
                own[form.council.data],
                ServiceKind(form.service.data),
                form.title.data,
                form.next_review_on.data,
                actor=viewer,
                now=clock(),
            )
        )

    if carried_out(form, act):
        done("The plan is made.")
        return redirect(url_for(".plan", ref=made[0].ref))
    return page("followups/plan_new.html", form=form)


@bp.get("/action-plans/<ref>")
@needs(Permission.FOLLOW_UP_READ)
def plan(ref: str) -> Response:
    viewer, on, found = current_viewer(), today(clock()), _one(ref)
    everything = queries.running(viewer, plans.in_plan(found))
    return page(
        "followups/plan.html",
        plan=found,
        on=on,
        service=SERVICES[found.service],
        numbers=counts(queries.standings(viewer, plans.in_plan(found)), on),
        found=everything,
        listing=listing,
        source_words=source_words,
        quarter_words=quarter_words,
        may_review=policy.may_review(viewer, found),
    )


@bp.post("/action-plans/<ref>/reviews")
@needs(Permission.FOLLOW_UP_RAISE)
def start_review(ref: str) -> Any:
    found, form = _one(ref), PortalForm()
    begun: list[PlanReview] = []

    def act() -> None:
        begun.append(actions.start_review(found, actor=current_viewer(), now=clock()))

    if not carried_out(form, act):
        return redirect(url_for(".plan", ref=ref))
    return redirect(url_for(".review", ref=ref, review_ref=begun[0].ref))


@bp.get("/action-plans/<ref>/reviews/<review_ref>")
@needs(Permission.FOLLOW_UP_READ)
def review(ref: str, review_ref: str) -> Response:
    """While it runs, what is left to look at; when it is finished, the report."""
    found = _review(ref, review_ref)
    on = _day_of(found)
    running = found.stage is PlanReviewStage.UNDER_WAY
    looked_at = {one.follow_up_id: one for one in found.lines}
    return page(
        "followups/review.html",
        review=found,
        plan=found.plan,
        title=report.title(found),
        table=report.table(found, on),
        numbers=report.numbers(found, on),
        words=report.PROGRESS,
        colours=report.COLOURS,
        to_review=plans.to_review(found) if running else (),
        looked_at=looked_at,
        listing=listing,
        on=on,
        may_review=policy.may_review(current_viewer(), found.plan),
    )


@bp.route("/action-plans/<ref>/reviews/<review_ref>/look-at/<action_ref>", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def look_at(ref: str, review_ref: str, action_ref: str) -> Any:
    found = _under_way(ref, review_ref)
    everything = plans.to_review(found)
    action = or_404(next((one for one in everything if one.ref == action_ref), None))
    line = next((one for one in found.lines if one.follow_up_id == action.id), None)
    form = LookAtForm(obj=line)
    if line is not None and not form.is_submitted():
        form.progress.data = line.progress.value

    def act() -> None:
        progress = Progress(form.progress.data)
        actions.look_at(
            found, action, progress, form.note.data, actor=current_viewer(), now=clock()
        )

    if carried_out(form, act):
        return redirect(_next(found, everything))
    return page(
        "followups/look_at.html",
        form=form,
        review=found,
        plan=found.plan,
        one=action,
        at=everything.index(action) + 1,
        number_of=len(everything),
        state=listing.state_words(action, today(clock())),
        about=listing.about(action),
        source=source_words(action.source_kind, action.source_label),
    )


def _next(found: PlanReview, everything: Any) -> str:
    """The next action that nobody has looked at; else the review."""
    looked_at = {one.follow_up_id for one in found.lines}
    left = next((one for one in everything if one.id not in looked_at), None)
    where = {"ref": found.plan.ref, "review_ref": found.ref}
    if left is None:
        return url_for(".review", **where)
    return url_for(".look_at", action_ref=left.ref, **where)


@bp.route("/action-plans/<ref>/reviews/<review_ref>/finish", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def finish_review(ref: str, review_ref: str) -> Any:
    found, form = _under_way(ref, review_ref), FinishReviewForm()

    def act() -> None:
        actions.finish(found, form.summary.data, actor=current_viewer(), now=clock())

    if carried_out(form, act):
        done("The review is finished. Its report is ready for the meeting.")
        return redirect(url_for(".review", ref=ref, review_ref=review_ref))
    left = len(plans.to_review(found)) - len(found.lines)
    return page(
        "followups/finish_review.html",
        form=form,
        review=found,
        plan=found.plan,
        left=max(left, 0),
        closed=len(plans.closed_since(found)),
    )


@bp.get("/action-plans/<ref>/actions.<kind>")
@needs(Permission.FOLLOW_UP_READ)
def plan_file(ref: str, kind: str) -> Response:
    """What is open or answered in a plan, as the page shows it."""
    found, viewer, on = _one(ref), current_viewer(), today(clock())
    running = queries.running(viewer, plans.in_plan(found))
    title = f"Action plan of {found.council.name}: {found.title}"
    return tables.download(listing.table(running, on, title=title), kind)


@bp.get("/action-plans/<ref>/reviews/<review_ref>/report.<kind>")
@needs(Permission.FOLLOW_UP_READ)
def review_file(ref: str, review_ref: str, kind: str) -> Response:
    found = _review(ref, review_ref)
    on = _day_of(found)
    if kind != "pdf":
        return tables.download(report.table(found, on), kind)
    from portal.pdf import render_pdf

    made = render_pdf(
        "pdf/review.html",
        review=found,
        plan=found.plan,
        title=report.title(found),
        table=report.table(found, on),
        numbers=report.numbers(found, on),
        words=report.PROGRESS,
        on=on,
        landscape=True,
    )
    name = f"quarterly-review-{tables.slug(report.title(found))}.pdf"
    return tables.attachment(made, name, "application/pdf")


def _under_way(ref: str, review_ref: str) -> PlanReview:
    found = _review(ref, review_ref)
    policy.may_review(current_viewer(), found.plan).or_refuse("plan:refused")
    if found.stage is not PlanReviewStage.UNDER_WAY:
        raise RuleBroken("plan-review:finished", "This review is finished.")
    return found


def _day_of(found: PlanReview) -> date:
    return today(found.finished_at or clock())
