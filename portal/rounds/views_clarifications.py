"""Questions and answers for anybody, and the pages on which a provider's people ask."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for

from forms.clarifications import (
    AskForm,
    PublishedFilterForm,
    WithdrawQuestionForm,
    about_choices,
)
from portal.access import Permission, Viewer, current_viewer, needs, public
from portal.db import db
from portal.rounds import (
    actions_clarifications as actions,
    policy_clarifications as policy,
    presentation_clarifications as presentation,
    queries,
    queries_clarifications as clarifications,
)
from portal.rounds.abouts import about_words, abouts
from portal.rounds.models import Round
from portal.rounds.views import bp
from portal.web import carried_out, clock, done, or_404, page

bp.add_app_template_global(about_words)
bp.add_app_template_global(presentation.question_stage)


@bp.get("/rounds/<ref>/clarifications", endpoint="clarifications")
@public
def published(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.round_by_ref(ref, viewer)
    form, narrowed = _filter(bid_round)
    found = clarifications.published(
        bid_round,
        **narrowed,
        sort=request.args.get("sort"),
        cursor=request.args.get("from"),
    )
    return page(
        "rounds/clarifications.html",
        round=bid_round,
        filters=form,
        address=address_of(ref, narrowed),
        found=found,
        total=clarifications.number_published(bid_round, **narrowed),
        ask=may_ask_here(viewer, bid_round),
    )


@bp.get("/rounds/<ref>/clarifications.<kind>", endpoint="clarifications_file")
@public
def published_file(ref: str, kind: str) -> Response:
    bid_round = queries.round_by_ref(ref, current_viewer())
    _, narrowed = _filter(bid_round)
    found = clarifications.all_published(bid_round, **narrowed)
    return presentation.published_file(bid_round, found, narrowed, kind, clock())


@bp.get("/rounds/<ref>/your-questions")
@needs(Permission.APPLICATION_READ)
def own_questions(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.round_by_ref(ref, viewer)
    found = clarifications.own_questions(bid_round, viewer, cursor=request.args.get("from"))
    return page(
        "rounds/own_questions.html",
        round=bid_round,
        found=found,
        ask=may_ask_here(viewer, bid_round),
        several=len(viewer.provider_ids) > 1,
        may_withdraw={one.ref: bool(policy.may_withdraw(viewer, one, now)) for one in found.items},
    )


@bp.route("/rounds/<ref>/your-questions/ask", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def ask_question(ref: str) -> Response:
    """Ask: when it came in is noted by the database's clock before anything else."""
    received_at, viewer = db.clock(), current_viewer()
    bid_round = queries.round_by_ref(ref, viewer)
    providers = or_404(clarifications.own_provider_choices(viewer) or None)
    form = AskForm()
    form.about.choices = about_choices(abouts(bid_round))
    form.provider.choices = presentation.provider_choices(providers)
    if len(providers) == 1:
        del form.provider
    if carried_out(form, lambda: _ask(form, bid_round, providers, received_at)):
        done("Your question is sent. The answer is published to all, without saying who asked.")
        return redirect(url_for(".own_questions", ref=ref))
    return page(
        "rounds/ask.html",
        form=form,
        round=bid_round,
        decision=policy.may_ask(viewer, bid_round, providers[0].id, received_at),
    )


@bp.route("/rounds/<ref>/your-questions/<question>/withdraw", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def withdraw_question(ref: str, question: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.round_by_ref(ref, viewer)
    found = clarifications.own_question(bid_round, question, viewer)
    policy.may_withdraw(viewer, found, now).or_refuse("question:withdraw-refused")
    form = WithdrawQuestionForm()
    if carried_out(form, lambda: actions.withdraw(found, actor=viewer, now=now)):
        done("Your question is withdrawn. Nobody will answer it.")
        return redirect(url_for(".own_questions", ref=ref))
    return page("rounds/withdraw_question.html", form=form, round=bid_round, question=found)


def address_of(ref: str, narrowed: Mapping[str, str]) -> dict[str, str]:
    """What the address of a narrowed list holds: only what narrows it."""
    return {"ref": ref, **{name: word for name, word in narrowed.items() if word}}


def may_ask_here(viewer: Viewer, bid_round: Round) -> Any:
    """For people of a provider: whether they may ask now, and if not why. None for all others."""
    if not viewer.provider_ids or not viewer.may(Permission.APPLICATION_EDIT):
        return None
    return policy.may_ask(viewer, bid_round, min(viewer.provider_ids), clock())


def _ask(form: AskForm, bid_round: Round, providers: list[Any], received_at: Any) -> None:
    chosen = form.provider.data if "provider" in form else providers[0].ref
    provider = next(one for one in providers if one.ref == chosen)
    actions.ask(
        bid_round,
        provider,
        form.question.data,
        form.about.data or "",
        received_at=received_at,
        actor=current_viewer(),
        now=clock(),
    )


def _filter(bid_round: Round) -> tuple[PublishedFilterForm, dict[str, str]]:
    """The filter of an address, and what it narrows to; a part that there is not is everything."""
    form = PublishedFilterForm()
    parts = abouts(bid_round)
    form.about.choices = about_choices(parts)
    about = form.about.data if form.about.data in {one.key for one in parts} else ""
    return form, {"words": form.words.data or "", "about": about or ""}
