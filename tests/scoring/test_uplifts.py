"""Uplifts of rates: exact, rounded once, and never above what the published rule allows."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.rules import RuleBroken
from scoring.uplifts import (
    RateHeld,
    UpliftRule,
    check_cap,
    check_from,
    check_share,
    of_index,
    of_percent,
    over_the_cap,
    raised,
    rate_on,
)

PENCE = st.integers(1, 10_000_000)
SHARES = st.fractions(min_value=0, max_value=1, max_denominator=10_000)
APRIL = date(2027, 4, 1)


def test_three_point_two_per_cent_of_842_pounds_50():
    assert raised(84250, of_percent(320)) == 86946
    assert raised(84250, of_index(Decimal("134.6"), Decimal("138.9"))) == 86941


def test_half_a_penny_goes_up():
    assert raised(50, Fraction(1, 100)) == 51
    assert raised(49, Fraction(1, 100)) == 49


@given(PENCE, SHARES)
def test_a_new_rate_is_within_half_a_penny_of_the_exact_one(pence, share):
    exact = pence * (1 + share)
    assert abs(raised(pence, share) - exact) <= Fraction(1, 2)
    assert raised(pence, share) >= pence


@given(PENCE, SHARES, SHARES)
def test_more_is_never_less(pence, one, other):
    low, high = sorted((one, other))
    assert raised(pence, low) <= raised(pence, high)


@pytest.mark.parametrize(
    ("before", "after"), [("0", "1"), ("100", "100"), ("100", "99.9"), ("-1", "1")]
)
def test_an_index_that_did_not_rise_raises_nothing(before, after):
    with pytest.raises(RuleBroken) as refused:
        of_index(Decimal(before), Decimal(after))
    assert refused.value.code == "uplift:index"


@pytest.mark.parametrize("share", [Fraction(0), Fraction(-1, 100), Fraction(101, 100)])
def test_an_uplift_is_above_nothing_and_does_not_double(share):
    with pytest.raises(RuleBroken):
        check_share(share)


def held(pence, from_on, until_on=None, item="a"):
    return RateHeld(item, pence, from_on, until_on)


def test_of_two_rates_that_hold_the_later_counts():
    rates = [held(100, date(2020, 1, 1)), held(110, date(2025, 1, 1), date(2025, 12, 31))]
    assert rate_on(rates, "a", date(2025, 6, 1)).pence == 110
    assert rate_on(rates, "a", date(2026, 1, 1)).pence == 100
    assert rate_on(rates, "b", date(2026, 1, 1)) is None


def test_the_cap_looks_a_year_back_so_two_steps_do_not_pass_it():
    rates = [
        held(10000, date(2024, 4, 1), date(2026, 12, 31)),
        held(10300, date(2027, 1, 1)),  # 3 % three months ago
    ]
    assert over_the_cap(rates, {"a": 10400}, APRIL, 400) == []
    assert over_the_cap(rates, {"a": 10401}, APRIL, 400) == ["a"]
    assert over_the_cap(rates, {"a": 99999}, APRIL, None) == []
    with pytest.raises(RuleBroken) as refused:
        check_cap(rates, {"a": 10712}, APRIL, 400)  # 4 % on top of the 3 %
    assert refused.value.code == "uplift:over-the-cap"
    assert "4%" in refused.value.message


def test_a_rate_younger_than_a_year_is_compared_with_its_first():
    rates = [held(10000, date(2026, 10, 1))]
    assert over_the_cap(rates, {"a": 10401}, APRIL, 400) == ["a"]


@given(PENCE, st.integers(0, 10_000))
def test_exactly_the_cap_is_allowed(pence, cap_bp):
    rates = [held(pence, date(2020, 1, 1))]
    check_cap(rates, {"a": raised(pence, of_percent(cap_bp))}, APRIL, cap_bp)


def test_it_holds_from_the_day_of_the_decision_at_the_earliest():
    check_from(APRIL, APRIL, APRIL)
    with pytest.raises(RuleBroken) as refused:
        check_from(APRIL - timedelta(days=1), APRIL, APRIL)
    assert refused.value.code == "uplift:before-the-decision"
    with pytest.raises(RuleBroken) as refused:
        check_from(APRIL + timedelta(days=1), APRIL, APRIL)
    assert refused.value.code == "uplift:after-the-end"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (UpliftRule(), "No rule is published"),
        (UpliftRule(cap_bp=250), "No index; at most 2.5% in twelve months"),
        (UpliftRule("CPIH", 9), "CPIH, the figure of September"),
        (UpliftRule("CPIH", 9, 400), "CPIH, the figure of September, at most 4% in twelve months"),
    ],
)
def test_a_rule_reads_as_a_sentence(rule, words):
    rule.check()
    assert rule.words == words


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (UpliftRule("CPIH"), "uplift:rule-month"),
        (UpliftRule("CPIH", 13), "uplift:rule-month"),
        (UpliftRule("", 9), "uplift:rule-index"),
        (UpliftRule("x" * 61, 9), "uplift:rule-index"),
        (UpliftRule("CPIH", 9, 0), "uplift:rule-cap"),
        (UpliftRule("CPIH", 9, 10_001), "uplift:rule-cap"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_refused(rule, code):
    with pytest.raises(RuleBroken) as refused:
        rule.check()
    assert refused.value.code == code
