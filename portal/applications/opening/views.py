"""The opening of a round: what waits, the two officers, and the record."""

from flask import Blueprint, Response, redirect, url_for
from werkzeug.exceptions import NotFound

from portal.access import Permission, current_viewer, needs
from portal.applications import queries
from portal.applications.late import cases as late_cases
from portal.applications.opening import (
    actions as actions_opening,
    policy as policy_opening,
    queries as queries_opening,
)
from portal.db import db
from portal.people.actions import note_read
from portal.rounds import queries as rounds
from portal.rounds.models import Round
from portal.web import clock, done, page

bp = Blueprint("opening", __name__, url_prefix="/council/rounds/<ref>/opening")


@bp.get("")
@needs(Permission.ROUND_OPEN)
def show(ref: str) -> Response:
    viewer, now = current_viewer(), clock()
    bid_round = round_of_officer(ref)
    opening = queries_opening.opening_of(bid_round)
    refusal = queries_opening.refusal_at(bid_round, now)
    return page(
        "opening/show.html",
        round=bid_round,
        stage=bid_round.stage_at(now),
        opening=opening,
        refusal=refusal,
        earliest=queries_opening.earliest(bid_round),
        figures=queries_opening.figures(bid_round, viewer, now),
        may_begin=policy_opening.may_begin(viewer, bid_round, opening, refusal),
        may_confirm=policy_opening.may_confirm(viewer, bid_round, opening, refusal),
        may_take_back=policy_opening.may_take_back(viewer, opening),
        late=late_cases.of_round(bid_round, viewer),
        may_read_record=policy_opening.may_read_bids(viewer, bid_round),
    )


@bp.get("/record")
@needs(Permission.BID_READ)
def record(ref: str) -> Response:
    viewer = current_viewer()
    bid_round = rounds.own_round(ref, viewer)
    if not policy_opening.may_read_bids(viewer, bid_round):
        raise NotFound
    opening = queries_opening.opening_of(bid_round)
    note_read(viewer, "round_opening", bid_round.ref, now=clock())
    return page(
        "opening/record.html",
        round=bid_round,
        opening=opening,
        bids=queries_opening.opened_bids(bid_round, opening, viewer),
        counts=queries.counts(bid_round),
    )


@bp.post("/begin")
@needs(Permission.ROUND_OPEN)
def begin(ref: str) -> Response:
    bid_round = round_of_officer(ref)
    actions_opening.begin_opening(bid_round, actor=current_viewer(), now=clock())
    db.session.commit()
    done("You have begun the opening. The other officers have been told.")
    return redirect(url_for("opening.show", ref=ref))


@bp.post("/confirm")
@needs(Permission.ROUND_OPEN)
def confirm(ref: str) -> Response:
    bid_round = round_of_officer(ref)
    actions_opening.confirm_opening(bid_round, actor=current_viewer(), now=clock())
    db.session.commit()
    done("The round is open.")
    return redirect(url_for("opening.show", ref=ref))


@bp.post("/take-back")
@needs(Permission.ROUND_OPEN)
def take_back(ref: str) -> Response:
    bid_round = round_of_officer(ref)
    actions_opening.take_back_opening(bid_round, actor=current_viewer(), now=clock())
    db.session.commit()
    done("You have taken the opening back.")
    return redirect(url_for("opening.show", ref=ref))


def round_of_officer(ref: str) -> Round:
    """A published round of which the viewer is an opening officer."""
    viewer = current_viewer()
    bid_round = rounds.own_round(ref, viewer)
    if bid_round.published_at is None or not policy_opening.is_officer(viewer, bid_round):
        raise NotFound
    return bid_round
