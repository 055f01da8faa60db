"""The fixtures that every test stands on: clean databases, isolated requests, honest skips."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.settings import Setting

pytest_plugins = ["pytester"]


def how_many(session) -> int:
    return session.scalar(select(func.count()).select_from(Setting))


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_starts_with_an_empty_table(session, turn):
    assert how_many(session) == 0
    session.add(Setting(key="opening_wait_minutes", value=turn))
    session.commit()
    assert how_many(session) == 1


def test_work_that_a_test_has_not_committed_is_gone_afterwards(session):
    session.add(Setting(key="reason_words", value=3))
    session.flush()


def test_a_request_sees_what_the_test_prepared_and_shares_no_session(app, session):
    seen = []

    def look() -> str:
        seen.append((db.session, how_many(db.session)))
        return ""

    session.add(Setting(key="idle_minutes", value=9))
    with a_page(app, look):
        app.test_client().get("/plumbing")
    assert seen
    assert seen[0][0] is not session
    assert seen[0][1] == 1


@contextmanager
def a_page(app, view):
    """Something that every request runs, for one test."""
    views = app.before_request_funcs.setdefault(None, [])
    views.append(view)
    yield
    views.remove(view)


def test_the_database_is_the_one_asked_for(session, request):
    assert session.bind.dialect.name == request.config.getoption("--database")


def test_a_skip_is_a_failure_in_ci(pytester, monkeypatch):
    monkeypatch.setenv("CI", "true")
    _with_our_plumbing(pytester)
    pytester.makepyfile(
        """
        import pytest
        def test_needs_a_part(): pytest.skip("Chromium is not installed")
        def test_needs_papers(): pytest.skip("reference files are not here")
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(failed=1, skipped=1)


def test_a_rule_may_not_be_tested_with_the_portal(pytester):
    _with_our_plumbing(pytester)
    folder = pytester.mkdir("scoring")
    (folder / "test_rule.py").write_text(
        "from sqlalchemy import create_engine\n"
        "def test_rule(): create_engine('sqlite://').connect()\n"
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(failed=1)


def _with_our_plumbing(pytester) -> None:
    pytester.makeconftest((Path(__file__).parent.parent / "conftest.py").read_text())
