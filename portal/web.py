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

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    has_request_context,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import logs, settings
from portal.access import Permission, Viewer, current_viewer
from portal.days import LONDON
from portal.db import db
from portal.retention import Kept
from scoring.rules import RuleBroken

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'"
)
_WORDS_OF_URL_FOR = {"endpoint", "self", "_anchor", "_external", "_method", "_scheme"}
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


def words_of_address(*taken: str) -> dict[str, str]:
    """What the address asks for, to be carried on into another address.

    Args:
        taken: words for which the other address has a place of its own. These are left out, and so
            is what `url_for` takes for itself: somebody wrote it into the address by hand.
    """
    return {
        name: text
        for name, text in request.args.items()
        if name not in taken and name not in _WORDS_OF_URL_FOR
    }


def wants_json() -> bool:
    """Whether the page's own script asks (an autosave or a progress poll)."""
    return request.headers.get("X-Requested-With", "") in {"autosave", "progress", "visit-queue"}


def asked_by_itself() -> bool:
    """Whether an open page looks what others wrote meanwhile: nobody need sit before it."""
    return request.headers.get("X-Requested-With") == "live"


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
    """Bind hooks and template words."""
    if proxies := app.config["PROXIES"]:  # else everybody would share the proxy's count of tries
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.config.setdefault("MOST_BYTES", settings.most_bytes)  # of a file, for the forms
    app.before_request(_begin)
    app.after_request(_headers)
    app.context_processor(_context)
    for word in (moment_text, date_text, time_text, pounds, in_london):
        app.add_template_filter(word, word.__name__)


def _begin() -> None:
    trusted = bool(current_app.config["PROXIES"])
    given = logs.request_id(request.headers.get("X-Request-Id", ""), trusted)
    g.request_id = given or uuid.uuid4().hex[:16]
    clock()
    if "\x00" in request.path or "%00" in request.query_string.decode("latin-1"):
        raise BadRequest  # no text holds one, and PostgreSQL takes none


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
    items, in_room = [], []
    for room in rooms().values():
        shown = [item for item in room.nav if _is_shown(item, viewer)]
        made = [_nav_item(item) for item in shown]
        items += made
        if room.blueprint.name == request.blueprint:
            in_room = made
    if len(in_room) == 1 and not any(item["active"] for item in items):
        in_room[0]["active"] = True  # the rooms' other pages: forums are among the follow-ups
    return items


def _nav_item(item: NavItem) -> dict[str, Any]:
    address = url_for(item.endpoint, **item.values)
    return {"text": item.text, "href": address, "active": request.path.startswith(address)}


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


def or_404(thing: Any) -> Any:
    """The thing, or a page that says it is not there (the same for a stranger)."""
    if thing is None:
        raise NotFound
    return thing
