"""The pages on which a council writes its own KPI set."""

from typing import Any

from flask import Response, redirect, url_for

from forms import PortalForm, choice
from forms.kpi_sets import AboutSetForm, CopySetForm, KpiForm
from portal.access import Permission, Role, current_viewer, needs
from portal.content.models import ContentVersion
from portal.content.queries import SHIPPED
from portal.kpis import actions_sets as actions, queries_sets, sets
from portal.kpis.models_sets import KpiSetDraft
from portal.kpis.views import bp
from portal.people.queries import councils_as
from portal.web import carried_out, clock, done, or_404, page


@bp.get("/sets")
@needs(Permission.KPI_CHECK)
def own_sets() -> Response:
    viewer = current_viewer()
    councils = councils_as(Role.COMMISSIONER, viewer)
    found = sets.sets_to_choose(councils)
    return page(
        "kpis/sets.html",
        found=found,
        drafts=queries_sets.drafts(viewer),
        used=queries_sets.number_of_plans(found),
        names={one.ref: one.name for one in councils} | {SHIPPED: "Ships with the portal"},
    )


@bp.route("/sets/<ref>/copy", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def copy_set(ref: str) -> Any:
    viewer = current_viewer()
    origin: ContentVersion = or_404(queries_sets.to_copy(ref, viewer))
    councils = {
        one.ref: one
        for one in councils_as(Role.COMMISSIONER, viewer)
        if origin.source in {SHIPPED, one.ref}
    }
    form = CopySetForm(data={"council": next(iter(councils), None)})
    form.council.choices = [choice(key, one.name) for key, one in councils.items()]
    made: list[KpiSetDraft] = []

    def act() -> None:
        made.append(actions.begin(origin, councils[form.council.data], actor=viewer, now=clock()))

    if carried_out(form, act):
        done("The draft is made. Nobody is asked for it before you publish it.")
        return redirect(url_for(".set_draft", ref=made[0].ref))
    return page("kpis/set_copy.html", form=form, origin=origin)


def _draft(ref: str) -> KpiSetDraft:
    found: KpiSetDraft = or_404(queries_sets.draft(ref, current_viewer()))
    return found


@bp.get("/sets/drafts/<ref>")
@needs(Permission.KPI_CHECK)
def set_draft(ref: str) -> Response:
    draft = _draft(ref)
    return page(
        "kpis/set_draft.html",
        draft=draft,
        changes=actions.changed(draft),
        words=sets.FREQUENCY_WORDS,
    )


@bp.route("/sets/drafts/<ref>/about", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def set_about(ref: str) -> Any:
    draft = _draft(ref)
    form = AboutSetForm(data=draft.body)
    if carried_out(
        form,
        lambda: actions.change_about(
            draft, form.title.data, form.due_days.data, actor=current_viewer(), now=clock()
        ),
    ):
        done("Saved.")
        return redirect(url_for(".set_draft", ref=ref))
    return page("kpis/set_about.html", form=form, draft=draft)


@bp.route("/sets/drafts/<ref>/new", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def set_new_kpi(ref: str) -> Any:
    draft, form = _draft(ref), KpiForm(data={"tolerance": "5", "rated": True})
    if carried_out(
        form,
        lambda: actions.save_kpi(draft, None, form.said(), actor=current_viewer(), now=clock()),
    ):
        done("The KPI is added.")
        return redirect(url_for(".set_draft", ref=ref))
    return page("kpis/set_kpi.html", form=form, draft=draft, kpi=None, theirs=None)


@bp.route("/sets/drafts/<ref>/kpis/<key>", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def set_kpi(ref: str, key: str) -> Any:
    draft = _draft(ref)
    kpi: dict[str, Any] = or_404(draft.kpi(key))
    form = KpiForm.of(kpi, actions.seen_of(kpi))
    seen = form.seen.data or ""
    if carried_out(
        form,
        lambda: actions.save_kpi(
            draft, key, form.said(), seen, actor=current_viewer(), now=clock()
        ),
    ):
        done("The KPI is saved.")
        return redirect(url_for(".set_draft", ref=ref))
    overtaken = form.is_submitted() and seen != actions.seen_of(kpi)
    form.seen.data = actions.seen_of(kpi)  # who saves again has seen what stands below
    theirs = kpi if overtaken else None
    return page("kpis/set_kpi.html", form=form, draft=draft, kpi=kpi, theirs=theirs)


@bp.route("/sets/drafts/<ref>/kpis/<key>/drop", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def set_drop_kpi(ref: str, key: str) -> Any:
    draft, form = _draft(ref), PortalForm()
    kpi = or_404(draft.kpi(key))
    if carried_out(form, lambda: actions.drop_kpi(draft, key, actor=current_viewer(), now=clock())):
        done("The KPI is out of the draft.")
        return redirect(url_for(".set_draft", ref=ref))
    return page("kpis/set_drop.html", form=form, draft=draft, kpi=kpi)


@bp.route("/sets/drafts/<ref>/publish", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def set_publish(ref: str) -> Any:
    draft, form = _draft(ref), PortalForm()
    if carried_out(form, lambda: actions.publish(draft, actor=current_viewer(), now=clock())):
        done("It is published. You can ask providers for it now.")
        return redirect(url_for(".own_sets"))
    found = actions.changed(draft)
    return page("kpis/set_publish.html", form=form, draft=draft, changes=found)


@bp.route("/sets/drafts/<ref>/discard", methods=["GET", "POST"])
@needs(Permission.KPI_CHECK)
def set_discard(ref: str) -> Any:
    draft, form = _draft(ref), PortalForm()
    if carried_out(form, lambda: actions.discard(draft, actor=current_viewer(), now=clock())):
        done("The draft is gone.")
        return redirect(url_for(".own_sets"))
    return page("kpis/set_discard.html", form=form, draft=draft)
