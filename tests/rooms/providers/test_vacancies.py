"""What is free in a home: said by its own people, fresh or old, taken back, reminded of once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import queue, reminders
from portal.access import Role
from portal.db import db
from portal.mail import Mail
from portal.providers import (
    actions_settings,
    actions_vacancies,
    homes_table,
    policy,
    queries_settings as queries,
)
from portal.providers.due import due
from portal.providers.models_settings import AddressRule, Vacancy
from scoring.rules import RuleBroken
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import (
    a_contributor,
    a_provider,
    a_setting,
    an_administering_viewer,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)


@pytest.fixture
def oak(session):
    return a_provider("Oak House")


@pytest.fixture
def home(oak):
    return a_setting(oak, places=4)


def say(home, free, actor, *, from_on=TODAY, now=NOW):
    (said,) = actions_vacancies.say_what_is_free({home: free}, from_on, actor=actor, now=now)
    return said


def test_a_contributor_says_what_is_free(oak, home):
    say(home, 2, viewer(a_contributor(oak)))
    free = queries.free_in(home, NOW)
    assert (free.number, free.old, list(free.coming)) == (2, False, [])


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.FINANCE, Role.PROVIDER_ADMIN])
def test_nobody_else_does(home, role):
    with pytest.raises(RuleBroken, match="people of this organisation"):
        say(home, 2, a_viewer(role))


def test_a_closed_home_has_nothing_free(oak, home):
    ada = an_administering_viewer(oak)
    actions_settings.close_setting(home, TODAY, actor=ada, now=NOW)
    with pytest.raises(RuleBroken, match="is closed"):
        say(home, 1, ada)
    actions_settings.reopen_setting(home, actor=ada, now=NOW)
    assert say(home, 1, ada).free == 1


def test_more_than_its_places_is_refused_beside_the_home(oak, home):
    with pytest.raises(RuleBroken) as refused:
        say(home, 5, an_administering_viewer(oak))
    assert refused.value.field == home.ref


def test_places_are_not_cut_below_what_is_free(oak, home):
    ada = an_administering_viewer(oak)
    say(home, 3, ada)
    with pytest.raises(RuleBroken) as refused:
        actions_settings.change_setting(
            home,
            home.name,
            category=home.category,
            youngest_age=16,
            oldest_age=17,
            places=2,
            address=home.address,
            postcode=home.postcode,
            actor=ada,
            now=NOW,
        )
    assert refused.value.code == "setting:fewer-than-free"


def test_what_was_wrong_is_taken_back_and_the_word_before_holds(oak, home):
    ada = an_administering_viewer(oak)
    say(home, 1, ada)
    wrong = say(home, 4, ada, now=NOW + DAY)
    actions_vacancies.take_back(wrong, actor=ada, now=NOW + DAY)
    assert queries.free_in(home, NOW + DAY).number == 1
    with pytest.raises(RuleBroken, match="taken back already"):
        actions_vacancies.take_back(wrong, actor=ada, now=NOW + DAY)
    assert len(db.session.scalars(select(Vacancy)).all()) == 2


def test_the_history_tells_who_said_and_changed_what(oak, home):
    ada = an_administering_viewer(oak)
    say(home, 1, ada)
    db.session.commit()
    (told,) = queries.history(home)
    assert (told.words, told.who) == ("1 place free from 2 November 2026", ada.name)


def test_it_grows_old_and_waits_on_the_home_page(oak, home, app):
    ada = an_administering_viewer(oak)
    say(home, 1, ada)
    with app.test_request_context():
        assert [one.title for one in due(ada, NOW + 13 * DAY)] == []
        (waits,) = due(ada, NOW + 14 * DAY)
    assert (waits.title, waits.count) == ("Say what is free in your homes", 1)


def remind(days):
    """What the worker of that morning does."""
    now = NOW + days * DAY
    reminders.ask(now)
    db.session.commit()
    queue.run_all(now)
    return db.session.scalars(select(Mail).where(Mail.message == "vacancies-old")).all()


def test_a_reminder_is_sent_once_for_each_day_that_it_grew_old(oak, home):
    say(home, 1, an_administering_viewer(oak))
    for days, sent in ((13, 0), (14, 1), (14, 1), (16, 1), (28, 2)):
        assert len(remind(days)) == sent, days
    assert "1 home of Oak House" in remind(28)[0].body


def test_who_said_it_again_is_not_reminded(oak, home):
    ada = an_administering_viewer(oak)
    say(home, 1, ada)
    say(home, 1, ada, from_on=TODAY + 10 * DAY, now=NOW + 10 * DAY)
    assert remind(15) == []


@pytest.mark.parametrize(
    ("role", "rule", "where"),
    [
        (Role.COMMISSIONER, AddressRule.COMMISSIONERS, "2 Mill Lane, Luton, LU1 2BQ"),
        (Role.FINANCE, AddressRule.COMMISSIONERS, "LU1"),
        (Role.AUDITOR, AddressRule.COMMISSIONERS, "LU1"),
        (Role.FINANCE, AddressRule.COUNCILS, "2 Mill Lane, Luton, LU1 2BQ"),
        (Role.YOUNG_COMMISSIONER, AddressRule.COUNCILS, "LU1"),
    ],
)
def test_the_address_is_for_those_whom_the_provider_chose(home, role, rule, where):
    home.address_rule = rule
    looking = a_viewer(role)
    assert policy.address_for(looking, home) == where
    assert homes_table.row_of(home, looking, NOW)["where"] == where
