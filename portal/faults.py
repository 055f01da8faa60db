"""What goes wrong, as a page that says what is safe and what to do next, or in a program's own words."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from forms import typed_text
from portal import logs
from portal.access import ANONYMOUS, current_viewer
from portal.db import db, out_of_reach
from portal.web import page, safe_next, wants_json
from scoring.rules import RuleBroken

RETRY_AFTER_SECONDS = 30
log = structlog.get_logger("web")


def init_app(app: Flask) -> None:
    """Bind a page to everything that can go wrong."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(RuleBroken, _rule_broken)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_fault)
    app.register_error_handler(Exception, _fault)


Voice = Callable[[Exception], Any]


def speak(app: Flask, prefix: str, voice: Voice) -> None:
    """Let what goes wrong under these addresses be told by another voice than by a page."""
    app.extensions.setdefault("voices", {})[prefix] = voice


def _voice() -> Voice | None:
    voices: dict[str, Voice] = current_app.extensions.get("voices", {})
    return next((one for prefix, one in voices.items() if request.path.startswith(prefix)), None)


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if error.response is not None:
        return error.response
    if (voice := _voice()) is not None:
        return voice(error)
    if code == 401:
        return _sign_in_first()
    if code == 428:
        return redirect(url_for("people.second_factor"))
    if wants_json():
        return {"status": "refused", "message": error.description}, code
    known = (
        code
        if code in {400, 403, 404, 405, 409, 413, 429, 500, 503}
        else 500
        if code >= 500
        else 400
    )
    return page(f"errors/{known}.html", status=code, error=error, came_from=_came_from())


def _sign_in_first() -> Any:
    if request.method in {"GET", "HEAD"}:
        address = request.full_path if request.query_string else request.path
        return redirect(url_for("people.sign_in", next=address))
    return _expired(None)


def _expired(_error: CSRFError | None) -> Any:
    """A session that ended while somebody was typing: nothing that they typed is lost."""
    if wants_json():
        return {
            "status": "signed-out",
            "message": "You have been signed out, so what you typed is not saved.",
        }, 401
    return page(
        "errors/expired.html", status=400, kept=typed_text(request.form), came_from=_came_from()
    )


def _came_from() -> str:
    """The page of ours from which a form was sent, to go back to."""
    return safe_next(urlsplit(request.referrer or "").path) or "/"


def _rule_broken(error: RuleBroken) -> Any:
    """A rule that no form caught: the act is refused, and the page says why."""
    db.session.rollback()
    if (voice := _voice()) is not None:
        return voice(error)
    if wants_json():
        return {"status": "refused", "message": error.message}, 409
    return page("errors/409.html", status=409, error=error, came_from=_page_before())


def _page_before() -> str | None:
    """The page on which somebody pressed the button that is refused, if it can be shown again."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or (parts.path, request.method) == (request.path, "GET"):
        return None
    return safe_next(parts.path)


def _database_fault(error: Exception) -> Any:
    return _unavailable(error) if out_of_reach(error) else _fault(error)


def _unavailable(error: Exception) -> Any:
    """The database is starting again or too busy: nothing is saved, and what was typed comes back."""
    log.error("database out of reach", kind=type(error).__name__)
    g.viewer, g.settings = ANONYMOUS, {}  # the page asks nothing of the database
    if (voice := _voice()) is not None:
        return voice(ServiceUnavailable(retry_after=RETRY_AFTER_SECONDS))
    if wants_json():
        return {"status": "unavailable"}, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}
    kept = typed_text(request.form)
    answer = page("errors/503.html", status=503, kept=kept, came_from=_came_from())
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _fault(error: Exception) -> Any:
    if current_app.config.get("PROPAGATE_FAULTS"):
        raise error
    log.error(
        "fault", endpoint=request.endpoint, kind=type(error).__name__, trace=logs.trace(error)
    )
    if "db_session" in g:
        db.session.rollback()
    g.viewer = (
        ANONYMOUS if isinstance(error, RuntimeError) and "db_session" not in g else current_viewer()
    )
    if (voice := _voice()) is not None:
        return voice(error)
    return page("errors/500.html", status=500, error=error)
