"""A return as a workbook: taken home, brought back, compared, and taken as a whole."""

import io
from typing import Any

from flask import Response, redirect, send_file, url_for

from forms.kpis import ConfirmForm, WorkbookForm
from portal import imports
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.db import db
from portal.filekinds import FileKind
from portal.kpis import actions_returns as actions, policy, workbook
from portal.kpis.models_returns import KpiReturn
from portal.kpis.views import bp
from portal.kpis.views_returns import own_or_404
from portal.kpis.workbook import Compared
from portal.storage import MAX_FILE_BYTES, FileRefused
from portal.web import carried_out, clock, done, page


@bp.get("/returns/<ref>/workbook.xlsx", endpoint="workbook")
@needs(Permission.KPI_ENTER)
def download(ref: str) -> Response:
    one = _open(ref)
    return send_file(
        io.BytesIO(workbook.workbook(one)),
        mimetype=FileKind.XLSX.value,
        as_attachment=True,
        download_name=f"kpi-return-{ref}.xlsx",
        max_age=0,
    )


@bp.route("/returns/<ref>/upload", methods=["GET", "POST"])
@needs(Permission.KPI_ENTER)
def upload(ref: str) -> Any:
    form = WorkbookForm()
    content = _sent(form)  # read before the first statement, which takes the write lock
    one, found = _open(ref), None
    if form.validate_on_submit() and content is not None:
        try:
            lines = workbook.read(content, form.file.data.filename or "")
            found = workbook.compare(one, lines, content)
        except FileRefused as refused:
            form.file.errors = [*form.file.errors, refused.message]
    if found is not None and found.changes and not found.faults:
        preview = workbook.preview_of(found, form.file.data.filename or "")
        token = imports.keep(preview, bound_to=_bound_to(one), now=clock())
        return redirect(url_for(".preview", ref=ref, token=token))
    return _upload_page(one, form, found)


@bp.route("/returns/<ref>/upload/<token>", methods=["GET", "POST"])
@needs(Permission.KPI_ENTER)
def preview(ref: str, token: str) -> Any:
    viewer, now, one = current_viewer(), clock(), _open(ref)
    kept = imports.take(token, workbook.SPEC, bound_to=_bound_to(one), now=now)
    rows = [row.values for row in kept.rows]
    form = ConfirmForm()
    if carried_out(
        form, lambda: actions.take_workbook(one, rows, kept.sha256, actor=viewer, now=now)
    ):
        imports.drop(token)
        done("The figures of the workbook are saved. Check them, then submit the return.")
        return redirect(url_for(".show_return", ref=ref))
    changes = [workbook.words_of(one, values) for values in rows]
    return page("kpis/preview.html", form=form, one=one, preview=kept, changes=changes, token=token)


def _open(ref: str) -> KpiReturn:
    one = own_or_404(ref)
    policy.may_enter(current_viewer(), one, today(clock())).or_refuse("kpi:enter-refused")
    return one


def _sent(form: WorkbookForm) -> bytes | None:
    return form.file.data.read(MAX_FILE_BYTES + 1) if form.file.data else None


def _bound_to(one: KpiReturn) -> str:
    return f"{current_viewer().ref}|{one.ref}"


def _upload_page(one: KpiReturn, form: WorkbookForm, found: Compared | None) -> Response:
    db.session.rollback()
    wrong = bool(form.errors) or bool(found and found.faults)
    return page("kpis/upload.html", 422 if wrong else 200, one=one, form=form, found=found)
