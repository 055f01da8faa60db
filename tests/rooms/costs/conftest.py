"""A list with four providers on lot 1A, and clients that check every page they see."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.contracts import a_list, a_place
from tests.factories.people import as_person
from tests.factories.providers import a_provider
from tests.factories.replay import replayed
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


@pytest.fixture
@replayed
def market(session):
    """Four providers on lot 1A; the fourth gave no rates."""
    agreement = a_list()
    named = {
        name: a_provider(name) for name in ("Oak House", "Elm House", "Ash House", "Yew House")
    }
    a_place(named["Oak House"], agreement, core=90000, hour=2400)
    a_place(named["Elm House"], agreement, core=80050, hour=3000)
    a_place(named["Ash House"], agreement, core=100000, hour=2000)
    a_place(named["Yew House"], agreement, core=None, hour=None)
    return SimpleNamespace(
        agreement=agreement, **{name.split()[0].lower(): one for name, one in named.items()}
    )
