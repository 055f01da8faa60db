"""What is free in a home on a day: the last word on the last day that has come."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.rules import RuleBroken
from scoring.vacancies import MOST_DAYS_AHEAD, Statement, check_statement, coming, is_old, standing

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def said(free, from_on=0, said_on=0, number=0):
    return Statement(free, TODAY + from_on * DAY, TODAY + said_on * DAY, number)


def test_nothing_said_is_nothing_known():
    assert standing([], TODAY) is None
    assert is_old(None, TODAY, 14)


def test_the_last_word_on_a_day_counts():
    first, second = said(2, number=1), said(1, number=2)
    assert standing([second, first], TODAY) == second


def test_what_was_said_of_a_later_day_waits_for_it():
    now, later = said(0, number=2), said(2, from_on=9, said_on=-3, number=1)
    assert standing([now, later], TODAY) == now
    assert standing([now, later], TODAY + 9 * DAY) == later
    assert coming([now, later], TODAY) == [later]


def test_of_a_later_day_the_last_word_is_shown_alone():
    first, second = said(2, from_on=9, number=1), said(3, from_on=9, number=2)
    assert coming([first, second], TODAY) == [second]


@pytest.mark.parametrize(("days", "old"), [(13, False), (14, True), (15, True)])
def test_a_word_grows_old_on_the_day(days, old):
    assert is_old(said(1, said_on=-days), TODAY, 14) is old


@pytest.mark.parametrize(
    ("free", "places", "ahead", "code"),
    [
        (5, 4, 0, "vacancy:more-than-places"),
        (-1, 4, 0, "vacancy:below-zero"),
        (1, 4, MOST_DAYS_AHEAD + 1, "vacancy:far-ahead"),
        (1, 4, -MOST_DAYS_AHEAD - 1, "vacancy:long-ago"),
    ],
)
def test_what_cannot_be_free_is_refused(free, places, ahead, code):
    with pytest.raises(RuleBroken) as refused:
        check_statement(free, places, TODAY + ahead * DAY, TODAY)
    assert refused.value.code == code


@pytest.mark.parametrize(("free", "ahead"), [(0, 0), (4, MOST_DAYS_AHEAD), (2, -MOST_DAYS_AHEAD)])
def test_what_can_be_free_is_taken(free, ahead):
    check_statement(free, 4, TODAY + ahead * DAY, TODAY)


statements = st.lists(
    st.builds(said, st.integers(0, 9), st.integers(-20, 20), st.integers(-20, 0), st.integers()),
    unique_by=lambda one: one.number,
)


@given(statements)
def test_what_stands_and_what_comes_never_overlap(told):
    stands = standing(told, TODAY)
    later = coming(told, TODAY)
    assert stands is None or stands.from_on <= TODAY
    assert all(one.from_on > TODAY for one in later)
    assert [one.from_on for one in later] == sorted({one.from_on for one in later})
