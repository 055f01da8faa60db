"""Logs: one line of JSON for each event, with the request's id and nothing about people.

No address (it may hold a token), no form, no message of an error (it may repeat what was typed), no
person. What a request did to whom is in the audit trail, which has rules of its own.
"""

import logging
import re
import sys
import time
import traceback
from typing import TextIO

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("web")
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_DEEPEST = 12  # lines of a trace: the nearest to the fault


def init_app(app: Flask) -> None:
    """Configure what is logged and how; a line for each request."""
    write_to(sys.stderr, logging.WARNING if app.config.get("TESTING") else logging.INFO)
    if not app.config.get("TESTING"):
        _take_over_the_rest()
    app.before_request(_begin)
    app.after_request(_tell)


def write_to(stream: TextIO, level: int) -> None:
    """Write events of this level and above to a stream."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )


def request_id(given: str, trusted: bool) -> str | None:
    """The id that a server before this one gave, if there is one to trust and it looks like an id."""
    return given if trusted and _GIVEN_ID.fullmatch(given) else None


def trace(error: BaseException) -> list[str]:
    """Where an error came from: files, lines and functions; never its message."""
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _begin() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.get("request_id"))
    g.log_began = time.perf_counter()


def _tell(answer: Response) -> Response:
    if request.endpoint != "static":
        spent = time.perf_counter() - g.get("log_began", time.perf_counter())
        log.info(
            "request",
            endpoint=request.endpoint,
            method=request.method if request.method.isalpha() else "?",
            status=answer.status_code,
            milliseconds=round(spent * 1000),
        )
    return answer


class _Bare(logging.Formatter):
    """What other libraries log: their words, without what they put into them."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"event": str(record.msg)[:200] if record.args else "a library's message"}
        if record.exc_info and record.exc_info[1] is not None:
            told["kind"] = type(record.exc_info[1]).__name__
        renderer = structlog.processors.JSONRenderer()
        level = record.levelname.lower()
        return str(renderer(None, level, {"library": record.name, "level": level, **told}))


def _take_over_the_rest() -> None:
    """Whatever the standard library's loggers would write goes through the same sieve."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Bare())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
