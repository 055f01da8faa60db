"""A day is London's: in summer it begins an hour before UTC's."""

from datetime import UTC, date, datetime

from portal.days import day_of, end_of, today


def test_late_in_the_evening_of_summer_it_is_tomorrow_already():
    assert day_of(datetime(2027, 6, 30, 22, 59, tzinfo=UTC)) == date(2027, 6, 30)
    assert day_of(datetime(2027, 6, 30, 23, 0, tzinfo=UTC)) == date(2027, 7, 1)


def test_in_winter_a_day_is_that_of_utc():
    assert today(datetime(2027, 1, 31, 23, 59, tzinfo=UTC)) == date(2027, 1, 31)


def test_what_is_due_on_a_day_may_be_done_until_its_last_minute_in_london():
    assert end_of(date(2027, 6, 30)) == datetime(2027, 6, 30, 22, 59, tzinfo=UTC)
    assert end_of(date(2027, 1, 31)) == datetime(2027, 1, 31, 23, 59, tzinfo=UTC)


def test_the_day_on_which_the_clocks_go_back_ends_in_winter():
    assert end_of(date(2027, 10, 30)) == datetime(2027, 10, 30, 22, 59, tzinfo=UTC)
    assert end_of(date(2027, 10, 31)) == datetime(2027, 10, 31, 23, 59, tzinfo=UTC)
