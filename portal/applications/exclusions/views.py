"""The exclusion of a supplier, as the councils of the round see and decide it."""

from typing import Any

from flask import Response, redirect, url_for

from forms import choice
from forms.exclusions import (
    ConfirmExclusionForm,
    DebarmentForm,
    DecideExclusionForm,
    LiftForm,
    OpenExclusionForm,
)
from portal.access import Permission, current_viewer, needs
from portal.applications.compliance.views import bp
from portal.applications.exclusions import actions, policy, queries
from portal.applications.exclusions.actions import Charge
from portal.applications.exclusions.models import Exclusion
from portal.applications.models import Application
from portal.people.actions import note_read
from portal.web import carried_out, clock, done, or_404, page
from scoring.exclusion import CONSIDERATIONS, About, Debarment, grounds

BASE = "/applications/<ref>/exclusion"


@bp.get(BASE)
@needs(Permission.BID_READ)
def exclusion(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid = queries.bid(ref, viewer)
    found = queries.exclusions_of(bid, viewer)
    newest = next((one for one in found if one.stage in queries.OPEN), None)
    note_read(viewer, "exclusion", bid.ref, now)
    return page(
        "compliance/exclusion.html",
        application=bid,
        exclusions=found,
        newest=newest,
        look_ups=queries.look_ups(bid),
        titles=titles(bid),
        considerations=CONSIDERATIONS,
        may_open=policy.may_open(viewer, bid, newest),
        may_look_up=policy.may_look_up(viewer, bid),
        may_propose=policy.may_propose(viewer, newest, now) if newest else None,
        may_confirm=policy.may_confirm(viewer, newest) if newest else None,
        may_lift=policy.may_lift(viewer, newest) if newest else None,
        may_notify={one.ref: policy.may_notify(viewer, one) for one in found},
    )


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def open_exclusion(ref: str) -> Response:
    viewer = current_viewer()
    bid = queries.bid(ref, viewer)
    policy.may_open(viewer, bid, queries.standing(bid)).or_refuse("exclusion:not-allowed")
    form = OpenExclusionForm()
    form.keys.choices = [
        choice(one.key, one.title, hint=f"{one.weight.value.capitalize()}: {one.source}")
        for one in grounds(bid.round.regime.under_the_act)
    ]
    if carried_out(
        form,
        lambda: actions.open_exclusion(
            bid,
            [_charge(form, key) for key in form.keys.data],
            form.notice.data,
            form.answer_until_at.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        return _back(ref, "The supplier is told, and can answer.")
    return page("compliance/open_exclusion.html", form=form, application=bid)


@bp.route(f"{BASE}/debarment", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def debarment(ref: str) -> Response:
    viewer = current_viewer()
    bid = queries.bid(ref, viewer)
    policy.may_look_up(viewer, bid).or_refuse("exclusion:not-allowed")
    form = DebarmentForm()
    if carried_out(
        form,
        lambda: actions.look_up(
            bid,
            Debarment(form.found.data),
            form.names.data,
            form.note.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        return _back(ref, "The look-up is recorded.")
    return page("compliance/debarment.html", form=form, application=bid)


@bp.route(f"{BASE}/decision", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def decide_exclusion(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    found = _standing(ref)
    policy.may_propose(viewer, found, now).or_refuse("exclusion:not-allowed")
    form = DecideExclusionForm()
    form.weighed.choices = [choice(key, words) for key, words in CONSIDERATIONS.items()]
    form.replaced.choices = [
        choice(str(one.id), one.who) for one in found.grounds if one.about.can_be_replaced
    ]
    if not form.replaced.choices:
        del form.replaced
    if carried_out(form, lambda: _propose(found, form)):
        return _back(ref, "It waits for a second person.")
    return page(
        "compliance/decide_exclusion.html",
        form=form,
        application=found.application,
        exclusion=found,
        titles=titles(found.application),
    )


@bp.route(f"{BASE}/confirmation", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def confirm_exclusion(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    found = _standing(ref)
    policy.may_confirm(viewer, found).or_refuse("exclusion:not-allowed")
    form = ConfirmExclusionForm()

    def act() -> None:
        if form.decision.data == "confirm":
            actions.confirm(found, actor=viewer, now=now)
        else:
            actions.send_back(found, form.reason.data, actor=viewer, now=now)

    if carried_out(form, act):
        return _back(ref, "Confirmed." if form.decision.data == "confirm" else "Sent back.")
    return page(
        "compliance/confirm_exclusion.html",
        form=form,
        application=found.application,
        exclusion=found,
        titles=titles(found.application),
        considerations=CONSIDERATIONS,
    )


@bp.route(f"{BASE}/lifting", methods=["GET", "POST"])
@needs(Permission.BID_CHECK)
def lift_exclusion(ref: str) -> Response:
    viewer = current_viewer()
    found = _standing(ref)
    policy.may_lift(viewer, found).or_refuse("exclusion:not-allowed")
    form = LiftForm()
    if carried_out(
        form,
        lambda: actions.propose_lifting(found, form.reason.data, actor=viewer, now=clock()),
    ):
        return _back(ref, "It waits for a second person. Until then the supplier stays excluded.")
    return page("compliance/lift_exclusion.html", form=form, application=found.application)


def titles(bid: Application) -> dict[str, str]:
    """The names of the grounds of the law under which a round is run."""
    return {one.key: one.title for one in grounds(bid.round.regime.under_the_act)}


def _charge(form: OpenExclusionForm, key: str) -> Charge:
    return Charge(
        key=key,
        about=About(form.about.data),
        who=form.who.data or "",
        happened_on=form.happened_on.data,
        evidence=form.evidence.data,
    )


def _propose(found: Exclusion, form: Any) -> None:
    actions.propose(
        found,
        exclude=form.exclude.data,
        may_recur=form.may_recur.data,
        weighed=form.weighed.data,
        reason=form.reason.data,
        replaced={int(one) for one in form.replaced.data} if "replaced" in form else set(),
        actor=current_viewer(),
        now=clock(),
    )


def _standing(ref: str) -> Exclusion:
    """The procedure that goes on, or that keeps the supplier out."""
    found: Exclusion = or_404(queries.standing(queries.bid(ref, current_viewer())))
    return found


def _back(ref: str, words: str) -> Response:
    done(words)
    return redirect(url_for(".exclusion", ref=ref))
