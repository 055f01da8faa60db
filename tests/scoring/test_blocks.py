"""Blocks of places against a slow and obvious count, day by day and place by place."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from scoring.blocks import Block, check_block, use_of
from scoring.rules import RuleBroken

runs = st.tuples(st.integers(1, 40), st.integers(1, 40)).map(lambda pair: tuple(sorted(pair)))
blocks = st.lists(
    st.builds(
        lambda places, pence, run: Block(places, pence, *run),
        st.integers(1, 4),
        st.integers(1, 200_000),
        runs,
    ),
    max_size=3,
)
children = st.lists(st.lists(runs, max_size=3), max_size=5)


@settings(max_examples=150, deadline=None)
@given(blocks, children, runs)
def test_the_use_is_that_of_counting_every_day(blocks, children, within):
    place_days = used = above = 0
    paid = Fraction()
    for day in range(*within):
        places = there = 0
        for block in blocks:
            if block.start <= day < block.end:
                places += block.places
                paid += Fraction(block.places * block.weekly_pence, 7)
        for own in children:
            there += any(start <= day < end for start, end in own)
        place_days += places
        used += min(places, there)
        above += max(0, there - places)
    made = use_of(blocks, children, within)
    assert (made.place_days, made.used_days, made.above_days) == (place_days, used, above)
    assert made.paid == paid
    assert made.used_days + made.void_days == made.place_days
    assert made.weekly_used == (paid * 7 / used if used else None)


def test_a_place_that_stands_empty_half_of_the_time_costs_double():
    made = use_of([Block(1, 70_000, 0, 14)], [[(0, 7)]], (0, 14))
    assert made.weekly_used == 140_000
    assert made.void_rate == Fraction(1, 2)
    assert made.void_pence == 70_000


def test_a_block_that_nobody_used_has_no_cost_of_a_used_place():
    made = use_of([Block(2, 70_000, 0, 7)], [], (0, 7))
    assert made.weekly_used is None
    assert made.void_rate == 1


@pytest.mark.parametrize(
    ("places", "pence", "until", "code"),
    [
        (0, 1, date(2026, 1, 2), "block:no-place"),
        (1, 0, date(2026, 1, 2), "block:no-price"),
        (1, 1, date(2025, 12, 31), "block:ends-before"),
    ],
)
def test_what_is_no_block_is_refused(places, pence, until, code):
    with pytest.raises(RuleBroken) as broken:
        check_block(places, pence, date(2026, 1, 1), until)
    assert broken.value.code == code


def test_a_block_of_one_day_is_one():
    check_block(1, 1, date(2026, 1, 1), date(2026, 1, 1))
