"""Visits for a provider: say whether a day suits, read the report, comment on facts."""

from typing import Any

from flask import Response, redirect, url_for

from forms import choice
from forms.visits import DayForm, FactForm, RespondForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.visits import actions, actions_final, frameworks, policy, queries, report
from portal.visits.models import Visit
from portal.visits.views import bp
from portal.visits.views_report import as_pdf
from portal.web import carried_out, clock, done, or_404, page


@bp.get("/provider/")
@needs(Permission.VISIT_ANSWER)
def of_provider() -> Response:
    return page("visits/provider/index.html", visits=queries.known_to_provider(current_viewer()))


@bp.get("/provider/<ref>")
@needs(Permission.VISIT_ANSWER)
def provider_visit(ref: str) -> Response:
    viewer, visit = current_viewer(), _known(ref)
    sent = visit.stage in policy.SENT
    told = report.told(visit, viewer) if sent else {"visit": visit}
    return page(
        "visits/provider/show.html",
        sent=sent,
        said=report.young_said(visit) if sent else [],
        over=actions_final.is_over(told.get("report"), clock()),
        may_confirm=policy.may_confirm(viewer, visit),
        may_comment=policy.may_comment(viewer, visit),
        may_respond=policy.may_respond(viewer, visit),
        **told,
    )


@bp.get("/provider/<ref>/report.pdf")
@needs(Permission.VISIT_ANSWER)
def provider_pdf(ref: str) -> Response:
    visit = _known(ref)
    return as_pdf(or_404(visit if visit.stage in policy.SENT else None))


@bp.route("/provider/<ref>/confirm", methods=["GET", "POST"])
@needs(Permission.VISIT_ANSWER)
def confirm(ref: str) -> Any:
    viewer, visit = current_viewer(), _known(ref)
    policy.may_confirm(viewer, visit).or_refuse("visit:answer-refused")
    form = DayForm()
    if carried_out(
        form,
        lambda: actions.answer(
            visit, suits=form.suits.data, note=form.note.data or "", actor=viewer, now=clock()
        ),
    ):
        done("Thank you. The council is told.")
        return redirect(url_for(".provider_visit", ref=ref))
    return page("visits/provider/confirm.html", form=form, visit=visit)


@bp.route("/provider/<ref>/comment", methods=["GET", "POST"])
@needs(Permission.VISIT_ANSWER)
def comment(ref: str) -> Any:
    viewer, visit = current_viewer(), _known(ref)
    policy.may_comment(viewer, visit).or_refuse("visit-fact:refused")
    form = FactForm()
    titles = frameworks.framework(visit).matters
    form.matter.choices = [choice(key, f"{key} – {title}") for key, title in titles.items()]
    if carried_out(
        form,
        lambda: actions_final.comment_on_fact(
            visit,
            form.text.data,
            matter=form.matter.data or "",
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Your comment is kept. It goes out when you send your answer.")
        return redirect(url_for(".provider_visit", ref=ref))
    return page("visits/provider/comment.html", form=form, visit=visit)


@bp.post("/provider/<ref>/comments/<fact>/take-back")
@needs(Permission.VISIT_ANSWER)
def take_back_comment(ref: str, fact: str) -> Any:
    visit = _known(ref)
    found = next((one for one in actions_final.facts(visit) if one.ref == fact), None)
    actions_final.withdraw_fact(or_404(found), actor=current_viewer())
    db.session.commit()
    done("The comment is taken back.")
    return redirect(url_for(".provider_visit", ref=ref))


@bp.route("/provider/<ref>/respond", methods=["GET", "POST"])
@needs(Permission.VISIT_ANSWER)
def respond(ref: str) -> Any:
    viewer, visit = current_viewer(), _known(ref)
    policy.may_respond(viewer, visit).or_refuse("visit:respond-refused")
    form = RespondForm()
    if carried_out(
        form,
        lambda: actions_final.respond(
            visit,
            nothing_to_correct=bool(form.nothing_to_correct.data),
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Your answer is sent.")
        return redirect(url_for(".provider_visit", ref=ref))
    facts = actions_final.facts(visit)
    return page("visits/provider/respond.html", form=form, visit=visit, facts=facts)


def _known(ref: str) -> Visit:
    found: Visit = or_404(queries.provider_visit(ref, current_viewer()))
    return found
