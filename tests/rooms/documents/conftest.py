"""Two providers, their people, and a commissioner, on a morning in January."""

from types import SimpleNamespace

import pytest

from portal.access import Role
from tests.client import HygieneClient
from tests.factories.people import a_person, as_person
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.replay import replayed
from tests.factories.rounds import WHILE_OPEN, at, shipped_content


@replayed
def a_town():
    """The shipped content, two providers with their people, and a commissioner."""
    shipped_content()
    oak, elm = a_provider("Oak House"), a_provider("Elm House")
    return SimpleNamespace(
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
    return town


@pytest.fixture
def count_statements(app):
    """Count the SQL statements of a block."""
    from tests.factories.counting import counted

    return counted
