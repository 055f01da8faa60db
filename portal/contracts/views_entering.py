"""Entering a contract or a place by hand, and the second look."""

from typing import Any

from flask import Response, redirect, url_for

from forms import choice
from forms.contracts import ANOTHER, CONFIRM, RATES, EnterForm, SecondLookForm
from forms.rows import wants_row_change
from portal.access import Permission, Role, Viewer, current_viewer, needs
from portal.contracts import actions_entering as entering, policy, queries_held
from portal.contracts.actions_entering import Entered, RateEntered
from portal.contracts.models_terms import EntryKind, HandEntry
from portal.contracts.views import bp
from portal.db import db
from portal.people.models import Council
from portal.web import carried_out, clock, done, or_404, page
from scoring.answers import parse_answer
from scoring.contract_terms import planned, read_extensions
from scoring.rows import check_rows, read_rows


@bp.route("/contracts/enter", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def enter() -> Any:
    viewer = current_viewer()
    policy.may_enter(viewer).or_refuse("contract:refused")
    form, own = _form(viewer), _own_council(viewer)
    made: list[HandEntry] = []
    if not wants_row_change() and carried_out(form, lambda: made.append(_propose(form, own))):
        done("Entered. It holds once a colleague has taken a second look.")
        return redirect(url_for(".entry", ref=made[0].ref))
    form.rates.full_rows = len(form.rates.data) + 1
    return page("contracts/enter.html", form=form)


def _own_council(viewer: Viewer) -> Council:
    own = sorted(viewer.councils_as(Role.COMMISSIONER))
    found: Council = db.session.get_one(Council, own[0])
    return found


def _form(viewer: Viewer) -> EnterForm:
    councils = queries_held.councils_to_buy(viewer)
    own = viewer.councils_as(Role.COMMISSIONER)
    form = EnterForm(
        notice_months=6, taken=0, councils=[one.slug for one in councils if one.id in own]
    )
    form.provider.choices = [
        choice(one.ref, one.name) for one in queries_held.providers_to_choose(viewer)
    ]
    form.lot.choices = [
        *(
            choice(f"{agreement.ref}.{lot.code}", f"{agreement.title}: {lot.code} {lot.title}")
            for agreement in queries_held.agreements_to_choose(viewer)
            for lot in agreement.lots
        ),
        choice(ANOTHER, "Another agreement, named below"),
    ]
    form.councils.choices = [choice(one.slug, one.name) for one in councils]
    return form


def _propose(form: EnterForm, council: Council) -> HandEntry:
    chosen = form.provider.data
    providers = queries_held.providers_to_choose(current_viewer())
    provider = next(one for one in providers if one.ref == chosen)
    return entering.propose(
        EntryKind(form.kind.data),
        provider,
        _entered(form),
        council=council,
        reason=form.reason.data,
        actor=current_viewer(),
        now=clock(),
    )


def _entered(form: EnterForm) -> Entered:
    rows: Any = read_rows(RATES, form.rates.data, parse_answer) or []
    check_rows(RATES, rows)
    ref, _, code = ("", "", form.lot_code.data)
    if form.lot.data != ANOTHER:
        ref, _, code = form.lot.data.rpartition(".")
    return Entered(
        title=form.title.data or f"Contract from {form.starts_on.data:%d %B %Y}",
        council_slugs=form.councils.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        rates=[RateEntered(row["item"], row["unit"], row["price"]) for row in rows],
        agreement_ref=ref,
        agreement_title=form.agreement_title.data,
        lot_code=code,
        lot_title=form.lot_title.data,
        months=read_extensions(form.extensions.data),
        notice_months=form.notice_months.data,
        taken=form.taken.data,
        value_pence=form.value.data,
        uplift_index=form.rule().index,
        uplift_month=form.rule().month,
        uplift_cap_bp=form.rule().cap_bp,
    )


@bp.route("/contracts/entries/<ref>", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def entry(ref: str) -> Any:
    """An entry with everything that was typed; for the second officer, with the decision."""
    viewer = current_viewer()
    found: HandEntry = or_404(queries_held.entry(ref, viewer))
    may_decide = policy.may_decide_entry(viewer, found)
    form = SecondLookForm()
    if may_decide and carried_out(form, lambda: _decide(form, found)):
        done("Your decision is recorded.")
        return redirect(url_for(".entry", ref=ref))
    return _entry_page(found, form, may_decide)


def _decide(form: SecondLookForm, found: HandEntry) -> None:
    if form.decision.data == CONFIRM:
        entering.confirm(found, actor=current_viewer(), now=clock())
    else:
        entering.decline(found, reason=form.reason.data, actor=current_viewer(), now=clock())


def _entry_page(found: HandEntry, form: SecondLookForm, may_decide: Any) -> Response:
    typed = Entered.read(found.content)
    lot = queries_held.lot_called(typed.agreement_ref, typed.lot_code)
    return page(
        "contracts/entry.html",
        agreement=lot.agreement.title if lot else typed.agreement_title,
        lot=f"{typed.lot_code} {lot.title if lot else typed.lot_title}",
        councils=queries_held.councils_called(typed.council_slugs),
        form=form if may_decide else None,
        entry=found,
        typed=typed,
        options=planned(typed.starts_on, typed.ends_on, typed.months, typed.notice_months),
        may_withdraw=policy.may_withdraw_entry(current_viewer(), found),
    )


@bp.post("/contracts/entries/<ref>/withdraw")
@needs(Permission.CONTRACT_EDIT)
def withdraw_entry(ref: str) -> Any:
    found: HandEntry = or_404(queries_held.entry(ref, current_viewer()))
    entering.withdraw(found, actor=current_viewer(), now=clock())
    db.session.commit()
    done("Your entry is taken back.")
    return redirect(url_for(".entry", ref=ref))
