"""Extensions: the options, a decision, and undoing it."""

from typing import Any

from flask import redirect, request, url_for

from forms import choice
from forms.contracts import EXTEND, LET_END, ExtensionForm, OptionsForm, ReasonForm
from portal.access import Permission, current_viewer, needs
from portal.contracts import actions_terms, policy
from portal.contracts.models_terms import ExtensionOption
from portal.contracts.policy import Agreed
from portal.contracts.views import agreed, bp
from portal.days import today
from portal.db import db
from portal.web import carried_out, clock, date_text, done, or_404, page
from scoring.contract_terms import read_extensions, written_extensions


@bp.route("/contracts/<ref>/extensions", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def options(ref: str) -> Any:
    found, viewer = agreed(ref), current_viewer()
    policy.may_set_options(viewer, found, today(clock())).or_refuse("contract:refused")
    form = OptionsForm(
        notice_months=6, extensions=written_extensions([one.months for one in found.options])
    )
    if carried_out(form, lambda: _set(form, found)):
        done("The extension options are set.")
        return redirect(url_for(".show", ref=ref))
    return page("contracts/options.html", form=form, held=found)


def _set(form: OptionsForm, found: Agreed) -> None:
    actions_terms.set_options(
        found,
        read_extensions(form.extensions.data),
        form.notice_months.data,
        actor=current_viewer(),
        now=clock(),
    )


@bp.post("/contracts/<ref>/deed")
@needs(Permission.CONTRACT_EDIT)
def deed(ref: str) -> Any:
    found, by_deed = agreed(ref), request.form.get("deed") == "yes"
    actions_terms.say_deed(found, by_deed, actor=current_viewer(), now=clock())
    db.session.commit()
    kept = "Its records are kept as those of a deed." if by_deed else "It is no deed."
    done(kept)
    return redirect(url_for(".show", ref=ref))


def _option(ref: str, option: str) -> tuple[Agreed, ExtensionOption]:
    found = agreed(ref)
    return found, or_404(next((one for one in found.options if one.ref == option), None))


@bp.route("/contracts/<ref>/extensions/<option>", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def decide(ref: str, option: str) -> Any:
    found, chosen = _option(ref, option)
    policy.may_decide(current_viewer(), chosen, today(clock())).or_refuse("extension:refused")
    form = ExtensionForm()
    form.decision.choices = [
        choice(EXTEND, f"Extend until {date_text(chosen.ends_on)}"),
        choice(LET_END, f"Do not extend: it ends on {date_text(found.ends_on)}"),
    ]
    if carried_out(
        form,
        lambda: actions_terms.decide_extension(
            chosen,
            extended=form.decision.data == EXTEND,
            reason=form.reason.data,
            actor=current_viewer(),
            now=clock(),
        ),
    ):
        done("The decision is recorded. The provider has been told by mail.")
        return redirect(url_for(".show", ref=ref))
    return page("contracts/decide.html", form=form, held=found, option=chosen)


@bp.route("/contracts/<ref>/extensions/<option>/undo", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def undo(ref: str, option: str) -> Any:
    found, chosen = _option(ref, option)
    policy.may_undo(current_viewer(), chosen, today(clock())).or_refuse("extension:refused")
    form = ReasonForm()
    if carried_out(
        form,
        lambda: actions_terms.undo_decision(
            chosen, reason=form.reason.data, actor=current_viewer(), now=clock()
        ),
    ):
        done("The decision is undone. It stays on record.")
        return redirect(url_for(".show", ref=ref))
    return page("contracts/undo.html", form=form, held=found, option=chosen)
