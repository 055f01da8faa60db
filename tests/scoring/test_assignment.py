"""Sharing answers out among scorers: enough for each, nobody with an interest, about the same for all."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.assignment import (
    Share,
    Workload,
    against_interest,
    changed,
    short,
    suggest,
    workload,
)
from scoring.rules import RuleBroken

BIDS, QUESTIONS, SCORERS = ["B1", "B2", "B3", "B4"], ["q1|", "q2|", "q3|1A"], ["S1", "S2", "S3"]
PLACES = [(bid, question) for bid in BIDS for question in QUESTIONS]
lengths = st.lists(st.integers(0, 900), min_size=len(PLACES), max_size=len(PLACES)).map(
    lambda numbers: dict(zip(PLACES, numbers, strict=True))
)
interests = st.sets(st.tuples(st.sampled_from(SCORERS), st.sampled_from(BIDS)))


@given(lengths, interests, st.integers(1, 3), st.sampled_from(Share))
def test_each_answer_has_as_many_scorers_as_are_asked_for_or_are_left(words, closed, each, share):
    plan = suggest(words, SCORERS, closed, each=each, share=share)
    for place in PLACES:
        there = sum(place in places for places in plan.values())
        left = sum((scorer, place[0]) not in closed for scorer in SCORERS)
        assert there == min(each, left)
    assert not against_interest(plan, closed)


@given(lengths, st.integers(1, 3), st.sampled_from(Share))
def test_nobody_reads_more_than_anybody_else_by_more_than_one_share(words, each, share):
    plan = suggest(words, SCORERS, (), each=each, share=share)
    read = [sum(max(words[place], 1) for place in places) for places in plan.values()]
    at = 0 if share is Share.BID else 1
    largest = max(
        sum(max(number, 1) for place, number in words.items() if place[at] == key)
        for key in {place[at] for place in PLACES}
    )
    assert max(read) - min(read) <= largest


@given(lengths, interests, st.integers(1, 3))
def test_the_same_question_twice_gets_the_same_suggestion(words, closed, each):
    assert suggest(words, SCORERS, closed, each=each) == suggest(words, SCORERS, closed, each=each)


def test_a_whole_bid_or_a_whole_question_goes_to_the_same_people():
    words = dict.fromkeys(PLACES, 100)
    by_bid = suggest(words, SCORERS, (), each=1)
    assert all(
        {question for bid, question in places if bid == one} in (set(), set(QUESTIONS))
        for places in by_bid.values()
        for one in BIDS
    )
    by_question = suggest(words, SCORERS, (), each=1, share=Share.QUESTION)
    assert [{question for _, question in places} for places in by_question.values()] == [
        {"q1|"},
        {"q2|"},
        {"q3|1A"},
    ]


@pytest.mark.parametrize("each", [0, -1, 4])
def test_a_number_that_nobody_can_keep_is_refused(each):
    with pytest.raises(RuleBroken) as refused:
        suggest(dict.fromkeys(PLACES, 1), SCORERS, (), each=each)
    assert refused.value.code == "assignment:each"


def test_what_is_short_is_told_with_how_many_there_are():
    plan = {"S1": {PLACES[0], PLACES[1]}, "S2": {PLACES[0]}}
    assert short(PLACES[:3], plan, 2) == {PLACES[1]: 1, PLACES[2]: 0}
    assert short(PLACES[:1], plan, 2) == {}


def test_giving_leaves_out_what_an_interest_closes_and_taking_leaves_the_rest():
    plan = {"S1": set(PLACES), "S2": set()}
    given_ = changed(plan, ["S2"], PLACES, {("S2", "B1")}, give=True)
    assert given_["S2"] == {place for place in PLACES if place[0] != "B1"}
    assert given_["S1"] == set(PLACES)
    taken = changed(plan, ["S1"], PLACES[:2], (), give=False)
    assert taken["S1"] == set(PLACES[2:])
    assert plan["S1"] == set(PLACES)  # handed in, and left as it was


def test_a_plan_with_somebody_who_has_an_interest_is_told():
    plan = {"S1": {("B1", "q1|"), ("B1", "q2|")}, "S2": {("B2", "q1|")}}
    assert against_interest(plan, {("S1", "B1"), ("S2", "B1")}) == [("S1", "B1")]


def test_work_is_counted_in_answers_bids_words_and_hours():
    words = dict.fromkeys(PLACES, 250)
    found = workload(PLACES[:4], words)
    assert found == Workload(answers=4, bids=2, words=1000)
    assert found.hours(4000) == Fraction(1, 4)
    with pytest.raises(RuleBroken) as refused:
        found.hours(0)
    assert refused.value.code == "assignment:pace"
