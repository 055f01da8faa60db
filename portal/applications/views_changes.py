"""What changed in the round since an application was written, and what must be confirmed again."""

from typing import Any

from flask import Response, redirect, url_for

from forms import choice
from forms.applications import ChangesForm
from portal.access import Permission, current_viewer, needs
from portal.applications import actions_versions as actions, policy
from portal.applications.paper import QuestionPage
from portal.applications.touching import PART_WORDS, Touched
from portal.applications.views import bp, own_copy
from portal.applications.views_questions import address_of
from portal.applications.working_copy import WorkingCopy
from portal.rounds.queries_versions import versions_of
from portal.web import carried_out, clock, done, page
from scoring.differences import Part


@bp.route("/<ref>/changes", methods=["GET", "POST"])
@needs(Permission.APPLICATION_EDIT)
def changes(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    copy = own_copy(ref)
    form = ChangesForm()
    form.confirmed.choices = [_choice(one) for one in copy.unconfirmed]
    left: list[Touched] = []
    if carried_out(
        form,
        lambda: left.extend(
            actions.confirm(copy.application, form.confirmed.data, actor=viewer, now=now)
        ),
    ):
        done(f"Confirmed. {len(left)} left." if left else "Everything is confirmed.")
        return redirect(url_for(".changes" if left else ".show", ref=ref))
    return page(
        "applications/changes.html",
        form=form,
        application=copy.application,
        unconfirmed=copy.unconfirmed,
        versions=versions_of(copy.application.round),
        may_edit=policy.may_edit(viewer, copy.application, now),
        addresses={one.name: _address(copy, one) for one in copy.unconfirmed},
    )


def _choice(one: Touched) -> Any:
    where = f" in lot {one.lot_code}" if one.lot_code else ""
    label = f"{PART_WORDS[one.part]}{where}: {one.difference.title}"
    return choice(one.name, label, hint=f"You gave: {one.given}")


def _address(copy: WorkingCopy, one: Touched) -> str:
    """The page on which it can be changed instead."""
    ref = copy.application.ref
    if one.part is Part.DOCUMENTS:
        return url_for(".document", ref=ref, key=one.key)
    if one.part is Part.RATES:
        return url_for(".rates", ref=ref)
    place = (one.key, one.lot_code)
    shown = (each for each in copy.pages if place in _places(each))
    return next((address_of(copy.application, each) for each in shown), "")


def _places(shown: QuestionPage) -> set[tuple[str, str]]:
    return {(question["key"], shown.lot) for question in shown.questions}
