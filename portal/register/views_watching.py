"""For whoever watches the installation: is it alive, is it ready, and figures for Prometheus."""

from typing import Any

from flask import abort, current_app, request

from portal import health, metrics
from portal.access import public
from portal.register.views import bp
from portal.web import clock


@bp.get("/health/live")
@public
def live() -> Any:
    """The process answers: one that does not is started anew."""
    return {"status": "alive"}


@bp.get("/health")
@bp.get("/health/ready")
@public
def ready() -> Any:
    """Whether people can be sent here, and how each part does. No more is said than its state."""
    found = health.parts(clock())
    if not health.is_ready(found):
        return {"status": "not ready", "parts": found}, 503
    return {"status": "ready", "parts": found}


@bp.get("/metrics")
@public
def figures() -> Any:
    """For those with the token of this installation; to everybody else there is no such page."""
    if not metrics.may_ask(current_app, request.headers.get("Authorization", "")):
        abort(404)
    text, kind = metrics.figures()
    return text, 200, {"Content-Type": kind}
