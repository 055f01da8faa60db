"""Bidders' questions as councils see them: the queue, one question, declining it."""

from textwrap import shorten
from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.clarifications import (
    AnsweredAlreadyForm,
    DeclineForm,
    QueueFilterForm,
    about_choices,
)
from portal.access import Permission, current_viewer, needs
from portal.rounds import (
    actions_clarifications as actions,
    policy_clarifications as policy,
    presentation_clarifications as presentation,
    queries,
    queries_clarifications as clarifications,
    queries_questions as questions,
)
from portal.rounds.abouts import abouts
from portal.rounds.models import Round
from portal.rounds.models_clarifications import ClarificationQuestion
from portal.rounds.queries_questions import Asked, State
from portal.rounds.views import bp
from portal.rounds.views_clarifications import address_of
from portal.web import carried_out, clock, done, page
from scoring.clarifications import label
from scoring.rules import RuleBroken
from scoring.stages import QuestionStage

BASE = "/council/rounds/<ref>/clarifications"


@bp.get(BASE)
@needs(Permission.ROUND_READ)
def clarification_queue(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.own_round(ref, viewer)
    numbers = questions.numbers_by_state(bid_round, viewer, now)
    form, state, narrowed = _filter(bid_round)
    for one in form.state.choices:
        one.label = f"{one.label} ({numbers[State(one.value)]})"
    found = questions.queue(
        bid_round, viewer, now, state=state, **narrowed, cursor=request.args.get("from")
    )
    return page(
        "rounds/questions_queue.html",
        round=bid_round,
        filters=form,
        address=address_of(ref, {**narrowed, "state": state.value if state else ""}),
        found=found,
        numbers=numbers,
        may_answer=policy.may_answer(viewer, bid_round, now),
        knows=policy.may_know_askers(viewer, bid_round),
    )


@bp.get(f"{BASE}.<kind>")
@needs(Permission.ROUND_READ)
def clarification_queue_file(ref: str, kind: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.own_round(ref, viewer)
    _, state, narrowed = _filter(bid_round)
    found = questions.whole_queue(bid_round, viewer, now, state=state, **narrowed)
    words = {**narrowed, "state": state.title if state else ""}
    return presentation.queue_file(bid_round, found, words, kind, viewer=viewer, now=now)


@bp.get(f"{BASE}/questions/<question>")
@needs(Permission.ROUND_READ)
def bidder_question(ref: str, question: str) -> Response:
    viewer = current_viewer()
    bid_round, found = _found(ref, question)
    answer = found.clarification
    whole = questions.clarification(bid_round, answer.ref, viewer) if answer else None
    return page(
        "rounds/bidder_question.html",
        round=bid_round,
        asked=as_asked(bid_round, [found])[0],
        clarification=whole,
        together=as_asked(bid_round, [one for one in whole.questions if one.id != found.id])
        if whole
        else [],
        may_answer=policy.may_answer(viewer, bid_round, clock()),
        any_published=bool(clarifications.number_published(bid_round)),
    )


@bp.route(f"{BASE}/questions/<question>/decline", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def decline_question(ref: str, question: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round, found = to_decide(ref, question)
    form = DeclineForm()
    if carried_out(form, lambda: actions.decline(found, form.reason.data, actor=viewer, now=now)):
        done("Declined. Whoever asked is told, without your learning who it is.")
        return redirect(url_for(".clarification_queue", ref=ref))
    return page(
        "rounds/decline_question.html",
        form=form,
        round=bid_round,
        asked=as_asked(bid_round, [found])[0],
    )


@bp.route(f"{BASE}/questions/<question>/answered-already", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def answered_already(ref: str, question: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round, found = to_decide(ref, question)
    there = {one.ref: one for one in clarifications.all_published(bid_round)}
    form = AnsweredAlreadyForm()
    form.answer.choices = [
        choice(
            key,
            f"{label(one.number or 0)}: {one.question}",
            hint=shorten(one.answer, 200, placeholder=" …"),
        )
        for key, one in there.items()
    ]
    if carried_out(
        form,
        lambda: actions.join_answer(found, there[form.answer.data], actor=viewer, now=now),
    ):
        done("Whoever asked is told that there is an answer already.")
        return redirect(url_for(".clarification_queue", ref=ref))
    return page(
        "rounds/answered_already.html",
        form=form,
        round=bid_round,
        asked=as_asked(bid_round, [found])[0],
    )


def _found(ref: str, question: str) -> tuple[Round, ClarificationQuestion]:
    viewer = current_viewer()
    bid_round = queries.own_round(ref, viewer)
    return bid_round, questions.question(bid_round, question, viewer)


def to_decide(ref: str, question: str) -> tuple[Round, ClarificationQuestion]:
    """A question that the viewer may answer or decline now.

    Raises:
        RuleBroken: with the reason why not.
    """
    bid_round, found = _found(ref, question)
    policy.may_answer(current_viewer(), bid_round, clock()).or_refuse("clarification:not-allowed")
    if found.stage is not QuestionStage.WAITING:
        raise RuleBroken("question:decided", f"This question is {found.stage.value} already.")
    return bid_round, found


def as_asked(bid_round: Round, found: list[ClarificationQuestion]) -> list[Asked]:
    """Questions as the viewer may see them."""
    return questions.asked(found, bid_round, current_viewer(), clock())


def _filter(bid_round: Round) -> tuple[QueueFilterForm, State | None, dict[str, Any]]:
    """The filter of an address, and what it narrows to; nonsense is everything."""
    form = QueueFilterForm()
    parts = abouts(bid_round)
    form.about.choices = about_choices(parts)
    form.state.choices = [choice(one.value, one.title) for one in State]
    state = State(form.state.data) if form.state.data in set(State) else None
    about = form.about.data if form.about.data in {one.key for one in parts} else ""
    return form, state, {"words": form.words.data or "", "about": about or ""}
