"""Bringing placements and costs in: send files, look, take all of them or none."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.costs import CostFilesForm, TakeForm, columns_form
from portal import paging, settings, tables
from portal.access import Permission, current_viewer, needs
from portal.costs.imports import actions, receiving, seen
from portal.costs.imports.layouts import LAYOUTS, LEDGER
from portal.costs.imports.reading import UnknownColumns
from portal.costs.models import CostImport, FileKind, ImportStage
from portal.costs.views import bp
from portal.days import today
from portal.db import db
from portal.people.models import Council
from portal.storage import FileRefused
from portal.tables import Column, Table
from portal.web import carried_out, clock, done, page
from scoring.rules import RuleBroken
from scoring.years import year_named

MOST_SHOWN = 20


@bp.route("/costs/imports", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def cost_imports() -> Any:
    with db.reading() as session:
        viewer = current_viewer()
        councils = list(session.scalars(seen.my_councils(viewer)))
    usual = {"as_at": today(clock())}
    form = CostFilesForm(data=usual).fit([choice(one.slug, one.name) for one in councils])
    if councils and form.validate_on_submit():
        council = _chosen(form, councils)
        try:
            batch = _received(form, council)
        except UnknownColumns as unknown:
            return redirect(url_for(".cost_columns", ref=_asked(council, unknown)))
        except FileRefused as refused:
            form.refuse_file(refused.message)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            return redirect(url_for(".cost_batch", batch=batch))
    found = paging.paginate(
        db.session,
        seen.imports(current_viewer()),
        seen.BY_DAY,
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    return page("costs/imports.html", form=form, found=found, councils=councils, seen=seen)


def _chosen(form: CostFilesForm, councils: Sequence[Council]) -> Council:
    slug = form.council.data if "council" in form else councils[0].slug
    return next(one for one in councils if one.slug == slug)


def _received(form: CostFilesForm, council: Council) -> str:
    uploads = [one for one in request.files.getlist("files") if one.filename]
    control = None
    if form.control_total.data is not None and form.control_year.data:
        control = (year_named(form.control_year.data), form.control_total.data)
    made = receiving.receive(
        council,
        [(one.filename, one.stream) for one in uploads],
        as_at=form.as_at.data,
        replaces=bool(form.replaces.data),
        control=control,
        actor=current_viewer(),
        now=clock(),
    )
    db.session.commit()
    return made[0].batch


def _asked(council: Council, unknown: UnknownColumns) -> str:
    """Keep the headings of a file, and nothing else of it, to ask what they mean."""
    made = actions.remember_columns(
        council, unknown.layout.kind, unknown.headings, {}, actor=current_viewer(), now=clock()
    )
    db.session.commit()
    return made.ref


@bp.route("/costs/imports/columns/<ref>", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def cost_columns(ref: str) -> Any:
    """Which heading of a file holds what."""
    asked = seen.mapping(ref, current_viewer())
    layout = LAYOUTS[asked.kind]
    places = layout.places(asked.headings, asked.columns)
    known = {name: asked.headings[at] for name, at in places.items()} | asked.columns
    fields = [(one.name, one.title, one.needed) for one in layout.fields]
    form = columns_form(fields, asked.headings, known)
    if carried_out(form, lambda: _remember(asked, {name: form[name].data for name, *_ in fields})):
        done("The columns are remembered. Choose the file again: it was not kept.")
        return redirect(url_for(".cost_imports"))
    return page("costs/columns.html", form=form, asked=asked, layout=layout, fields=fields)


def _remember(asked: Any, columns: dict[str, str]) -> None:
    council = db.session.get_one(Council, asked.council_id)
    actions.remember_columns(
        council, asked.kind, asked.headings, columns, actor=current_viewer(), now=clock()
    )


@bp.route("/costs/imports/<batch>", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def cost_batch(batch: str) -> Any:
    """What files would change: nothing counts before they are taken."""
    files = seen.batch(batch, current_viewer())
    form, taken = TakeForm(), []
    if carried_out(
        form, lambda: taken.append(actions.take(files, actor=current_viewer(), now=clock()))
    ):
        done(f"{taken[0]:,} {'row counts' if taken[0] == 1 else 'rows count'} now.")
        return redirect(url_for(".reports", council=files[0].council.slug))
    return page(
        "costs/batch.html",
        form=form,
        files=files,
        batch=batch,
        progress=seen.progress_of(files),
        ready=all(one.stage is ImportStage.CHECKED for one in files),
        new=sum(one.accepted for one in files),
        rejected={one.ref: seen.rejected_table(one, MOST_SHOWN) for one in files if one.rejected},
        overlaps={
            one.ref: seen.overlap_table(one) for one in files if one.findings.get("overlaps")
        },
        headers=any(one.kind is FileKind.HEADERS and one.lines for one in files),
        most=MOST_SHOWN,
        seen=seen,
    )


@bp.get("/costs/imports/<batch>/progress")
@needs(Permission.COST_IMPORT)
def cost_progress(batch: str) -> Any:
    """How far the check is, for the page that waits for it."""
    files = seen.batch(batch, current_viewer())
    made = seen.progress_of(files)
    address = url_for(".cost_batch", batch=batch)
    if request.headers.get("X-Requested-With") == "progress":
        state = "done" if made.is_done else "working"
        return {
            "done": made.done,
            "total": made.total,
            "words": made.words,
            "state": state,
            "next": address,
        }
    return redirect(address)


@bp.get("/costs/imports/<batch>/<ref>/rejected.<kind>")
@needs(Permission.COST_IMPORT)
def cost_rejected(batch: str, ref: str, kind: str) -> Any:
    one = seen.one_import(ref, current_viewer())
    if one.batch != batch:
        raise NotFound
    return tables.download(seen.rejected_table(one), kind)


@bp.route("/costs/imports/<batch>/discard", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def cost_discard(batch: str) -> Any:
    """Throw away files that nobody took."""
    files = seen.batch(batch, current_viewer())
    if not seen.may_be_discarded(files):
        return redirect(url_for(".cost_batch", batch=batch))
    form = TakeForm()
    if carried_out(form, lambda: actions.discard(files, actor=current_viewer(), now=clock())):
        done(f"Thrown away, and nothing of it counts: {seen.names_of(files)}.")
        return redirect(url_for(".cost_imports"))
    return page("costs/discard.html", form=form, files=files, batch=batch, seen=seen)


@bp.route("/costs/imports/<batch>/<ref>/take-back", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def cost_take_back(batch: str, ref: str) -> Any:
    """A file that was wrong counts no more."""
    one: CostImport = seen.one_import(ref, current_viewer())
    if one.batch != batch or one.stage is not ImportStage.TAKEN:
        raise NotFound
    form = TakeForm()
    if carried_out(form, lambda: actions.take_back(one, actor=current_viewer(), now=clock())):
        done("The file counts no more.")
        return redirect(url_for(".cost_imports"))
    return page("costs/take_back.html", form=form, one=one, seen=seen)


@bp.get("/costs/imports/template.<kind>")
@needs(Permission.COST_IMPORT)
def cost_template(kind: str) -> Any:
    """An empty ledger with the right headings."""
    table = Table("ledger", "Ledger", [Column(one.name, one.name) for one in LEDGER.fields], [])
    if kind == "csv":
        made = tables.csv_bytes(table, about=False)
        return tables.attachment(made, "ledger.csv", "text/csv; charset=utf-8")
    if kind == "xlsx":
        return tables.download(table, kind)
    raise NotFound
