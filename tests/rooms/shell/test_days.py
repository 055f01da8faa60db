"""Days and times: typed in parts, refused by the part, and never at an hour that is not there."""

from datetime import UTC, date, datetime, time

import pytest

from forms import DateField, DateTimeField, Required, TimeField


def parts(day="", month="", year="", at=None):
    typed = {"it-day": day, "it-month": month, "it-year": year}
    return typed if at is None else typed | {"it-time": at}


def _error(form):
    return form["it"].errors[0] if form["it"].errors else None


@pytest.mark.parametrize("month", ["2", "02", "feb", "February", "FEB."])
def test_a_day_is_read_however_the_month_is_written(filled_in, month):
    assert filled_in(DateField("Day"), parts("9", month, "2027"))["it"].data == date(2027, 2, 9)


@pytest.mark.parametrize(
    ("typed", "words", "leads_to"),
    [
        (parts("", "2", "2027"), "The date must include a day", "it-day"),
        (parts("9", "", ""), "The date must include a month and year", "it-month"),
        (parts("32", "1", "2027"), "The date must have a day from 1 to 31", "it-day"),
        (parts("9", "13", "2027"), "The date must have a month from 1 to 12", "it-month"),
        (parts("9", "2", "27"), "The date must have a year of 4 numbers, like 2027", "it-year"),
        (parts("9", "2", "1066"), "The date must have a year from 1900 to 2100", "it-year"),
        (
            parts("29", "2", "2027"),
            "The date must be a real date. February 2027 has no day 29",
            "it-day",
        ),
        (parts("x", "2", "2027"), "The date must have a day from 1 to 31", "it-day"),
        (parts("٩", "2", "2027"), "The date must have a day from 1 to 31", "it-day"),
    ],
)
def test_a_bad_date_names_its_part_and_keeps_what_was_typed(filled_in, typed, words, leads_to):
    form = filled_in(DateField("Day"), typed)
    assert _error(form) == words
    assert form.error_summary == [{"text": words, "href": f"#{leads_to}"}]
    assert form["it"].data is None
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in form.html
    assert 'aria-describedby="it-error"' in form.html


def test_parts_that_are_missing_from_the_post_are_no_fault(filled_in):
    assert filled_in(DateField("Day"), {})["it"].data is None
    assert _error(filled_in(DateField("Day"), {"it-day": "3"})) == (
        "The date must include a month and year"
    )
    assert _error(filled_in(DateField("Day", [Required("Enter the day")]), {})) == "Enter the day"


def test_bounds_are_said_in_words(filled_in):
    field = DateField(
        "Day", called="Expiry date", earliest=date(2027, 1, 1), latest=date(2027, 12, 31)
    )
    assert _error(filled_in(field, parts("31", "12", "2026"))) == (
        "Expiry date must be 1 January 2027 or later"
    )
    assert _error(filled_in(field, parts("1", "1", "2028"))) == (
        "Expiry date must be 31 December 2027 or earlier"
    )
    assert _error(filled_in(field, parts("1", "1", "2027"))) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9:30am", time(9, 30)),
        ("9.30 AM", time(9, 30)),
        ("12pm", time(12)),
        ("12am", time(0)),
        ("14:30", time(14, 30)),
        ("0900", time(9)),
        ("noon", time(12)),
        ("12 noon", time(12)),
        ("12 midnight", time(0)),
        ("Midnight", time(0)),
        ("2 p.m.", time(14)),
    ],
)
def test_times_as_people_say_them(filled_in, typed, read):
    assert filled_in(TimeField("When?"), typed)["it"].data == read


@pytest.mark.parametrize("typed", ["9", "25:00", "13pm", "0am", "9:60", "soon", "9:5"])
def test_what_is_no_time_is_refused_and_kept(filled_in, typed):
    form = filled_in(TimeField("When?"), typed)
    assert _error(form) == "The time must be a time, like 9:30am or 14:30"
    assert f'value="{typed}"' in form.html


def test_a_moment_in_london_is_kept_in_utc(filled_in):
    summer = filled_in(DateTimeField("Deadline"), parts("4", "6", "2027", "noon"))
    winter = filled_in(DateTimeField("Deadline"), parts("4", "3", "2027", "12:00"))
    assert summer["it"].data == datetime(2027, 6, 4, 11, tzinfo=UTC)
    assert winter["it"].data == datetime(2027, 3, 4, 12, tzinfo=UTC)


def test_the_hour_that_the_clocks_skip_is_refused(filled_in):
    form = filled_in(DateTimeField("Deadline"), parts("28", "3", "2027", "1:30am"))
    assert "does not exist" in _error(form)
    assert form.error_summary[0]["href"] == "#it-time"
    just_before = filled_in(DateTimeField("Deadline"), parts("28", "3", "2027", "0:59"))
    assert just_before["it"].data == datetime(2027, 3, 28, 0, 59, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_refused(filled_in):
    form = filled_in(DateTimeField("Deadline"), parts("31", "10", "2027", "1:30am"))
    assert "comes twice" in _error(form)
    assert _error(filled_in(DateTimeField("Deadline"), parts("31", "10", "2027", "2:00"))) is None


def test_a_moment_needs_its_time(filled_in):
    form = filled_in(DateTimeField("Deadline"), parts("4", "3", "2027"))
    assert _error(form) == "The date and time must include a time"


def test_a_kept_moment_is_shown_as_london_says_it(kept_in):
    html = kept_in(DateTimeField("Deadline"), datetime(2027, 6, 4, 11, tzinfo=UTC))
    for value in ("4", "6", "2027", "12:00pm"):
        assert f'value="{value}"' in html


def test_the_deadline_must_lie_ahead(filled_in):
    earliest = datetime(2027, 3, 4, 12, tzinfo=UTC)
    field = DateTimeField("Deadline", called="The deadline", earliest=earliest)
    assert _error(filled_in(field, parts("4", "3", "2027", "11:59"))) == (
        "The deadline must be 12:00pm on 4 March 2027 or later"
    )


@pytest.mark.parametrize(
    ("typed", "slips"),
    [
        (
            parts("40", "13", "27", "late"),
            [
                ("The deadline must have a day from 1 to 31", "it-day"),
                ("The deadline must have a month from 1 to 12", "it-month"),
                ("The deadline must have a year of 4 numbers, like 2027", "it-year"),
                ("The deadline must be a time, like 9:30am or 14:30", "it-time"),
            ],
        ),
        (
            parts("40", "", "2027", ""),
            [
                ("The deadline must include a month and time", "it-month"),
                ("The deadline must have a day from 1 to 31", "it-day"),
            ],
        ),
        (
            parts("30", "2", "2027", ""),
            [
                ("The deadline must include a time", "it-time"),
                ("The deadline must be a real date. February 2027 has no day 30", "it-day"),
            ],
        ),
        (
            parts("", "2", "", ""),
            [("The deadline must include a day, year and time", "it-day")],
        ),
    ],
)
def test_all_that_is_wrong_with_a_moment_is_told_at_once(filled_in, typed, slips):
    form = filled_in(DateTimeField("Deadline", called="The deadline"), typed)
    assert form.error_summary == [{"text": text, "href": f"#{to}"} for text, to in slips]
    for sentence, _ in slips:
        assert sentence in form.html
