"""What the tests of this room share: a clock that stands still."""

from datetime import UTC, datetime

import pytest

NOW = datetime(2027, 5, 3, 9, 0, 5, tzinfo=UTC)


class Clock:
    """The clock of the portal."""

    def __init__(self, app):
        self.now = NOW
        app.config["CLOCK"] = lambda: self.now

    def forward(self, span):
        self.now += span
        return self.now


@pytest.fixture
def clock(app, session):
    return Clock(app)
