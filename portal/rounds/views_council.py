"""Rounds as their councils see them: the list, a round's own page, publishing, cancelling."""

from datetime import datetime

from flask import Response, redirect, request, url_for

from forms import choice
from forms.rounds import CancelForm, PublishForm, RoundsFilterForm
from portal.access import Permission, current_viewer, needs
from portal.rounds import actions, boards, checks, policy, policy_versions, presentation, queries
from portal.rounds.queries import Group
from portal.rounds.tasks import tasks_of
from portal.rounds.views import bp
from portal.rounds.views_versions import draft_address
from portal.web import carried_out, clock, done, page
from scoring.rules import errors


@bp.get("/council/rounds/")
@needs(Permission.ROUND_READ)
def index() -> Response:
    viewer, now = current_viewer(), clock()
    numbers = queries.numbers_by_group(viewer, now)
    form = RoundsFilterForm()
    form.group.choices = [choice(one.value, f"{one.title} ({numbers[one]})") for one in Group]
    group = Group(form.group.data) if form.group.data in set(Group) else None
    found = queries.rounds_for(
        viewer,
        now=now,
        group=group,
        sort=request.args.get("sort"),
        cursor=request.args.get("from"),
    )
    total = sum(numbers.values()) if group is None else numbers[group]
    return page("rounds/index.html", filters=form, found=found, total=total)


@bp.get("/council/rounds/<ref>")
@needs(Permission.ROUND_READ)
def board(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.own_round(ref, viewer)
    return page(
        "rounds/board.html",
        round=bid_round,
        stage=bid_round.stage_at(now),
        way=presentation.way(bid_round, now),
        timetable=presentation.timetable(bid_round, now),
        figures=boards.figures_of(bid_round, viewer, now),
        steps=boards.next_steps(bid_round, viewer, now),
        tasks=tasks_of(bid_round, now) if policy.may_edit(viewer, bid_round) else [],
        may_cancel=policy.may_cancel(viewer, bid_round),
        may_change=policy_versions.may_prepare(viewer, bid_round, now),
        draft=draft_address(bid_round) if policy.leads(viewer, bid_round) else "",
    )


@bp.route("/council/rounds/<ref>/publish", methods=["GET", "POST"])
@needs(Permission.ROUND_PUBLISH)
def publish(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = queries.own_round(ref, viewer)
    policy.may_publish(viewer, bid_round).or_refuse("round:publish-refused")
    form = PublishForm()
    if not bid_round.regime.needs_notice:
        del form.notice_number, form.notice_published_at
    notice = _notice(form)
    if carried_out(
        form,
        lambda: actions.publish(bid_round, *notice, actor=viewer, now=now),
        lambda: checks.notice_findings(bid_round, *notice, now),
    ):
        done("The round is published. Providers can read it now.")
        return redirect(url_for("rounds.board", ref=ref))
    found = checks.publishing_findings(bid_round, *notice, now)
    found = [finding for finding in found if not finding.code.startswith("notice:")]
    return page(
        "rounds/publish.html", form=form, round=bid_round, found=found, blocked=errors(found)
    )


@bp.route("/council/rounds/<ref>/cancel", methods=["GET", "POST"])
@needs(Permission.ROUND_PUBLISH)
def cancel(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = queries.own_round(ref, viewer)
    policy.may_cancel(viewer, bid_round).or_refuse("round:cancel-refused")
    form = CancelForm()
    if carried_out(
        form, lambda: actions.cancel(bid_round, form.reason.data, actor=viewer, now=clock())
    ):
        done("The round is cancelled.")
        return redirect(url_for("rounds.board", ref=ref))
    return page("rounds/cancel.html", form=form, round=bid_round)


def _notice(form: PublishForm) -> tuple[str, datetime | None]:
    """What was typed of the notice; nothing where the regime needs none."""
    if "notice_number" not in form:
        return "", None
    return form.notice_number.data or "", form.notice_published_at.data
