"""The council's answer to bidders: drafted, looked at once more, published, corrected."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import choice
from forms.clarifications import (
    AnswerForm,
    CorrectAnswerForm,
    PublishAnswerForm,
    about_choices,
)
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.edits import EditConflict
from portal.rounds import (
    actions_clarifications as actions,
    policy_clarifications as policy,
    queries,
    queries_questions as questions,
)
from portal.rounds.abouts import abouts
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from portal.rounds.views import bp
from portal.rounds.views_questions import BASE, as_asked, to_decide
from portal.web import carried_out, clock, done, or_404, page
from scoring.clarifications import label, telling_findings
from scoring.rules import Finding, RuleBroken
from scoring.stages import ClarificationStage


@bp.route(f"{BASE}/questions/<question>/answer", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def answer_question(ref: str, question: str) -> Response:
    viewer = current_viewer()
    bid_round, found = to_decide(ref, question)
    free = questions.may_be_grouped(found, viewer)
    if request.form.get("keep", "").startswith("theirs"):
        done("Your colleague’s draft is kept.")
        return redirect(url_for(".bidder_question", ref=ref, question=question))
    form = _answer_form(bid_round, found, free)
    saved, conflicts = _saved(form, found, free)
    if saved is not None:
        if "later" in request.form:
            done("The draft is saved. Only the councils of this round can read it.")
            return redirect(url_for(".bidder_question", ref=ref, question=question))
        return redirect(url_for(".publish_answer", ref=ref, answer=saved))
    return page(
        "rounds/answer_question.html",
        form=form,
        round=bid_round,
        asked=as_asked(bid_round, [found])[0],
        conflicts=conflicts,
    )


@bp.route(f"{BASE}/answers/<answer>/publish", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def publish_answer(ref: str, answer: str) -> Response:
    """Look once more at what everybody will read, and publish it."""
    bid_round, draft = _answer(ref, answer)
    if draft.stage is ClarificationStage.PUBLISHED:
        return redirect(url_for(".clarifications", ref=ref))
    form = PublishAnswerForm(data={"revision": draft.revision})
    if carried_out(form, lambda: _publish(form, draft)):
        done(f"{label(draft.number or 0)} is published. Everybody who takes part is told by mail.")
        return redirect(url_for(".clarification_queue", ref=ref))
    return page(
        "rounds/publish_answer.html",
        form=form,
        round=bid_round,
        draft=draft,
        together=as_asked(bid_round, draft.questions),
        found=_telling(draft.question, draft.answer),
    )


@bp.post(f"{BASE}/answers/<answer>/discard")
@needs(Permission.ROUND_EDIT)
def discard_answer(ref: str, answer: str) -> Response:
    _, draft = _answer(ref, answer)
    actions.discard(draft, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The draft is thrown away. Its questions wait for an answer again.")
    return redirect(url_for(".clarification_queue", ref=ref))


@bp.route(f"{BASE}/answers/<answer>/correct", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def correct_answer(ref: str, answer: str) -> Response:
    bid_round, there = _answer(ref, answer)
    or_404(there.number)
    form = CorrectAnswerForm(
        data={"wording": there.question, "answer": there.answer, "revision": there.revision}
    )
    if carried_out(form, lambda: _correct(form, there)):
        done("The correction is published. Everybody who takes part is told by mail.")
        return redirect(url_for(".clarifications", ref=ref))
    return page(
        "rounds/correct_answer.html",
        form=form,
        round=bid_round,
        clarification=there,
        found=_telling(form.wording.data, form.answer.data) if form.is_submitted() else [],
    )


def _answer(ref: str, answer: str) -> tuple[Round, Clarification]:
    """An answer that the viewer may publish, throw away or correct now."""
    viewer = current_viewer()
    bid_round = queries.own_round(ref, viewer)
    found = questions.clarification(bid_round, answer, viewer)
    policy.may_answer(viewer, bid_round, clock()).or_refuse("clarification:not-allowed")
    return bid_round, found


def _answer_form(
    bid_round: Round, found: ClarificationQuestion, free: list[ClarificationQuestion]
) -> AnswerForm:
    draft = found.clarification
    form = AnswerForm(
        data={
            "wording": draft.question if draft else found.text,
            "answer": draft.answer if draft else "",
            "about": draft.about if draft else found.about,
            "others": [one.ref for one in free if draft and one.clarification_id == draft.id],
            "revision": draft.revision if draft else "",
        }
    )
    form.about.choices = about_choices(abouts(bid_round))
    form.others.choices = [choice(one.ref, one.text) for one in free]
    if not free:
        del form.others
    return form


def _saved(
    form: AnswerForm, found: ClarificationQuestion, free: list[ClarificationQuestion]
) -> tuple[str | None, list[dict[str, Any]]]:
    """The reference of the draft that was saved; else what somebody else saved meanwhile."""
    if not form.validate_on_submit() or not form.says_enough("later" in request.form):
        return None, []
    ticked = set(form.others.data) if "others" in form else set()
    try:
        draft = actions.save_answer(
            found,
            wording=form.wording.data,
            answer=form.answer.data,
            about=form.about.data or "",
            others=[one for one in free if one.ref in ticked],
            seen_revision=form.seen_revision,
            actor=current_viewer(),
            now=clock(),
        )
    except EditConflict as conflict:
        db.session.rollback()
        form.add_rule_error(conflict)
        form.revision.data = conflict.theirs.revision  # pressing again keeps one's own
        return None, [_both(conflict)]
    except RuleBroken as broken:
        db.session.rollback()
        form.add_rule_error(broken)
        return None, []
    db.session.commit()
    return draft.ref, []


def _both(conflict: EditConflict) -> dict[str, Any]:
    """Two drafts of one answer, for the page on which one of them is chosen."""
    theirs = conflict.theirs
    return {
        "name": "answer",
        "label": "the draft",
        "by": theirs.by,
        "at": theirs.at,
        "theirs": "\n\n".join(theirs.value),
        "mine": "\n\n".join(conflict.mine),
        "may_join": False,
        "again": "",
    }


def _publish(form: PublishAnswerForm, draft: Clarification) -> None:
    actions.publish(
        draft,
        checked=form.checked.data,
        seen_revision=form.seen_revision or 0,
        actor=current_viewer(),
        now=clock(),
    )


def _correct(form: CorrectAnswerForm, there: Clarification) -> None:
    seen = form.has_shown(_telling(form.wording.data, form.answer.data))
    if not seen:
        raise RuleBroken(
            "clarification:look-again", "Look at what may tell who asked. Then press again."
        )
    actions.correct(
        there,
        wording=form.wording.data,
        answer=form.answer.data,
        note=form.note.data,
        checked=form.checked.data,
        seen_revision=form.seen_revision or 0,
        actor=current_viewer(),
        now=clock(),
    )


def _telling(*texts: str) -> list[Finding]:
    """What may tell who asked, looked for in the same way whoever it was."""
    return telling_findings(texts, questions.provider_names())
