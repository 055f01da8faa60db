"""What the tests of this room share: a clock that stands still, and a browser."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.db import db
from portal.mail import Mail

NOW = datetime(2027, 1, 20, 10, 0, 5, tzinfo=UTC)


class Clock:
    """The clock of the pages."""

    def __init__(self, app):
        self.now = NOW
        app.config["CLOCK"] = lambda: self.now

    def forward(self, **span):
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock(app):
    return Clock(app)


@pytest.fixture
def browser(app, session, clock):
    return app.test_client()


@pytest.fixture
def other_browser(app, session, clock):
    return app.test_client()


def mails(address=None):
    """The mails that were written, the newest last."""
    wanted = select(Mail).order_by(Mail.id)
    if address is not None:
        wanted = wanted.where(Mail.address == address)
    db.session.expire_all()
    return db.session.scalars(wanted).all()


def link_in(mail):
    """The address that a mail leads to, without the site."""
    line = next(line for line in mail.body.splitlines() if line.startswith("http://localhost/"))
    return line.removeprefix("http://localhost")
