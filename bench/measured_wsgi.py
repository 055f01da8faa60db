"""The portal as the bench serves it: each answer says what it cost, in the Server-Timing header.

The smallest possible page stands beside it on the same server: plain Flask, a signed cookie, one
person looked up in the same database, two letters sent.
"""

import os
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from flask import Flask, abort
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from sqlalchemy import Engine, create_engine, event, text
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bench.settings import SMALLEST
from portal import create_app

NO_WORK = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)


class _Somebody(UserMixin):
    def __init__(self, number: int, name: str) -> None:
        self.id, self.name = str(number), name


def smallest_portal(database_url: str) -> Flask:
    """The least that a Flask page behind a sign-in check can be."""
    app = Flask("smallest")
    app.secret_key = os.urandom(32)
    engine = create_engine(database_url)
    login = LoginManager(app)

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(number: str) -> _Somebody | None:
        with engine.connect() as connection:
            found = connection.execute(
                text("SELECT id, name FROM person WHERE id = :id"), {"id": int(number)}
            ).first()
        return _Somebody(*found) if found else None

    @app.get("/sign-in")
    def sign_in() -> str:
        with engine.connect() as connection:
            first = connection.execute(text("SELECT id, name FROM person ORDER BY id")).first()
        if first is None:
            abort(404)
        login_user(_Somebody(*first))
        return "in"

    @app.get("/")
    @login_required  # type: ignore[untyped-decorator]
    def page() -> str:
        return "ok" if current_user.name else ""

    return app


@event.listens_for(Engine, "before_cursor_execute")
def _count(
    _connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    seen = _statements.get()
    if seen is not None and not statement.lstrip().upper().startswith(NO_WORK):
        seen.append(statement)


def measured(inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Time each request up to its first byte, and count the statements that it sent."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen: list[str] = []
        token = _statements.set(seen)
        began, began_cpu = time.perf_counter(), time.thread_time()

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            spent = (time.perf_counter() - began) * 1000
            busy = (time.thread_time() - began_cpu) * 1000
            cost = f"app;dur={spent:.3f}, cpu;dur={busy:.3f}, sql;dur={len(seen)}"
            return start_response(status, [*headers, ("Server-Timing", cost)], *rest)

        try:
            return inner(environ, start)
        finally:
            _statements.reset(token)

    return outer


portal = create_app()
both = DispatcherMiddleware(portal, {SMALLEST: smallest_portal(portal.config["DATABASE_URL"])})
app = measured(both)
