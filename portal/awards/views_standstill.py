"""The award notice, the standstill day by day, and holds on a legal challenge."""

from typing import Any

from flask import Response, redirect, url_for

from forms.awards import HoldForm, LiftForm, NoticeForm, SentForm, StatedNoticeForm
from portal.access import Permission, current_viewer, needs
from portal.awards import actions_standstill as actions, policy, presentation_standstill, queries
from portal.awards.models import LegalHold
from portal.awards.views import award_round, bp
from portal.days import today
from portal.rounds.models import Round
from portal.web import carried_out, clock, done, or_404, page
from scoring.standstill import duty_of


@bp.route("/council/rounds/<ref>/award/notice", methods=["GET", "POST"])
@needs(Permission.AWARD_CONCLUDE)
def notice(ref: str) -> Response:
    bid_round, viewer = award_round(ref), current_viewer()
    waiting = queries.waiting_of(bid_round, clock())
    policy.may_enter_notice(viewer, bid_round, waiting).or_refuse("award:not-allowed")
    form = _notice_form(bid_round)
    if carried_out(form, lambda: _enter(form, bid_round)):
        done("The award notice is entered.")
        return redirect(url_for(".standstill", ref=ref))
    return page(
        "awards/notice.html",
        form=form,
        round=bid_round,
        duty=duty_of(bid_round.regime),
        sent_at=queries.letters_sent_at(bid_round),
    )


def _notice_form(bid_round: Round) -> Any:
    if not bid_round.regime.needs_notice:
        return SentForm()
    return NoticeForm() if duty_of(bid_round.regime).mandatory else StatedNoticeForm()


def _enter(form: Any, bid_round: Round) -> None:
    who: dict[str, Any] = {"actor": current_viewer(), "now": clock()}
    if isinstance(form, SentForm):
        sent = queries.letters_sent_at(bid_round)
        actions.enter_notice(bid_round, "", sent or clock(), **who)
        return
    stated = isinstance(form, StatedNoticeForm) and form.states.data
    days = form.days.data if stated else None
    actions.enter_notice(bid_round, form.number.data, form.published_at.data, days=days, **who)


@bp.get("/council/rounds/<ref>/award/standstill")
@needs(Permission.RESULT_READ)
def standstill(ref: str) -> Response:
    bid_round = award_round(ref)
    found = or_404(queries.notice_of(bid_round))
    return page(
        "awards/standstill.html",
        round=bid_round,
        notice=found,
        period=presentation_standstill.period(bid_round, found),
        duty=duty_of(bid_round.regime),
        today=today(clock()),
    )


@bp.route("/council/rounds/<ref>/award/hold", methods=["GET", "POST"])
@needs(Permission.AWARD_HOLD)
def hold(ref: str) -> Response:
    bid_round, viewer = award_round(ref), current_viewer()
    policy.may_hold(viewer, bid_round).or_refuse("hold:not-allowed")
    form = HoldForm(notified_on=today(clock()))
    if carried_out(
        form,
        lambda: actions.place_hold(
            bid_round,
            claimant=form.claimant.data,
            claim_reference=form.claim_reference.data,
            notified_on=form.notified_on.data,
            reason=form.reason.data,
            actor=viewer,
            now=clock(),
        ),
    ):
        done("The round is on hold.")
        return redirect(url_for(".show", ref=ref))
    return page("awards/hold.html", form=form, round=bid_round)


@bp.route("/council/holds/<ref>/lift", methods=["GET", "POST"])
@needs(Permission.AWARD_HOLD)
def lift(ref: str) -> Response:
    viewer = current_viewer()
    placed: LegalHold = or_404(queries.hold(ref, viewer))
    policy.may_lift(viewer, placed).or_refuse("hold:not-allowed")
    form = LiftForm()
    if carried_out(
        form,
        lambda: actions.lift_hold(placed, form.reason.data, actor=viewer, now=clock()),
    ):
        done("The hold is lifted.")
        return redirect(url_for(".show", ref=placed.round.ref))
    return page("awards/lift.html", form=form, round=placed.round, hold=placed)
