"""Tables that somebody published: bring them in, look, take them whole, read them beside our own."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.costs import TakeForm
from forms.costs_tables import PublishedTableForm, table_columns_form
from portal import paging, settings, tables
from portal.access import Permission, current_viewer, needs
from portal.costs.imports import seen
from portal.costs.published_tables import actions, shown
from portal.costs.published_tables.models import PublishedTable, TableStage
from portal.costs.published_tables.reading import FIELDS, STANDS_FOR_ALL, from_bytes, rejected_of
from portal.costs.views import bp
from portal.db import db
from portal.people.models import Council
from portal.storage import FileRefused
from portal.web import carried_out, clock, done, page
from scoring.rules import RuleBroken

MOST_SHOWN = 20


@bp.get("/costs/tables")
@needs(Permission.COST_READ)
def published_tables() -> Any:
    found = paging.paginate(
        db.session,
        shown.listed(current_viewer()),
        shown.BY_DAY,
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    return page("costs/tables.html", found=found, shown=shown)


@bp.route("/costs/tables/new", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def new_table() -> Any:
    """Say what a table is, and choose its file."""
    with db.reading() as session:
        councils = list(session.scalars(seen.my_councils(current_viewer())))
    form = PublishedTableForm().fit([choice(one.slug, one.name) for one in councils])
    if councils and form.validate_on_submit():
        slug = form.council.data if "council" in form else councils[0].slug
        try:
            made = _laid_aside(form, next(one for one in councils if one.slug == slug))
        except FileRefused as refused:
            form.refuse_file(refused.message)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            return redirect(url_for(".published_table", ref=made.ref))
    return page("costs/table_new.html", form=form, councils=councils)


def _laid_aside(form: PublishedTableForm, council: Council) -> PublishedTable:
    upload = form.file.data
    content, name = upload.read(), upload.filename or ""
    read = from_bytes(content, name)  # before the write lock
    told = {name: form[name].data or "" for name in ("title", "source", "licence", "faults")}
    origin = actions.Origin(**told, published_on=form.published_on.data)
    made = actions.lay_aside(
        council, origin, content, read, file_name=name, actor=current_viewer(), now=clock()
    )
    db.session.commit()
    return made


@bp.route("/costs/tables/<ref>", methods=["GET", "POST"])
@needs(Permission.COST_READ)
def published_table(ref: str) -> Any:
    """A table beside our own figures; of a draft, what would be taken."""
    viewer = current_viewer()
    one = shown.one_table(ref, viewer)
    if one.stage is not TableStage.DRAFT:
        table = shown.beside(one, viewer)
        own = one.council_id in {
            council.id for council in db.session.scalars(seen.my_councils(viewer))
        }
        return page("costs/table.html", one=one, table=table, shown=shown, own=own, most=200)
    form, taken = TakeForm(), []
    if carried_out(form, lambda: taken.append(actions.take(one, actor=viewer, now=clock()))):
        done(f"{taken[0]:,} {'figure is' if taken[0] == 1 else 'figures are'} shown now.")
        return redirect(url_for(".published_table", ref=ref))
    judged = actions.judged_of(one)
    return page(
        "costs/table_preview.html",
        form=form,
        one=one,
        judged=judged,
        rejected=rejected_of(one.file_name, judged),
        shown=shown,
        most=MOST_SHOWN,
    )


@bp.route("/costs/tables/<ref>/columns", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def table_columns(ref: str) -> Any:
    """Which heading of a draft holds what."""
    viewer = current_viewer()
    one = shown.own_draft(ref, viewer)
    for_all = {"area": one.council.name, "figure": "", "unit": "", **one.columns.get("for_all", {})}
    form = table_columns_form(FIELDS, one.headings, one.columns, for_all)
    if carried_out(form, lambda: actions.tell_columns(one, _told(form), actor=viewer)):
        done("The columns are told. They are remembered with the table.")
        return redirect(url_for(".published_table", ref=ref))
    return page(
        "costs/table_columns.html", form=form, one=one, fields=FIELDS, all_of=STANDS_FOR_ALL
    )


def _told(form: Any) -> dict[str, Any]:
    chosen = {name: form[name].data for name in FIELDS}
    for_all = {name: form[f"all_{name}"].data or "" for name in STANDS_FOR_ALL}
    return {**chosen, "for_all": {k: v for k, v in for_all.items() if not chosen[k]}}


@bp.get("/costs/tables/<ref>/rejected.<kind>")
@needs(Permission.COST_IMPORT)
def table_rejected(ref: str, kind: str) -> Any:
    one = shown.own_draft(ref, current_viewer())
    return tables.download(rejected_of(one.file_name, actions.judged_of(one)), kind)


@bp.get("/costs/tables/<ref>/figures.<kind>")
@needs(Permission.COST_READ)
def table_figures(ref: str, kind: str) -> Any:
    one = shown.one_table(ref, current_viewer())
    if one.stage is not TableStage.TAKEN:
        raise NotFound
    return tables.download(shown.beside(one, current_viewer()), kind)


@bp.route("/costs/tables/<ref>/take-back", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def table_take_back(ref: str) -> Any:
    """A draft that nobody wants, or a table that was wrong."""
    viewer = current_viewer()
    one = shown.one_table(ref, viewer)
    if one.stage is TableStage.TAKEN_BACK:
        raise NotFound
    form = TakeForm()
    if carried_out(form, lambda: actions.take_back(one, actor=viewer, now=clock())):
        done("The table is taken back. Nothing of it is shown any more.")
        return redirect(url_for(".published_tables"))
    return page("costs/table_take_back.html", form=form, one=one)
