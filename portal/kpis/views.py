"""What KPIs are, for anybody; and which providers report on which, for councils."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from forms import choice
from forms.kpis import AttachForm, ChangeSetForm, EndForm, SitesForm
from portal import paging, tables
from portal.access import Permission, Role, current_viewer, needs, public
from portal.days import today
from portal.kpis import actions, assessing, policy, queries, returns_table, sets
from portal.kpis.models import KpiPlan
from portal.people.queries import councils_as
from portal.providers.models import Registration
from portal.providers.models_settings import Setting
from portal.providers.queries_settings import settings_of
from portal.rounds.models import Agreement
from portal.web import carried_out, clock, done, or_404, page
from scoring.kpi_periods import year_words

bp = Blueprint("kpis", __name__, url_prefix="/kpis")


@bp.get("/definitions")
@public
def definitions() -> Response:
    return page("kpis/definitions.html", shown=sets.public_sets(), words=sets.FREQUENCY_WORDS)


@bp.get("/plans")
@needs(Permission.KPI_READ)
def plans() -> Response:
    viewer = current_viewer()
    found = queries.plans_page(
        viewer,
        agreement=request.args.get("agreement", ""),
        sort=request.args.get("sort"),
        cursor=request.args.get("from"),
    )
    return page(
        "kpis/plans.html",
        found=found,
        agreements=queries.agreements(viewer),
        chosen=request.args.get("agreement", ""),
        on=today(clock()),
    )


@bp.get("/plans.<kind>")
@needs(Permission.KPI_READ)
def plans_file(kind: str) -> Response:
    viewer, agreement = current_viewer(), request.args.get("agreement", "")
    found = paging.whole(lambda at: queries.plans_page(viewer, agreement=agreement, cursor=at))
    return tables.download(
        returns_table.plans(found, queries.title_of(agreement, viewer), today(clock())), kind
    )


@bp.get("/plans/new")
@needs(Permission.KPI_CHECK)
def choose_agreement() -> Response:
    return page(
        "kpis/choose_agreement.html", agreements=queries.bought_agreements(current_viewer())
    )


@bp.route("/plans/new/<agreement_ref>", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def attach(agreement_ref: str) -> Any:
    viewer, now = current_viewer(), clock()
    agreement = _agreement(agreement_ref)
    form = AttachForm()
    form.lots.choices = [choice(lot.code, f"{lot.code}: {lot.title}") for lot in agreement.lots]
    versions = _offer_sets(form)

    def act() -> None:
        lots = [lot for lot in agreement.lots if lot.code in form.lots.data]
        made = actions.attach_to_all(
            agreement,
            lots,
            versions[form.kpi_set.data],
            form.from_on.data,
            with_branches=form.with_branches.data,
            actor=viewer,
            now=now,
        )
        number = len(made)
        done(f"{number} {'provider reports' if number == 1 else 'providers report'} on it now.")

    if carried_out(form, act):
        return redirect(url_for(".plans", agreement=agreement.ref))
    return page("kpis/attach.html", form=form, agreement=agreement)


@bp.get("/plans/<ref>")
@needs(Permission.KPI_READ)
def plan(ref: str) -> Response:
    viewer, on = current_viewer(), today(clock())
    one = _plan(ref)
    councils = queries.councils_of(one)
    returns = queries.returns_page(
        viewer, queries.Narrowed(plan=ref), on, cursor=request.args.get("from")
    )
    return page(
        "kpis/plan.html",
        plan=one,
        councils=councils,
        may_check=policy.may_check(viewer, {council.id for council in councils}),
        returns=returns,
        assessments=assessing.of_plan(one, viewer),
        year_words=year_words,
        on=on,
    )


@bp.route("/plans/<ref>/sites", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def sites(ref: str) -> Any:
    viewer, now, one = current_viewer(), clock(), _plan(ref)
    places: dict[str, Registration | Setting] = {
        place.ref: place
        for place in [*one.provider.registrations, *settings_of([one.provider_id], viewer)]
    }
    form = SitesForm(data={"sites": _reporting(one)})
    form.sites.choices = [choice(key, _site_words(place)) for key, place in places.items()]

    def act() -> None:
        chosen = [places[key] for key in form.sites.data]
        actions.choose_sites(one, chosen, actor=viewer, now=now)

    if carried_out(form, act):
        done("Returns are asked for as you chose.")
        return redirect(url_for(".plan", ref=ref))
    return page("kpis/sites.html", form=form, plan=one)


@bp.route("/plans/<ref>/set", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def change_set(ref: str) -> Any:
    viewer, now, one = current_viewer(), clock(), _plan(ref)
    form = ChangeSetForm()
    versions = _offer_sets(form)
    made: list[KpiPlan] = []

    def act() -> None:
        version = versions[form.kpi_set.data]
        made.append(actions.change_set(one, version, form.from_on.data, actor=viewer, now=now))

    if carried_out(form, act):
        done("The other version is asked for from that day. Earlier returns stay as they are.")
        return redirect(url_for(".plan", ref=made[0].ref))
    return page("kpis/change_set.html", form=form, plan=one)


@bp.route("/plans/<ref>/end", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def end(ref: str) -> Any:
    viewer, now, one = current_viewer(), clock(), _plan(ref)
    form = EndForm()
    if carried_out(form, lambda: actions.end(one, form.until_on.data, actor=viewer, now=now)):
        done("No returns are asked for after that day.")
        return redirect(url_for(".plan", ref=ref))
    return page("kpis/end.html", form=form, plan=one)


def _plan(ref: str) -> KpiPlan:
    one: KpiPlan = or_404(queries.plan(ref, current_viewer()))
    return one


def _agreement(ref: str) -> Agreement:
    bought = queries.bought_agreements(current_viewer())
    found: Agreement = or_404(next((one for one in bought if one.ref == ref), None))
    return found


def _offer_sets(form: Any) -> dict[str, Any]:
    """Offer the shipped sets and those of the viewer's councils; return them by their reference."""
    versions = sets.sets_to_choose(councils_as(Role.COMMISSIONER, current_viewer()))
    form.kpi_set.choices = [
        choice(one.ref, one.title, hint=f"Version {one.version}, {len(one.body['kpis'])} KPIs")
        for one in versions
    ]
    return {one.ref: one for one in versions}


def _reporting(one: KpiPlan) -> list[str]:
    sites = [unit.setting or unit.registration for unit in one.units if unit.until_on is None]
    return [site.ref for site in sites if site is not None]


def _site_words(place: Registration | Setting) -> str:
    if isinstance(place, Registration):
        return f"Branch {place.branch or place.urn}"
    return f"Setting {place.name}"
