"""Clients that check every page they see, on a day on which the places of tests hold."""

from datetime import UTC, datetime

import pytest

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.people import as_person
from tests.factories.rounds import at

NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)


@pytest.fixture
def by(app, session, monkeypatch):
    """A client of somebody: `by(a_finance_officer())`."""
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    at(app, NOW)
    return lambda someone: as_person(
        app.test_client(), db.session.get_one(Person, someone.person_id)
    )
