"""The demonstration's story for sweeps: told once a run, copied for each process, signed in as anybody.

Two people are added who have no part in it: a commissioner of a council outside the consortium, and an
evaluator of its lead council who is on no panel.
"""

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from tests.client import HygieneClient
from tests.databases import make_tables, test_config

NOW = datetime(2027, 3, 3, 10, 30, tzinfo=UTC)  # a Wednesday in March; the story is told up to here
NOBODY = "nobody"
OUTSIDERS = {
    "Iris Stone": ("commissioner", "milton-keynes"),
    "Felix Gray": ("evaluator", "luton"),
}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
MAY_BE_WRITTEN_BY_LOOKING = {"session_seen", "reads", "api_use"}
FOR_PROGRAMS = "/api/"


@dataclass
class Demonstration:
    """A portal with the story in it, which each test finds as it was told."""

    folder: Path
    app: Flask
    written: list[str] = field(default_factory=list)  # tables, since `changes` was last asked
    clients: dict[str, HygieneClient] = field(default_factory=dict)
    cookies: dict[str, dict[Any, Any]] = field(default_factory=dict)
    permissions: dict[str, frozenset[Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "portal.sqlite3"

    def by(self, name: str) -> HygieneClient:
        """A browser in which this person is signed in; `NOBODY` is nobody."""
        return self.clients[name]

    def headers(self, name: str, address: str) -> dict[str, str]:
        """What this person sends along: to the interface for programs their token, else nothing."""
        if not address.startswith(FOR_PROGRAMS) or name not in self.tokens:
            return {}
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    def asks(self, name: str, address: str, method: str = "GET") -> TestResponse:
        """What this person is answered, by browser or by program as the address wants it."""
        answer: TestResponse = self.by(name).open(
            address, method=method, headers=self.headers(name, address)
        )
        return answer

    def changes(self) -> set[str]:
        """The tables that were written to since this was last asked; who asked is no change."""
        changed, self.written[:] = set(self.written) - {"api_use"}, []
        return changed

    def put_back(self) -> None:
        """Forget everything that was done since the story was told."""
        from portal.db import db

        with self.app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.folder / "as-told.sqlite3", self.database)
        self.written.clear()
        for name, cookies in self.cookies.items():
            self.clients[name]._cookies = dict(cookies)

    def keep(self) -> None:
        """Let this be what `put_back` goes back to."""
        target = self.folder / "as-told.sqlite3"
        with (
            closing(sqlite3.connect(self.database)) as live,
            closing(sqlite3.connect(target)) as to,
        ):
            live.backup(to)

    @contextmanager
    def open(self) -> Iterator[Any]:
        """The database session of a command, at the time of the story's end."""
        from portal.db import db

        with self.app.app_context():
            yield db.session

    @contextmanager
    def doors_only(self) -> Iterator[None]:
        """Only who comes through: no tokens, and of each page no more than the name of its template.

        Whatever a request has done is put back before the next one, so everybody stays who they are.
        """
        self.app.config["WTF_CSRF_ENABLED"] = False
        for client in self.clients.values():
            client.checks = False
        try:
            with (
                patch("portal.web.render_template", lambda template, **_: template),
                patch("portal.people.sessions.viewer_of_token", _everybody_known()),
                papers_unset(),
            ):
                yield
        finally:
            self.app.config["WTF_CSRF_ENABLED"] = True
            for client in self.clients.values():
                client.checks = True

    def at(self, moment: datetime) -> datetime:
        """Move the clock, and sign everybody in again: their sessions have run out."""
        self.app.config["CLOCK"] = lambda: moment
        self.sign_everybody_in()
        return moment

    def watch(self) -> None:
        """Notice every statement that writes."""
        from portal.db import db

        def notice(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            words = statement.replace('"', " ").split(None, 4)
            if words[0].upper() in WRITES:
                at = 1 if words[0].upper() == "UPDATE" else 2
                self.written.append(words[at].partition("(")[0])

        def hurry(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")

        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", notice)
            event.listen(db.engine, "connect", hurry)
            db.engine.dispose()

    def sign_everybody_in(self) -> None:
        """A browser for each person of the story, signed in now, and one for nobody."""
        from portal.people.models import Person
        from portal.people.queries import viewer_of
        from tests.factories.people import as_person

        self.clients[NOBODY] = HygieneClient(self.app, self.app.response_class)
        self.permissions[NOBODY] = frozenset()
        with self.open() as session:
            for person in session.scalars(select(Person).where(Person.active)):
                client = HygieneClient(self.app, self.app.response_class)
                self.clients[person.name] = as_person(client, person)
                self.permissions[person.name] = viewer_of(person.id).permissions
            self.tokens = tokens_for_everybody(session)
        self.cookies = {name: dict(client._cookies) for name, client in self.clients.items()}
        self.keep()


def tokens_for_everybody(session: Any) -> dict[str, str]:
    """A token with every scope for each person, told by their name alone; none waits for another."""
    from portal.people.models import Person
    from portal.people.models_tokens import ApiToken
    from portal.people.scopes import Scope
    from portal.people.tokens import hashed
    from portal.settings import DEFINITIONS, Setting

    everybody = {one.name: one for one in session.scalars(select(Person).where(Person.active))}
    tokens = {name: f"pqp_{name}" for name in everybody}
    kept = set(session.scalars(select(ApiToken.person_id)))
    for name, person in everybody.items():
        if person.id not in kept:
            session.add(
                ApiToken(
                    person_id=person.id,
                    name="A program",
                    token_hash=hashed(tokens[name]),
                    scopes=sorted(Scope),
                    last_on=(NOW + timedelta(days=365)).date(),
                    made_at=NOW,
                )
            )
    for key in ("api_calls", "api_public_calls"):
        session.merge(Setting(key=key, value=DEFINITIONS[key].highest))
    session.commit()
    return tokens


@contextmanager
def papers_unset() -> Iterator[None]:
    """What goes into a PDF stays the markup that it is made of: a second less for each.

    Every word of the paper is in it. That papers are set as they should be has tests of its own.
    """
    with patch("portal.pdf.pdf_of", lambda markup: markup.encode()):
        yield


def _everybody_known() -> Callable[..., Any]:
    """Who is behind a token, looked up once."""
    from portal.people.viewers import viewer_of_token

    known: dict[str, Any] = {}

    def remembered(session: Any, token: str, **more: Any) -> Any:
        if token not in known:
            known[token] = viewer_of_token(session, token, **more)
        return known[token]

    return remembered


def demonstration_in(folder: Path) -> Demonstration:
    """A portal on a told story."""
    from portal import create_app

    url = f"sqlite:///{folder / 'portal.sqlite3'}"
    settings = test_config(folder, url) | {"DEMO": True, "CLOCK": lambda: NOW}
    return Demonstration(folder, create_app(**settings))


def tell_in(folder: Path) -> None:
    """Tell the story up to `NOW`, and bring in the people from outside."""
    from portal.demo import story

    folder.mkdir(parents=True)
    told = demonstration_in(folder)
    make_tables(told.app)
    told.watch()
    with told.open() as session, papers_unset():
        story.tell(NOW)
        _bring_in_outsiders()
        session.commit()
    told.keep()


def _bring_in_outsiders() -> None:
    """What the story has no need of: officers from outside, and invitations that wait."""
    from portal.access import Role
    from portal.people import actions as people
    from portal.people.models import Council, Person
    from portal.people.queries import viewer_of
    from portal.providers.models import Provider
    from tests.factories.people import a_council, a_person

    def one(kind: Any, condition: Any) -> Any:
        from portal.db import db

        return db.session.scalars(select(kind).where(condition)).one()

    for name, (role, slug) in OUTSIDERS.items():
        a_person(Role(role), a_council(slug), name=name, email=f"{role}@outside.example")
    neil = viewer_of(one(Person, Person.name == "Neil Forbes").id)
    priya = viewer_of(one(Person, Person.name == "Priya Nair").id)
    luton = one(Council, Council.slug == "luton")
    oakbridge = one(Provider, Provider.name == "Oakbridge Supported Living")
    people.invite("officer@demo.example", luton, Role.EVALUATOR, actor=neil, now=NOW)
    people.invite(
        "colleague@demo.example", oakbridge, Role.PROVIDER_CONTRIBUTOR, actor=priya, now=NOW
    )


def shared(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder that the first process to ask makes, and every other process of this run shares."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            (folder / "whole").touch()
    return folder


def copy_of(told: Path, folder: Path) -> Demonstration:
    """A portal of one's own on a copy of a told story."""
    shutil.copytree(told, folder, ignore=shutil.ignore_patterns("*-wal", "*-shm", "whole"))
    shutil.copyfile(told / "as-told.sqlite3", folder / "portal.sqlite3")
    copied = demonstration_in(folder)
    copied.watch()
    copied.sign_everybody_in()
    copied.written.clear()
    return copied
