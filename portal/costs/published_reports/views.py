"""Publishing a report, and reading what was published."""

from typing import Any

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from forms.costs import TakeForm
from portal import paging, settings, tables
from portal.access import Permission, current_viewer, needs
from portal.costs.published_reports import actions, queries as published
from portal.costs.published_reports.frozen import thaw
from portal.costs.reports.kinds import KINDS
from portal.costs.reports.views import asked_for, wanted_of
from portal.costs.views import bp
from portal.db import db
from portal.web import carried_out, clock, done, page


@bp.route("/costs/reports/<key>/publish", methods=["GET", "POST"])
@needs(Permission.COST_IMPORT)
def publish(key: str) -> Any:
    """Are you sure? A published report is never changed."""
    asked = asked_for()
    if key not in KINDS or asked.is_empty:
        raise NotFound
    form, made = TakeForm(), []
    if carried_out(
        form,
        lambda: made.append(
            actions.publish(key, wanted_of(request.args), actor=current_viewer(), now=clock())
        ),
    ):
        done("The report is published. It stays as it is.")
        return redirect(url_for(".published_report", ref=made[0].ref))
    return page("costs/publish.html", form=form, asked=asked, kind=KINDS[key])


@bp.get("/costs/published")
@needs(Permission.COST_READ)
def published_list() -> Any:
    found = paging.paginate(
        db.session,
        published.visible(current_viewer()),
        published.BY_DAY,
        cursor=request.args.get("from"),
        size=settings.get("list_page_size"),
    )
    return page("costs/published_list.html", found=found)


@bp.get("/costs/published/<ref>")
@needs(Permission.COST_READ)
def published_report(ref: str) -> Any:
    """A report as it was published, and what is counted otherwise now."""
    viewer = current_viewer()
    one = published.one_report(ref, viewer)
    return page(
        "costs/published.html",
        one=one,
        tables=[thaw(table, one.as_at_on) for table in published.figures_for(one, viewer)],
        publisher=published.publisher(one),
        changes=published.changes(one, viewer),
    )


@bp.get("/costs/published/<ref>/<name>.<kind>")
@needs(Permission.COST_READ)
def published_file(ref: str, name: str, kind: str) -> Any:
    viewer = current_viewer()
    one = published.one_report(ref, viewer)
    for table in published.figures_for(one, viewer):
        if table["key"] == name:
            return tables.download(thaw(table, one.as_at_on), kind)
    raise NotFound
