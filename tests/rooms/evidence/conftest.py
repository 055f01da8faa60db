"""What tests of evidence share: clients that check every page, and the worker."""

import io

import pytest

from portal import queue
from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.awards import RELEASED
from tests.factories.people import as_person
from tests.factories.rounds import at


@pytest.fixture
def by(app, session, monkeypatch):
    """A client of somebody, after the letters are out."""
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    at(app, RELEASED)

    def sign_in(someone):
        is_person = isinstance(someone, Person)
        person = someone if is_person else db.session.get_one(Person, someone.person_id)
        return as_person(app.test_client(), person)

    return sign_in


@pytest.fixture
def work(session):
    """Let the worker do everything that waits."""

    def work():
        db.session.commit()
        queue.run_all(RELEASED)
        db.session.expire_all()

    return work


@pytest.fixture
def taken(work):
    """Return a function that takes a pack away as a file."""

    def take(client, address):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.mimetype == "application/zip"
        return io.BytesIO(answer.data)

    return take
