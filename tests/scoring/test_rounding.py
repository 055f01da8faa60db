from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.rounding import printed, rounded
from scoring.rules import RuleBroken


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Fraction(1, 8), 2, "0.13"),  # 0.125: a float would print 0.12
        (Fraction(5, 1000), 2, "0.01"),
        (Fraction(1005, 1000), 2, "1.01"),  # as a float it lies below 1.005
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-1, 2), 0, "-1"),
        (Fraction(-1, 1000), 2, "0.00"),
        (16, 2, "16.00"),
        (Fraction(1, 3), 6, "0.333333"),
        (0, 0, "0"),
        (Fraction(999_995, 10_000), 2, "100.00"),
    ],
)
def test_half_goes_up_and_away_from_zero(value, decimals, text):
    assert printed(value, decimals) == text


def test_decimals_below_zero_are_refused():
    with pytest.raises(RuleBroken) as refusal:
        printed(1, -1)
    assert refusal.value.code == "rounding:decimals"


@given(st.decimals(-(10**6), 10**6, places=5), st.integers(0, 4))
def test_it_agrees_with_decimal_arithmetic(value, decimals):
    exact = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert printed(Fraction(value), decimals) == f"{exact + 0:f}"  # + 0 takes the sign off a zero


@given(st.fractions())
def test_a_whole_number_is_nearest(value):
    assert abs(rounded(value) - value) <= Fraction(1, 2)
    assert rounded(-value) == -rounded(value)
