"""What the attacks share: two browsers, and a clock that stands still."""

from datetime import UTC, datetime

import pytest

NOW = datetime(2027, 1, 20, 10, 0, 5, tzinfo=UTC)


@pytest.fixture
def clock(app):
    app.config["CLOCK"] = lambda: NOW
    return NOW


@pytest.fixture
def browser(app, session, clock):
    return app.test_client()


@pytest.fixture
def thief(app, session, clock):
    """A second browser, of somebody who has no business here."""
    return app.test_client()
