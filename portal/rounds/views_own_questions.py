"""A draft's own question set: write a new question, put one in another place."""

from typing import Any

from flask import Response, redirect, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.rounds import SimpleForm
from forms.rounds_parts import NewQuestionForm
from portal.access import Permission, current_viewer, needs
from portal.rounds import actions, parts_edit, question_edit
from portal.rounds.models import Round
from portal.rounds.views import bp
from portal.rounds.views_editing import to_edit
from portal.web import carried_out, clock, done, page
from scoring.rules import Finding

CHOICES = ("one-of", "many-of")


@bp.route("/council/rounds/<ref>/asked/new", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def new_question(ref: str) -> Response:
    bid_round = to_edit(ref)
    own = bid_round.question_set.body
    form = NewQuestionForm()
    form.section.choices = [choice(one["key"], one["title"]) for one in own["sections"]]
    form.lots.choices = [
        choice(lot.code, f"{lot.code}: {lot.title}") for lot in bid_round.open_lots
    ]
    if carried_out(form, lambda: _add(bid_round, form), lambda: _fitting(form)):
        done("The question is asked. Give it a weight in the scheme if it is scored.")
        return redirect(url_for("rounds.asked", ref=ref))
    return page("rounds/new_question.html", form=form, round=bid_round)


@bp.post("/council/rounds/<ref>/asked/<key>/move/<way>")
@needs(Permission.ROUND_EDIT)
def move_question(ref: str, key: str, way: str) -> Response:
    bid_round = to_edit(ref)
    own = bid_round.question_set.body
    parts_edit.question_of(own, key)
    if way not in {"up", "down"}:
        raise NotFound
    form = SimpleForm()
    if carried_out(
        form,
        lambda: _keep(bid_round, question_edit.moved(own, key, way == "up")),
    ):
        done("The question stands in another place.")
    else:
        for error in form.form_errors:
            done(str(error))
    return redirect(url_for("rounds.wording", ref=ref, key=key))


def _fitting(form: NewQuestionForm) -> list[Finding]:
    """What does not go together, in the words of the page, each at its field."""
    kind, role, found = form.kind.data, form.role.data, []
    if kind in CHOICES and not _lines(form):
        told = "Write the answers to choose from, one on each line"
        found.append(Finding("content:options", told, "options"))
    if kind in CHOICES and len(set(_lines(form))) < len(_lines(form)):
        found.append(Finding("content:twice", "Two answers are the same", "options"))
    if role == "scored" and kind and kind != "long-text":
        told = "Only an answer in words, up to a limit, can be scored"
        found.append(Finding("content:scored-kind", told, "role"))
    if role == "pass-fail" and kind and kind != "yes-no":
        told = "Only an answer with yes or no passes or fails"
        found.append(Finding("content:pass-value", told, "role"))
    elif role == "pass-fail" and not form.pass_value.data:
        found.append(Finding("content:pass-value", "Choose which answer passes", "pass_value"))
    if kind == "long-text" and form.words.data is None:
        found.append(Finding("content:words", "Enter a limit of words", "words"))
    return found


def _lines(form: NewQuestionForm) -> list[str]:
    return [line.strip() for line in (form.options.data or "").splitlines() if line.strip()]


def _add(bid_round: Round, form: NewQuestionForm) -> None:
    own = bid_round.question_set.body
    question = {"key": question_edit.new_key(own, form.label.data), **_typed(form)}
    _keep(bid_round, question_edit.with_question(own, form.section.data, question))


def _keep(bid_round: Round, body: dict[str, Any]) -> None:
    actions.change_content(bid_round, "question_set", body, actor=current_viewer(), now=clock())


def _typed(form: NewQuestionForm) -> dict[str, Any]:
    """The question as content: only what its kind knows."""
    kind, role = form.kind.data, form.role.data
    return {
        "kind": kind,
        "role": role,
        "label": form.label.data,
        "title": form.title.data or "",
        "hint": form.hint.data or "",
        "required": form.required.data,
        "promise": bool(form.promise.data),
        "per_lot": form.per_lot.data,
        "lots": form.lots.data,
        "words": form.words.data if kind == "long-text" else None,
        "options": [
            {"value": f"option-{number}", "label": line}
            for number, line in enumerate(_lines(form), 1)
        ]
        if kind in CHOICES
        else [],
        "pass_value": form.pass_value.data if role == "pass-fail" else None,
    }
