"""What a supplier reads of a procedure about itself, and where it is heard, with its files."""

from flask import Response, redirect, url_for

from forms.exclusions import AnswerExclusionForm, ExclusionFileForm
from portal.access import Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.exclusions import (
    actions,
    actions_files as files,
    policy,
    queries as queries_exclusions,
)
from portal.applications.exclusions.models import Exclusion
from portal.applications.views import bp
from portal.db import db
from portal.documents import actions as documents
from portal.documents.actions import StagedFile
from portal.scanning import get_scanner
from portal.web import carried_out, clock, done, or_404, page
from scoring.exclusion import CONSIDERATIONS, grounds
from scoring.rules import RuleBroken


@bp.route("/<ref>/exclusion", methods=["GET", "POST"])
@needs(Permission.APPLICATION_READ)
def exclusion(ref: str) -> Response:
    received_at = db.clock()
    viewer, now = current_viewer(), clock()
    application = queries.own_application(ref, viewer)
    found = queries_exclusions.exclusions_of(application, viewer)
    newest = or_404(found[0] if found else None)
    form = AnswerExclusionForm()
    if carried_out(
        form,
        lambda: actions.answer(
            newest, form.answer.data, received_at=received_at, actor=viewer, now=now
        ),
    ):
        done("Your answer is with the council.")
        return redirect(url_for(".exclusion", ref=ref))
    return page(
        "applications/exclusion.html",
        form=form,
        application=application,
        exclusions=found,
        newest=newest,
        told=queries_exclusions.told,
        titles={one.key: one.title for one in grounds(application.round.regime.under_the_act)},
        considerations=CONSIDERATIONS,
        may_answer=policy.may_answer(viewer, newest, now),
        most_files=files.MOST_FILES,
    )


@bp.route("/<ref>/exclusion/files", methods=["GET", "POST"])
@needs(Permission.APPLICATION_SUBMIT)
def give_exclusion_file(ref: str) -> Response:
    viewer = current_viewer()
    queries.refuse_strangers(ref, viewer)
    form = ExclusionFileForm()
    staged = _staged(form)  # before the first statement, which takes the write lock
    received_at, newest = db.clock(), _newest(ref)
    policy.may_answer(viewer, newest, received_at).or_refuse("exclusion:answer-refused")
    if staged is not None:
        given = {"received_at": received_at, "actor": viewer, "now": clock()}
        if carried_out(form, lambda: files.give_file(newest, staged, **given)):
            done(f"{staged.name} is added. The council reads it when you send your answer.")
            return redirect(url_for(".exclusion", ref=ref))
    return page(
        "applications/exclusion_file.html",
        form=form,
        application=newest.application,
        scanner=get_scanner().description,
    )


@bp.post("/<ref>/exclusion/files/<version_ref>/remove")
@needs(Permission.APPLICATION_SUBMIT)
def take_exclusion_file_out(ref: str, version_ref: str) -> Response:
    received_at, viewer = db.clock(), current_viewer()
    told = {"received_at": received_at, "actor": viewer, "now": clock()}
    files.take_file_out(_newest(ref), version_ref, **told)
    db.session.commit()
    done("Taken out of your answer. The file itself is kept.")
    return redirect(url_for(".exclusion", ref=ref))


def _newest(ref: str) -> Exclusion:
    viewer = current_viewer()
    found = queries_exclusions.exclusions_of(queries.own_application(ref, viewer), viewer)
    newest: Exclusion = or_404(found[0] if found else None)
    return newest


def _staged(form: ExclusionFileForm) -> StagedFile | None:
    """Store the file that was sent; if it is refused, the form says so beside it."""
    if not form.validate_on_submit():
        return None
    sent = form.file.data
    try:
        return documents.stage_file(sent.stream, sent.filename)
    except RuleBroken as broken:
        form.add_rule_error(broken)
        return None
