"""Open frameworks: award again in three years, then in every five, end after eight; told in time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import reminders
from portal.access import Role
from portal.contracts import actions_frameworks, dates, due, jobs, queries_frameworks
from portal.db import db
from portal.mail import Mail
from portal.reminders import Reminder
from portal.rounds.models import AgreementKind, Regime, Round
from scoring.rules import RuleBroken
from tests.factories.contracts import a_list, an_old_contract
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import a_provider, a_provider_admin
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
    assert queries_frameworks.duties([agreement.id]) == {}


def test_commissioners_are_reminded_three_times_and_not_of_what_is_done(agreement):
    officers = [an_officer(), an_officer("bedford-borough")]
    found = [one for one in jobs.framework_duties(*YEARS) if "Award again" in one.title]
    assert [AGAIN - one.on for one in found] == [timedelta(days=one) for one in (540, 365, 180, 60)]
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


# --- Awards that were made elsewhere -------------------------------------------------------

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
ELSEWHERE = date(2025, 6, 20)


@pytest.fixture
def old(session):
    """A contract by hand: of its agreement the portal knows no round, and so no award."""
    return an_old_contract(a_provider("Oak House")).agreement_lot.agreement


def recorded(agreement, on=ELSEWHERE, *, actor=None, evidence="Notice 2025/S 000-001", now=NOW):
    officer = actor or an_officer()
    found = queries_frameworks.framework(agreement.ref, an_officer())
    return actions_frameworks.record_award(found, on, evidence, actor=officer, now=now)


def test_an_award_made_elsewhere_is_owed_for_on_calendar_home_and_mail(app, old):
    officer = an_officer()
    assert on_the_calendar(app, officer) == []
    recorded(old)
    again, end = date(2028, 6, 20), date(2033, 6, 20)
    assert on_the_calendar(app, officer) == [again, end]
    with app.test_request_context():
        found = [one.title for one in due.due(officer, datetime(2027, 7, 1, 9, tzinfo=UTC))]
    assert any("open framework owes" in one for one in found)
    (first, *_) = jobs.framework_duties(date(2026, 12, 1), date(2027, 1, 31))
    assert (first.subject, first.on) == (old.ref, again - timedelta(days=540))
    db.session.query(Mail).delete()
    jobs.tell_of_a_duty(first, NOW)
    assert {one.about for one in db.session.query(Mail)} == {old.ref}


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2025, 2, 23), "framework:before-the-act"),
        (date(2027, 1, 12), "framework:to-come"),
        (ELSEWHERE, "framework:known"),
    ],
)
def test_an_award_that_cannot_be_is_refused(old, on, code):
    recorded(old)
    with pytest.raises(RuleBroken) as broken:
        recorded(old, on)
    assert (broken.value.code, broken.value.field) == (code, "awarded_on")


def test_others_record_nothing_and_see_nothing(old):
    for other in (an_officer("kent"), a_viewer(Role.FINANCE), viewer(a_provider_admin())):
        with pytest.raises(RuleBroken, match="Only a commissioner"):
            recorded(old, actor=other)
    assert queries_frameworks.framework(old.ref, an_officer("kent")) is None
    assert queries_frameworks.frameworks(viewer(a_provider_admin())) == []


def test_one_that_is_taken_back_counts_no_longer_and_can_be_recorded_again(app, old):
    made, officer = recorded(old), an_officer()
    found = queries_frameworks.framework(old.ref, officer)
    with pytest.raises(RuleBroken, match="Say why"):
        actions_frameworks.withdraw_award(found, made, " ", actor=officer, now=NOW)
    actions_frameworks.withdraw_award(found, made, "The wrong year.", actor=officer, now=NOW)
    assert on_the_calendar(app, officer) == []
    with pytest.raises(RuleBroken, match="taken back before"):
        actions_frameworks.withdraw_award(found, made, "Again.", actor=officer, now=NOW)
    recorded(old)
    assert len(queries_frameworks.recorded([old.id])) == 2


def test_the_page_records_shows_and_takes_back(by, old):
    officer, here = by(an_officer()), f"/contracts/frameworks/{old.ref}"
    assert "Nothing is known to be owed" in officer.page("/contracts/frameworks").text
    form = officer.page(f"{here}/awards/new")
    officer.sends(form, {"evidence": "Notice"}, status=422)
    day = {"awarded_on-day": "20", "awarded_on-month": "6", "awarded_on-year": "2025"}
    shown = officer.sends(form, {**day, "evidence": "Notice 2025/S 000-001"}, to=here)
    assert "By 20 June 2028" in shown.text
    assert "20 June 2028" in officer.page("/contracts/frameworks").text
    award = queries_frameworks.recorded([old.id])[0]
    officer.sends(officer.page(f"{here}/awards/{award.ref}/withdraw"), {"reason": "No"}, to=here)
    by(an_officer("kent")).page(here, status=404)
    by(viewer(a_provider_admin())).page("/contracts/frameworks", status=404)
