from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from scoring.prices import (
    PriceTerms,
    Reference,
    abnormally_low,
    check_price,
    price_line,
    price_lines,
    reference_of,
)
from scoring.rounding import printed
from scoring.rules import RuleBroken
from scoring.terms import Formula

FEW = settings(max_examples=40)
MILLION = 100_000_000  # pence
NOTHING = PriceTerms()
STATED = {
    Formula.LINEAR_TO_MAXIMUM: PriceTerms(optimal_pence=50_000, maximum_pence=100_000),
    Formula.AGAINST_CEILING: PriceTerms(ceiling_pence=100_000),
}
RELATIVE = (
    Formula.RELATIVE_TO_LOWEST,
    Formula.DEVIATION_FROM_MEAN,
    Formula.DIFFERENCE_FROM_LOWEST,
)


def points(formula, prices, *, weight=100, **terms):
    lines = price_lines(formula, PriceTerms(**terms), weight, prices)
    return {bid: line.points for bid, line in lines.items()}


def refusal(formula, prices, *, weight=100, **terms):
    with pytest.raises(RuleBroken) as refused:
        price_lines(formula, PriceTerms(**terms), weight, prices)
    return refused.value.code, refused.value.field


class TestPublishedExamples:
    def test_relative_to_lowest(self):
        given = {"A": MILLION, "B": MILLION * 12 // 10, "C": 2 * MILLION}
        found = points(Formula.RELATIVE_TO_LOWEST, given)
        assert {bid: printed(one, 2) for bid, one in found.items()} == {
            "A": "100.00", "B": "83.33", "C": "50.00",
        }  # fmt: skip
        assert found["B"] == Fraction(250, 3)

    def test_deviation_from_the_mean(self):
        found = points(Formula.DEVIATION_FROM_MEAN, {"A": 100, "B": 110, "C": 120})
        assert {bid: printed(one, 4) for bid, one in found.items()} == {
            "A": "59.0909", "B": "50.0000", "C": "40.9091",
        }  # fmt: skip

    def test_the_weight_is_the_highest_that_can_be_earned(self):
        found = points(Formula.RELATIVE_TO_LOWEST, {"A": 100, "B": 160}, weight=40)
        assert found == {"A": 40, "B": 25}


class TestTheOtherFormulas:
    def test_difference_from_the_lowest_ends_at_nothing_at_twice_the_lowest(self):
        found = points(Formula.DIFFERENCE_FROM_LOWEST, {"A": 100, "B": 150, "C": 200, "D": 300})
        assert found == {"A": 100, "B": 50, "C": 0, "D": 0}

    def test_linear_to_a_maximum(self):
        prices = {"A": 400, "B": 600, "C": 750, "D": 1000, "E": 1200}
        found = points(
            Formula.LINEAR_TO_MAXIMUM, prices, weight=40, optimal_pence=500, maximum_pence=1000
        )
        assert found == {"A": 40, "B": 32, "C": 20, "D": 0, "E": 0}

    def test_against_a_ceiling(self):
        lines = price_lines(
            Formula.AGAINST_CEILING,
            PriceTerms(ceiling_pence=1000),
            50,
            {"A": 600, "B": 1000, "C": 1001},
        )
        assert [lines[bid].points for bid in "ABC"] == [20, 0, 0]
        assert [lines[bid].over_ceiling for bid in "ABC"] == [False, False, True]

    def test_price_per_quality_point_has_no_points_and_the_lowest_wins(self):
        lines = price_lines(
            Formula.PRICE_PER_QUALITY_POINT,
            NOTHING,
            0,
            {"A": 120_000, "B": 100_000, "C": 90_000},
            {"A": Fraction(80), "B": Fraction(50), "C": Fraction(0)},
        )
        assert lines["A"].per_point == 1500
        assert lines["B"].per_point == 2000
        assert lines["C"].per_point is None
        assert all(line.points == 0 for line in lines.values())

    def test_the_mean_far_above_is_held_at_nothing_and_far_below_at_all(self):
        found = points(Formula.DEVIATION_FROM_MEAN, {"A": 1, "B": 1, "C": 1000})
        assert found == {"A": 100, "B": 100, "C": 0}


class TestWorkings:
    """Every number opens its working."""

    @pytest.mark.parametrize(
        ("formula", "terms", "words"),
        [
            (Formula.RELATIVE_TO_LOWEST, NOTHING, "40 × £1,000.00 ÷ £1,200.00 = 100/3"),
            (
                Formula.DEVIATION_FROM_MEAN,
                NOTHING,
                "40 × (50 − 100 × (£1,200.00 − £1,100.00) ÷ £1,100.00) ÷ 100 = 180/11",
            ),
            (
                Formula.DIFFERENCE_FROM_LOWEST,
                NOTHING,
                "40 × (1 − (£1,200.00 − £1,000.00) ÷ £1,000.00) = 32",
            ),
            (
                Formula.LINEAR_TO_MAXIMUM,
                PriceTerms(optimal_pence=50_000, maximum_pence=100_000),
                "40 × (£1,000.00 − £1,200.00) ÷ (£1,000.00 − £500.00) = -16, held at 0",
            ),
            (
                Formula.AGAINST_CEILING,
                PriceTerms(ceiling_pence=160_000),
                "40 × (£1,600.00 − £1,200.00) ÷ £1,600.00 = 10",
            ),
        ],
    )
    def test_of_each_formula(self, formula, terms, words):
        lines = price_lines(formula, terms, 40, {"A": 100_000, "B": 120_000})
        assert lines["B"].working == words

    def test_of_the_price_per_point(self):
        line = price_line(
            Formula.PRICE_PER_QUALITY_POINT, Reference(), 0, Fraction(120_000), Fraction(80)
        )
        assert line.working == "£1,200.00 ÷ 80 quality points = 1500 pence a point"

    def test_a_part_of_a_penny_stays_a_fraction(self):
        lines = price_lines(
            Formula.RELATIVE_TO_LOWEST, NOTHING, 40, {"A": Fraction(100, 3), "B": 50}
        )
        assert lines["B"].working == "40 × 100/3p ÷ £0.50 = 80/3"


class TestRefusals:
    @pytest.mark.parametrize(
        ("price", "code"),
        [
            (None, "price:missing"),
            (0, "price:zero"),
            (Fraction(0), "price:zero"),
            (-1, "price:negative"),
            (Fraction(-1, 3), "price:negative"),
            (12.5, "price:not-exact"),
            ("1250", "price:not-exact"),
            (True, "price:not-exact"),
        ],
    )
    @pytest.mark.parametrize("formula", Formula)
    def test_a_price_that_is_none(self, formula, price, code):
        terms = STATED.get(formula, NOTHING)
        with pytest.raises(RuleBroken) as refused:
            price_lines(formula, terms, 40, {"A": 100, "B": price})
        assert (refused.value.code, refused.value.field) == (code, "B")

    def test_a_price_is_refused_where_it_is_entered(self):
        with pytest.raises(RuleBroken) as refused:
            check_price(0, "core-weekly-price")
        assert refused.value.field == "core-weekly-price"
        assert check_price(51_250) == 51_250

    @pytest.mark.parametrize("ceiling", [None, 0, -1])
    def test_a_ceiling_must_be_given(self, ceiling):
        assert refusal(Formula.AGAINST_CEILING, {"A": 1}, ceiling_pence=ceiling) == (
            "price:no-ceiling",
            "ceiling_pence",
        )

    @pytest.mark.parametrize(
        ("optimal", "maximum", "code"),
        [
            (None, 100, "price:no-optimal"),
            (-1, 100, "price:no-optimal"),
            (0, None, "price:no-maximum"),
            (0, 0, "price:no-maximum"),
            (100, 100, "price:maximum-not-above-optimal"),
            (101, 100, "price:maximum-not-above-optimal"),
        ],
    )
    def test_a_line_needs_two_ends(self, optimal, maximum, code):
        found, _ = refusal(
            Formula.LINEAR_TO_MAXIMUM, {"A": 1}, optimal_pence=optimal, maximum_pence=maximum
        )
        assert found == code

    def test_price_cannot_weigh_less_than_nothing(self):
        assert refusal(Formula.RELATIVE_TO_LOWEST, {"A": 1}, weight=-1) == (
            "price:weight-negative",
            "price",
        )

    @pytest.mark.parametrize("formula", RELATIVE)
    def test_without_a_bid_there_is_nothing_to_measure_by(self, formula):
        with pytest.raises(RuleBroken) as refused:
            reference_of(formula, NOTHING, [])
        assert refused.value.code == "price:none"
        assert price_lines(formula, NOTHING, 40, {}) == {}

    def test_no_formula_measures_by_what_is_not_known(self):
        with pytest.raises(RuleBroken) as refused:
            price_line(Formula.RELATIVE_TO_LOWEST, Reference(), 40, Fraction(1))
        assert refused.value.code == "price:none"


class TestAbnormallyLow:
    def test_exactly_at_the_boundary_is_flagged(self):
        # the mean of the others is 100; 20 % under it is 80
        (found,) = abnormally_low({"A": 80, "B": 90, "C": 110})
        assert (found.bid, found.mean_of_others, found.under) == ("A", 100, Fraction(1, 5))
        assert abnormally_low({"A": 81, "B": 90, "C": 110}) == []

    def test_a_hair_above_the_boundary_is_not(self):
        assert abnormally_low({"A": Fraction(80) + Fraction(1, 10**9), "B": 100}) == []

    def test_the_bid_itself_is_not_among_the_others(self):
        # under the mean of all three (73.3) it would not be 20 % under
        assert [one.bid for one in abnormally_low({"A": 60, "B": 75, "C": 85})] == ["A"]

    def test_the_threshold_is_the_rounds(self):
        prices = {"A": 90, "B": 100}
        assert [one.bid for one in abnormally_low(prices, 1_000)] == ["A"]
        assert abnormally_low(prices, 1_001) == []

    def test_one_bid_has_no_others(self):
        assert abnormally_low({"A": 1}) == []

    @pytest.mark.parametrize("threshold", [0, -1, 10_001])
    def test_a_threshold_that_makes_no_sense(self, threshold):
        with pytest.raises(RuleBroken) as refused:
            abnormally_low({"A": 1}, threshold)
        assert refused.value.code == "price:threshold"


amounts = st.integers(1, 10**9) | st.fractions(min_value=Fraction(1, 1000), max_value=10**6)
given_prices = st.dictionaries(st.sampled_from("ABCDEFGH"), amounts, min_size=1)


class TestProperties:
    @FEW
    @given(st.sampled_from(sorted(set(Formula) - {Formula.PRICE_PER_QUALITY_POINT})),
           given_prices, st.fractions(min_value=0, max_value=1000))  # fmt: skip
    def test_points_stay_within_bounds(self, formula, prices, weight):
        for line in price_lines(formula, STATED.get(formula, NOTHING), weight, prices).values():
            assert 0 <= line.share <= 1
            assert line.points == line.share * weight

    @FEW
    @given(st.sampled_from(RELATIVE), given_prices, amounts)
    def test_scaling_all_prices_changes_nothing_in_relative_formulas(self, formula, prices, factor):
        larger = {bid: price * factor for bid, price in prices.items()}
        assert points(formula, larger) == points(formula, prices)

    @FEW
    @given(st.sampled_from(list(Formula)), given_prices)
    def test_the_order_of_the_bids_changes_nothing(self, formula, prices):
        terms, turned = STATED.get(formula, NOTHING), dict(reversed(prices.items()))
        assert price_lines(formula, terms, 40, prices) == price_lines(formula, terms, 40, turned)

    @FEW
    @given(st.sampled_from(sorted(STATED)), given_prices, amounts)
    def test_another_bid_changes_no_points_where_the_formula_is_not_relative(
        self, formula, prices, other
    ):
        alone = price_lines(formula, STATED[formula], 40, prices)
        among = price_lines(formula, STATED[formula], 40, {**prices, "Z": other})
        assert {bid: among[bid] for bid in alone} == alone

    @FEW
    @given(given_prices)
    def test_less_is_never_worse(self, prices):
        for formula in set(Formula) - {Formula.PRICE_PER_QUALITY_POINT}:
            found = price_lines(formula, STATED.get(formula, NOTHING), 40, prices)
            ordered = sorted(found.values(), key=lambda line: line.price)
            shares = [line.share for line in ordered]
            assert shares == sorted(shares, reverse=True)

    @FEW
    @given(given_prices, st.integers(1, 10_000))
    def test_flags_do_not_hang_on_the_unit_of_money(self, prices, threshold):
        larger = {bid: price * 100 for bid, price in prices.items()}
        assert [one.bid for one in abnormally_low(larger, threshold)] == [
            one.bid for one in abnormally_low(prices, threshold)
        ]
