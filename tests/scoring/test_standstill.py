"""The standstill: what each law asks for, and the days that count, by published examples."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.rules import RuleBroken
from scoring.standstill import DUTIES, Law, duty_of, is_working, standstill

# GOV.UK, bank holidays of England and Wales
ENGLAND = {
    date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1),
    date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 5), date(2025, 5, 26),
    date(2025, 8, 25), date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1),
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25),
    date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1),
    date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31),
}  # fmt: skip


def test_eight_working_days_from_a_monday_end_on_the_wednesday_of_the_next_week():
    """The day of the notice is the first: Monday 10 March 2025 to Wednesday 19 March 2025."""
    period = standstill(Law.PA_2023, date(2025, 3, 10), ENGLAND)
    assert (period.first_on, period.last_on) == (date(2025, 3, 10), date(2025, 3, 19))
    assert period.free_on == date(2025, 3, 20)
    assert not period.is_over(date(2025, 3, 19))
    assert period.is_over(date(2025, 3, 20))


@pytest.mark.parametrize(
    ("notice", "last"),
    [
        (date(2025, 4, 17), date(2025, 4, 30)),  # Thursday before Easter
        (date(2026, 4, 2), date(2026, 4, 15)),
        (date(2027, 3, 25), date(2027, 4, 7)),
        (date(2026, 12, 22), date(2027, 1, 5)),  # Boxing Day is a Saturday: the Monday is free
        (date(2025, 5, 2), date(2025, 5, 14)),  # early May
    ],
)
def test_bank_holidays_do_not_count(notice, last):
    assert standstill(Law.PA_2023, notice, ENGLAND).last_on == last


@pytest.mark.parametrize("notice", [date(2027, 3, 26), date(2027, 3, 27), date(2027, 3, 29)])
def test_a_notice_on_a_day_off_begins_to_count_on_the_next_working_day(notice):
    period = standstill(Law.PA_2023, notice, ENGLAND)
    assert period.first_on == date(2027, 3, 30)
    assert period.last_on == date(2027, 4, 8)
    assert next(day.why for day in period.days if day.number is None) in {"bank holiday", "weekend"}


def test_ten_calendar_days_begin_on_the_day_after_sending():
    """Sent on Monday 8 June 2026: the tenth day is Thursday 18 June, and ends at midnight."""
    period = standstill(Law.PCR_2015, date(2026, 6, 8), ENGLAND)
    assert (period.first_on, period.last_on) == (date(2026, 6, 9), date(2026, 6, 18))


@pytest.mark.parametrize(
    ("sent", "last"),
    [
        (date(2026, 6, 10), date(2026, 6, 22)),  # the tenth day is a Saturday
        (date(2026, 6, 11), date(2026, 6, 22)),  # a Sunday
        (date(2026, 3, 24), date(2026, 4, 7)),  # Good Friday, and on over Easter Monday
        (date(2026, 12, 15), date(2026, 12, 29)),  # Christmas Day on a Friday
    ],
)
def test_a_tenth_day_off_moves_to_the_next_working_day(sent, last):
    for law in (Law.PCR_2015, Law.PCR_2015_LIGHT_TOUCH):
        assert standstill(law, sent, ENGLAND).last_on == last


def test_only_light_touch_under_the_act_is_voluntary():
    assert {law for law in Law if not duty_of(law).mandatory} == {Law.PA_2023_LIGHT_TOUCH}
    assert {duty.least_days for duty in DUTIES.values()} == {8, 10}


def test_one_that_is_stated_is_no_shorter_than_a_mandatory_one():
    with pytest.raises(RuleBroken, match="at least 8 working days") as found:
        standstill(Law.PA_2023_LIGHT_TOUCH, date(2027, 6, 1), ENGLAND, 7)
    assert (found.value.code, found.value.field) == ("standstill:too-short", "days")
    with pytest.raises(RuleBroken, match="at most 60"):
        standstill(Law.PA_2023, date(2027, 6, 1), ENGLAND, 61)
    longer = standstill(Law.PA_2023_LIGHT_TOUCH, date(2025, 3, 10), ENGLAND, 10)
    assert longer.last_on == date(2025, 3, 21)


def test_an_unknown_law_is_refused():
    with pytest.raises(RuleBroken, match="no rule on standstill"):
        standstill("pcr-2006", date(2027, 6, 1), ENGLAND)


@given(st.dates(date(2025, 1, 1), date(2027, 4, 1)), st.sampled_from(list(Law)))
def test_whatever_the_day_the_period_ends_on_a_working_day_and_is_long_enough(day, law):
    period = standstill(law, day, ENGLAND)
    assert is_working(period.last_on, ENGLAND)
    assert [one.number for one in period.days if one.number] == list(
        range(1, period.duty.least_days + 1)
    )
    steps = {
        later.on - earlier.on for earlier, later in zip(period.days, period.days[1:], strict=False)
    }
    assert steps == {timedelta(days=1)}
    assert period.first_on >= day
