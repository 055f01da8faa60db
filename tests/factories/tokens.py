"""Tokens for tests, and a program that asks with one.

finance = a_program(app, a_finance_officer(), Scope.COSTS_READ)
finance.get("/cost-reports").json["items"]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from portal.access import Viewer
from portal.db import db
from portal.people import actions
from portal.people.scopes import Scope, of_use_to

BASE = "/api/v1"


def a_token(viewer: Viewer, *scopes: Scope, now: Any, days: int = 30) -> str:
    """A token of this person for these scopes; for all that are of use where none is named."""
    wanted: Iterable[Scope] = scopes or of_use_to(viewer)
    last_on = (now + timedelta(days=days)).date()
    token = actions.make_token("A program", list(wanted), last_on, actor=viewer, now=now)
    db.session.commit()
    return token


@dataclass
class Program:
    """Asks the interface with a token; without one where it is empty."""

    client: Any
    token: str

    def open(self, path: str, method: str, headers: Any = (), **more: Any) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer: TestResponse = self.client.open(
            f"{BASE}{path}", method=method, headers=sent | dict(headers), **more
        )
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.open(path, "GET", **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.open(path, "POST", **more)

    def patch(self, path: str, **more: Any) -> TestResponse:
        return self.open(path, "PATCH", **more)


def a_program(app: Any, viewer: Viewer | None = None, *scopes: Scope) -> Program:
    """A program of this person, or of nobody."""
    token = a_token(viewer, *scopes, now=app.config["CLOCK"]()) if viewer else ""
    return Program(app.test_client(), token)
