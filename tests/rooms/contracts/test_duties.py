"""Open frameworks: award again in three years, then in every five, end after eight; told in time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import reminders
from portal.contracts import dates, jobs, queries_held
from portal.db import db
from portal.mail import Mail
from portal.reminders import Reminder
from portal.rounds.models import AgreementKind, Regime, Round
from tests.factories.contracts import a_list
from tests.factories.people import viewer
from tests.factories.providers import a_provider_admin
from tests.factories.rounds import an_officer

AWARDED = datetime(2026, 3, 1, 9, tzinfo=UTC)
AGAIN, END = date(2029, 3, 1), date(2034, 3, 1)
YEARS = (date(2026, 1, 1), date(2036, 1, 1))


@pytest.fixture
def agreement(session):
    found = a_list()
    awarded(found)
    return found


def awarded(agreement, at=AWARDED, regime=Regime.PA_2023_LIGHT_TOUCH):
    bid_round = db.session.query(Round).filter_by(agreement_id=agreement.id).one()
    bid_round.regime, bid_round.concluded_at = regime, at
    db.session.commit()


def on_the_calendar(app, someone, of=YEARS):
    with app.test_request_context():
        found = dates.dates(someone, *of)
        return [one.on for one in found if "open framework" in one.title]


@pytest.mark.parametrize("kind", list(AgreementKind))
def test_a_list_and_a_framework_under_the_act_owe_a_further_award_and_an_end(app, agreement, kind):
    agreement.kind = kind
    db.session.commit()
    assert on_the_calendar(app, an_officer()) == [AGAIN, END]
    assert on_the_calendar(app, an_officer(), (AGAIN + timedelta(days=1), END)) == [END]


def test_an_older_law_and_strangers_know_of_none(app, agreement):
    assert on_the_calendar(app, an_officer("kent")) == []
    assert on_the_calendar(app, viewer(a_provider_admin())) == []
    awarded(agreement, regime=Regime.PCR_2015_LIGHT_TOUCH)
    assert on_the_calendar(app, an_officer()) == []
    awarded(agreement, at=None)
    assert queries_held.duties([agreement.id]) == {}


def test_commissioners_are_reminded_three_times_and_not_of_what_is_done(agreement):
    officers = [an_officer(), an_officer("bedford-borough")]
    found = [one for one in jobs.framework_duties(*YEARS) if "Award again" in one.title]
    assert [AGAIN - one.on for one in found] == [timedelta(days=one) for one in (365, 180, 60)]
    db.session.query(Mail).delete()
    now = datetime(2028, 3, 1, 8, tzinfo=UTC)
    jobs.tell_of_a_duty(found[0], now)
    (subject,) = {one.subject for one in db.session.query(Mail)}
    assert subject == "An open framework has a duty by 1 March 2029"
    assert db.session.query(Mail).count() == len(officers)
    awarded(agreement, at=datetime(2028, 6, 1, 9, tzinfo=UTC))  # the date has moved
    jobs.tell_of_a_duty(found[1], now)
    jobs.tell_of_a_duty(Reminder(jobs.DUTY, "AGR-GONE", AGAIN, "", found[0].values), now)
    assert db.session.query(Mail).count() == len(officers)
    assert reminders.MORNING.hour == 8
