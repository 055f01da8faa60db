"""One way to lay a resource: who may come with which scope, what is asked, what is answered.

Each route is a function of a few lines over a query or an action of its room. What every route owes
stands here: the guard, the arguments, the answers that the specification names, ETags, the commit.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, jsonify, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import NotFound, Unauthorized

from portal.access import ANONYMOUS, Permission, Viewer, current_viewer
from portal.api.fields import Asked
from portal.api.problems import Refused, challenge
from portal.db import db
from portal.people.api_door import Caller, caller
from portal.people.scopes import Scope

MOST_JSON_BYTES = 1_000_000
View = Callable[..., Any]


class _Parser(FlaskParser):
    """Reads what is sent, and refuses what nobody asked for, so that a slip does not pass unseen."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE, "json": RAISE}


class _Blueprint(Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    ARGUMENTS_PARSER = _Parser()


bp = _Blueprint("api", __name__, url_prefix="/api/v1")


class NoQuery(Asked):
    """A route that is narrowed by nothing."""


def reads(
    rule: str,
    gives: type[Schema],
    *,
    tag: str,
    scope: Scope | None = None,
    permission: Permission | None = None,
    asks: type[Schema] = NoQuery,
    refuses: bool = False,
    csv: bool = False,
) -> Callable[[View], View]:
    """A route that looks.

    Args:
        scope, permission: what a token and its holder need; without them anybody may look.
        asks: the query. It is handed over as one dictionary, before what the address names.
        refuses: whether a rule may refuse it (409).
        csv: whether it also answers with a file of comma-separated values.
    """

    def decorate(view: View) -> View:
        made = bp.arguments(asks, location="query")(view)
        made = bp.response(200, gives)(made)
        if csv:
            kind = {"type": "string"}
            made = bp.alt_response(200, schema=kind, content_type="text/csv", success=True)(made)
        made = bp.alt_response(304, response="NOT_MODIFIED")(made)
        codes = [400, 422, 429, 503, 401]  # 400: what no text may hold, as a byte of zero
        codes += [403] if scope else []
        codes += [404] if "<" in rule or scope else []
        codes += [409] if refuses else []
        return _laid(_Route(rule, "GET", tag, scope, permission), made, codes)

    return decorate


def writes(
    rule: str,
    gives: type[Schema],
    *,
    tag: str,
    scope: Scope,
    permission: Permission,
    method: str = "POST",
    status: int = 200,
    asks: type[Schema] | None = None,
    if_match: bool = False,
    takes: Collection[str] = (),
) -> Callable[[View], View]:
    """A route that changes something. All of it is kept, at the end, or nothing.

    Args:
        asks: the body, in JSON. takes: where the body is a file, its types.
        if_match: the caller says which state it has read (`expect` compares).
    """

    def decorate(view: View) -> View:
        codes = [400, 401, 403, 404, 409, 413, 422, 429, 503]
        made = _committed(view)
        if asks is not None:
            made = bp.arguments(asks, location="json")(made)
        codes += [415] if asks is not None or takes else []
        made = bp.response(status, gives)(made)
        if if_match:
            codes += [412, 428]
        header = {"in": "header", "name": "If-Match", "required": True}
        header |= {"schema": {"type": "string"}, "description": "The ETag of what was read"}
        made = bp.doc(parameters=[header])(made) if if_match else made
        if asks is not None or takes:
            made = _of_its_kind(made, takes)
        return _laid(_Route(rule, method, tag, scope, permission), made, codes)

    return decorate


@dataclass(frozen=True, slots=True)
class _Route:
    rule: str
    method: str
    tag: str
    scope: Scope | None
    permission: Permission | None


def _laid(route: _Route, view: View, codes: Iterable[int]) -> View:
    """Name every answer in the specification, put the guard before it, and register it."""
    for code in codes:
        view = bp.alt_response(code, response=HTTPStatus(code).name)(view)
    if route.scope is None:
        view = bp.doc(security=[{}, {"bearer": []}, {"basic": []}])(view)
    else:
        ways: list[dict[str, list[str]]] = [{"bearer": []}]
        ways += [{"basic": []}] if route.method == "GET" else []
        view = bp.doc(security=ways, **{"x-scope": route.scope.value})(view)
    guarded = _guarded(view, route.scope, route.permission)
    bp.route(route.rule, methods=[route.method], tags=[route.tag])(guarded)
    return guarded


def _guarded(view: View, scope: Scope | None, permission: Permission | None) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if any("\x00" in str(value) for value in kwargs.values()):
            raise NotFound  # no reference holds it, and no database takes it
        if scope is not None and permission is not None:
            _admit(scope, permission)
        return view(*args, **kwargs)

    guarded.permission = permission  # type: ignore[attr-defined]
    guarded.scope = scope  # type: ignore[attr-defined]
    return guarded


def _admit(scope: Scope, permission: Permission) -> None:
    """Raises Unauthorized or Refused: first who asks, then what the token and its holder may do."""
    token, viewer = caller(), current_viewer()
    if token is None or viewer.is_anonymous:
        raise Unauthorized("Send a token in the Authorization header.")
    if viewer.must_enrol:
        raise Refused(403, "second-factor:missing", "Set up your second factor first.")
    _admit_scope(token, scope)
    if not viewer.may(permission):
        raise Refused(403, "permission:missing", "You may not do this.")


def _admit_scope(token: Caller, scope: Scope) -> None:
    if scope not in token.scopes:
        more = f', error="insufficient_scope", scope="{scope.value}"'
        words = f"The token needs the scope {scope.value}."
        raise Refused(403, "scope:missing", words, **challenge(more))
    if request.method not in {"GET", "HEAD"} and not token.may_change:
        words = "Send the token as a bearer token: as a password it only reads."
        raise Refused(403, "token:as-password", words)


def viewer_with(scope: Scope) -> Viewer:
    """Who asks, where a route is open to anybody: without the scope it is nobody in particular."""
    token = caller()
    return current_viewer() if token is not None and scope in token.scopes else ANONYMOUS


def _of_its_kind(view: View, takes: Collection[str]) -> View:
    """Only JSON and not too much of it, or a file of these types; judged before it is read."""

    @wraps(view)
    def judged(*args: Any, **kwargs: Any) -> Any:
        if takes and request.mimetype not in takes:
            raise Refused(415, "body:wrong-type", f"Send it as {' or '.join(takes)}.")
        if not takes and not request.is_json:
            raise Refused(415, "body:not-json", "Send JSON, as application/json.")
        if not takes:
            request.max_content_length = MOST_JSON_BYTES
        return view(*args, **kwargs)

    return judged


def _committed(view: View) -> View:
    """One commit, at the edge, after which the view's answer is read."""

    @wraps(view)
    def committed(*args: Any, **kwargs: Any) -> Any:
        answer = view(*args, **kwargs)
        db.session.commit()
        db.session.expire_all()  # what is told now is what was kept
        return answer() if callable(answer) else answer

    return committed


# --- ETags ---------------------------------------------------------------------------------


def etag_of(body: bytes) -> str:
    """A tag that changes when any word of the answer does."""
    return sha256(body).hexdigest()[:40]


def expect(schema: type[Schema], told: Mapping[str, Any]) -> None:
    """Go on only if the caller has read what stands now.

    Raises:
        Refused: 428 without If-Match, 412 when it changed since.
    """
    if not request.if_match:
        raise Refused(428, "etag:missing", "Send If-Match with the ETag of what you have read.")
    now = etag_of(jsonify(schema().dump(told)).get_data())
    if not request.if_match.contains(now):
        raise Refused(412, "etag:changed", "It changed since you read it. Read it again.")


@bp.after_request
def _tag(response: Response) -> Response:
    """An ETag for what was read or written, and 304 for who has it already."""
    if response.status_code == 200 and not response.is_streamed:
        response.set_etag(etag_of(response.get_data()))
        if request.method in {"GET", "HEAD"}:
            response.make_conditional(request)
    return response


def address_of(path: str) -> str:
    """An address of ours as programs are told it."""
    return f"{current_app.config['BASE_URL']}{path}"
