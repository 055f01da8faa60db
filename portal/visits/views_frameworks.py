"""A council's own words for the framework. Visits that are planned keep the version they have."""

from typing import Any

from flask import Response, redirect, request, url_for

from forms import PortalForm
from forms.visits import MatterForm, NewMatterForm
from portal.access import Permission, current_viewer, needs
from portal.content.queries import SHIPPED
from portal.people.models import Council
from portal.visits import actions_frameworks, frameworks, queries
from portal.visits.views import bp
from portal.web import carried_out, clock, done, or_404, page
from scoring.visits import MATTERS_OF_THE_LAW

WORDS = ("title", "plain", "formal")
LINES = ("guidance", "young_guidance")


@bp.get("/framework")
@needs(Permission.VISIT_PLAN)
def framework() -> Response:
    council = _council()
    version = frameworks.of_council(council)
    return page(
        "visits/framework.html",
        for_council=council,
        framework=version,
        body=version.body,
        own=version.source != SHIPPED,
        of_the_law=MATTERS_OF_THE_LAW,
        councils=queries.councils_to_plan(current_viewer()),
    )


@bp.route("/framework/matters/<key>", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def framework_matter(key: str) -> Any:
    council = _council()
    matters = frameworks.of_council(council).body["matters"]
    matter = or_404(next((one for one in matters if one["key"] == key), None))
    lines = {name: "\n".join(matter[name]) for name in LINES}
    shown = {
        **{name: matter[name] for name in WORDS},
        **lines,
        "seen": actions_frameworks.digest(matter),
    }
    form = MatterForm(data=shown)
    if carried_out(
        form,
        lambda: actions_frameworks.change_matter(
            council, key, _words(form), seen=form.seen.data, actor=current_viewer(), now=clock()
        ),
    ):
        done("Your council’s version has these words now. Visits that are planned keep theirs.")
        return redirect(url_for(".framework", council=council.ref))
    form.seen.data = actions_frameworks.digest(matter)  # pressing again publishes one's own words
    return page("visits/framework_matter.html", form=form, for_council=council, matter=matter)


@bp.route("/framework/new", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def framework_new() -> Any:
    council, form = _council(), NewMatterForm()
    if carried_out(
        form,
        lambda: actions_frameworks.add_matter(
            council, form.key.data, _words(form), actor=current_viewer(), now=clock()
        ),
    ):
        done("The matter is added to your council’s version.")
        return redirect(url_for(".framework", council=council.ref))
    return page("visits/framework_matter.html", form=form, for_council=council, matter=None)


@bp.route("/framework/matters/<key>/drop", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def framework_drop(key: str) -> Any:
    council, form = _council(), PortalForm()
    matters = frameworks.of_council(council).body["matters"]
    matter = or_404(next((one for one in matters if one["key"] == key), None))
    if carried_out(
        form,
        lambda: actions_frameworks.drop_matter(council, key, actor=current_viewer(), now=clock()),
    ):
        done("The matter is not part of your council’s version any more.")
        return redirect(url_for(".framework", council=council.ref))
    return page("visits/framework_drop.html", form=form, for_council=council, matter=matter)


@bp.route("/framework/shipped", methods=["GET", "POST"])
@needs(Permission.VISIT_PLAN)
def framework_shipped() -> Any:
    council, form = _council(), PortalForm()
    if carried_out(
        form,
        lambda: actions_frameworks.take_shipped(council, actor=current_viewer(), now=clock()),
    ):
        done("Your council uses the words that ship with the portal again.")
        return redirect(url_for(".framework", council=council.ref))
    return page("visits/framework_shipped.html", form=form, for_council=council)


def _council() -> Council:
    """The council of the address; without one, the viewer's first."""
    councils = queries.councils_to_plan(current_viewer())
    wanted = request.args.get("council", "")
    found: Council = or_404(
        next((one for one in councils if not wanted or one.ref == wanted), None)
    )
    return found


def _words(form: Any) -> dict[str, Any]:
    lines = {
        name: [line.strip() for line in (form[name].data or "").splitlines() if line.strip()]
        for name in LINES
    }
    return {**{name: form[name].data.strip() for name in WORDS}, **lines}
