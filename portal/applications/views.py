"""A provider's applications: the list, the start, the task list, the lots."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from forms.applications import LotsForm, StartForm
from forms.fields import choice
from portal.access import Permission, Viewer, current_viewer, needs
from portal.applications import actions, policy, queries
from portal.applications.also_asked import also_asked
from portal.applications.clarifications.actions_clean_copies import own_clean_copies
from portal.applications.clarifications.queries import request_of_own
from portal.applications.exclusions.queries import stage_for_supplier
from portal.applications.late import cases as late_cases
from portal.applications.models import Application
from portal.applications.paper import cells_of, words_of
from portal.applications.submitting.since_submission import changes
from portal.applications.working_copy import WorkingCopy
from portal.days import today
from portal.db import db
from portal.rounds import queries as rounds
from portal.web import clock, done, or_404, page
from scoring.rules import RuleBroken

bp = Blueprint("applications", __name__, url_prefix="/applications")
bp.add_app_template_global(cells_of)
bp.add_app_template_global(words_of, "answer_words")


@bp.get("/")
@needs(Permission.APPLICATION_READ)
def index() -> Response:
    viewer, now = current_viewer(), clock()
    found = queries.applications_of(viewer)
    started = {one.round_id for one in found}
    waiting = [one for one in rounds.open_rounds(now) if policy.is_open(one, now)]
    return page(
        "applications/index.html",
        applications=found,
        open_rounds=[one for one in waiting if one.id not in started],
        several=len(viewer.provider_ids) > 1,
        administered=[one for one in queries.own_providers(viewer) if viewer.administers(one.id)],
        is_open={one.ref: bool(policy.is_open(one.round, now)) for one in found},
    )


@bp.route("/start/<ref>", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def start(ref: str) -> Response:
    """Start an application to a round; where one was started, go to it."""
    viewer, now = current_viewer(), clock()
    bid_round = rounds.round_by_ref(ref, viewer)
    providers = or_404(queries.own_providers(viewer) or None)
    form = StartForm()
    form.provider.choices = [choice(one.ref, one.name) for one in providers]
    if len(providers) == 1:
        del form.provider
        found = queries.own_application_to(bid_round, viewer.provider_ids, viewer)
        if found is not None and request.method == "GET":
            return redirect(url_for(".show", ref=found.ref))
    if form.validate_on_submit():
        chosen = form.provider.data if "provider" in form else providers[0].ref
        provider = next(one for one in providers if one.ref == chosen)
        application = actions.start(bid_round, provider, actor=viewer, now=now)
        db.session.commit()
        return redirect(url_for(".show", ref=application.ref))
    return page(
        "applications/start.html",
        form=form,
        bid_round=bid_round,
        providers=providers,
        decision=policy.is_open(bid_round, now),
    )


@bp.get("/<ref>")
@needs(Permission.APPLICATION_READ)
def show(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    copy = own_copy(ref)
    application = copy.application
    changed = queries.changed_since_submission(copy, viewer)
    return page(
        "applications/show.html",
        application=application,
        copy=copy,
        changed=changed,
        changed_by_us=changed and bool(changes(copy, viewer)),
        left=time_left(application.round.deadline_at, now),
        may_edit=policy.may_edit(viewer, application, now),
        may_submit=policy.may_submit(viewer, application, now),
        may_withdraw=policy.may_withdraw(viewer, application, now),
        administrators=queries.administrators(application.provider_id),
        asked=request_of_own(application, viewer),
        excluding=stage_for_supplier(application, viewer),
        also_asked=also_asked(application, now),
        clean_copies=own_clean_copies(application, viewer),
        now=now,
        **_late(application, viewer, now),
    )


def _late(application: Application, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """The late case, and whether one can be asked for; nothing to look up before the deadline."""
    deadline = application.round.deadline_at
    if deadline is None or now < deadline:
        return {"late": None, "may_ask_late": False}
    case = late_cases.of_application(application, viewer)
    return {"late": case, "may_ask_late": late_cases.may_ask(viewer, application, case, now)}


@bp.route("/<ref>/lots", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def lots(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    application = editable(ref)
    chosen = sorted(lot.round_lot.code for lot in application.lots)
    form = LotsForm(data={"lots": chosen}).offer(application.round.lots)
    if form.validate_on_submit():
        seen = request.form.get("_seen", "").split()
        try:
            actions.choose_lots(application, form.lots.data, seen=seen, actor=viewer, now=now)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("Your lots are saved.")
            return redirect(url_for(".show", ref=ref))
    return page("applications/lots.html", form=form, application=application, chosen=chosen)


def own_copy(ref: str) -> WorkingCopy:
    """The working copy of one's own application; not found for everybody else."""
    viewer = current_viewer()
    return queries.working_copy(queries.own_application(ref, viewer), viewer, clock())


def editable(ref: str) -> Application:
    """One's own application, which may be written now.

    Raises:
        RuleBroken: with the reason, after the deadline say.
    """
    viewer = current_viewer()
    application = queries.own_application(ref, viewer)
    policy.may_edit(viewer, application, clock()).or_refuse("application:edit-refused")
    return application


def time_left(deadline: datetime | None, now: datetime) -> str:
    """How much time is left, in words; empty after the deadline."""
    if deadline is None or now >= deadline:
        return ""
    days = (today(deadline) - today(now)).days
    if days > 1:
        return f"{days} days left"
    hours, rest = divmod(int((deadline - now).total_seconds()), 3600)
    if hours >= 2:
        return f"{hours} hours left"
    minutes = hours * 60 + rest // 60
    return f"{minutes} minutes left" if minutes > 1 else "about a minute left"
