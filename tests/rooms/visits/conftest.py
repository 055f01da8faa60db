"""Clients on the day of the visit that check every page they see."""

import pytest

from tests.client import HygieneClient
from tests.factories.people import as_person
from tests.factories.visits import DAY


@pytest.fixture
def browser(app, session):
    """A client of somebody: `browser(officer)`, on the day or at another moment."""

    def open_as(person, now=DAY):
        app.config["CLOCK"] = lambda: now
        return as_person(HygieneClient(app), person)

    return open_as
