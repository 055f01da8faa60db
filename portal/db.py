"""The database: one engine, one session for each request, and types that the rooms share."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Select,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, UOWTransaction
from sqlalchemy.types import TypeDecorator

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REF_ALPHABET = (
    "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, no look-alikes: a ref is read out on the phone
)


AWAY = ("08", "53", "57")  # SQLSTATE: no connection, no room, stopped by its operator
BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL")


def out_of_reach(error: Exception) -> bool:
    """Whether the database could not be asked just now, so that the same may work in a minute."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    if error.connection_invalidated or isinstance(error.orig, ConnectionError):
        return True
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return bool(name.startswith(BUSY))
    if not hasattr(error.orig, "sqlstate"):
        return False
    state = error.orig.sqlstate  # none where no server answered at all
    return state is None or state.startswith(AWAY)


class Base(DeclarativeBase):
    """Tables of the portal. Constraint names are stable, because a name becomes a message."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. A time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[StrEnum], name: str) -> Enum:
    """A closed vocabulary as text, checked by the database under a name."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def new_ref(prefix: str) -> str:
    """A reference that cannot be guessed or walked, such as APP-7K3MP-9QXT2."""
    letters = "".join(secrets.choice(REF_ALPHABET) for _ in range(10))
    return f"{prefix}-{letters[:5]}-{letters[5:]}"


def machine_clock() -> datetime:
    """The time by this machine's clock. `CLOCK` in the configuration may say another (tests)."""
    return datetime.now(UTC)


class WroteOnRead(RuntimeError):
    """A page that is only looked at tried to change something."""


class Database:
    """The engine and its sessions.

    A GET gets a session that cannot write. Everything else begins with the write lock
    (`BEGIN IMMEDIATE` on SQLite), so that two writers queue instead of failing.
    """

    def init_app(self, app: Flask) -> None:
        url = make_url(app.config["DATABASE_URL"])
        # parameters stay out of error messages: they hold what people typed
        engine = create_engine(url, hide_parameters=True, **self._options(url.get_backend_name()))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _sqlite_connect)
            event.listen(engine, "begin", _sqlite_begin)
        app.extensions["database"] = engine
        app.teardown_appcontext(self._close)

    @staticmethod
    def _options(backend: str) -> dict[str, Any]:
        if backend == "sqlite":
            return {"connect_args": {"timeout": 30, "check_same_thread": False}}
        return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}

    @property
    def engine(self) -> Engine:
        engine: Engine = current_app.extensions["database"]
        return engine

    @property
    def session(self) -> Session:
        """The session of this request, job or command."""
        if "db_session" not in g:
            looking = has_request_context() and request.method in SAFE_METHODS
            g.db_session = self.open(write=not looking)
        session: Session = g.db_session
        return session

    def open(self, *, write: bool) -> Session:
        """A new session; the caller closes it."""
        engine = self.engine.execution_options(write=write)
        session = Session(engine, expire_on_commit=False)
        if not write:
            session.info["read_only"] = True
        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A short session of its own, for what is looked up before the write lock is taken."""
        session = self.open(write=False)
        try:
            yield session
        finally:
            session.close()

    def write_on_get(self) -> None:
        """Let this request write although it is a GET: another site sent somebody back to us.

        Its address works once, so a browser that loads it in advance or again changes nothing.
        """
        before: Session | None = g.pop("db_session", None)
        if before is not None:
            before.close()
        g.db_session = self.open(write=True)

    @contextmanager
    def only_reading(self) -> Iterator[None]:
        """Make `session` one that cannot write, and that sees one moment, for as long as the block.

        Long work that reads much keeps no writer waiting meanwhile. Its rows end with the block.
        """
        before = g.pop("db_session", None)
        g.db_session = session = self.open(write=False)
        if self.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            yield
        finally:
            g.pop("db_session").close()
            if before is not None:
                g.db_session = before

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A short transaction of its own, committed at the end."""
        session = self.open(write=True)
        try:
            yield session
            session.commit()
        finally:
            session.close()

    def wait_for(self, row: Select[Any]) -> None:
        """Take the lock of a row, so that those who change the same thing queue.

        SQLite's writers hold the whole database since their transaction began: nothing to take.
        """
        if self.engine.dialect.name != "sqlite":
            self.session.execute(row.with_for_update())

    def clock(self) -> datetime:
        """The time by the database's clock, so that several servers agree on a deadline."""
        told = current_app.config["CLOCK"]
        if told is not machine_clock or self.engine.dialect.name == "sqlite":
            set_or_local: datetime = told()
            return set_or_local
        with self.reading() as session:
            moment: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)

    @staticmethod
    def _close(_error: BaseException | None) -> None:
        session: Session | None = g.pop("db_session", None)
        if session is not None:
            session.close()


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@event.listens_for(Session, "before_flush")
def _refuse_writes_on_read(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    if session.info.get("read_only") and (session.new or session.dirty or session.deleted):
        changed = [*session.new, *session.dirty, *session.deleted]
        raise WroteOnRead(f"a page that is only looked at changed {type(changed[0]).__name__}")


def constraint_name(error: Exception) -> str:
    """The name of the constraint that an IntegrityError broke, or an empty text."""
    original = getattr(error, "orig", None)
    diagnostics = getattr(original, "diag", None)
    if diagnostics is not None:
        return str(diagnostics.constraint_name or "")
    return _sqlite_constraint(str(original))


def _sqlite_constraint(message: str) -> str:
    """SQLite names columns where PostgreSQL names the constraint: put the name together."""
    head, _, tail = message.partition(": ")
    if head == "CHECK constraint failed":
        return tail
    if head == "UNIQUE constraint failed":
        columns = [column.strip().split(".") for column in tail.split(",")]
        return "uq_" + "_".join([columns[0][0], *(column[-1] for column in columns)])
    return ""


db = Database()
