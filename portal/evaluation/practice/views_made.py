"""Making practice rounds, writing their made-up bids, and closing them."""

from flask import Response, redirect, url_for

from forms import choice
from forms.evaluation_practice import MadeUpAnswerForm, MakePracticeForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.evaluation.practice import actions, queries
from portal.evaluation.practice.agreeing import answers_agreed
from portal.evaluation.practice.models import PracticeRound
from portal.evaluation.practice.pairs import pairs_who_practised
from portal.evaluation.views import bp
from portal.rounds import queries as rounds
from portal.web import carried_out, clock, done, or_404, page
from scoring.terms import Panel


@bp.route("/council/practice/", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def make_practice() -> Response:
    viewer = current_viewer()
    sources = {
        one.ref: one
        for one in rounds.rounds_to_copy(viewer)
        if one.lead_council_id in viewer.council_ids
    }
    form = MakePracticeForm()
    form.source.choices = [choice(ref, one.title) for ref, one in sources.items()]
    if carried_out(
        form,
        lambda: actions.make_practice(
            sources[form.source.data], form.title.data, actor=viewer, now=clock()
        ),
    ):
        done("The practice round is made. Its bids are made up, and nothing of it is counted.")
        return redirect(url_for(".make_practice"))
    return page(
        "evaluation/make_practice.html",
        form=form,
        practices=queries.led_by(viewer, queries.practices(viewer)),
    )


@bp.get("/council/practice/<ref>")
@needs(Permission.PANEL_MANAGE)
def made_practice(ref: str) -> Response:
    found = _led(ref)
    return page(
        "evaluation/made_practice.html",
        practice=found,
        panels={panel: queries.asked_in(found, panel) for panel in Panel},
        people=queries.people_who_practised(found),
        pairs=pairs_who_practised(found),
        agreed=answers_agreed(found),
    )


def _led(ref: str) -> PracticeRound:
    """One that the viewer's own council made; another one is not found here."""
    viewer = current_viewer()
    found = or_404(queries.practice(ref, viewer))
    return or_404(next(iter(queries.led_by(viewer, [found])), None))


@bp.route("/council/practice/<ref>/<bid>/<question>", methods=["GET", "POST"])
@needs(Permission.PANEL_MANAGE)
def made_up_answer(ref: str, bid: str, question: str) -> Response:
    viewer = current_viewer()
    found = _led(ref)
    made_up = or_404(next((one for one in found.bids if one.ref == bid), None))
    every = (one for panel in Panel for one in queries.asked_in(found, panel))
    asked = or_404(next((one for one in every if one.question == question), None))
    kept = {"answer": made_up.answers[question], **made_up.model[question]}
    form = MadeUpAnswerForm(data=kept).fit(asked.scale)
    back = url_for(".made_practice", ref=ref)
    if carried_out(
        form,
        lambda: actions.change_answer(
            made_up,
            asked,
            answer=form.answer.data,
            value=form.value.data,
            reason=form.reason.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The made-up answer is changed.")
        return redirect(back)
    return page(
        "evaluation/made_up_answer.html",
        form=form,
        practice=found,
        bid=made_up,
        asked=asked,
        back=back,
    )


@bp.post("/council/practice/<ref>/close")
@needs(Permission.PANEL_MANAGE)
def close_practice(ref: str) -> Response:
    found = _led(ref)
    actions.close_practice(found, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The practice is over. Everybody can still read how they compare.")
    return redirect(url_for(".made_practice", ref=ref))
