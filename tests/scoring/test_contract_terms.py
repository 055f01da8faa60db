"""Periods, extensions, suspensions and the duties of open frameworks."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.contract_terms import (
    ExtensionTerms,
    Pause,
    contract_stage_at,
    decide_by,
    framework_duties,
    is_paused,
    last_day,
    membership_stage_at,
    months_after,
    planned,
    read_extensions,
    written_extensions,
)
from scoring.rules import RuleBroken
from scoring.stages import ContractStage, MembershipStage

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
START, END = date(2021, 5, 17), date(2025, 5, 16)


def test_four_years_from_17_may_2021():
    assert last_day(START, 48) == END
    laid = planned(START, END, (12, 12, 12), 6)
    assert [(one.starts_on, one.ends_on, one.decide_by_on) for one in laid] == [
        (date(2025, 5, 17), date(2026, 5, 16), date(2024, 11, 16)),
        (date(2026, 5, 17), date(2027, 5, 16), date(2025, 11, 16)),
        (date(2027, 5, 17), date(2028, 5, 16), date(2026, 11, 16)),
    ]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("", ()),
        ("2", (24,)),
        ("1+1+1+1+1", (12,) * 5),
        (" 3 + 2 ", (36, 24)),
        ("18 months + 1 year", (18, 12)),
        ("6m+1y", (6, 12)),
    ],
)
def test_extensions_are_read_as_people_write_them(text, months):
    assert read_extensions(text) == months


@given(st.lists(st.integers(1, 24), max_size=5))
def test_what_is_written_is_read_again(months):
    assert read_extensions(written_extensions(months)) == tuple(months)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (ExtensionTerms(), "No extensions"),
        (
            ExtensionTerms((12, 18), 6),
            "1 year, then 18 months; each is decided on 6 months before the end of the period that runs",
        ),
        (
            ExtensionTerms((24,), 0),
            "2 years; each is decided on by the end of the period that runs",
        ),
    ],
)
def test_terms_are_told_in_words(terms, words):
    assert terms.words == words
    terms.check(36)


@given(st.lists(st.integers(1, 24), max_size=5), st.integers(0, 24), st.integers(12, 120))
def test_terms_that_are_accepted_can_be_laid_out_with_each_decision_in_the_period_before(
    months, notice, first
):
    terms = ExtensionTerms(tuple(months), notice)
    if months and notice >= min([first, *months[:-1]]):
        with pytest.raises(RuleBroken) as broken:
            terms.check(first)
        assert broken.value.field == "notice_months"
        return
    terms.check(first)
    laid = planned(START, last_day(START, first), terms.months, notice)
    begins = [START, *(one.starts_on for one in laid)]
    assert all(day <= one.decide_by_on for day, one in zip(begins, laid, strict=False))


@pytest.mark.parametrize("months", [(121,), (12, 0), (-1,)])
def test_terms_that_cannot_be_are_refused(months):
    with pytest.raises(RuleBroken, match="ten years at most"):
        ExtensionTerms(months).check(36)


@pytest.mark.parametrize(
    "text", ["two", "1+", "+1", "0", "1.5", "-1", "11", "5+5+1", "1 + 0", "1,1"]
)
def test_what_is_no_extension_is_refused(text):
    with pytest.raises(RuleBroken) as refused:
        read_extensions(text)
    assert refused.value.code == "contract:extension"
    assert refused.value.field == "extensions"


@given(DAYS, st.integers(1, 120), st.lists(st.integers(1, 36), max_size=6), st.integers(0, 12))
def test_periods_follow_one_another_without_a_gap(start, length, months, notice):
    end = last_day(start, length)
    if months and decide_by(end, notice) < start:
        with pytest.raises(RuleBroken):
            planned(start, end, months, notice)
        return
    laid = planned(start, end, months, notice)
    assert [one.months for one in laid] == months
    before = end
    for one in laid:
        assert one.starts_on == before + timedelta(days=1)
        assert one.ends_on >= one.starts_on
        assert one.decide_by_on <= before
        before = one.ends_on
    if laid:
        assert before == months_after(end + timedelta(days=1), sum(months)) - timedelta(days=1)


@given(DAYS, st.integers(-120, 120))
def test_months_after_keeps_the_day_where_the_month_has_it(day, months):
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and later.day >= 28)


def test_it_cannot_end_before_it_starts_and_no_period_is_empty():
    with pytest.raises(RuleBroken):
        planned(START, START - timedelta(days=1), (), 0)
    with pytest.raises(RuleBroken):
        last_day(START, 0)


# --- Suspensions --------------------------------------------------------------------------


def test_a_suspension_holds_from_its_first_day_until_the_day_before_it_is_lifted():
    pause = Pause(date(2027, 3, 1), date(2027, 4, 1))
    assert [pause.holds(date(2027, 2, 28)), pause.holds(date(2027, 3, 1))] == [False, True]
    assert [pause.holds(date(2027, 3, 31)), pause.holds(date(2027, 4, 1))] == [True, False]
    assert Pause(date(2027, 3, 1)).holds(date(2090, 1, 1))
    assert not Pause(date(2027, 3, 1), date(2027, 3, 1)).holds(date(2027, 3, 1))  # called off


def test_a_suspension_for_one_council_stops_that_one_alone():
    on, pauses = date(2027, 3, 1), [Pause(date(2027, 3, 1), council=1)]
    assert is_paused(pauses, on, {1})
    assert not is_paused(pauses, on, {2})
    assert not is_paused(pauses, on, {1, 2})
    assert not is_paused(pauses, on, ())
    assert is_paused([*pauses, Pause(on)], on, {2})


def test_stages_follow_from_what_is_on_record():
    pauses = [Pause(date(2024, 1, 1), date(2024, 2, 1))]
    for on, stage in (
        (date(2023, 12, 31), ContractStage.ACTIVE),
        (date(2024, 1, 15), ContractStage.SUSPENDED),
        (END, ContractStage.ACTIVE),
        (END + timedelta(days=1), ContractStage.EXPIRED),
    ):
        assert contract_stage_at(END, False, pauses, on) is stage
    assert contract_stage_at(END, True, pauses, END) is ContractStage.ACTIVE
    over = END + timedelta(days=1)
    assert contract_stage_at(END, True, pauses, over) is ContractStage.TERMINATED
    assert membership_stage_at(END, False, pauses, over) is MembershipStage.ENDED
    assert membership_stage_at(END, True, [], START) is MembershipStage.ENDED
    assert membership_stage_at(END, False, pauses, date(2024, 1, 1)) is MembershipStage.SUSPENDED
    assert membership_stage_at(END, False, pauses, START) is MembershipStage.ACTIVE


# --- Open frameworks ----------------------------------------------------------------------


def test_an_open_framework_awards_again_within_three_years_and_then_every_five():
    first = date(2026, 3, 1)
    assert framework_duties([]) == []
    assert [one.by_on for one in framework_duties([first])] == [date(2029, 3, 1), date(2034, 3, 1)]
    later = framework_duties([date(2028, 6, 1), first])
    assert [one.by_on for one in later] == [date(2033, 6, 1), date(2034, 3, 1)]
    last = framework_duties([first, date(2030, 6, 1)])
    assert [one.by_on for one in last] == [date(2034, 3, 1)]  # another award would come too late
    assert "eight years" in last[0].words
