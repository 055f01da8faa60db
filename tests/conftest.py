"""The plumbing below every test: which database, how it is cleaned, and what may be skipped."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PURE = HERE / "scoring"
LONG = frozenset({"sweeps", "journeys"})
NEEDS_THE_PORTAL = frozenset({"app", "session", "client", "database_url"})
WHY_NO_SERVER = "PORTAL_TEST_POSTGRESQL_MISSING"
MAY_BE_SKIPPED = "reference files are not here"  # the reason that CI accepts, and no other

# A folder of tests brings its own fixtures for everybody in a file called fixtures.py.
pytest_plugins = [
    f"tests.{file.parent.name}.fixtures" for file in sorted(HERE.glob("*/fixtures.py"))
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="which database the portal runs on (a server of your own: PORTAL_TEST_POSTGRESQL)",
    )
    parser.addoption(
        "--api-examples",
        type=int,
        default=4,
        help="how many requests are made up for each operation of the interface for programs",
    )


def pytest_configure(config: pytest.Config) -> None:
    _choose_examples()
    if hasattr(config, "workerinput") or config.getoption("--database") != "postgresql":
        return
    from tests.databases import SERVER_VARIABLE, NoServer, PostgreSQLServer

    if SERVER_VARIABLE in os.environ:
        return
    try:
        server = PostgreSQLServer()
        server.start()
    except NoServer as error:
        os.environ[WHY_NO_SERVER] = str(error)
        return
    config.add_cleanup(server.stop)
    config.add_cleanup(lambda: os.environ.pop(SERVER_VARIABLE, None))
    os.environ[SERVER_VARIABLE] = server.url.render_as_string(hide_password=False)


def _choose_examples() -> None:
    """In CI the same examples every time; on a desk, new ones."""
    from hypothesis import HealthCheck, settings

    # how long examples take depends on what else the machine does: time is measured elsewhere
    patient = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("desk", **patient)
    settings.register_profile("ci", derandomize=True, **patient)
    settings.load_profile("ci" if _in_ci() else "desk")


def _in_ci() -> bool:
    return os.environ.get("CI") == "true"


# --- The rules are tested without the portal ----------------------------------------------


def _is_pure(item: pytest.Item) -> bool:
    return PURE in item.path.parents


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = NEEDS_THE_PORTAL & set(getattr(item, "fixturenames", ()))
        if _is_pure(item) and wanted:
            raise pytest.UsageError(f"{item.nodeid} tests a rule, and asks for {sorted(wanted)}")
    items.sort(key=_is_short)  # what takes long is begun first, so that no process waits for it


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: do not look through it for garbage again and again.

    Half a million objects that live as long as the process made a fifth of what tests cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _is_short(item: pytest.Item) -> bool:
    return LONG.isdisjoint(item.path.parts)


@pytest.fixture(autouse=True)
def _fence(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of a rule that opens the database or the portal fails."""
    if not _is_pure(request.node):
        return
    from flask import Flask
    from sqlalchemy import Engine

    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        pytest.fail("a rule was tested with the portal or its database")

    monkeypatch.setattr(Engine, "connect", refuse)
    monkeypatch.setattr(Flask, "app_context", refuse)


# --- The portal and its database ----------------------------------------------------------


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of this test process alone."""
    if request.config.getoption("--database") == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'portal.sqlite3'}"
    from tests.databases import SERVER_VARIABLE, new_database

    if SERVER_VARIABLE not in os.environ:
        pytest.skip(f"PostgreSQL: {os.environ.get(WHY_NO_SERVER, 'no server')}")
    process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return new_database(os.environ[SERVER_VARIABLE], f"portal_{process}_{os.getpid()}")


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The portal, made once for each test process, with the tables of the real migrations."""
    from portal import create_app
    from portal.db import Base, db
    from tests.databases import Cleaner, IsolatedClient, make_tables, test_config

    portal = create_app(**test_config(tmp_path_factory.mktemp("data"), database_url))
    portal.test_client_class = IsolatedClient
    make_tables(portal)
    with portal.app_context():
        engine = db.engine
    portal.extensions["test_cleaner"] = Cleaner(
        engine, list(Base.metadata.sorted_tables), tmp_path_factory.mktemp("copies")
    )
    yield portal
    engine.dispose()


@pytest.fixture(autouse=True)
def _clean_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test finds the database as the migrations leave it."""
    if "app" not in request.fixturenames:
        yield
        return
    portal = request.getfixturevalue("app")
    clock = portal.config["CLOCK"]
    yield
    portal.config["CLOCK"] = clock
    portal.extensions["test_cleaner"].clean()


@pytest.fixture
def session(app: Any) -> Iterator[Any]:
    """The database session of a command or a job: `db.session` inside an application context."""
    from portal.db import db

    with app.app_context():
        yield db.session


# --- Nothing is skipped in silence --------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: Any) -> Any:
    """In CI a part whose real component is missing is a failure, not a skip."""
    skipped = report.outcome == "skipped" and not hasattr(report, "wasxfail")
    if not (skipped and _in_ci()):
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if MAY_BE_SKIPPED not in reason:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {reason}"
    return report
