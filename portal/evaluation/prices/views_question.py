"""A bidder is asked about its price, and answers: for its own people only."""

from flask import Response, redirect, url_for

from forms.decisions import PriceAnswerForm
from portal.access import Permission, current_viewer, needs
from portal.evaluation.decisions import actions as actions_decisions, policy as policy_decisions
from portal.evaluation.decisions.models import PriceQuestion
from portal.evaluation.decisions.queries import own_question
from portal.evaluation.views import bp
from portal.web import carried_out, clock, done, or_404, page


@bp.route("/price-questions/<ref>", methods=["GET", "POST"])
@needs(Permission.APPLICATION_READ)
def price_question(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    question: PriceQuestion = or_404(own_question(ref, viewer))
    may = policy_decisions.may_answer(viewer, question, now)
    form = PriceAnswerForm()
    if may and carried_out(
        form, lambda: actions_decisions.answer(question, form.answer.data, actor=viewer, now=now)
    ):
        done("Your answer is sent.")
        return redirect(url_for(".price_question", ref=ref))
    if form.is_submitted():
        may.or_refuse("price-question:not-allowed")
    return page("evaluation/price_question.html", form=form, question=question, may=may)
