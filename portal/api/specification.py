"""The specification (OpenAPI 3.1), written from the routes when somebody first asks for it.

Nothing of it is made when the portal starts: it takes a while, and most processes never need it.
"""

from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Flask, current_app, json
from flask_smorest import Api

from portal import settings
from portal.api.problems import MIME, ProblemSchema
from portal.api.routes import bp

VERSION = "1.0.0"
_lock = Lock()
WORDS = """\
What this portal knows, for programs: the same figures as on its pages, for the same people.

Make a token on the page of your account, and send it with each request, as
`Authorization: Bearer …`; Excel and Power BI may send it as the password of any name. Money is
whole pence, or pounds as a decimal text in tables; no figure is ever a float. Lists come in pages:
follow `next`. Send `If-None-Match` to be told that nothing changed. Every error has one form
(RFC 9457), and what you may not see is not there (404).
"""


class _Api(Api):  # type: ignore[misc]  # flask-smorest carries no types
    """flask-smorest, used for its specification alone: errors are told by the portal itself."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """The portal has them (`problems.tell`)."""

    def _register_pagination_header(self) -> None:
        """Pages name the address of the next one (`paging`)."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            told: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                told["content"] = {MIME: {"schema": ProblemSchema}}
            self.spec.components.response(status.name, told, lazy=True)


def specification() -> dict[str, Any]:
    """The whole specification of this installation."""
    kept = current_app.extensions
    with _lock:
        if "api specification" not in kept:
            kept["api specification"] = _written(current_app._get_current_object())  # type: ignore[attr-defined]
    made: dict[str, Any] = kept["api specification"]
    return made


def _written(app: Flask) -> dict[str, Any]:
    server = {"url": app.config["BASE_URL"]}
    api = _Api(
        app,
        spec_kwargs={
            "title": f"{settings.get('product_name')}: interface for programs",
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": {"description": WORDS},
            "servers": [server],
        },
    )
    schemes = api.spec.components
    schemes.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    schemes.security_scheme("basic", {"type": "http", "scheme": "basic"})
    bp.register_views_in_doc(api, app, api.spec, name=bp.name, parameters=None)
    made: dict[str, Any] = json.loads(json.dumps(api.spec.to_dict()))
    return made
