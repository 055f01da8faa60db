"""A page of questions: which one an address means, what stands on it, and which one comes after it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request, url_for
from werkzeug.exceptions import NotFound

from forms import PortalForm
from forms.applications import FileAnswerForm, question_form
from forms.rows import RowsField, wants_new_row, wants_row_change
from portal import autosave_pages as typing
from portal.applications.models import Application
from portal.applications.paper import QuestionPage, typed_form, words_of
from portal.applications.reuse import Offer
from portal.applications.working_copy import WorkingCopy
from portal.autosave import Saving, Seen
from portal.web import done, page
from scoring.answers import rows_in
from scoring.content import Content


def page_at(copy: WorkingCopy, key: str, lot: str) -> QuestionPage:
    """The page on which a question is asked now.

    Raises:
        NotFound: it is not asked, given the lots and the answers before it.
    """
    for one in copy.pages:
        if one.lot == lot and key in (one.key, *keys_of(one)):
            return one
    raise NotFound


def address_of(application: Application, shown: QuestionPage, **more: Any) -> str:
    """Where a page of questions lies."""
    return url_for(
        "applications.question", ref=application.ref, key=shown.key, lot=shown.lot or None, **more
    )


def _rows_to_show(copy: WorkingCopy, shown: QuestionPage) -> int:
    """How many rows a table has, with the empty one that was asked for."""
    rows = rows_in(copy.values.get((shown.key, shown.lot)))
    return len(rows) + wants_new_row()


def keys_of(shown: QuestionPage) -> tuple[str, ...]:
    return tuple(str(question["key"]) for question in shown.questions)


def known_of(copy: WorkingCopy, shown: QuestionPage) -> dict[str, str]:
    """What the organisation's own page says already to questions that have no answer, by key."""
    provider = copy.application.provider
    held = provider.registrations
    one_service = len({one.service for one in held}) == 1  # of several the right one is not known
    urns = ", ".join(one.urn for one in held) if one_service else ""
    known = {"company-or-charity": provider.company_number, "urns": urns}
    return {
        question["key"]: known[question["identifier"]]
        for question in shown.questions
        if known.get(question.get("identifier", ""))
        and (question["key"], shown.lot) not in copy.answers
    }


def form_of(
    copy: WorkingCopy, shown: QuestionPage, known: Mapping[str, str] | None = None, **more: Any
) -> PortalForm:
    """The form of a page, filled in with what is kept; `known` stands where nothing is."""
    if shown.questions[0]["kind"] == "file":
        return FileAnswerForm()
    values = {
        question["key"]: typed_form(question, copy.values.get((question["key"], shown.lot)))
        for question in shown.questions
    }
    values |= known or {}
    form: PortalForm = question_form(shown.questions, values, **more)
    for field in form:
        if isinstance(field, RowsField):
            field.full_rows = request.args.get("rows", 0, int)
    return form


def seen_now(copy: WorkingCopy, shown: QuestionPage) -> dict[str, Seen]:
    answers = {key: copy.answers.get((key, shown.lot)) for key in keys_of(shown)}
    return {
        key: Seen.of(one.value, one.revision) if one else Seen.of(None, 0)
        for key, one in answers.items()
    }


def next_page(copy: WorkingCopy, shown: QuestionPage) -> str:
    """The page after this one in its section, or the task list; as the answers now say.

    A button that adds a row, or takes one out, comes back to the same page.
    """
    if wants_row_change():
        return address_of(copy.application, shown, rows=_rows_to_show(copy, shown))
    same = [one for one in copy.pages if one.section["key"] == shown.section["key"]]
    here = next(
        (n for n, one in enumerate(same) if (one.key, one.lot) == (shown.key, shown.lot)), len(same)
    )
    if request.form.get("go") == "list" or here + 1 >= len(same):
        done("Saved.")
        return url_for("applications.show", ref=copy.application.ref)
    return address_of(copy.application, same[here + 1])


def show(
    copy: WorkingCopy,
    shown: QuestionPage,
    form: PortalForm,
    outcome: Saving,
    seen: Mapping[str, Seen],
    *,
    joined: bool = False,
    closed: str = "",
    offers: Sequence[Offer] = (),
    known: Mapping[str, str] | None = None,
) -> Response:
    """The page with what was typed: refusals beside the answers, conflicts with both texts."""
    typing.show_refusals(form, outcome)
    answers = [copy.answers.get((key, shown.lot)) for key in keys_of(shown)]
    given = [one for one in answers if one is not None]
    return page(
        "applications/question.html",
        typing.status_of(outcome),
        application=copy.application,
        copy=copy,
        shown=shown,
        form=form,
        seen=seen,
        joined=joined,
        known=known,
        closed=closed,
        unsaved=typing.words_of_saving(outcome, "answer", "answers"),
        page_name=typing.page_name(copy.application.round.version),
        conflicts=conflicts_of(shown.questions, outcome),
        saved=max(given, key=lambda one: one.saved_at, default=None),
        lot=next((one for one in copy.application.round.lots if one.code == shown.lot), None),
        file=copy.files.get(str(copy.values.get((shown.key, shown.lot)))),
        number=_place_of(copy, shown),
        offers=offers,
    )


def _place_of(copy: WorkingCopy, shown: QuestionPage) -> tuple[int, int]:
    """Which page of its section this is, of how many."""
    same = [one for one in copy.pages if one.section["key"] == shown.section["key"]]
    places = [(one.key, one.lot) for one in same]
    here = (shown.key, shown.lot)
    return (places.index(here) + 1 if here in places else 1), len(same)


def conflicts_of(asked: Iterable[Content], outcome: Saving) -> list[dict[str, Any]]:
    questions = {question["key"]: question for question in asked}
    return [
        {
            "name": name,
            "label": questions[name]["label"],
            "by": conflict.theirs.by,
            "at": conflict.theirs.at,
            "theirs": words_of(questions[name], conflict.theirs.value),
            "mine": words_of(questions[name], conflict.mine),
            "may_join": questions[name]["kind"] == "long-text",
            "again": "",
        }
        for name, conflict in outcome.conflicts.items()
    ]
