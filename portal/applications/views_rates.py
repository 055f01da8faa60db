"""The rate card: a price for each lot and item, each saved as it is written."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, request, url_for

from forms import PortalForm, is_autosave
from forms.applications import rate_name, rates_form, touched, typed_answers
from portal import autosave, autosave_pages as typing
from portal.access import Permission, current_viewer, needs
from portal.applications import policy, queries, saving
from portal.applications.editing import rate_title
from portal.applications.views import bp
from portal.applications.working_copy import RATES, WorkingCopy, example_hours
from portal.autosave import Saving, Seen
from portal.content.rates import items_for, offer_words
from portal.db import db
from portal.web import clock, done, page
from scoring.rules import RuleBroken


@bp.get("/<ref>/rates", endpoint="rates")
@needs(Permission.APPLICATION_EDIT)
def show_rates(ref: str) -> Response:
    copy = _copy(ref)
    _refuse_late(copy)
    return _page(copy, _form(copy), Saving(), _seen_now(copy))


@bp.post("/<ref>/rates", endpoint="save_rates")
@needs(Permission.APPLICATION_EDIT)
def save_rates(ref: str) -> Response:
    copy = _copy(ref)
    form = _form(copy)
    names = typing.sent_names(form, _names(copy))
    sent = typing.what_was_sent(_names(copy))
    try:
        _refuse_late(copy)
        typed = typed_answers(form, names, request.form)
        outcome = saving.save_rates(
            copy.application, typed, sent, actor=current_viewer(), now=clock()
        )
    except RuleBroken as broken:
        return _too_late(copy, form, broken)
    outcome.refused.update({n: str(form[n].errors[0]) for n in names if form[n].errors})
    db.session.commit()
    if is_autosave():
        return _to_the_script(copy, outcome, names)
    if outcome.is_clean:
        done("Your rates are saved.")
        return redirect(url_for(".show", ref=ref))
    copy = queries.working_copy_of(copy.application, copy.on, copy.parts_read)
    typing.show_theirs(form, _form(copy, formdata=None), sent)
    return _page(copy, form, outcome, typing.seen_after(sent, outcome))


def _refuse_late(copy: WorkingCopy) -> None:
    """Raises RuleBroken, also where nothing was touched: “saved” would be no true word."""
    decision = policy.may_edit(current_viewer(), copy.application, clock())
    decision.or_refuse("application:edit-refused")


def _to_the_script(copy: WorkingCopy, outcome: Saving, names: list[str]) -> Response:
    body, status = autosave.as_json(outcome, clock(), dict.fromkeys(names))
    if outcome.conflicts:
        body["html"] = typing.conflict_html(_conflicts(copy, outcome)[:1])
    return typing.json_of(body, status)


def _copy(ref: str) -> WorkingCopy:
    return queries.part_of_copy(ref, RATES, current_viewer(), clock())


def _names(copy: WorkingCopy) -> list[str]:
    return [
        rate_name(lot, item["key"]) for lot in copy.lots for item in items_for(copy.rate_card, lot)
    ]


def _values(copy: WorkingCopy) -> dict[str, int | None]:
    return {rate_name(lot, item): one.amount_pence for (lot, item), one in copy.rates.items()}


def _form(copy: WorkingCopy, **more: Any) -> PortalForm:
    asked = {lot: items_for(copy.rate_card, lot) for lot in copy.lots}
    form: PortalForm = rates_form(asked, _values(copy), rate_title, **more)
    return form


def _seen_now(copy: WorkingCopy) -> dict[str, Seen]:
    kept = {rate_name(lot, item): one for (lot, item), one in copy.rates.items()}
    return {
        name: Seen.of(kept[name].amount_pence, kept[name].revision)
        if name in kept
        else Seen.of(None, 0)
        for name in _names(copy)
    }


def _too_late(copy: WorkingCopy, form: PortalForm, broken: RuleBroken) -> Response:
    """The deadline passed while somebody wrote: the page says so and keeps what they typed."""
    db.session.rollback()
    if is_autosave():
        return typing.refused(broken)
    lost = touched(form, _form(copy, formdata=None), _names(copy))
    closed = typing.close(form, lost, broken.message)
    return _page(copy, form, Saving(), _seen_now(copy), closed=closed)


def _page(
    copy: WorkingCopy,
    form: PortalForm,
    outcome: Saving,
    seen: Mapping[str, Seen],
    *,
    closed: str = "",
) -> Response:
    typing.show_refusals(form, outcome)
    hours = example_hours(copy.rate_card)
    return page(
        "applications/rates.html",
        typing.status_of(outcome),
        application=copy.application,
        copy=copy,
        form=form,
        closed=closed,
        unsaved=typing.words_of_saving(outcome, "price", "prices"),
        seen=seen,
        page_name=typing.page_name(copy.application.round.version),
        rate_name=rate_name,
        lots=[lot for lot in copy.application.round.lots if lot.code in copy.lots],
        items=items_for(copy.rate_card, copy.lots),
        asked={lot: items_for(copy.rate_card, lot) for lot in copy.lots},
        hours=hours,
        examples={lot: copy.weekly_example(lot, hours) for lot in copy.lots},
        saved=max(copy.rates.values(), key=lambda one: one.saved_at, default=None),
        conflicts=_conflicts(copy, outcome),
    )


def _conflicts(copy: WorkingCopy, outcome: Saving) -> list[dict[str, Any]]:
    asked = {
        rate_name(lot, item["key"]): (item, rate_title(lot, item["title"]))
        for lot in copy.lots
        for item in items_for(copy.rate_card, lot)
    }
    return [
        {
            "name": name,
            "label": asked[name][1],
            "by": conflict.theirs.by,
            "at": conflict.theirs.at,
            "theirs": offer_words(asked[name][0], conflict.theirs.value),
            "mine": offer_words(asked[name][0], conflict.mine),
            "may_join": False,
            "again": "",
        }
        for name, conflict in outcome.conflicts.items()
    ]
