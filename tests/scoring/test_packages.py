"""What a package should have cost for what was delivered: exact, and never more than was agreed."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.packages import Package, read_placement, read_ratio, totals
from scoring.rules import RuleBroken

HALF = Fraction(1, 2)
AGREED = Package(
    weeks=Decimal(12),
    core_pence=90_000,
    hour_pence=2_400,
    agreed_hours=Decimal(20),
    agreed=HALF,
    delivered_hours=Decimal(20),
    delivered=HALF,
    paid_pence=12 * (90_000 + 10 * 2_400),
)
PACKAGES = st.builds(
    Package,
    weeks=st.decimals(Decimal("0.1"), 260, places=1),
    core_pence=st.integers(0, 500_000),
    hour_pence=st.integers(0, 10_000),
    agreed_hours=st.decimals(0, 168, places=1),
    agreed=st.fractions(Fraction(1, 10), 3, max_denominator=10),
    delivered_hours=st.decimals(0, 168, places=1),
    delivered=st.fractions(Fraction(1, 10), 3, max_denominator=10),
    paid_pence=st.integers(0, 10_000_000),
)


def test_what_was_delivered_as_agreed_leaves_no_difference():
    assert AGREED.agreed_pence == AGREED.due_pence == 1_368_000
    assert AGREED.difference_pence == 0
    assert AGREED.shortfall == 0


def test_half_the_hours_leave_half_the_support_to_be_paid_back():
    less = replace(AGREED, delivered_hours=Decimal(10))
    assert less.due_pence == 12 * (90_000 + 5 * 2_400)
    assert less.difference_pence == 144_000
    assert less.shortfall == HALF


def test_a_thinner_ratio_counts_as_fewer_hours():
    thinner = replace(AGREED, delivered=Fraction(1, 3))
    assert thinner.delivered_worth == Fraction(20, 3)
    assert thinner.difference_pence == 96_000


def test_more_than_was_agreed_is_not_due_and_too_little_paid_shows_below_zero():
    more = replace(AGREED, delivered_hours=Decimal(40), paid_pence=1_000_000)
    assert more.due_pence == AGREED.agreed_pence
    assert more.difference_pence == -368_000


def test_without_agreed_support_there_is_no_shortfall_to_name():
    assert replace(AGREED, agreed_hours=Decimal(0)).shortfall is None


@given(PACKAGES)
def test_due_lies_between_the_core_and_the_whole_package(one):
    one.check()
    assert Fraction(one.weeks) * one.core_pence <= one.due_pence <= one.agreed_pence
    assert one.paid_pence == one.due_pence + one.difference_pence


@given(st.lists(PACKAGES, max_size=6))
def test_totals_are_the_sums_to_the_last_fraction_of_a_penny(every):
    found = totals(every)
    assert found.difference == found.paid - found.due
    assert found.due <= found.agreed


@pytest.mark.parametrize(("text", "ratio"), [("1:3", "1/3"), (" 2 to 5 ", "2/5"), ("1:1", "1")])
def test_ratios_are_read(text, ratio):
    assert read_ratio(text) == Fraction(ratio)


@pytest.mark.parametrize("text", ["", "3", "0:3", "1:0", "1/3", "one to three", "1:3:4"])
def test_what_is_no_ratio_is_refused(text):
    with pytest.raises(RuleBroken):
        read_ratio(text)


def test_a_placement_is_a_reference_and_no_name():
    assert read_placement(" plc-0042 ") == "PLC-0042"
    for text in ("", "Jo", "Jamie Smith", "JAMIE", "PLC 42", "A" * 40):
        with pytest.raises(RuleBroken):
            read_placement(text)


@pytest.mark.parametrize(
    "change",
    [
        {"weeks": Decimal(0)},
        {"weeks": Decimal(261)},
        {"delivered_hours": Decimal(169)},
        {"agreed_hours": Decimal(-1)},
        {"paid_pence": -1},
    ],
)
def test_what_cannot_be_is_refused(change):
    with pytest.raises(RuleBroken):
        replace(AGREED, **change).check()
