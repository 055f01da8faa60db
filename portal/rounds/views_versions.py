"""Changing a published round: prepare a version, look at the differences, publish it."""

from datetime import datetime

from flask import Response, redirect, url_for

from forms.rounds import SimpleForm, VersionForm
from portal.access import Permission, current_viewer, needs, public
from portal.rounds import (
    actions_versions as actions,
    policy_versions as policy,
    queries,
    queries_versions,
    versions,
)
from portal.rounds.models import Round
from portal.rounds.views import bp
from portal.web import carried_out, clock, done, page
from scoring.rules import errors


@bp.get("/rounds/<ref>/versions")
@public
def all_versions(ref: str) -> Response:
    """Every version with what it changed, for anybody."""
    bid_round = queries.round_by_ref(ref, current_viewer()).root
    return page(
        "rounds/versions.html", round=bid_round, versions=queries_versions.versions_of(bid_round)
    )


@bp.route("/council/rounds/<ref>/version", methods=["GET", "POST"])
@needs(Permission.ROUND_PUBLISH)
def prepare_version(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.own_round(ref, viewer)
    policy.may_prepare(viewer, bid_round, now).or_refuse("version:prepare-refused")
    form, made = SimpleForm(), []
    if carried_out(
        form, lambda: made.append(actions.prepare(bid_round, actor=viewer, now=now).ref)
    ):
        done("You prepare a new version. Bidders see nothing of it until you publish it.")
        return redirect(url_for("rounds.board", ref=made[0]))
    return page("rounds/prepare_version.html", form=form, round=bid_round)


@bp.route("/council/rounds/<ref>/version/publish", methods=["GET", "POST"])
@needs(Permission.ROUND_PUBLISH)
def publish_version(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    draft = queries.own_round(ref, viewer)
    policy.may_publish(viewer, draft, now).or_refuse("version:publish-refused")
    form = VersionForm()
    if not draft.regime.needs_notice:
        del form.notice_number, form.notice_published_at
    number, at = _notice(form)
    found, changes = (
        versions.findings(draft, number, at, now),
        versions.differences(draft.root, draft),
    )
    root = draft.root.ref
    if carried_out(
        form,
        lambda: actions.publish(draft, form.reason.data, number, at, actor=viewer, now=now),
        lambda: [one for one in found if one.code.startswith("notice:")],
    ):
        done("The version is published. Everybody who has started is told.")
        return redirect(url_for("rounds.board", ref=root))
    found = [one for one in found if not one.code.startswith("notice:")]
    return page(
        "rounds/publish_version.html",
        form=form,
        round=draft,
        changes=changes,
        found=found,
        blocked=errors(found) or not changes,
    )


@bp.route("/council/rounds/<ref>/version/discard", methods=["GET", "POST"])
@needs(Permission.ROUND_PUBLISH)
def discard_version(ref: str) -> Response:
    viewer = current_viewer()
    draft = queries.own_round(ref, viewer)
    policy.may_discard(viewer, draft).or_refuse("version:discard-refused")
    form, root = SimpleForm(), draft.root.ref
    if carried_out(form, lambda: actions.discard(draft, actor=viewer, now=clock())):
        done("What was prepared is thrown away. The round stands as it was published.")
        return redirect(url_for("rounds.board", ref=root))
    return page("rounds/discard_version.html", form=form, round=draft)


def draft_address(bid_round: Round) -> str:
    """Where the version of a round is prepared; empty while there is none."""
    draft = actions.draft_of(bid_round)
    return url_for("rounds.board", ref=draft.ref) if draft else ""


def _notice(form: VersionForm) -> tuple[str, datetime | None]:
    """What was typed of the revised notice; nothing where the regime needs none."""
    if "notice_number" not in form:
        return "", None
    return form.notice_number.data or "", form.notice_published_at.data
