"""Visits for councils: the list, the plan, the team, and where each visit stands."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from forms import choice
from forms.visits import ChangeForm, HomeForm, VisitsFilter
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.visits import actions, actions_sheets, board, finding, planning, policy, queries
from portal.visits.models import Visit
from portal.web import carried_out, clock, done, or_404, page
from scoring.stages import VisitStage, words

bp = Blueprint("visits", __name__, url_prefix="/visits")


@bp.get("/")
@needs(Permission.VISIT_READ)
def index() -> Response:
    filters = VisitsFilter()
    filters.stage.choices = [choice(one.value, words(one).capitalize()) for one in VisitStage]
    found, total = queries.visits_page(
        current_viewer(),
        stage=next((one for one in VisitStage if one == filters.stage.data), None),
        words=filters.words.data or "",
        setting_ref=request.args.get("home", ""),
        sort=request.args.get("sort"),
        cursor=request.args.get("from"),
    )
    councils = queries.councils_to_plan(current_viewer())
    return page("visits/index.html", filters=filters, found=found, total=total, plans=councils)


@bp.route("/plan", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def plan() -> Any:
    viewer = current_viewer()
    settings = planning.homes(viewer, request.args.get("provider", ""))
    if not settings:
        form = HomeForm()
        form.provider.choices = planning.provider_choices(viewer)
        asked = bool(request.args.get("provider"))
        return page("visits/choose_provider.html", form=form, without_homes=asked)
    previous = planning.previous_of(request.args.get("previous", ""), viewer)
    form = planning.plan_form(viewer, settings, request.args.get("home", ""))
    made: list[Visit] = []
    if carried_out(
        form, lambda: made.append(planning.planned(form, settings, previous, viewer, clock()))
    ):
        done("The visit is planned.")
        return redirect(url_for(".show", ref=made[0].ref))
    return page("visits/plan.html", form=form, previous=previous, provider=settings[0].provider)


@bp.get("/<ref>")
@needs(Permission.VISIT_READ)
def show(ref: str) -> Response:
    viewer = current_viewer()
    visit = or_404(queries.report_visit(ref, viewer))
    if not policy.may_read_inside(viewer, visit):
        return redirect(url_for(".report", ref=ref))
    return page(
        "visits/show.html",
        **board.of(visit, viewer, clock()),
        may_give_back=lambda sheet: policy.may_give_back(viewer, sheet),
        may_excuse=lambda sheet: policy.may_excuse(viewer, sheet),
    )


@bp.route("/<ref>/change", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def change(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.inside(ref)
    policy.may_change(viewer, visit).or_refuse("visit:change-refused")
    kept = {
        "starts_at": visit.starts_at,
        "announced": "yes" if visit.announced else "no",
        "purpose": visit.purpose,
    }
    form = ChangeForm(data=kept)
    if carried_out(
        form,
        lambda: actions.change(
            visit,
            starts_at=form.starts_at.data,
            announced=form.announced.data == "yes",
            purpose=form.purpose.data or "",
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The plan is changed.")
        return redirect(url_for(".show", ref=ref))
    return page("visits/change.html", form=form, visit=visit)


@bp.route("/<ref>/team", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def team(ref: str) -> Any:
    viewer, visit = current_viewer(), finding.inside(ref)
    policy.may_change_team(viewer, visit).or_refuse("visit:team-refused")
    form = planning.team_form_of(visit, viewer)
    if carried_out(
        form,
        lambda: actions.change_team(
            visit, planning.team_of(form, visit.council, viewer), actor=viewer, now=clock()
        ),
    ):
        done("The team is changed.")
        return redirect(url_for(".show", ref=ref))
    return page("visits/team.html", form=form, visit=visit)


@bp.post("/<ref>/begin")
@needs(Permission.VISIT_TAKE_PART)
def begin(ref: str) -> Any:
    viewer = current_viewer()
    visit = finding.own(ref)
    actions.begin(visit, actor=viewer, now=clock())
    db.session.commit()
    done("The visit is under way.")
    return redirect(url_for(".phone_visit", ref=ref))


@bp.post("/<ref>/collect")
@needs(Permission.VISIT_PLAN)
def collect(ref: str) -> Any:
    visit = finding.inside(ref)
    actions_sheets.collect(visit, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The scores are together. Now agree one score for each matter.")
    return redirect(url_for(".agree", ref=ref))
