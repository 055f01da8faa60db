"""The database starts again while somebody works: nothing is lost, and the page says what to do."""

import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError as PoolTimeout

from portal.db import db, out_of_reach
from tests.client import HygieneClient
from tests.factories.people import a_person, as_person

WORDS = "The portal is not available just now"
AUTOSAVE = {"X-Requested-With": "autosave"}


@pytest.fixture
def ada(app, session):
    return as_person(HygieneClient(app, app.response_class), a_person())


@contextmanager
def away(session):
    """No statement reaches the database."""

    def fail(*_):
        raise OperationalError("SELECT", {}, ConnectionError("the server closed the connection"))

    session.commit()
    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)


def test_a_page_says_that_it_is_for_a_minute(ada, session):
    with away(session):
        shown = ada.page("/account", status=503)
    assert WORDS in shown.text
    assert shown.headers["Retry-After"] == "30"


def test_what_was_typed_comes_back_to_be_copied(ada, session):
    form = ada.page("/account/name")
    with away(session):
        shown = ada.sends(form, {"name": "Ada Ash the Second"}, status=503)
    assert "Ada Ash the Second" in shown.text
    assert "not saved" in shown.text
    ada.sends(ada.page("/account/name"), {"name": "Ada Ash the Second"}, to="/account")


def test_the_page_s_own_script_is_told_to_try_again(ada, session):
    with away(session):
        answer = ada.get("/account/name", headers=AUTOSAVE)
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable"})


class Told(Exception):
    """What PostgreSQL says, with its number."""

    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("", {}, Told(None)), True),  # nobody answered
        (OperationalError("", {}, Told("57P01")), True),  # stopped by its operator
        (OperationalError("", {}, Told("57P03")), True),  # starting
        (OperationalError("", {}, Told("53300")), True),  # too many connections
        (DBAPIError("", {}, Told("42P01")), False),  # no such table
        (InterfaceError("", {}, Exception()), False),
        (DBAPIError("", {}, Exception(), connection_invalidated=True), True),
        (PoolTimeout(), True),
        (ValueError(), False),
    ],
)
def test_out_of_reach_is_what_may_work_in_a_minute(error, away):
    assert out_of_reach(error) is away


def test_a_statement_that_is_wrong_is_a_fault_and_no_outage(tmp_path):
    with sqlite3.connect(tmp_path / "a") as first, pytest.raises(sqlite3.OperationalError) as found:
        first.execute("SELECT * FROM nowhere")
    assert not out_of_reach(OperationalError("", {}, found.value))


def test_a_locked_file_is_out_of_reach(tmp_path):
    file = tmp_path / "a"
    first, second = sqlite3.connect(file, timeout=0), sqlite3.connect(file, timeout=0)
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as found:
        second.execute("BEGIN IMMEDIATE")
    assert out_of_reach(OperationalError("", {}, found.value))
    first.close()
    second.close()


def test_a_program_is_told_in_its_own_way(app, session):
    with away(session):
        answer = app.test_client().get("/api/v1/rounds")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]
