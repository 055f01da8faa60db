"""Correct an agreed score after the lock."""

from typing import Any

from flask import Response, redirect, url_for

from forms.decisions import correction_form
from portal.access import Permission, current_viewer, needs
from portal.applications.models import Application
from portal.evaluation import queries, wording
from portal.evaluation.asked import Asked
from portal.evaluation.decisions import (
    actions_corrections,
    policy as policy_decisions,
    queries as decisions,
)
from portal.evaluation.decisions.views import results_round
from portal.evaluation.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.canonical import sha256_of


@bp.route("/council/rounds/<ref>/corrections/<bid>/<question>", methods=["GET", "POST"])
@bp.route("/council/rounds/<ref>/corrections/<bid>/<question>/<lot>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def correct(ref: str, bid: str, question: str, lot: str = "") -> Response:
    viewer, bid_round = current_viewer(), results_round(ref)
    closed = decisions.closed_to(viewer, bid_round)
    here = (one for one in queries.bids(bid_round) if one.ref == bid and one.id not in closed)
    application: Application = or_404(next(here, None))
    policy_decisions.may_correct(viewer, bid_round, application.id, closed).or_refuse(
        "correction:not-allowed"
    )
    asked, stands, agreed = _standing(application, (question, lot))
    form = correction_form(
        [(p.value, f"{p.value} – {p.label}") for p in asked.scale.points if p.value != stands]
    )
    cautions = _cautions(form, application) if form.is_submitted() else []
    seen = not cautions or form["seen_warnings"].data == sha256_of(form["reason"].data)
    if not seen:
        form["seen_warnings"].data = sha256_of(form["reason"].data)
        form.validate()
    elif carried_out(form, lambda: _propose(form, application, asked)):
        done("Proposed. A second person must confirm it.")
        return redirect(url_for(".decisions_page", ref=ref))
    return page(
        "evaluation/correct.html",
        form=form,
        round=bid_round,
        bid=application,
        asked=asked,
        stands=stands,
        agreed=agreed,
        cautions=cautions,
    )


def _standing(application: Application, key: tuple[str, str]) -> tuple[Asked, int, Any]:
    """The question, the score that counts today, and what was agreed."""
    asked = or_404(next((one for one in queries.asked_of(application) if one.key == key), None))
    place = (application.id, key)
    agreed = or_404(queries.consensus_of([application.id]).get(place))
    corrected = decisions.corrections_in_force([application.id]).get(place)
    return asked, agreed.value if corrected is None else corrected.new, agreed


def _cautions(form: Any, application: Application) -> list[str]:
    """What a letter should not say: the reason of a correction goes into it like that of a score."""
    bids = queries.bids(application.round)
    names = [one.provider.name for one in bids if one.id != application.id]
    return wording.cautions(form["reason"].data or "", application.provider.name, names)


def _propose(form: Any, application: Application, asked: Asked) -> None:
    actions_corrections.propose(
        application,
        asked.key,
        int(form["new"].data),
        form["reason"].data,
        actor=current_viewer(),
        now=clock(),
    )
