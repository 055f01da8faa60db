from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from scoring.timetable import (
    Step,
    before_words,
    date_words,
    moment_words,
    order_findings,
    time_words,
)

NOON = datetime(2027, 3, 4, 12, tzinfo=UTC)


def steps(*days):
    names = ("opens", "questions", "deadline")
    return [
        Step(name, name.title(), None if day is None else NOON + timedelta(days=day))
        for name, day in zip(names, days, strict=True)
    ]


def found(*args, **kwargs):
    return [(one.where, one.code) for one in order_findings(*args, **kwargs)]


def test_dates_in_order_are_fine():
    assert found(steps(0, 20, 30)) == []


def test_each_must_be_later_than_the_one_before():
    assert found(steps(0, 30, 30)) == [("deadline", "timetable:order")]
    assert found(steps(10, 5, 7)) == [("questions", "timetable:order")]


def test_the_finding_names_both():
    (finding,) = order_findings(steps(0, 30, 20))
    assert finding.message == "“Deadline” must be later than “Questions”."


def test_a_missing_date_is_found_and_the_rest_still_compared():
    assert found(steps(30, None, 20)) == [
        ("questions", "timetable:missing"),
        ("deadline", "timetable:order"),
    ]


def test_an_optional_date_may_be_missing():
    assert found([Step("opens", "Opens", None, required=False)]) == []


def test_at_publishing_every_date_lies_ahead():
    assert found(steps(0, 20, 30), now=NOON) == [("opens", "timetable:in-the-past")]
    assert found(steps(0, 20, 30), now=NOON - timedelta(seconds=1)) == []


def test_the_same_moment_in_two_zones_is_not_later():
    there = NOON.astimezone(timezone(timedelta(hours=5)))
    assert found([Step("a", "A", NOON), Step("b", "B", there)]) == [("b", "timetable:order")]


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(12), "12 noon"),
        (time(0), "midnight"),
        (time(0, 30), "12:30am"),
        (time(12, 5), "12:05pm"),
        (time(9), "9am"),
        (time(9, 30), "9:30am"),
        (time(11, 59), "11:59am"),
        (time(17), "5pm"),
        (time(23, 59, 59), "11:59pm"),
    ],
)
def test_a_time_is_written_as_people_say_it(clock, words):
    assert time_words(clock) == words


def test_a_deadline_is_written_so_that_nobody_waits_for_it():
    assert date_words(NOON.date()) == "4 March 2027"
    assert moment_words(NOON) == "12 noon on 4 March 2027"
    assert before_words(NOON) == "before 12 noon on 4 March 2027"


def test_a_deadline_at_midnight_is_the_end_of_the_day_before():
    assert before_words(NOON.replace(hour=0)) == "before the end of 3 March 2027"
    assert before_words(datetime(2027, 3, 1, tzinfo=UTC)) == "before the end of 28 February 2027"
