"""Follow-ups: dates, quarters and counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring import followups
from scoring.followups import Standing
from scoring.rules import RuleBroken
from scoring.stages import FOLLOW_UP, FollowUpStage, move, verbs_from

TODAY = date(2026, 11, 22)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


def test_the_last_day_still_counts():
    assert not followups.is_overdue(FollowUpStage.OPEN, TODAY, TODAY)
    assert followups.is_overdue(FollowUpStage.OPEN, TODAY - timedelta(days=1), TODAY)
    assert followups.days_late(TODAY, TODAY) == 0


@pytest.mark.parametrize("stage", [one for one in FollowUpStage if one is not FollowUpStage.OPEN])
def test_only_what_is_open_can_be_late(stage):
    assert not followups.is_overdue(stage, date(2020, 1, 1), TODAY)
    assert not followups.is_due_soon(stage, TODAY, TODAY)


@given(DAYS)
def test_overdue_and_due_soon_exclude_each_other(due_on):
    late = followups.is_overdue(FollowUpStage.OPEN, due_on, TODAY)
    assert not (late and followups.is_due_soon(FollowUpStage.OPEN, due_on, TODAY))
    assert late == (followups.days_late(due_on, TODAY) > 0)


@given(DAYS)
def test_a_quarter_holds_its_day_and_meets_the_next(day):
    first, last = followups.quarter_of(day)
    assert first <= day <= last
    assert followups.quarter_of(last + timedelta(days=1))[0] == last + timedelta(days=1)
    assert first.day == 1
    assert first.month % 3 == 1


@given(DAYS)
def test_the_next_review_is_three_months_on(day):
    following = followups.next_review_on(day)
    months = (following.year - day.year) * 12 + following.month - day.month
    assert months == 3
    assert following.day == day.day or (following + timedelta(days=1)).day == 1


def test_quarters_in_words():
    assert followups.quarter_words(date(2026, 11, 22)) == "October to December 2026"
    assert followups.next_review_on(date(2026, 11, 30)) == date(2027, 2, 28)


@given(st.lists(st.tuples(st.sampled_from(FollowUpStage), DAYS)))
def test_counts_add_up(pairs):
    found = followups.counts((Standing(*pair) for pair in pairs), TODAY)
    assert sum(found[stage.value] for stage in FollowUpStage) == len(pairs)
    assert found["overdue"] <= found["open"]


@pytest.mark.parametrize("text", ["", "   ", "… – !"])
def test_a_text_without_words_is_refused(text):
    with pytest.raises(RuleBroken, match="what is to be done") as broken:
        followups.check_text(text)
    assert broken.value.code == "follow-up:no-text"


def test_a_very_long_text_is_refused():
    with pytest.raises(RuleBroken) as broken:
        followups.check_text("word " * 301)
    assert broken.value.code == "follow-up:too-long"


def test_nothing_is_asked_for_by_a_day_that_is_over():
    followups.check_due(TODAY, TODAY)
    with pytest.raises(RuleBroken) as broken:
        followups.check_due(TODAY - timedelta(days=1), TODAY)
    assert broken.value.code == "follow-up:due-past"


@pytest.mark.parametrize("stage", [FollowUpStage.CLOSED, FollowUpStage.WITHDRAWN])
def test_what_is_over_can_only_be_opened_again(stage):
    assert verbs_from(FOLLOW_UP, stage) == ("reopen",)
    assert move(FOLLOW_UP, stage, "reopen") is FollowUpStage.OPEN
    with pytest.raises(RuleBroken):
        move(FOLLOW_UP, stage, "answer")
