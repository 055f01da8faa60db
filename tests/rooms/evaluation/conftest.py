"""What tests of the evaluation share: the clock of the scoring, and clients that check every page."""

import pytest

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.evaluation import SCORING
from tests.factories.people import as_person
from tests.factories.rounds import at


@pytest.fixture(autouse=True)
def _clock(app, session):
    at(app, SCORING)


@pytest.fixture
def by(app, session, monkeypatch):
    """A client of somebody: `by(story.moderator)`, or of a viewer."""
    monkeypatch.setattr(app, "test_client_class", HygieneClient)

    def sign_in(someone):
        person = (
            someone
            if isinstance(someone, Person)
            else db.session.get_one(Person, someone.person_id)
        )
        return as_person(app.test_client(), person)

    return sign_in
