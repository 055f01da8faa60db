"""Open frameworks: what each owes, and by when; awards that were made outside the portal."""

from datetime import date
from typing import Any

from flask import Response, redirect, url_for

from forms.contracts import AwardForm, ReasonForm
from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.contracts import actions_frameworks, queries_frameworks
from portal.contracts.models_frameworks import FrameworkAward
from portal.contracts.queries_frameworks import Framework
from portal.contracts.views import bp
from portal.days import today
from portal.tables import Column, Kind, Table
from portal.web import carried_out, clock, done, or_404, page

COLUMNS = (
    Column("title", "Agreement", Kind.TEXT),
    Column("first", "First award", Kind.DATE),
    Column("last", "Last award", Kind.DATE),
    Column("by_on", "Next by", Kind.DATE),
    Column("words", "What is owed", Kind.TEXT),
)


def _mine() -> list[Framework]:
    """Those of the viewer's councils; for a provider there is no such page."""
    viewer = current_viewer()
    or_404(viewer.councils_where(Permission.CONTRACT_READ) or None)
    return queries_frameworks.frameworks(viewer)


def _one(ref: str) -> Framework:
    found: Framework = or_404(queries_frameworks.framework(ref, current_viewer()))
    return found


def _award(ref: str, found: Framework) -> FrameworkAward:
    awards = queries_frameworks.recorded([found.agreement.id])
    award: FrameworkAward = or_404(next((one for one in awards if one.ref == ref), None))
    return award


@bp.get("/contracts/frameworks")
@needs(Permission.CONTRACT_READ)
def frameworks() -> Response:
    return page("contracts/frameworks.html", found=_mine(), on=today(clock()))


@bp.get("/contracts/frameworks.<form>")
@needs(Permission.CONTRACT_READ)
def frameworks_file(form: str) -> Response:
    return tables.download(_table(_mine(), today(clock())), form)


def _table(found: list[Framework], on: date) -> Table:
    rows = [
        {
            "title": one.agreement.title,
            "first": one.awarded_on[0] if one.awarded_on else None,
            "last": one.awarded_on[-1] if one.awarded_on else None,
            "by_on": one.next.by_on if one.next else None,
            "words": one.next.words if one.next else "",
        }
        for one in found
    ]
    return Table(
        "open-frameworks",
        "Open frameworks and what they owe",
        COLUMNS,
        rows,
        source="The portal",
        as_at=on,
        rules=("Procurement Act 2023, section 49: awards of rounds here, and those recorded.",),
    )


@bp.get("/contracts/frameworks/<ref>")
@needs(Permission.CONTRACT_READ)
def framework(ref: str) -> Response:
    found = _one(ref)
    ids = [found.agreement.id]
    return page(
        "contracts/framework.html",
        framework=found,
        on=today(clock()),
        rounds=queries_frameworks.rounds_awarded(ids),
        recorded=queries_frameworks.recorded(ids),
        may_record=actions_frameworks.may_record(current_viewer(), found),
        day_of=today,
    )


@bp.route("/contracts/frameworks/<ref>/awards/new", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def new_award(ref: str) -> Any:
    found, form, viewer = _one(ref), AwardForm(), current_viewer()
    actions_frameworks.may_record(viewer, found).or_refuse("framework:refused")

    def act() -> None:
        actions_frameworks.record_award(
            found, form.awarded_on.data, form.evidence.data, actor=viewer, now=clock()
        )

    if carried_out(form, act):
        done("The award is recorded. What is owed next is worked out from it.")
        return redirect(url_for(".framework", ref=ref))
    return page("contracts/framework_award.html", form=form, framework=found)


@bp.route("/contracts/frameworks/<ref>/awards/<award>/withdraw", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def withdraw_award(ref: str, award: str) -> Any:
    found, form, viewer = _one(ref), ReasonForm(), current_viewer()
    one = _award(award, found)
    actions_frameworks.may_record(viewer, found).or_refuse("framework:refused")

    def act() -> None:
        actions_frameworks.withdraw_award(found, one, form.reason.data, actor=viewer, now=clock())

    if carried_out(form, act):
        done("The award is taken back. It stays on record and counts no longer.")
        return redirect(url_for(".framework", ref=ref))
    return page("contracts/framework_withdraw.html", form=form, framework=found, award=one)
