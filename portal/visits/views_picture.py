"""What visits found over time: of one home, of a provider, of the whole area."""

from typing import Any

from flask import Response, request

from forms import choice
from forms.visits import PictureFilter
from portal import charts, tables
from portal.access import Permission, current_viewer, needs
from portal.visits import picture, planning, timeline
from portal.visits.picture import Scope
from portal.visits.views import bp
from portal.web import clock, page


@bp.get("/picture")
@needs(Permission.VISIT_READ)
def over_time() -> Response:
    form = _filters()
    scope = _scope(form)
    visits = picture.visits_of(scope, current_viewer())
    titles = picture.titles(visits)
    form.matter.choices = [choice(*one) for one in titles.items()]
    table = picture.table(scope, visits, clock().date())
    over_time = timeline.table(scope, visits, _matter(form), clock().date())
    return page(
        "visits/picture.html",
        filters=form,
        scope=scope,
        table=table,
        drawing=charts.picture(table.chart) if table.chart else "",
        over_time=over_time,
        line=charts.picture(over_time.chart) if over_time.chart else "",
        by_visit=picture.by_visit(visits)[-12:] if scope.setting_ref else [],
        titles=titles,
        chosen={"provider": scope.provider_ref, "setting": scope.setting_ref},
        matter=_matter(form),
    )


@bp.get("/picture/<kind>")
@needs(Permission.VISIT_READ)
def picture_file(kind: str) -> Response:
    """The matters; with `of=time` the line over time."""
    form = _filters()
    scope = _scope(form)
    visits = picture.visits_of(scope, current_viewer())
    if request.args.get("of") != "time":
        return tables.download(picture.table(scope, visits, clock().date()), kind)
    form.matter.choices = [choice(*one) for one in picture.titles(visits).items()]
    return tables.download(timeline.table(scope, visits, _matter(form), clock().date()), kind)


def _filters() -> Any:
    viewer, form = current_viewer(), PictureFilter()
    form.provider.choices = planning.provider_choices(viewer)
    homes = planning.homes(viewer, request.args.get("provider", ""))
    form.setting.choices = [choice(one.ref, one.name) for one in homes]
    if form.setting.data not in {one.ref for one in homes}:
        form.setting.data = ""
    return form


def _matter(form: Any) -> str:
    """The matter of the address; none where these visits were not asked about it."""
    wanted = form.matter.data or ""
    return wanted if wanted in {one.value for one in form.matter.choices} else ""


def _scope(form: Any) -> Scope:
    names = {
        field: {one.value: one.label for one in form[field].choices}
        for field in ("provider", "setting")
    }
    provider, setting = form.provider.data or "", form.setting.data or ""
    if provider not in names["provider"]:
        provider = setting = ""
    title = names["setting"].get(setting) or names["provider"].get(provider) or "the whole area"
    return Scope(title, provider, setting)
