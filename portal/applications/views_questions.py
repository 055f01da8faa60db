"""One page for each question (or a few short ones): each answer is saved as it is written."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import PortalForm, is_autosave
from forms.applications import FileAnswerForm, question_form, touched, typed_answers
from portal.access import Permission, current_viewer, needs
from portal.applications import policy, queries, saving
from portal.applications import typing_pages as typing
from portal.applications.models import Application
from portal.applications.paper import QuestionPage, typed_form, words_of
from portal.applications.saving import Saving, Seen, Sent
from portal.applications.views import bp, own_copy
from portal.applications.working_copy import ANSWERS, WorkingCopy
from portal.db import db
from portal.documents import actions as documents
from portal.documents.actions import StagedFile
from portal.web import clock, done, page
from scoring.content import Content
from scoring.eligibility import questions_in
from scoring.rules import RuleBroken

ONE_TEXT = frozenset({"text", "long-text", "number", "money"})


@bp.get("/<ref>/sections/<section>")
@needs(Permission.APPLICATION_READ)
def section(ref: str, section: str) -> Response:
    """The questions of a section, with how far each page is; straight in, where there is one."""
    copy = own_copy(ref)
    part = next((one for one in copy.parts if one.section["key"] == section), None)
    if part is None:
        raise NotFound
    may_edit = policy.may_edit(current_viewer(), copy.application, clock())
    if len(part.pages) == 1 and may_edit:
        return redirect(address_of(copy.application, part.pages[0]))
    return page(
        "applications/section.html",
        application=copy.application,
        copy=copy,
        part=part,
        may_edit=may_edit,
        address_of=address_of,
    )


@bp.get("/<ref>/questions/<key>", endpoint="question")
@bp.get("/<ref>/questions/<key>/<lot>", endpoint="question")
@needs(Permission.APPLICATION_EDIT)
def show_question(ref: str, key: str, lot: str = "") -> Response:
    copy = _copy(ref)
    _refuse_late(copy)
    shown = page_at(copy, key, lot)
    return _page(copy, shown, _form(copy, shown), Saving(), _seen_now(copy, shown))


@bp.post("/<ref>/questions/<key>", endpoint="answer")
@bp.post("/<ref>/questions/<key>/<lot>", endpoint="answer")
@needs(Permission.APPLICATION_EDIT)
def save_question(ref: str, key: str, lot: str = "") -> Response:
    """Save what the page sent: by its script field by field, or by its button all at once."""
    if request.files:
        return _save_file(ref, key, lot)
    if is_autosave():
        return _autosave(ref, lot)
    copy = _copy(ref)
    shown = page_at(copy, key, lot)
    form = _form(copy, shown)
    sent = typing.what_was_sent(_keys(shown))
    try:
        _refuse_late(copy)
        if typing.wants_both() in _keys(shown):
            return _join(copy, shown, form, sent)
        outcome = _save(copy.application, lot, shown.questions, form, sent)
    except RuleBroken as broken:
        return _too_late(copy, shown, form, sent, broken)
    db.session.commit()
    copy = queries.working_copy_of(copy.application, copy.on, copy.parts_read)
    if outcome.is_clean:
        return redirect(_next(copy, shown))
    typing.show_theirs(form, _form(copy, shown, formdata=None), sent)
    return _page(copy, shown, form, outcome, typing.seen_after(sent, outcome))


def _autosave(ref: str, lot: str) -> Response:
    """What the page's script sends while somebody types: few statements, a short lock."""
    application = queries.to_write(ref, current_viewer())
    names = set(request.form.getlist("autosave_field"))
    known = questions_in(application.round.question_set.body)
    questions = tuple(known[key] for key in known if key in names and known[key]["kind"] != "file")
    form = question_form(questions, {})
    sent = typing.what_was_sent(names)
    try:
        outcome = _save(application, lot, questions, form, sent)
    except RuleBroken as broken:
        db.session.rollback()
        return typing.refused(broken)
    db.session.commit()
    single = {one["key"]: one for one in questions if one["kind"] in ONE_TEXT}
    body, status = saving.as_json(outcome, clock(), single)
    if outcome.conflicts:
        body["html"] = typing.conflict_html(_conflicts(questions, outcome)[:1])
    return typing.json_of(body, status)


def page_at(copy: WorkingCopy, key: str, lot: str) -> QuestionPage:
    """The page on which a question is asked now.

    Raises:
        NotFound: it is not asked, given the lots and the answers before it.
    """
    for one in copy.pages:
        if one.lot == lot and key in (one.key, *_keys(one)):
            return one
    raise NotFound


def address_of(application: Application, shown: QuestionPage) -> str:
    """Where a page of questions lies."""
    return url_for(
        "applications.question", ref=application.ref, key=shown.key, lot=shown.lot or None
    )


def _refuse_late(copy: WorkingCopy) -> None:
    """Raises RuleBroken, also where nothing was touched: “saved” would be no true word."""
    decision = policy.may_edit(current_viewer(), copy.application, clock())
    decision.or_refuse("application:edit-refused")


def _keys(shown: QuestionPage) -> tuple[str, ...]:
    return tuple(str(question["key"]) for question in shown.questions)


def _form(copy: WorkingCopy, shown: QuestionPage, **more: Any) -> PortalForm:
    if shown.questions[0]["kind"] == "file":
        return FileAnswerForm()
    values = {
        question["key"]: typed_form(question, copy.values.get((question["key"], shown.lot)))
        for question in shown.questions
    }
    form: PortalForm = question_form(shown.questions, values, **more)
    return form


def _seen_now(copy: WorkingCopy, shown: QuestionPage) -> dict[str, Seen]:
    answers = {key: copy.answers.get((key, shown.lot)) for key in _keys(shown)}
    return {
        key: Seen.of(one.value, one.revision) if one else Seen.of(None, 0)
        for key, one in answers.items()
    }


def _copy(ref: str) -> WorkingCopy:
    return queries.part_of_copy(ref, ANSWERS, current_viewer(), clock())


def _save(
    application: Application,
    lot: str,
    questions: tuple[Content, ...],
    form: PortalForm,
    sent: Sent,
) -> Saving:
    names = [str(question["key"]) for question in questions]
    typed = typed_answers(form, names, request.form)
    outcome = saving.save_answers(
        application,
        lot,
        questions,
        typed,
        sent,
        actor=current_viewer(),
        now=clock(),
    )
    unread = {name: str(form[name].errors[0]) for name in names if form[name].errors}
    outcome.refused.update(unread)
    return outcome


def _join(copy: WorkingCopy, shown: QuestionPage, form: PortalForm, sent: Sent) -> Response:
    """After a conflict: both texts in the field, to be made one and saved."""
    name = typing.wants_both()
    theirs = copy.answers.get((name, shown.lot))
    texts = [saving.as_typed(theirs.value) if theirs else "", form[name].data or ""]
    form[name].data = "\n\n".join(text for text in texts if text)
    seen = {**sent.seen, name: _seen_now(copy, shown)[name]}
    return _page(copy, shown, form, Saving(), seen, joined=True)


def _too_late(
    copy: WorkingCopy, shown: QuestionPage, form: PortalForm, sent: Sent, broken: RuleBroken
) -> Response:
    """The deadline passed while somebody wrote: the page says so and keeps what they typed."""
    db.session.rollback()
    lost = touched(form, _form(copy, shown, formdata=None), _keys(shown))
    closed = typing.close(form, lost, broken.message)
    return _page(copy, shown, form, Saving(), sent.seen, closed=closed)


def _next(copy: WorkingCopy, shown: QuestionPage) -> str:
    """The page after this one in its section, or the task list; as the answers now say."""
    same = [one for one in copy.pages if one.section["key"] == shown.section["key"]]
    here = next(
        (n for n, one in enumerate(same) if (one.key, one.lot) == (shown.key, shown.lot)), len(same)
    )
    if request.form.get("go") == "list" or here + 1 >= len(same):
        done("Saved.")
        return url_for("applications.show", ref=copy.application.ref)
    return address_of(copy.application, same[here + 1])


def _page(
    copy: WorkingCopy,
    shown: QuestionPage,
    form: PortalForm,
    outcome: Saving,
    seen: Mapping[str, Seen],
    *,
    joined: bool = False,
    closed: str = "",
) -> Response:
    """The page with what was typed: refusals beside the answers, conflicts with both texts."""
    typing.show_refusals(form, outcome)
    answers = [copy.answers.get((key, shown.lot)) for key in _keys(shown)]
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
        closed=closed,
        unsaved=typing.words_of_saving(outcome, "answer", "answers"),
        page_name=typing.page_name(),
        conflicts=_conflicts(shown.questions, outcome),
        saved=max(given, key=lambda one: one.saved_at, default=None),
        lot=next((one for one in copy.application.round.lots if one.code == shown.lot), None),
        file=copy.files.get(str(copy.values.get((shown.key, shown.lot)))),
        number=_place_of(copy, shown),
    )


def _place_of(copy: WorkingCopy, shown: QuestionPage) -> tuple[int, int]:
    """Which page of its section this is, of how many."""
    same = [one for one in copy.pages if one.section["key"] == shown.section["key"]]
    places = [(one.key, one.lot) for one in same]
    here = (shown.key, shown.lot)
    return (places.index(here) + 1 if here in places else 1), len(same)


def _conflicts(asked: Iterable[Content], outcome: Saving) -> list[dict[str, Any]]:
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


def _save_file(ref: str, key: str, lot: str) -> Response:
    """A file as an answer: stored before the write lock, then bound to the application."""
    queries.refuse_strangers(ref, current_viewer())
    form = FileAnswerForm()
    staged = _staged(form)
    copy = _copy(ref)
    shown = page_at(copy, key, lot)
    if shown.questions[0]["kind"] != "file":
        raise NotFound
    sent = typing.what_was_sent(_keys(shown))
    outcome = Saving()
    may_edit = policy.may_edit(current_viewer(), copy.application, clock())
    if not may_edit:
        closed = typing.close(form, [form.file], may_edit.reason)
        return _page(copy, shown, form, outcome, sent.seen, closed=closed)
    if staged is not None:
        outcome = _bind(copy, shown, staged, sent)
        db.session.commit()
        copy = queries.working_copy_of(copy.application, copy.on, copy.parts_read)
    if staged is not None and outcome.is_clean:
        return redirect(_next(copy, shown))
    return _page(copy, shown, form, outcome, typing.seen_after(sent, outcome))


def _staged(form: FileAnswerForm) -> StagedFile | None:
    sent = form.file.data
    try:
        if sent:
            return documents.stage_file(sent.stream, sent.filename)
        form.file.errors = ["Choose a file"]
    except RuleBroken as broken:
        form.file.errors = [broken.message]
    return None


def _bind(copy: WorkingCopy, shown: QuestionPage, staged: StagedFile, sent: Sent) -> Saving:
    question = shown.questions[0]
    version = documents.add_version(
        copy.application.provider,
        f"answer:{question['key']}:{shown.lot}"[:60],
        question["label"],
        staged,
        None,
        bound_to=copy.application.ref,
        chain=copy.application.audit_chain,
        actor=current_viewer(),
        now=clock(),
    )
    return saving.save_answers(
        copy.application,
        shown.lot,
        [question],
        {question["key"]: version.ref},
        sent,
        actor=current_viewer(),
        now=clock(),
    )
