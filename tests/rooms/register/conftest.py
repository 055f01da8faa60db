"""Clients that check every page they see, on a day when the places of tests hold."""

from datetime import UTC, datetime

import pytest

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.people import as_person
from tests.factories.rounds import at

NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)


@pytest.fixture
def anybody(app, session, monkeypatch):
    """A client of somebody who is not signed in."""
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    at(app, NOW)
    return app.test_client()


@pytest.fixture
def by(app, anybody):
    """A client of somebody: `by(an_officer())`, or of a person."""

    def sign_in(someone):
        person = (
            someone
            if isinstance(someone, Person)
            else db.session.get_one(Person, someone.person_id)
        )
        return as_person(app.test_client(), person)

    return sign_in
