"""What tests of the award share: clients that check every page they see."""

import pytest

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.awards import DECIDED
from tests.factories.people import as_person
from tests.factories.rounds import at


@pytest.fixture
def by(app, session, monkeypatch):
    """A client of somebody: `by(an_officer())`, or of a person of a provider."""
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    at(app, DECIDED)

    def sign_in(someone):
        person = (
            someone
            if isinstance(someone, Person)
            else db.session.get_one(Person, someone.person_id)
        )
        return as_person(app.test_client(), person)

    return sign_in
