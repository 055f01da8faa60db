"""What goes wrong, told to programs as RFC 9457 asks: one form for every error, whatever its cause."""

import json
from http import HTTPStatus
from typing import Any

from flask import Response, g, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, MethodNotAllowed, ServiceUnavailable

from scoring.rules import RuleBroken

MIME = "application/problem+json"
REALM = 'realm="portal"'
WAIT_SECONDS = 5  # when the database is busy


class FaultSchema(Schema):
    """One thing that is wrong with what was sent."""

    field = fields.String(required=True, metadata={"description": "Where it stands, such as `on`"})
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "Always `about:blank`"})
    title = fields.String(required=True, metadata={"description": "The status in words"})
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What happened, for a person"})
    instance = fields.String(
        required=True, metadata={"description": "The number of this request, to ask us about it"}
    )
    code = fields.String(
        required=True, metadata={"description": "A name that stays, such as `scope:missing`"}
    )
    errors = fields.List(fields.Nested(FaultSchema), required=True)


class Refused(HTTPException):
    """A refusal of the interface itself, with a name of its own."""

    def __init__(self, status: int, code: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.code, self.name_of_it = status, code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def tell(error: Exception) -> Response:
    """The answer to a program for anything that went wrong."""
    if isinstance(error, RuleBroken):
        faults = [{"field": error.field, "message": error.message}] if error.field else []
        return problem(422 if faults else 409, error.code, error.message, faults)
    if isinstance(error, ServiceUnavailable):
        busy = "The portal is busy. Try again in a moment."
        return problem(503, "portal:busy", busy, headers={"Retry-After": str(WAIT_SECONDS)})
    if isinstance(error, Refused):
        status = error.code or 500
        detail = str(error.description)
        return problem(status, error.name_of_it, detail, headers=error.headers)
    if isinstance(error, HTTPException):
        return _of_http(error)
    return problem(500, "portal:fault", "Something went wrong here. It is written down.")


def problem(
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    """An error as JSON."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{g.get('request_id', '')}",
        "code": code,
        "errors": errors or [],
    }
    return Response(json.dumps(told), status, headers, mimetype=MIME)


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    errors = _faults(getattr(error, "data", None) or {})
    detail = str(error.description or HTTPStatus(status).phrase)
    if errors:
        detail = "What was sent cannot be read. See `errors`."
    return problem(status, f"http:{status}", detail, errors, headers=_headers(error))


def _headers(error: HTTPException) -> dict[str, str]:
    if error.code == 401:
        return challenge()
    if error.code == 429:
        return {"Retry-After": str(getattr(error, "retry_after", None) or 60)}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        return {"Allow": ", ".join(sorted(error.valid_methods))}
    return {}


def challenge(more: str = "") -> dict[str, str]:
    """How one may come in. A token as a password only looks, so only looking offers it."""
    basic = f", Basic {REALM}" if request.method in {"GET", "HEAD"} else ""
    return {"WWW-Authenticate": f"Bearer {REALM}{more}{basic}"}


def _faults(data: dict[str, Any]) -> list[dict[str, str]]:
    """What marshmallow found, by place, field and item, as one flat list."""
    found: list[dict[str, str]] = []

    def walk(path: list[str], told: Any) -> None:
        if isinstance(told, dict):
            for name, more in told.items():
                walk([*path, str(name)], more)
        else:
            sentences = told if isinstance(told, list) else [told]
            found.extend({"field": ".".join(path), "message": str(one)} for one in sentences)

    for place, told in (data.get("messages") or {}).items():
        walk([] if place in {"query", "json", "json_or_form"} else [place], told)
    return found
