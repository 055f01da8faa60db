"""Clients that check every page they see, on a morning in November."""

import pytest

from tests.client import HygieneClient
from tests.factories.followups import NOW
from tests.factories.people import as_person
from tests.factories.rounds import at


@pytest.fixture
def by(app, session, monkeypatch):
    """A client of somebody: `by(manager)`."""
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    at(app, NOW)
    return lambda person: as_person(app.test_client(), person)


@pytest.fixture
def count_statements(app):
    """Count the SQL statements of a block."""
    from tests.factories.counting import counted

    return counted
