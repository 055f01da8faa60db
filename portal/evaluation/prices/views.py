"""The opening of prices: what waits, the two officers, and the record of it."""

from flask import Response, redirect, url_for
from werkzeug.exceptions import NotFound

from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.asked import scheme_of
from portal.evaluation.prices import (
    actions as actions_prices,
    policy as policy_prices,
    queries as queries_prices,
)
from portal.evaluation.views import bp
from portal.rounds.models import Round
from portal.web import clock, done, page


@bp.get("/council/rounds/<ref>/prices")
@needs(Permission.ROUND_OPEN)
def prices(ref: str) -> Response:
    viewer, bid_round = current_viewer(), _round(ref)
    opening, standing = queries_prices.opening_of(bid_round), queries.standing(viewer, bid_round)
    return page(
        "evaluation/prices.html",
        round=bid_round,
        opening=opening,
        envelopes=queries_prices.opened_envelopes(opening, viewer),
        may_begin=policy_prices.may_begin(viewer, bid_round, standing, opening),
        may_confirm=policy_prices.may_confirm(viewer, bid_round, standing, opening),
        may_take_back=policy_prices.may_take_back(viewer, opening),
    )


@bp.post("/council/rounds/<ref>/prices/begin")
@needs(Permission.ROUND_OPEN)
def begin_prices(ref: str) -> Response:
    actions_prices.begin(_round(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("You have begun to open the prices. The other officers have been told.")
    return redirect(url_for(".prices", ref=ref))


@bp.post("/council/rounds/<ref>/prices/confirm")
@needs(Permission.ROUND_OPEN)
def confirm_prices(ref: str) -> Response:
    actions_prices.confirm(_round(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("The prices are open, and the results are computed.")
    return redirect(url_for(".prices", ref=ref))


@bp.post("/council/rounds/<ref>/prices/take-back")
@needs(Permission.ROUND_OPEN)
def take_back_prices(ref: str) -> Response:
    actions_prices.take_back(_round(ref), actor=current_viewer(), now=clock())
    db.session.commit()
    done("You have taken it back. The prices stay sealed.")
    return redirect(url_for(".prices", ref=ref))


def _round(ref: str) -> Round:
    """A round whose prices count, after its opening; the viewer is one of its officers."""
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    if bid_round.opened_at is None or not policy_prices.is_officer(viewer, bid_round):
        raise NotFound
    if scheme_of(bid_round).price is None:
        raise NotFound
    return bid_round
