"""Reviews of packages: a period, its placements, and what follows."""

from typing import Any

from flask import Response, redirect, url_for

from forms import choice
from forms.contracts import ReasonForm
from forms.packages import ConcludePackagesForm, PackageForm, PeriodForm
from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.contracts import actions_packages, policy_packages, queries_packages
from portal.contracts.actions_packages import Action, Typed
from portal.contracts.models_packages import PackageLine, PackageReview, ReviewOutcome
from portal.contracts.views import agreed, bp
from portal.db import db
from portal.web import carried_out, clock, done, or_404, page
from scoring.rules import RuleBroken


def _review(ref: str) -> PackageReview:
    found: PackageReview = or_404(queries_packages.review(ref, current_viewer()))
    return found


def _by() -> dict[str, Any]:
    return {"actor": current_viewer(), "now": clock()}


@bp.route("/contracts/<ref>/packages/new", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def new_review(ref: str) -> Any:
    found = agreed(ref)
    council = or_404(queries_packages.paying_council(found, current_viewer()))
    form, made = PeriodForm(), list[PackageReview]()
    if carried_out(
        form,
        lambda: made.append(
            actions_packages.start(found, council, form.from_on.data, form.until_on.data, **_by())
        ),
    ):
        return redirect(url_for(".review", ref=made[0].ref))
    return page("contracts/new_review.html", form=form, held=found, payer=council)


@bp.get("/packages/<ref>")
@needs(Permission.CONTRACT_READ)
def review(ref: str) -> Response:
    found, viewer = _review(ref), current_viewer()
    return page(
        "contracts/review.html",
        one=found,
        held=found.held,
        figures=queries_packages.table(found),
        may_change=policy_packages.may_change(viewer, found),
        may_reopen=policy_packages.may_reopen(viewer, found),
        follows=found.follow_up_ref and viewer.may(Permission.FOLLOW_UP_READ),
    )


@bp.get("/packages/<ref>.<kind>")
@needs(Permission.CONTRACT_READ)
def review_file(ref: str, kind: str) -> Response:
    return tables.download(queries_packages.table(_review(ref)), kind)


@bp.route("/packages/<ref>/placements/new", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def new_package(ref: str) -> Any:
    return _edit(_review(ref), None)


@bp.route("/packages/<ref>/placements/<line>", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def package(ref: str, line: str) -> Any:
    found = _review(ref)
    return _edit(found, _line(found, line))


def _line(found: PackageReview, ref: str) -> PackageLine:
    line: PackageLine = or_404(next((one for one in found.lines if one.ref == ref), None))
    return line


def _edit(found: PackageReview, line: PackageLine | None) -> Any:
    policy_packages.may_change(current_viewer(), found).or_refuse("package:not-allowed")
    form = PackageForm(**({} if line is None else _kept(line)))
    if carried_out(form, lambda: actions_packages.save_line(found, _typed(form), line, **_by())):
        done("The placement is kept.")
        return redirect(url_for(".review", ref=found.ref))
    return page("contracts/package.html", form=form, one=found, held=found.held, line=line)


def _kept(line: PackageLine) -> dict[str, Any]:
    package = line.package
    return {
        "placement": line.placement,
        "weeks": package.weeks,
        "core": line.core_pence,
        "hour": line.hour_pence,
        "agreed_hours": package.agreed_hours,
        "agreed_ratio": line.agreed_ratio,
        "delivered_hours": package.delivered_hours,
        "delivered_ratio": line.delivered_ratio,
        "paid": line.paid_pence,
        "note": line.note,
    }


def _typed(form: PackageForm) -> Typed:
    return Typed(
        placement=form.placement.data,
        weeks=form.weeks.data,
        core_pence=form.core.data,
        hour_pence=form.hour.data,
        agreed_hours=form.agreed_hours.data,
        agreed_ratio=form.agreed_ratio.data,
        delivered_hours=form.delivered_hours.data,
        delivered_ratio=form.delivered_ratio.data,
        paid_pence=form.paid.data,
        note=form.note.data,
    )


@bp.post("/packages/<ref>/placements/<line>/remove")
@needs(Permission.CONTRACT_EDIT)
def remove_package(ref: str, line: str) -> Any:
    found = _review(ref)
    actions_packages.remove_line(found, _line(found, line), **_by())
    db.session.commit()
    done("The placement is taken out.")
    return redirect(url_for(".review", ref=ref))


@bp.route("/packages/<ref>/conclude", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def conclude_review(ref: str) -> Any:
    found = _review(ref)
    policy_packages.may_change(current_viewer(), found).or_refuse("package:not-allowed")
    form = ConcludePackagesForm()
    form.outcome.choices = [choice(one.value, one.title) for one in ReviewOutcome]
    if carried_out(
        form,
        lambda: actions_packages.conclude(
            found, ReviewOutcome(form.outcome.data), form.words.data, _action(form), **_by()
        ),
    ):
        done("The review is concluded.")
        return redirect(url_for(".review", ref=ref))
    return page("contracts/conclude_review.html", form=form, one=found, held=found.held)


def _action(form: ConcludePackagesForm) -> Action | None:
    """An action, where the officer wrote one. What is missing of it is told beside its field."""
    if not form.action.data:
        return None
    if form.due_on.data is None:
        raise RuleBroken("package:no-day", "Enter the day by which it is to be done.", "due_on")
    return Action(form.action.data, form.post.data or "Registered manager", form.due_on.data)


@bp.route("/packages/<ref>/reopen", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def reopen_review(ref: str) -> Any:
    found = _review(ref)
    policy_packages.may_reopen(current_viewer(), found).or_refuse("package:not-allowed")
    form = ReasonForm()
    if carried_out(form, lambda: actions_packages.reopen(found, form.reason.data, **_by())):
        done("The review is open again.")
        return redirect(url_for(".review", ref=ref))
    return page("contracts/reopen_review.html", form=form, one=found, held=found.held)
