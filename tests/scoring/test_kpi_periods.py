import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.kpi_periods import (
    Frequency,
    due_on,
    financial_year,
    period_of,
    periods,
    year_period,
    year_words,
)
from scoring.rules import RuleBroken

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
OFTEN = st.sampled_from(Frequency)


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        (Frequency.MONTHLY, "February 2028"),
        (Frequency.QUARTERLY, "January to March 2028"),
        (Frequency.SIX_MONTHLY, "October 2027 to March 2028"),
        (Frequency.YEARLY, "April 2027 to March 2028"),
    ],
)
def test_periods_follow_the_financial_year(frequency, words):
    period = period_of(frequency, date(2028, 2, 29))
    assert period.words == words
    assert period.ends_on in {date(2028, 2, 29), date(2028, 3, 31)}


@given(OFTEN, DAYS)
def test_a_day_lies_in_its_period_and_the_next_follows_at_once(frequency, on):
    period = period_of(frequency, on)
    assert period.starts_on <= on <= period.ends_on
    assert period.starts_on.day == 1
    following = period_of(frequency, period.ends_on + timedelta(days=1))
    assert following.starts_on == period.ends_on + timedelta(days=1)
    assert period_of(frequency, period.ends_on) == period


@given(OFTEN, DAYS, st.integers(0, 1500))
def test_periods_cover_the_time_without_a_gap(frequency, from_on, days):
    until_on = from_on + timedelta(days=days)
    found = list(periods(frequency, from_on, until_on))
    assert found[0].starts_on <= from_on
    assert found[-1].starts_on <= until_on <= found[-1].ends_on
    for one, following in itertools.pairwise(found):
        assert following.starts_on == one.ends_on + timedelta(days=1)


def test_no_time_has_no_periods():
    assert list(periods(Frequency.MONTHLY, date(2027, 5, 2), date(2027, 4, 30))) == []


def test_the_day_by_which_a_return_is_due():
    assert due_on(period_of(Frequency.QUARTERLY, date(2027, 5, 1)), 20) == date(2027, 7, 20)
    with pytest.raises(RuleBroken):
        due_on(year_period(2027), 0)


def test_a_financial_year_begins_in_april():
    assert financial_year(date(2027, 3, 31)) == 2026
    assert financial_year(date(2027, 4, 1)) == 2027
    assert year_words(2026) == "2026–27"
    assert year_words(2099) == "2099–00"
    assert year_period(2026).ends_on == date(2027, 3, 31)
