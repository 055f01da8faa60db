"""A round of the 16+ list that is open, two providers with their people, and a commissioner."""

from types import SimpleNamespace

import pytest

from portal.access import Role
from tests.client import HygieneClient
from tests.factories.counting import counted
from tests.factories.people import a_person, as_person, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.replay import replayed
from tests.factories.rounds import WHILE_OPEN, a_round, at


@replayed
def a_town():
    """An open round, two providers with their people, and a commissioner of the lead council."""
    oak, elm = a_provider("Oak House"), a_provider("Elm House")
    return SimpleNamespace(
        round=a_round(),
        oak=oak,
        elm=elm,
        ada=a_provider_admin(oak, name="Ada Ash"),
        ben=a_contributor(oak, name="Ben Birch"),
        cyd=a_provider_admin(elm, name="Cyd Cedar"),
        dev=a_person(Role.COMMISSIONER, name="Dev Elm"),
    )


@pytest.fixture
def town(app, session):
    at(app, WHILE_OPEN)
    town = a_town()
    town.now = WHILE_OPEN
    town.by = lambda person: as_person(HygieneClient(app, app.response_class), person)
    town.at = lambda moment: at(app, moment)
    town.viewer = viewer
    return town


@pytest.fixture
def count_statements(app):
    """Count the SQL statements of a block."""
    return counted
