"""Reminders before a document runs out: 60, 30 and 14 days before, once each, of what counts."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal import queue, reminders
from portal.db import db
from portal.documents import actions
from portal.mail import Mail
from portal.providers import actions_settings
from scoring.stages import CheckStage
from tests.factories.documents import a_document
from tests.factories.people import viewer
from tests.factories.providers import a_setting

DAY = timedelta(days=1)


@pytest.fixture
def end(town):
    return town.now.date() + 100 * DAY


def paper(town, end, **more):
    more = {"checked": CheckStage.ACCEPTED, **more}
    return a_document(
        town.oak, "cyber-insurance", by=town.ada, valid_until_on=end, at=town.now, **more
    )


def mails_by(day):
    now = datetime.combine(day, time(9), tzinfo=ZoneInfo("Europe/London"))
    reminders.ask(now)
    db.session.commit()
    queue.run_all(now)
    return db.session.scalars(select(Mail).where(Mail.message == "document-expiring")).all()


def test_each_warning_goes_once_to_everybody_there(town, end):
    paper(town, end)
    for left, sent in ((61, 0), (60, 2), (60, 2), (59, 2), (30, 4), (14, 6), (1, 6)):
        assert len(mails_by(end - left * DAY)) == sent, left
    assert {one.address for one in mails_by(end)} == {town.ada.email, town.ben.email}


def test_a_worker_that_stood_still_sends_the_nearest_warning_alone(town, end):
    paper(town, end)
    assert len(mails_by(end - 13 * DAY)) == 2


@pytest.mark.parametrize("check", [CheckStage.WAITING, CheckStage.REJECTED])
def test_what_was_not_accepted_is_not_warned_of(town, end, check):
    paper(town, end, checked=check)
    assert mails_by(end - 30 * DAY) == []


def test_who_has_sent_a_new_version_is_not_warned(town, end):
    paper(town, end)
    paper(town, end + 300 * DAY, checked=CheckStage.WAITING, words="next")
    assert mails_by(end - 30 * DAY) == []


def test_papers_of_a_closed_home_are_not_warned_of(town, end):
    home, ada = a_setting(town.oak), viewer(town.ada)
    a_document(
        town.oak,
        "gas-safety-record",
        by=ada,
        valid_until_on=end,
        setting=home,
        checked=CheckStage.ACCEPTED,
        at=town.now,
    )
    actions_settings.close_setting(home, town.now.date(), actor=ada, now=town.now)
    assert mails_by(end - 30 * DAY) == []


def test_a_version_that_is_rejected_after_all_is_not_warned_of(town, end):
    version = paper(town, end)
    dev = viewer(town.dev)
    actions.check(version, CheckStage.REJECTED, "Forged", actor=dev, now=town.now)
    assert mails_by(end - 60 * DAY) == []
