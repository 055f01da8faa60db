"""Interests as those see them who lead the panel: what each set aside, and what was done about it."""

from flask import Response, redirect, url_for

from forms.evaluation_panels import MitigationForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation import actions, policy, queries
from portal.evaluation.panels.interests import interests
from portal.evaluation.views import bp
from portal.web import carried_out, clock, done, or_404, page


@bp.get("/council/rounds/<ref>/declared-interests")
@needs(Permission.PANEL_MANAGE)
def declared_interests(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    or_404(bid_round.opened_at)
    return page(
        "evaluation/interests.html",
        round=bid_round,
        lines=interests(bid_round, viewer),
        may=policy.may_manage_panel(viewer, bid_round),
    )


@bp.route("/council/rounds/<ref>/declared-interests/<bid>/<person>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def mitigate(ref: str, bid: str, person: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    policy.may_manage_panel(viewer, bid_round).or_refuse("conflict:not-allowed")
    lines = (
        one
        for one in interests(bid_round, viewer)
        if (one.bid_ref, one.declaration.person.ref) == (bid, person) and one.may_note
    )
    line = or_404(next(lines, None))
    found = line.declaration
    form = MitigationForm(data={"words": found.mitigation})
    if carried_out(
        form,
        lambda: actions.note_mitigation(found, form.words.data, actor=viewer, now=clock()),
    ):
        done("It is on record.")
        return redirect(url_for(".declared_interests", ref=ref))
    return page("evaluation/mitigate.html", form=form, round=bid_round, line=line)
