"""Filling in a return: each figure saves itself as it is typed, and all of them with the button."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, url_for

from forms import PortalForm, is_autosave
from forms.kpis import part_name, return_form
from portal import autosave, autosave_pages as typing
from portal.access import Permission, current_viewer, needs
from portal.autosave import Saving, Seen
from portal.days import today
from portal.db import db
from portal.kpis import policy, saving
from portal.kpis.models_returns import KpiReturn
from portal.kpis.presentation import lines_of
from portal.kpis.sets import kpi_set
from portal.kpis.views import bp
from portal.kpis.views_returns import own_or_404
from portal.people.queries import names_of
from portal.web import clock, done, page
from scoring.kpis import Kpi
from scoring.rules import RuleBroken


@bp.get("/returns/<ref>/fill")
@needs(Permission.KPI_ENTER)
def fill(ref: str) -> Response:
    one = own_or_404(ref)
    policy.may_enter(current_viewer(), one, today(clock())).or_refuse("kpi:enter-refused")
    form = _form(one)
    return _page(one, form, Saving(), saving.seen_now(one, saving.names_of(_asked(one))))


@bp.post("/returns/<ref>/fill", endpoint="save_figures")
@needs(Permission.KPI_ENTER)
def save(ref: str) -> Response:
    one = own_or_404(ref)
    form, every = _form(one), saving.names_of(_asked(one))
    names = typing.sent_names(form, every)
    sent = typing.what_was_sent(every)
    form.validate()
    try:
        outcome = saving.save(one, form, names, sent, actor=current_viewer(), now=clock())
    except RuleBroken as broken:
        return _refused(one, form, broken, sent.seen)
    db.session.commit()
    if is_autosave():
        return _to_the_script(one, outcome, names)
    if outcome.is_clean:
        done("Your figures are saved.")
        return redirect(url_for(".show_return", ref=ref))
    typing.show_theirs(form, _form(one, formdata=None), sent)
    return _page(one, form, outcome, typing.seen_after(sent, outcome))


def _refused(
    one: KpiReturn, form: PortalForm, broken: RuleBroken, seen: Mapping[str, Seen]
) -> Response:
    db.session.rollback()
    if is_autosave():
        return typing.refused(broken)
    form.add_rule_error(broken)
    return _page(one, form, Saving(), seen)


def _to_the_script(one: KpiReturn, outcome: Saving, names: list[str]) -> Response:
    body, status = autosave.as_json(outcome, clock(), dict.fromkeys(names))
    if outcome.conflicts:
        body["html"] = typing.conflict_html(_conflicts(one, outcome)[:1])
    return typing.json_of(body, status)


def _asked(one: KpiReturn) -> list[Kpi]:
    return kpi_set(one.kpi_set).of(one.kpi_keys)


def _form(one: KpiReturn, **more: Any) -> PortalForm:
    form: PortalForm = return_form(_asked(one), saving.values_of(one), **more)
    return form


def _page(one: KpiReturn, form: PortalForm, outcome: Saving, seen: Mapping[str, Seen]) -> Response:
    typing.show_refusals(form, outcome)
    last = max(one.figures, key=lambda figure: figure.saved_at, default=None)
    return page(
        "kpis/fill.html",
        typing.status_of(outcome),
        form=form,
        one=one,
        lines=lines_of(one, {}),
        seen=seen,
        page_name=typing.page_name(one.plan.kpi_set.version),
        part_name=part_name,
        unsaved=typing.words_of_saving(outcome, "figure", "figures"),
        last=last,
        people=names_of([last.saved_by_id if last else None]),
        conflicts=_conflicts(one, outcome),
    )


def _conflicts(one: KpiReturn, outcome: Saving) -> list[dict[str, Any]]:
    named = {kpi.key: kpi for kpi in _asked(one)}
    return [
        {
            "name": name,
            "label": f"{named[saving.split(name)[1]].name}: {saving.split(name)[0]}",
            "by": conflict.theirs.by,
            "at": conflict.theirs.at,
            "theirs": conflict.theirs.value,
            "mine": conflict.mine,
            "may_join": False,
            "again": "",
        }
        for name, conflict in outcome.conflicts.items()
    ]
