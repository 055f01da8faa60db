"""The rate card as a workbook: taken home, brought back, compared, and taken as a whole."""

import io

from flask import Response, redirect, send_file, url_for

from forms.applications import RateBookForm, TakeRatesForm
from portal import imports
from portal.access import Permission, current_viewer, needs
from portal.applications import actions, policy, queries, rate_book
from portal.applications.editing import rate_title
from portal.applications.models import Application
from portal.applications.rate_book import Compared
from portal.applications.views import bp
from portal.applications.working_copy import RATES, WorkingCopy
from portal.db import db
from portal.filekinds import FileKind
from portal.previews import Preview
from portal.storage import FileRefused
from portal.web import clock, done, page
from scoring.rules import RuleBroken


@bp.get("/<ref>/rates/workbook.xlsx")
@needs(Permission.APPLICATION_EDIT)
def rate_workbook(ref: str) -> Response:
    copy = _copy(ref)
    return send_file(
        io.BytesIO(rate_book.workbook(copy)),
        mimetype=FileKind.XLSX.value,
        as_attachment=True,
        download_name=f"rates-{ref}.xlsx",
        max_age=0,
    )


@bp.get("/<ref>/rates/upload", endpoint="rate_upload")
@needs(Permission.APPLICATION_EDIT)
def show_upload(ref: str) -> Response:
    return _upload_page(_copy(ref), RateBookForm(), None)


@bp.post("/<ref>/rates/upload", endpoint="upload_rates")
@needs(Permission.APPLICATION_EDIT)
def upload_rates(ref: str) -> Response:
    """Read the file before the write lock; compare; lay aside what it would change."""
    queries.refuse_strangers(ref, current_viewer())
    form, sheets = RateBookForm(), None
    if form.validate_on_submit():
        upload = form.file.data
        try:
            sheets = rate_book.read_book(upload.read(), upload.filename or "")
        except FileRefused as refused:
            form.file.errors = [*form.file.errors, refused.message]
    copy = _copy(ref)
    if sheets is None:
        return _upload_page(copy, form, None)
    found = rate_book.compare(copy, sheets)
    if found.faults or not found.changes:
        return _upload_page(copy, form, found)
    preview = rate_book.preview_of(found, form.file.data.filename or "")
    token = imports.keep(preview, bound_to=_bound_to(copy.application), now=clock())
    return redirect(url_for(".rate_preview", ref=ref, token=token))


@bp.route("/<ref>/rates/upload/<token>", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def rate_preview(ref: str, token: str) -> Response:
    copy, viewer, now = _copy(ref), current_viewer(), clock()
    preview = imports.take(token, rate_book.SPEC, bound_to=_bound_to(copy.application), now=now)
    form = TakeRatesForm()
    if form.validate_on_submit():
        try:
            number = actions.take_rate_book(copy.application, preview, actor=viewer, now=now)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
            copy = _copy(ref)
        else:
            db.session.commit()
            imports.drop(token)
            done(f"{number} {'price is' if number == 1 else 'prices are'} saved from the workbook.")
            return redirect(url_for(".rates", ref=ref))
    return page(
        "applications/rate_preview.html",
        application=copy.application,
        form=form,
        preview=preview,
        rows=_rows(copy, preview),
        token=token,
    )


def _copy(ref: str) -> WorkingCopy:
    copy = queries.part_of_copy(ref, RATES, current_viewer(), clock())
    policy.may_edit(current_viewer(), copy.application, clock()).or_refuse(
        "application:edit-refused"
    )
    return copy


def _bound_to(application: Application) -> str:
    return f"{current_viewer().ref}|{application.ref}"


def _rows(copy: WorkingCopy, preview: Preview) -> list[list[str]]:
    """Each change in words: which price, what is saved now, what the workbook says."""
    items = {item["key"]: item for item in copy.rate_card["items"]}
    return [
        [
            rate_title(row.values["lot"], items[row.values["item"]]["title"]),
            rate_book.price_words(items[row.values["item"]], row.values["before"]),
            rate_book.price_words(items[row.values["item"]], row.values["after"]),
        ]
        for row in preview.rows
    ]


def _upload_page(copy: WorkingCopy, form: RateBookForm, found: Compared | None) -> Response:
    return page(
        "applications/rate_upload.html",
        422 if form.errors or (found and found.faults) else 200,
        application=copy.application,
        lots=copy.lots,
        form=form,
        found=found,
    )
