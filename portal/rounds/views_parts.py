"""What a draft asks: its questions, documents and prices, chosen and worded part by part."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, redirect, url_for

from forms import choice
from forms.rounds_parts import (
    AddLotForm,
    EligibilityForm,
    LinesForm,
    NewItemForm,
    WordingForm,
    item_form,
    questions_form,
)
from portal.access import Permission, current_viewer, needs
from portal.content.kinds import Kind
from portal.rounds import actions, checks, parts_edit
from portal.rounds.actions_content import eligibility_choices
from portal.rounds.models import Round
from portal.rounds.views import bp
from portal.rounds.views_editing import to_edit
from portal.web import carried_out, clock, done, page
from scoring.rules import RuleBroken


@bp.route("/council/rounds/<ref>/asked", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def asked(ref: str) -> Response:
    bid_round = to_edit(ref)
    own = bid_round.question_set.body
    base = parts_edit.base_of(bid_round, "question_set", Kind.QUESTION_SET)
    sections = [_choosable(section) for section in parts_edit.all_sections(base, own)]
    kept = {one["key"] for section in own["sections"] for one in section["questions"]}
    form = questions_form(sections, kept)

    def changed() -> Mapping[str, Any]:
        names = [name for name in form.data if name.startswith("keep-")]
        keys = {key for name in names for key in form.data[name]}
        if not keys:
            raise RuleBroken("round:nothing-asked", "Tick at least one question.", names[0])
        return parts_edit.with_questions(base, own, keys)

    if _saved(bid_round, form, "question_set", changed):
        return _back("rounds.asked", ref)
    scored = {one["key"] for section in sections for one in section["questions"]} & kept
    found = [one for one in checks.scheme_findings(bid_round) if one.where in scored]
    return page(
        "rounds/asked.html", form=form, round=bid_round, sections=sections, kept=kept, found=found
    )


@bp.route("/council/rounds/<ref>/asked/<key>", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def wording(ref: str, key: str) -> Response:
    bid_round = to_edit(ref)
    own = bid_round.question_set.body
    question = parts_edit.question_of(own, key)
    form = WordingForm(data={**question, "guidance": "\n".join(question["guidance"])})
    if question["kind"] != "long-text":
        del form.words
    if _saved(
        bid_round, form, "question_set", lambda: parts_edit.reworded(own, key, **_words(form))
    ):
        return _back("rounds.asked", ref)
    return page("rounds/wording.html", form=form, round=bid_round, question=question)


@bp.route("/council/rounds/<ref>/checklist", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def checklist(ref: str) -> Response:
    bid_round = to_edit(ref)
    form, changed = _lines(bid_round, "checklist", Kind.CHECKLIST)
    if _saved(bid_round, form, "checklist", changed):
        return _back("rounds.board", ref)
    return page("rounds/checklist_lines.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/rates", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def rates(ref: str) -> Response:
    bid_round = to_edit(ref)
    form, changed = _lines(bid_round, "rate_card", Kind.RATE_CARD)
    if _saved(bid_round, form, "rate_card", changed):
        return _back("rounds.rates", ref)
    found = [one for one in checks.scheme_findings(bid_round) if one.where == "price"]
    return page("rounds/rate_lines.html", form=form, round=bid_round, found=found)


@bp.route("/council/rounds/<ref>/rates/<key>", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def rate_item(ref: str, key: str) -> Response:
    bid_round = to_edit(ref)
    own = bid_round.rate_card.body
    item = parts_edit.item_of(own, key)
    form = item_form(item)
    terms = ("title", "hint", "required", "minimum_pence", "maximum_pence")
    if _saved(
        bid_round,
        form,
        "rate_card",
        lambda: parts_edit.priced(own, key, **{name: form.data[name] for name in terms}),
    ):
        return _back("rounds.rates", ref)
    return page("rounds/rate_item.html", form=form, round=bid_round, item=item)


@bp.route("/council/rounds/<ref>/rates/new", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def new_rate_item(ref: str) -> Response:
    bid_round = to_edit(ref)
    form = NewItemForm()
    form.lots.choices = [
        choice(lot.code, f"{lot.code}: {lot.title}") for lot in bid_round.open_lots
    ]
    own = bid_round.rate_card.body
    if _saved(bid_round, form, "rate_card", lambda: parts_edit.with_item(own, _item(own, form))):
        return _back("rounds.rates", ref)
    return page("rounds/new_rate_item.html", form=form, round=bid_round)


def _item(own: Mapping[str, Any], form: NewItemForm) -> dict[str, Any]:
    """The item as content. Hundredths of a per cent are typed as pence of a pound are."""
    return {
        "key": parts_edit.new_item_key(own, form.title.data),
        "title": form.title.data,
        "hint": form.hint.data or "",
        "unit": form.unit.data,
        "required": form.required.data,
        "included_hours": None,
        "minimum_pence": form.least.data,
        "maximum_pence": form.most.data,
        "lots": form.lots.data,
    }


@bp.route("/council/rounds/<ref>/eligibility", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def eligibility(ref: str) -> Response:
    bid_round = to_edit(ref)
    form = EligibilityForm(data={"questions": bid_round.eligibility})
    form.questions.choices = [
        choice(one["key"], one["label"], hint=f"Passes with “{one['pass_value']}”")
        for one in eligibility_choices(bid_round)
    ]
    if carried_out(
        form,
        lambda: actions.change_eligibility(
            bid_round, form.questions.data, actor=current_viewer(), now=clock()
        ),
    ):
        return _back("rounds.board", ref)
    return page("rounds/eligibility.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/lots/new", methods=["GET", "POST"])
@needs(Permission.ROUND_EDIT)
def new_lot(ref: str) -> Response:
    bid_round = to_edit(ref)
    form = AddLotForm()
    if carried_out(
        form,
        lambda: actions.add_lot(
            bid_round,
            form.code.data,
            form.title.data,
            ages=form.ages.data,
            description=form.description.data,
            actor=current_viewer(),
            now=clock(),
        ),
    ):
        return _back("rounds.lots", ref)
    return page("rounds/new_lot.html", form=form, round=bid_round)


def _lines(
    bid_round: Round, part: str, kind: Kind
) -> tuple[LinesForm, Callable[[], Mapping[str, Any]]]:
    """The form of a part that is a list, and the part as the form would have it."""
    own, name = getattr(bid_round, part).body, parts_edit.LISTS[part]
    base = parts_edit.base_of(bid_round, part, kind)
    form = LinesForm(data={"lines": [line["key"] for line in own[name]]})
    form.lines.choices = [
        choice(line["key"], line["title"], hint=line["hint"])
        for line in parts_edit.all_lines(base, own, name)
    ]
    return form, lambda: parts_edit.with_lines(base, own, name, form.lines.data)


def _choosable(section: Mapping[str, Any]) -> dict[str, Any]:
    """A section with the questions that stand by themselves; what follows a question goes with it."""
    return {**section, "questions": [one for one in section["questions"] if not one["when"]]}


def _words(form: WordingForm) -> dict[str, Any]:
    lines = [line.strip() for line in (form.guidance.data or "").splitlines()]
    words = {
        "label": form.label.data,
        "title": form.title.data,
        "hint": form.hint.data,
        "guidance": [line for line in lines if line],
        "required": form.required.data,
        "promise": bool(form.promise.data),
    }
    return words | ({"words": form.words.data} if "words" in form else {})


def _saved(
    bid_round: Round, form: Any, part: str, changed: Callable[[], Mapping[str, Any]]
) -> bool:
    return carried_out(
        form,
        lambda: actions.change_content(
            bid_round, part, changed(), actor=current_viewer(), now=clock()
        ),
    )


def _back(endpoint: str, ref: str) -> Response:
    done("Saved.")
    return redirect(url_for(endpoint, ref=ref))
