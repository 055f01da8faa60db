"""What every page shares: the clock, rendering, the house's furniture for rooms, headers, errors."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from forms import typed_text
from portal import logs, settings
from portal.access import ANONYMOUS, Permission, Viewer, current_viewer
from portal.db import db, out_of_reach
from portal.retention import Kept
from scoring.rules import RuleBroken

LONDON = ZoneInfo("Europe/London")
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'"
)
RETRY_AFTER_SECONDS = "30"
log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the navigation, shown to those with its permission.

    `unless` leaves it out for those who have a better way to the same thing.
    """

    text: str
    endpoint: str
    permission: Permission | None = None
    unless: tuple[Permission, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that needs a person: what, where, by when."""

    title: str
    address: str
    due_at: datetime | None = None
    note: str = ""
    tag: str = ""
    count: int | None = None
    urgent: bool = False  # before everything that has a day


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something that falls due on a day, as a room hands it up to the one calendar.

    Args:
        title: what it is, in words that a calendar shows alone ("Oak House: insurance runs out").
        address: the page of it, on this site.
        kind: one word by which the calendar is narrowed: "round", "document", "contract", "kpi",
            "visit", "follow-up" and the like.
        council_ids: the councils that it is about; nobody in particular where there is none.
    """

    on: date
    title: str
    address: str
    kind: str
    note: str = ""
    council_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found."""

    title: str
    address: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that is known of a provider, for the line of evidence on its page.

    Args:
        on: the day on which it happened, in the councils' time zone.
        kind: what it is, in the word that its filter shows: "Promise", "Visit", "KPI".
        title, text: a line, and what stands under it. Nothing that this viewer may not read.
        address: where it can be read in full; empty where there is no page of its own.
        tone: "good", "care" or "bad" where it says something of the quality; the words say it too.
    """

    on: date
    kind: str
    title: str
    text: str = ""
    address: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a Young Commissioner said, and what it changed: for their page “You said, we did”.

    Args:
        on: the day on which it was decided.
        about: what it was about, in words of reading age 9: a round, a home that was visited.
        you_said, we_did: sentences of reading age 9. No prices, no names of people.
        address: where they can read more; empty where there is nothing for them.
    """

    on: date
    about: str
    you_said: tuple[str, ...]
    we_did: tuple[str, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class TookPart:
    """Something that a Young Commissioner did, for a line of their certificate."""

    on: date
    what: str


def _nothing(*_args: Any) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class Room:
    """What a room hands up to the house: its pages, and what the high pages collect from it."""

    blueprint: Blueprint
    nav: tuple[NavItem, ...] = ()
    due: Callable[[Viewer, datetime], Iterable[Due]] = _nothing
    search: Callable[[Viewer, Sequence[str], int], Iterable[Hit]] = _nothing  # words, at most
    card: Callable[[Any, Viewer], Iterable[Evidence]] = _nothing  # of a provider
    dates: Callable[[Viewer, date, date], Iterable[CalendarEntry]] = _nothing  # both days included
    said: Callable[[Viewer], Iterable[Said]] = _nothing  # by this Young Commissioner
    took_part: Callable[[int], Iterable[TookPart]] = _nothing  # a person, by id
    retention: tuple[Kept, ...] = ()  # what it keeps, for how long
    public_paths: tuple[str, ...] = ()
    beside: tuple[Blueprint, ...] = ()  # further pages of the room, under a name of their own


def open_rooms(app: Flask, names: Iterable[str]) -> None:
    """Register each room's pages; the order is the order of the navigation."""
    rooms: dict[str, Room] = {}
    for name in names:
        rooms[name] = import_module(f"portal.{name}.room").room
        for blueprint in (rooms[name].blueprint, *rooms[name].beside):
            app.register_blueprint(blueprint)
    app.extensions["rooms"] = rooms


def rooms() -> dict[str, Room]:
    """The rooms of this house by name."""
    collected: dict[str, Room] = current_app.extensions["rooms"]
    return collected


def clock() -> datetime:
    """The time at which this request was received (UTC); in a job or command, now."""
    if "now" not in g:
        g.now = current_app.config["CLOCK"]()
    now: datetime = g.now
    return now


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page of the portal. With an error on it, the status says so (422)."""
    form = context.get("form")
    if status == 200 and form is not None and getattr(form, "errors", None):
        status = 422
    return Response(render_template(template, **context), status=status, mimetype="text/html")


def framing(response: Response) -> Response:
    """A page that shows a file of ours in a frame; the file itself lies in a sandbox."""
    response.headers["Content-Security-Policy"] = f"{CONTENT_POLICY}; frame-src 'self'"
    return response


def done(message: str) -> None:
    """Say on the next page that it worked."""
    flash(message, "success")


def carried_out(form: Any, act: Callable[[], Any], *checks: Callable[[], Any]) -> bool:
    """Whether the form was sent, is sound, and its act was done and committed.

    A rule that the act breaks is shown on the form, and nothing of the act is kept.

    Args:
        checks: what the act would refuse one by one, so that all of it is told at once
            (`PortalForm.holds`).
    """
    if not form.holds(*checks):
        return False
    try:
        act()
    except RuleBroken as broken:
        db.session.rollback()
        form.add_rule_error(broken)
        return False
    db.session.commit()
    return True


def safe_next(address: str | None) -> str | None:
    """An address to go on to, only if it is on this site."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in address):
        return None
    return address


def wants_json() -> bool:
    """Whether the page's own script asks (an autosave or a progress poll)."""
    return request.headers.get("X-Requested-With", "") in {"autosave", "progress", "visit-queue"}


def in_london(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(LONDON)


def time_text(moment: datetime | None) -> str:
    """A time as people say it: "12:00 noon", "9:05am", "midnight"."""
    if moment is None:
        return "not set"
    local = moment.astimezone(LONDON)
    if (local.hour, local.minute) in {(12, 0), (0, 0)}:
        return "12 noon" if local.hour else "midnight"
    suffix = "am" if local.hour < 12 else "pm"
    return f"{local.hour % 12 or 12}:{local.minute:02d}{suffix}"


def date_text(moment: Any) -> str:
    """A date as people say it: "4 March 2027"."""
    if moment is None:
        return "not set"
    local = moment.astimezone(LONDON) if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}"


def moment_text(moment: datetime | None) -> str:
    """A moment as people say it: "12 noon on 4 March 2027"."""
    return "not set" if moment is None else f"{time_text(moment)} on {date_text(moment)}"


def pounds(pence: int | None) -> str:
    """Pence as pounds: "£1,234.50"; what is missing is said, never £0."""
    if pence is None:
        return "not given"
    sign = "−" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def init_app(app: Flask) -> None:
    """Bind hooks, template words and error pages."""
    if proxies := app.config["PROXIES"]:  # else everybody would share the proxy's count of tries
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_headers)
    app.context_processor(_context)
    for word in (moment_text, date_text, time_text, pounds, in_london):
        app.add_template_filter(word, word.__name__)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(RuleBroken, _rule_broken)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_fault)
    app.register_error_handler(Exception, _fault)


def _begin() -> None:
    trusted = bool(current_app.config["PROXIES"])
    given = logs.request_id(request.headers.get("X-Request-Id", ""), trusted)
    g.request_id = given or uuid.uuid4().hex[:16]
    clock()


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )
    if request.endpoint != "static" and not response.cache_control.public:
        response.headers["Cache-Control"] = "no-store"  # a file, too: shared computers keep copies
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _context() -> dict[str, Any]:
    viewer = current_viewer()
    return {
        "viewer": viewer,
        "P": Permission,
        "nav_items": _nav_items(viewer),
        "demo": current_app.config["DEMO"],
        "now": clock(),
        "setting": settings.get,
        "version": portal_version(),
    }


def _nav_items(viewer: Viewer) -> list[dict[str, Any]]:
    if "rooms" not in current_app.extensions or not has_request_context():
        return []
    items = []
    for room in rooms().values():
        for item in room.nav:
            if _is_shown(item, viewer):
                address = url_for(item.endpoint, **item.values)
                items.append(
                    {"text": item.text, "href": address, "active": request.path.startswith(address)}
                )
    return items


def _is_shown(item: NavItem, viewer: Viewer) -> bool:
    if any(viewer.may(permission) for permission in item.unless):
        return False
    return item.permission is None or viewer.may(item.permission)


@cache  # the search for it reads the disk
def portal_version() -> str:
    """The version that is printed on every page."""
    try:
        return version("placement-quality-portal")
    except PackageNotFoundError:
        return str(current_app.config.get("VERSION", "1.0"))


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
    log.error("database out of reach", request=g.get("request_id"), kind=type(error).__name__)
    g.viewer, g.settings = ANONYMOUS, {}  # the page asks nothing of the database
    if wants_json():
        return {"status": "unavailable"}, 503, {"Retry-After": RETRY_AFTER_SECONDS}
    kept = typed_text(request.form)
    answer = page("errors/503.html", status=503, kept=kept, came_from=_came_from())
    answer.headers["Retry-After"] = RETRY_AFTER_SECONDS
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


def or_404(thing: Any) -> Any:
    """The thing, or a page that says it is not there (the same for a stranger)."""
    if thing is None:
        raise NotFound
    return thing
