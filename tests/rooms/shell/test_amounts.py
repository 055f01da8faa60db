"""Money, numbers and shares: read exactly, refused plainly, kept as typed."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from forms import DecimalField, MoneyField, PercentField, Required, WholeNumberField
from forms.numbers import MoneyField as Money


def _error(form):
    return form["it"].errors[0] if form["it"].errors else None


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£1,234.50", 123450),
        ("1234.5", 123450),
        (" 1 234.50 ", 123450),
        ("£0.07", 7),
        ("0", 0),
        ("1234.", 123400),
        ("1,000,000", 100_000_000),
        ("\u00a31,200\u00a0", 120000),
    ],
)
def test_pounds_become_pence(filled_in, typed, pence):
    form = filled_in(MoneyField("Weekly rate"), typed)
    assert form["it"].data == pence
    assert isinstance(form["it"].data, int)
    assert _error(form) is None


@pytest.mark.parametrize(
    "typed",
    ["12,3", "1,23.00", "a lot", "1.2.3", "£", "--5", "1e5", "NaN", "٣", "£1k", "12 pounds"],
)
def test_what_is_no_amount_is_refused_and_kept(filled_in, typed):
    form = filled_in(MoneyField("Weekly rate", [Required("Enter the rate")]), typed)
    assert form["it"].data is None
    assert form["it"].errors == ["Weekly rate must be an amount in pounds, like 1,234.50"]
    assert f'value="{typed}"' in form.html


def test_pence_have_two_numbers(filled_in):
    assert "no more than 2 numbers" in _error(filled_in(MoneyField("Rate"), "1.005"))


def test_money_below_zero_is_refused_unless_it_may_be(filled_in):
    assert _error(filled_in(MoneyField("Rate"), "-5")) == "Rate must be £0.00 or more"
    assert filled_in(MoneyField("Change", minimum=None), "−5.25")["it"].data == -525


def test_a_sum_that_no_record_could_hold_is_refused(filled_in):
    assert _error(filled_in(MoneyField("Rate"), "9" * 40)) == "Rate is too large"


def test_a_price_outside_its_bounds_says_the_bound(filled_in):
    field = MoneyField("Core rate", minimum=10000, maximum=250000)
    assert _error(filled_in(field, "99.99")) == "Core rate must be £100.00 or more"
    assert _error(filled_in(field, "2,500.01")) == "Core rate must be £2,500.00 or less"


@given(pence=st.integers(-(10**12), 10**12))
def test_what_is_shown_can_be_read_again(pence):
    field = Money("Rate", _form=None, name="it", _meta=object())
    field.process_formdata([field.bare(pence)])
    assert field.data == pence


def test_nothing_typed_is_nothing_and_only_required_minds(filled_in):
    assert filled_in(MoneyField("Rate"), "")["it"].data is None
    assert _error(filled_in(MoneyField("Rate", [Required("Enter the rate")]))) == "Enter the rate"


def test_kept_money_is_shown_with_its_pence(kept_in):
    assert 'value="1,234.50"' in kept_in(MoneyField("Rate"), 123450)
    assert 'value="0.00"' in kept_in(MoneyField("Rate"), 0)


def test_whole_numbers(filled_in):
    assert filled_in(WholeNumberField("Beds"), "1,200")["it"].data == 1200
    assert filled_in(WholeNumberField("Beds"), "3.0")["it"].data == 3
    assert _error(filled_in(WholeNumberField("Beds"), "3.5")) == "Beds must be a whole number"
    assert _error(filled_in(WholeNumberField("Beds"), "three")) == "Beds must be a number, like 12"
    assert _error(filled_in(WholeNumberField("Beds", minimum=1), "0")) == "Beds must be 1 or more"


def test_decimals_are_exact(filled_in):
    assert filled_in(DecimalField("Hours"), "10.10")["it"].data == Decimal("10.10")
    assert "2 decimal places" in _error(filled_in(DecimalField("Hours"), "1.234"))


def test_shares_become_basis_points(filled_in):
    assert filled_in(PercentField("Weight"), "35%")["it"].data == 3500
    assert filled_in(PercentField("Weight"), "7.25")["it"].data == 725
    assert _error(filled_in(PercentField("Weight"), "101")) == "Weight must be 100% or less"
    assert "2 decimal places" in _error(filled_in(PercentField("Weight"), "33.333"))


def test_kept_shares_are_shown_without_idle_zeros(kept_in):
    assert 'value="35"' in kept_in(PercentField("Weight"), 3500)
    assert 'value="7.5"' in kept_in(PercentField("Weight"), 750)
