from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from scoring.baskets import Basket, BasketItem, Discounts, DiscountStep, evaluated_price
from scoring.rules import RuleBroken
from scoring.terms import BasketMethod

FEW = settings(max_examples=40)
AGES = {"age-0-4": 45_000, "age-5-9": 48_000, "age-10-15": 55_000, "age-16-17": 60_000}
FOSTERING = Basket(
    BasketMethod.WEIGHTED_MEAN,
    tuple(
        BasketItem(item, Fraction(placements))
        for item, placements in zip(AGES, (30, 40, 80, 50), strict=True)
    ),
)
SUPPORT = Basket(
    BasketMethod.SUM,
    (BasketItem("core-weekly-price", Fraction(52)), BasketItem("extra-hour", Fraction(104))),
)
STEPS = (
    DiscountStep("volume", "Volume discount"),
    DiscountStep("sibling", "Sibling discount", share_bp=2_000),
    DiscountStep("long-term", "Long-term discount", most_bp=1_500),
)
OFFER = {"volume": 1_000, "sibling": 500, "long-term": 200}


def refusal(*args):
    with pytest.raises(RuleBroken) as refused:
        evaluated_price(*args)
    return refused.value.code, refused.value.field


class TestTheBasket:
    def test_age_bands_weighted_by_expected_placements(self):
        found = evaluated_price(FOSTERING, AGES)
        assert found.price == Fraction(30 * 45_000 + 40 * 48_000 + 80 * 55_000 + 50 * 60_000, 200)
        assert found.price == 53_350
        assert found.working == (
            "(£450.00 × 30 + £480.00 × 40 + £550.00 × 80 + £600.00 × 50) ÷ 200 = £533.50"
        )

    def test_core_support_and_extra_hours_of_a_year(self):
        found = evaluated_price(SUPPORT, {"core-weekly-price": 89_500, "extra-hour": 2_450})
        assert found.price == 52 * 89_500 + 104 * 2_450
        assert [line.working for line in found.lines] == [
            "£895.00 × 52 = £46,540.00",
            "£24.50 × 104 = £2,548.00",
        ]
        assert found.working == "£895.00 × 52 + £24.50 × 104 = £49,088.00"

    def test_a_mean_is_never_rounded_on_the_way(self):
        thirds = Basket(
            BasketMethod.WEIGHTED_MEAN,
            (BasketItem("age-0-4", Fraction(1)), BasketItem("age-5-9", Fraction(2))),
        )
        found = evaluated_price(thirds, {"age-0-4": 100, "age-5-9": 101})
        assert found.price == Fraction(302, 3)
        assert found.working == "(£1.00 × 1 + £1.01 × 2) ÷ 3 = 302/3p"

    def test_a_weight_may_be_a_part(self):
        half = Basket(BasketMethod.SUM, (BasketItem("extra-hour", Fraction("2.5")),))
        assert evaluated_price(half, {"extra-hour": 1_001}).price == Fraction(5005, 2)

    def test_what_is_not_in_the_basket_does_not_count(self):
        assert evaluated_price(FOSTERING, {**AGES, "solo": 1}) == evaluated_price(FOSTERING, AGES)


class TestDiscounts:
    def test_compounding_takes_each_from_what_the_one_before_left(self):
        one = Basket(BasketMethod.SUM, (BasketItem("age-0-4", Fraction(1)),))
        found = evaluated_price(one, {"age-0-4": 100_000}, Discounts(STEPS, True), OFFER)
        assert [line.left for line in found.discounts] == [90_000, 89_100, 87_318]
        assert found.discounts[1].working == "5% on 20% of £900.00 = £9.00, leaving £891.00"
        assert (found.before, found.price) == (100_000, 87_318)

    def test_otherwise_each_is_taken_from_the_first_value(self):
        one = Basket(BasketMethod.SUM, (BasketItem("age-0-4", Fraction(1)),))
        found = evaluated_price(one, {"age-0-4": 100_000}, Discounts(STEPS, False), OFFER)
        assert [line.base for line in found.discounts] == [100_000] * 3
        assert [line.left for line in found.discounts] == [90_000, 89_000, 87_000]
        assert found.discounts[0].working == "10% of £1,000.00 = £100.00, leaving £900.00"

    def test_the_order_is_the_rounds(self):
        found = evaluated_price(FOSTERING, AGES, Discounts(tuple(reversed(STEPS)), True), OFFER)
        assert [line.key for line in found.discounts] == ["long-term", "sibling", "volume"]

    def test_none_offered_is_none_taken(self):
        found = evaluated_price(FOSTERING, AGES, Discounts(STEPS, True))
        assert found.price == found.before

    @pytest.mark.parametrize(
        ("offer", "code", "field"),
        [
            ({"loyalty": 100}, "discount:unknown", "loyalty"),
            ({"volume": -1}, "discount:out-of-range", "volume"),
            ({"volume": 10_001}, "discount:out-of-range", "volume"),
            ({"long-term": 1_501}, "discount:out-of-range", "long-term"),
            ({"volume": 2.5}, "discount:out-of-range", "volume"),
            ({"volume": True}, "discount:out-of-range", "volume"),
            ({"volume": 10_000}, "discount:too-much", "volume"),
            ({"volume": 9_900, "sibling": 10_000}, "discount:too-much", "sibling"),
        ],
    )
    def test_what_is_refused(self, offer, code, field):
        assert refusal(FOSTERING, AGES, Discounts(STEPS, False), offer) == (code, field)

    def test_one_that_must_be_offered(self):
        asked = Discounts((replace(STEPS[0], required=True),), True)
        assert refusal(FOSTERING, AGES, asked, {"volume": None}) == ("discount:missing", "volume")
        assert evaluated_price(FOSTERING, AGES, asked, {"volume": 0}).price == 53_350


class TestRefusals:
    @pytest.mark.parametrize(
        ("pence", "code"),
        [
            (None, "price:missing"),
            (0, "price:zero"),
            (-5, "price:negative"),
            (1.5, "price:not-exact"),
            (Fraction(1, 2), "price:not-exact"),
        ],
    )
    def test_a_rate_that_is_none(self, pence, code):
        assert refusal(FOSTERING, {**AGES, "age-5-9": pence}) == (code, "age-5-9")

    def test_a_missing_item_is_never_left_out(self):
        rates = {item: pence for item, pence in AGES.items() if item != "age-16-17"}
        assert refusal(FOSTERING, rates) == ("price:missing", "age-16-17")

    def test_a_basket_must_weigh_something(self):
        assert refusal(Basket(BasketMethod.SUM, ()), AGES)[0] == "basket:empty"
        nothing = Basket(BasketMethod.SUM, (BasketItem("age-0-4", Fraction(0)),))
        assert refusal(nothing, AGES) == ("basket:weight", "age-0-4")


rates = st.fixed_dictionaries(dict.fromkeys(AGES, st.integers(1, 10**7)))


class TestProperties:
    @FEW
    @given(rates)
    def test_a_weighted_mean_lies_between_the_lowest_and_the_highest_rate(self, found):
        assert min(found.values()) <= evaluated_price(FOSTERING, found).price <= max(found.values())

    @FEW
    @given(rates, st.fixed_dictionaries(dict.fromkeys(OFFER, st.integers(0, 1_500))))
    def test_compounding_never_takes_more_than_all_from_the_first_value(self, found, offer):
        running, first = (
            evaluated_price(FOSTERING, found, Discounts(STEPS, compounding), offer)
            for compounding in (True, False)
        )
        assert 0 < first.price <= running.price <= running.before
        for one in (running, first):
            assert one.before - sum(line.taken for line in one.discounts) == one.price

    @FEW
    @given(rates, st.integers(2, 9))
    def test_scaling_the_weights_changes_no_mean(self, found, factor):
        larger = replace(
            FOSTERING,
            items=tuple(replace(one, weight=one.weight * factor) for one in FOSTERING.items),
        )
        assert evaluated_price(larger, found).price == evaluated_price(FOSTERING, found).price
