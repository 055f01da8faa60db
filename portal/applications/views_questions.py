"""One page for each question (or a few short ones): each answer is saved as it is written."""

from flask import Response, redirect, request
from werkzeug.exceptions import NotFound

from forms import PortalForm, is_autosave
from forms.applications import FileAnswerForm, question_form, touched, typed_answers
from forms.rows import wants_row_change
from portal import autosave, autosave_pages as typing
from portal.access import Permission, current_viewer, needs
from portal.applications import policy, queries, saving
from portal.applications.models import Application
from portal.applications.paper import QuestionPage
from portal.applications.question_pages import (
    address_of,
    conflicts_of,
    form_of,
    keys_of,
    known_of,
    next_page,
    page_at,
    seen_now,
    show,
)
from portal.applications.reuse import offers
from portal.applications.views import bp, own_copy
from portal.applications.working_copy import ANSWERS, WorkingCopy
from portal.autosave import Saving, Sent
from portal.db import db
from portal.documents import actions as documents
from portal.documents.actions import StagedFile
from portal.web import clock, page
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
    before = offers(copy, current_viewer(), keys_of(shown))
    mine = [one for one in before if one.lot == shown.lot]
    known = {} if mine else known_of(copy, shown)
    form = form_of(copy, shown, known)
    return show(copy, shown, form, Saving(), seen_now(copy, shown), offers=mine, known=known)


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
    form = form_of(copy, shown)
    sent = typing.what_was_sent(keys_of(shown))
    try:
        _refuse_late(copy)
        if typing.wants_both() in keys_of(shown):
            return _join(copy, shown, form, sent)
        outcome = _save(copy.application, lot, shown.questions, form, sent)
    except RuleBroken as broken:
        return _too_late(copy, shown, form, sent, broken)
    db.session.commit()
    copy = queries.working_copy_of(copy.application, copy.on, copy.parts_read)
    if outcome.is_clean or (wants_row_change() and outcome.is_saved):
        return redirect(next_page(copy, shown))
    typing.show_theirs(form, form_of(copy, shown, formdata=None), sent)
    return show(copy, shown, form, outcome, typing.seen_after(sent, outcome))


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
    body, status = autosave.as_json(outcome, clock(), single)
    if outcome.conflicts:
        body["html"] = typing.conflict_html(conflicts_of(questions, outcome)[:1])
    return typing.json_of(body, status)


def _refuse_late(copy: WorkingCopy) -> None:
    """Raises RuleBroken, also where nothing was touched: “saved” would be no true word."""
    decision = policy.may_edit(current_viewer(), copy.application, clock())
    decision.or_refuse("application:edit-refused")


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
    texts = [autosave.as_typed(theirs.value) if theirs else "", form[name].data or ""]
    form[name].data = "\n\n".join(text for text in texts if text)
    seen = {**sent.seen, name: seen_now(copy, shown)[name]}
    return show(copy, shown, form, Saving(), seen, joined=True)


def _too_late(
    copy: WorkingCopy, shown: QuestionPage, form: PortalForm, sent: Sent, broken: RuleBroken
) -> Response:
    """The deadline passed while somebody wrote: the page says so and keeps what they typed."""
    db.session.rollback()
    lost = touched(form, form_of(copy, shown, formdata=None), keys_of(shown))
    closed = typing.close(form, lost, broken.message)
    return show(copy, shown, form, Saving(), sent.seen, closed=closed)


def _save_file(ref: str, key: str, lot: str) -> Response:
    """A file as an answer: stored before the write lock, then bound to the application."""
    queries.refuse_strangers(ref, current_viewer())
    form = FileAnswerForm()
    staged = _staged(form)
    copy = _copy(ref)
    shown = page_at(copy, key, lot)
    if shown.questions[0]["kind"] != "file":
        raise NotFound
    sent = typing.what_was_sent(keys_of(shown))
    outcome = Saving()
    may_edit = policy.may_edit(current_viewer(), copy.application, clock())
    if not may_edit:
        closed = typing.close(form, [form.file], may_edit.reason)
        return show(copy, shown, form, outcome, sent.seen, closed=closed)
    if staged is not None:
        outcome = _bind(copy, shown, staged, sent)
        db.session.commit()
        copy = queries.working_copy_of(copy.application, copy.on, copy.parts_read)
    if staged is not None and outcome.is_clean:
        return redirect(next_page(copy, shown))
    return show(copy, shown, form, outcome, typing.seen_after(sent, outcome))


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
