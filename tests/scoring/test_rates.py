import statistics
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.rates import Quarter, check_rate, five_numbers, position, weekly_pence
from scoring.rules import RuleBroken

PENCE = st.integers(1, 10**7)
MAYBE = st.lists(st.none() | PENCE, max_size=12)


class TestWeeklyPrice:
    @pytest.mark.parametrize(
        ("hours", "pence"),
        [(0, 89500), (5, 89500), (6, 91950), (10, 101750), (Fraction(11, 2), 90725)],
    )
    def test_is_core_plus_extra_hours(self, hours, pence):
        assert weekly_pence(89500, 5, 2450, hours) == pence

    def test_is_missing_where_a_part_that_it_needs_is(self):
        assert weekly_pence(None, 5, 2450, 5) is None
        assert weekly_pence(89500, 5, None, 6) is None
        assert weekly_pence(89500, 5, None, 5) == 89500

    def test_hours_are_never_below_zero(self):
        with pytest.raises(RuleBroken) as refused:
            weekly_pence(89500, 5, 2450, -1)
        assert refused.value.code == "rate:hours-negative"


class TestFiveNumbers:
    def test_quartiles_include_both_ends(self):
        # As QUARTILE.INC gives for 1, 2, 3, 4: 1.75, 2.5, 3.25
        numbers = five_numbers([400, 100, 300, 200])
        assert (numbers.lowest, numbers.lower_quartile, numbers.median) == (100, 175, 250)
        assert (numbers.upper_quartile, numbers.highest, numbers.number) == (325, 400, 4)

    def test_an_odd_number_has_its_middle(self):
        numbers = five_numbers([1, 2, 3, 4, 5])
        assert (numbers.lower_quartile, numbers.median, numbers.upper_quartile) == (2, 3, 4)

    def test_a_quartile_may_be_a_fraction_of_a_penny(self):
        assert five_numbers([1, 2]).lower_quartile == Fraction(5, 4)

    def test_one_rate_is_all_five(self):
        numbers = five_numbers([895])
        assert {numbers.lowest, numbers.lower_quartile, numbers.median, numbers.highest} == {895}

    def test_missing_rates_are_counted_and_never_used(self):
        numbers = five_numbers([None, 100, None, 300])
        assert (numbers.number, numbers.missing, numbers.lowest, numbers.median) == (2, 2, 100, 200)

    def test_without_rates_there_are_no_numbers(self):
        assert five_numbers([]) is None
        assert five_numbers([None, None]) is None

    @given(st.lists(PENCE, min_size=2))
    def test_they_agree_with_the_standard_library(self, values):
        exact = [Fraction(value) for value in values]
        numbers = five_numbers(values)
        assert [numbers.lower_quartile, numbers.median, numbers.upper_quartile] == (
            statistics.quantiles(exact, n=4, method="inclusive")
        )

    @given(MAYBE, st.randoms())
    def test_the_order_changes_nothing(self, values, chance):
        turned = list(values)
        chance.shuffle(turned)
        assert five_numbers(turned) == five_numbers(values)

    @given(MAYBE)
    def test_they_stand_in_order(self, values):
        numbers = five_numbers(values)
        if numbers is not None:
            assert (
                numbers.lowest
                <= numbers.lower_quartile
                <= numbers.median
                <= numbers.upper_quartile
                <= numbers.highest
            )


class TestPosition:
    def test_counts_from_the_lowest(self):
        where = position(300, [100, 200, 300, 400, None])
        assert (where.place, where.of, where.equal, where.quarter) == (3, 4, 0, Quarter.THIRD)
        assert (where.above_lowest, where.above_median) == (200, 50)

    def test_equal_rates_share_a_place(self):
        values = [100, 200, 200, 400]
        assert (position(200, values).place, position(200, values).equal) == (2, 1)
        assert position(400, values).place == 4

    @pytest.mark.parametrize(
        ("value", "quarter"),
        [
            (1, "lowest-quarter"),
            (2, "lowest-quarter"),
            (3, "second-quarter"),
            (4, "third-quarter"),
            (5, "highest-quarter"),
        ],
    )
    def test_a_rate_on_a_boundary_belongs_below_it(self, value, quarter):
        assert position(value, [1, 2, 3, 4, 5]).quarter == quarter

    def test_a_missing_rate_stands_nowhere(self):
        assert position(None, [100]) is None
        assert position(100, [None]) is None

    @given(st.lists(PENCE, min_size=1))
    def test_places_run_from_1_to_all(self, values):
        places = [position(value, values).place for value in values]
        assert min(places) == 1
        assert all(1 <= place <= len(values) for place in places)


class TestOneRate:
    item = {
        "key": "core",
        "title": "Core",
        "required": True,
        "minimum_pence": 100,
        "maximum_pence": 200,
    }

    def test_may_be_at_either_limit(self):
        assert check_rate(self.item, 100) == 100
        assert check_rate(self.item, 200) == 200

    def test_says_its_limit_in_pounds(self):
        with pytest.raises(RuleBroken, match=r"“Core” must be £2\.00 or less\."):
            check_rate(self.item, 201)

    def test_may_be_empty_only_where_it_is_optional(self):
        assert check_rate({"key": "core"}, None) is None
        with pytest.raises(RuleBroken) as refused:
            check_rate(self.item, None)
        assert (refused.value.code, refused.value.field) == ("rate:missing", "core")
