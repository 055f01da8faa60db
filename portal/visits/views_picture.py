"""What visits found over time: of one home, of a provider, of the whole area."""

from typing import Any

from flask import Response, request

from forms import choice
from forms.visits import PictureFilter
from portal import charts, tables
from portal.access import Permission, current_viewer, needs
from portal.visits import picture, planning
from portal.visits.picture import Scope
from portal.visits.views import bp
from portal.web import clock, page


@bp.get("/picture")
@needs(Permission.VISIT_READ)
def over_time() -> Response:
    form = _filters()
    scope = _scope(form)
    visits = picture.visits_of(scope, current_viewer())
    table = picture.table(scope, visits, clock().date())
    return page(
        "visits/picture.html",
        filters=form,
        scope=scope,
        table=table,
        drawing=charts.picture(table.chart) if table.chart else "",
        by_visit=picture.by_visit(visits)[-12:] if scope.setting_ref else [],
        chosen={"provider": scope.provider_ref, "setting": scope.setting_ref},
    )


@bp.get("/picture/<kind>")
@needs(Permission.VISIT_READ)
def picture_file(kind: str) -> Response:
    scope = _scope(_filters())
    visits = picture.visits_of(scope, current_viewer())
    return tables.download(picture.table(scope, visits, clock().date()), kind)


def _filters() -> Any:
    viewer, form = current_viewer(), PictureFilter()
    form.provider.choices = planning.provider_choices(viewer)
    homes = planning.homes(viewer, request.args.get("provider", ""))
    form.setting.choices = [choice(one.ref, one.name) for one in homes]
    if form.setting.data not in {one.ref for one in homes}:
        form.setting.data = ""
    return form


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
