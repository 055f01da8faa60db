"""Suspending and lifting, ending before the time and taking that back."""

from typing import Any

from flask import redirect, url_for
from sqlalchemy import select

from forms import choice
from forms.contracts import (
    ALL_COUNCILS,
    ALL_LOTS,
    LiftForm,
    ReasonForm,
    SuspendForm,
    TerminateForm,
)
from portal.access import Permission, current_viewer, needs
from portal.contracts import actions_stopping, policy, queries_held
from portal.contracts.policy import Agreed
from portal.contracts.views import agreed, bp
from portal.days import today
from portal.db import db
from portal.people.models import Council
from portal.web import carried_out, clock, done, or_404, page


@bp.route("/contracts/<ref>/suspend", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def suspend(ref: str) -> Any:
    found, viewer = agreed(ref), current_viewer()
    policy.may_change_running(viewer, found, today(clock())).or_refuse("contract:refused")
    form = SuspendForm(from_on=today(clock()), council=ALL_COUNCILS)
    form.council.choices = _councils(found)
    if carried_out(form, lambda: _suspend(form, found)):
        done("Suspended. The provider has been told by mail.")
        return redirect(url_for(".show", ref=ref))
    return page("contracts/suspend.html", form=form, held=found)


def _councils(found: Agreed) -> list[Any]:
    own = policy.own_councils(current_viewer(), found.council_ids)
    named = sorted((part.council for part in found.councils), key=lambda one: one.name)
    return [
        choice(ALL_COUNCILS, "For every council that buys under it"),
        *(choice(one.slug, f"For {one.name} only") for one in named if one.id in own),
    ]


def _suspend(form: SuspendForm, found: Agreed) -> None:
    viewer, slug = current_viewer(), form.council.data
    held = [found]
    if form.lots.data == ALL_LOTS:
        held = queries_held.siblings(found, viewer, today(clock()))
    council = None
    if slug != ALL_COUNCILS:
        council = db.session.scalar(select(Council).where(Council.slug == slug))
    actions_stopping.suspend(
        held,
        council=council,
        from_on=form.from_on.data,
        reason=form.reason.data,
        actor=viewer,
        now=clock(),
    )


@bp.route("/contracts/<ref>/suspensions/<suspension>/lift", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def lift(ref: str, suspension: str) -> Any:
    found, viewer = agreed(ref), current_viewer()
    chosen = or_404(next((one for one in found.suspensions if one.ref == suspension), None))
    policy.may_lift(viewer, chosen, found, today(clock())).or_refuse("contract:refused")
    form = LiftForm(lifted_on=max(today(clock()), chosen.from_on))
    if carried_out(
        form,
        lambda: actions_stopping.lift(
            chosen,
            found,
            lifted_on=form.lifted_on.data,
            reason=form.reason.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Lifted. The provider has been told by mail.")
        return redirect(url_for(".show", ref=ref))
    return page("contracts/lift.html", form=form, held=found, suspension=chosen)


@bp.route("/contracts/<ref>/terminate", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def terminate(ref: str) -> Any:
    found, viewer = agreed(ref), current_viewer()
    policy.may_terminate(viewer, found, today(clock())).or_refuse("contract:refused")
    form = TerminateForm()
    if carried_out(
        form,
        lambda: actions_stopping.terminate(
            found,
            last_on=form.last_on.data,
            reason=form.reason.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The new last day is recorded. The provider has been told by mail.")
        return redirect(url_for(".show", ref=ref))
    return page("contracts/terminate.html", form=form, held=found)


@bp.route("/contracts/<ref>/terminate/take-back", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def take_back(ref: str) -> Any:
    found, viewer = agreed(ref), current_viewer()
    policy.may_withdraw_termination(viewer, found, today(clock())).or_refuse("contract:refused")
    form = ReasonForm()
    if carried_out(
        form,
        lambda: actions_stopping.withdraw_termination(
            found, reason=form.reason.data, actor=viewer, now=clock()
        ),
    ):
        done("The termination is taken back. It ends as it would have ended before.")
        return redirect(url_for(".show", ref=ref))
    before = actions_stopping.ends_without_termination(found)
    return page("contracts/take_back.html", form=form, held=found, before=before)
