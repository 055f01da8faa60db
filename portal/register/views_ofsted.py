"""Bringing in what Ofsted published, step by step, and deciding on what it changed for the worse."""

from io import BytesIO
from typing import Any

from flask import redirect, url_for
from werkzeug.exceptions import NotFound

from forms import choice
from forms.costs import TakeForm
from forms.register import DowngradeForm, OfstedColumnsForm, OfstedFileForm
from portal import imports, tables
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.imports import Preview
from portal.providers.models import ServiceKind
from portal.providers.words import OUTCOMES, SERVICES, outcome_words
from portal.register import actions_ofsted as actions, ofsted, ofsted_file
from portal.register.actions_ofsted import Decided
from portal.register.models_ofsted import Answer, OfstedImport
from portal.register.views import bp
from portal.storage import FileRefused
from portal.web import carried_out, clock, done, or_404, page

MOST_SHOWN = 50


@bp.route("/ofsted", methods=["GET", "POST"])
@needs(Permission.OFSTED_IMPORT)
def ofsted_files() -> Any:
    form = OfstedFileForm()
    form.service.choices = [choice(one.value, words) for one, words in SERVICES.items()]
    if form.validate_on_submit():
        try:
            token = _laid_aside(form)
        except FileRefused as refused:
            form.refuse_file(refused)
        else:
            return redirect(url_for(".ofsted_columns", service=form.service.data, token=token))
    viewer = current_viewer()
    return page(
        "register/ofsted.html",
        form=form,
        taken=ofsted.imports(viewer),
        services=SERVICES,
        waiting=[one for one in ofsted.downgrades(viewer, today(clock())) if one.waiting],
    )


def _laid_aside(form: OfstedFileForm) -> str:
    imports.sweep(clock())
    raw = ofsted_file.lay_open(BytesIO(form.file.data.read()), form.file.data.filename or "")
    return imports.keep(raw, bound_to=_bound_to(form.service.data), now=clock())


def _bound_to(service: str) -> str:
    return f"{current_viewer().ref}|{service}"


def _service(word: str) -> ServiceKind:
    if word not in set(ServiceKind):
        raise NotFound
    return ServiceKind(word)


@bp.route("/ofsted/<service>/<token>/columns", methods=["GET", "POST"])
@needs(Permission.OFSTED_IMPORT)
def ofsted_columns(service: str, token: str) -> Any:
    kind = _service(service)
    raw = imports.take(token, ofsted_file.RAW, bound_to=_bound_to(service), now=clock())
    headings = raw.unknown_columns
    form = OfstedColumnsForm(data=ofsted_file.guess(headings, ofsted.remembered(kind)))
    form.offer([one for one in headings if one])
    if carried_out(
        form,
        lambda: actions.remember_columns(kind, _columns(form), actor=current_viewer(), now=clock()),
    ):
        sorted_rows = ofsted_file.sorted_by(raw, _columns(form))
        next_token = imports.keep(sorted_rows, bound_to=_bound_to(service), now=clock())
        imports.drop(token)
        return redirect(url_for(".ofsted_preview", service=service, token=next_token))
    return page(
        "register/ofsted_columns.html",
        form=form,
        file_name=raw.file_name,
        headings=headings,
        first=[[row.values.get(one, "") for one in headings] for row in raw.rows[:3]],
        rows=len(raw.rows),
    )


def _columns(form: OfstedColumnsForm) -> dict[str, str]:
    return {name: form[name].data for name in ofsted_file.FIELDS}


@bp.route("/ofsted/<service>/<token>", methods=["GET", "POST"])
@needs(Permission.OFSTED_IMPORT)
def ofsted_preview(service: str, token: str) -> Any:
    kind, preview = _service(service), _preview(service, token)
    form, taken = TakeForm(), list[OfstedImport | None]()
    if carried_out(form, lambda: taken.append(_take(preview, kind))):
        imports.drop(token)
        done(_words(taken[0]))
        return redirect(url_for(".ofsted_files"))
    found = ofsted_file.judgement(preview, kind, today(clock()))
    return page(
        "register/ofsted_preview.html",
        form=form,
        preview=preview,
        found=found,
        changes=ofsted_file.changes_table(found, OUTCOMES[kind]),
        refused=ofsted_file.refused_table(found, ofsted.remembered(kind)),
        most=MOST_SHOWN,
        address={"service": service, "token": token},
    )


@bp.get("/ofsted/<service>/<token>/refused.<kind>")
@needs(Permission.OFSTED_IMPORT)
def ofsted_refused(service: str, token: str, kind: str) -> Any:
    of, preview = _service(service), _preview(service, token)
    found = ofsted_file.judgement(preview, of, today(clock()))
    return tables.download(ofsted_file.refused_table(found, ofsted.remembered(of)), kind)


def _preview(service: str, token: str) -> Preview:
    return imports.take(token, ofsted_file.SORTED, bound_to=_bound_to(service), now=clock())


def _take(preview: Preview, service: ServiceKind) -> OfstedImport | None:
    return actions.take_file(preview, service, actor=current_viewer(), now=clock())


def _words(taken: OfstedImport | None) -> str:
    if taken is None:
        return "Nothing was new: everything in this file is on record already."
    number = "1 outcome is" if taken.changed == 1 else f"{taken.changed} outcomes are"
    return f"{number} on record. The answers of the register rest on them from now on."


@bp.route("/ofsted/downgrades/<ref>", methods=["GET", "POST"])
@needs(Permission.PLACEMENT_EXCEPT)
def downgrade(ref: str) -> Any:
    viewer = current_viewer()
    found = or_404(ofsted.downgrade(ref, viewer, today(clock())))
    councils = {one.slug: one for one in found.waiting}
    form = DowngradeForm().fit(
        [choice(one.slug, one.name) for one in councils.values()],
        [choice(one.value, ofsted.ANSWERS[one], HINTS[one]) for one in HINTS],
    )
    if councils and carried_out(
        form,
        lambda: actions.decide(
            found.change,
            councils[form.council.data],
            Decided(
                Answer(form.answer.data), form.reason.data, form.due_on.data, form.until_on.data
            ),
            actor=viewer,
            now=clock(),
        ),
    ):
        done("Your decision is on record.")
        return redirect(url_for(".provider", ref=found.change.registration.provider.ref))
    return page(
        "register/downgrade.html",
        form=form,
        found=found,
        answers=ofsted.ANSWERS,
        outcome_words=outcome_words,
    )


HINTS = {
    Answer.ACTION_PLAN: "The provider gets your request as a follow-up with a date.",
    Answer.BY_EXCEPTION: "Nobody new is placed there for your council, except by exception.",
    Answer.SUSPEND: "Every lot and contract of your council with this provider, from today.",
    Answer.CARRY_ON: "Placements go on. Say what you looked at.",
}
