"""A tender's scheme before it is saved: everything that is wrong is found by name."""

import pytest
from hypothesis import given, settings, strategies as st

from scoring.criteria import Scheme
from scoring.rules import RuleBroken

from .tenders import SCALES, changed

QUALITY, CARE, PRICE = ("criteria", 0), ("criteria", 0, "criteria", 0), ("criteria", 3)
AWARD, RULE = ("award",), ("price",)
LOTS = ("F1", "F2")
RATE_CARD = {"items": [{"key": "age-0-4"}, {"key": "age-5-9"}]}
IN_ORDER = {"cap": 1, "mechanism": "lot-order", "order": ["F1", "F2"]}
BY_WISH = {"cap": 1, "mechanism": "bidder-preference"}
BASKET = {"method": "sum", "items": [{"item": "age-0-4", "weight": 1}]}
DISCOUNT = {"key": "volume", "title": "Volume"}


def found(*changes):
    scheme = Scheme.from_content(changed(*changes))
    return {one.code for one in scheme.check(SCALES, None, LOTS, RATE_CARD)}


def test_the_tender_is_sound():
    assert found() == set()


@pytest.mark.parametrize(
    ("change", "value", "code"),
    [
        # weights at each level
        ((*QUALITY, "weight_bp"), 4999, "weights-do-not-sum"),
        ((*CARE, "weight_bp"), 6999, "weights-do-not-sum"),
        ((*CARE, "questions", 0, "weight_bp"), 5999, "weights-do-not-sum"),
        ((*CARE, "minimum_share_bp"), 10_001, "share-out-of-range"),
        ((*CARE, "key"), "quality", "criterion-twice"),
        ((*CARE, "questions", 0, "question"), "matching", "question-twice"),
        ((*QUALITY, "questions"), [{"question": "x", "weight_bp": 1}], "questions-and-criteria"),
        ((*CARE, "scale"), "nothing", "no-scale"),
        ((*CARE, "kind"), "young", "kind-panel"),
        (("criteria", 2, "kind"), "quality", "kind-panel"),
        # price among the criteria
        ((*PRICE, "minimum_share_bp"), 5000, "price-minimum"),
        ((*PRICE, "questions"), [{"question": "x", "weight_bp": 10_000}], "price-is-computed"),
        (("price",), None, "price-without-formula"),
        ((*RULE, "formula"), "price-per-quality-point", "price-has-no-weight"),
        ((*RULE, "formula"), "against-a-ceiling", "price:no-ceiling"),
        ((*RULE, "formula"), "linear-to-a-maximum", "price:no-maximum"),
        ((*RULE, "abnormally_low_bp"), 0, "abnormally-low"),
        ((*RULE, "by_lot"), {"F9": {}}, "unknown-lot"),
        # baskets and discounts
        ((*RULE, "baskets", 0, "lots"), ["F1"], "lot-without-basket"),
        ((*RULE, "baskets", 0, "lots"), ["F1", "F2", "F9"], "unknown-lot"),
        ((*RULE, "baskets"), [BASKET, BASKET], "basket-twice"),
        ((*RULE, "baskets", 0, "items"), [], "basket-empty"),
        ((*RULE, "baskets", 0, "items", 0, "weight"), 0, "basket-weight"),
        ((*RULE, "baskets", 0, "items", 0, "item"), "solo", "basket-item"),
        ((*RULE, "baskets", 0, "items", 0, "item"), "age-5-9", "basket-item-twice"),
        ((*RULE, "baskets", 0, "councils"), ["luton"], "basket-of-a-council"),
        ((*RULE, "discounts", "steps"), [DISCOUNT, DISCOUNT], "discount-twice"),
        ((*RULE, "discounts", "steps", 0, "share_bp"), 0, "discount"),
        ((*RULE, "discounts", "steps", 0, "most_bp"), 10_001, "discount"),
        # ranks, ties and caps
        ((*AWARD, "ranked"), False, "not-ranked"),
        ((*AWARD, "cap"), None, "cap-missing"),
        ((*AWARD, "cap"), 0, "cap-too-low"),
        ((*AWARD, "cap_by_lot"), {"F9": 1}, "unknown-lot"),
        ((*AWARD, "mechanism"), "single-winner", "cap-too-high"),
        ((*AWARD, "tie_at_cap"), None, "tie-at-cap-missing"),
        ((*AWARD, "mechanism"), "all-over-thresholds", "cap-without-mechanism"),
        ((*AWARD, "tie_breaks"), [{"by": "question", "key": "x"}], "tie-break-unknown"),
        ((*AWARD, "tie_breaks"), [{"by": "criterion", "key": "x"}], "tie-break-unknown"),
        ((*AWARD, "lots_per_bidder"), {**BY_WISH, "cap": 0}, "lots-cap-too-low"),
        ((*AWARD, "lots_per_bidder"), {**IN_ORDER, "order": ["F1"]}, "lot-order-incomplete"),
        ((*AWARD, "lots_per_bidder"), {**IN_ORDER, "order": []}, "lot-order-incomplete"),
        ((*AWARD, "lots_per_bidder"), {**IN_ORDER, "order": ["F1", "F2", "F1"]}, "lot-order-twice"),
        ((*AWARD, "lots_per_bidder"), {**IN_ORDER, "order": ["F1", "F2", "F9"]}, "unknown-lot"),
        ((*AWARD, "lots_per_bidder"), {**BY_WISH, "order": ["F1"]}, "lot-order-unused"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(change, value, code):
    wanted = code if ":" in code else f"scheme:{code}"
    assert wanted in found((change, value))


def test_a_sound_cap_on_lots_is_sound():
    assert found(((*AWARD, "lots_per_bidder"), IN_ORDER)) == set()
    assert found(((*AWARD, "lots_per_bidder"), BY_WISH)) == set()


def test_every_lot_may_state_its_own_cap():
    own = ((*AWARD, "cap_by_lot"), {"F1": 1, "F2": 3})
    assert found(((*AWARD, "cap"), None), own) == set()


def test_a_single_winner_cannot_be_two():
    single = ((*AWARD, "mechanism"), "single-winner"), ((*AWARD, "cap"), None)
    assert found(*single) == set()
    assert found(*single, ((*AWARD, "tie_at_cap"), "admit-all")) == {"scheme:tie-at-cap"}


def test_a_formula_needs_the_weight_of_price():
    without = found((PRICE, ...), ((*QUALITY, "weight_bp"), 8000))
    assert without == {"scheme:formula-without-price"}


def test_ties_of_price_need_a_price():
    codes = found((("price",), None), (PRICE, ...), ((*QUALITY, "weight_bp"), 8000))
    assert codes == {"scheme:tie-break-unknown"}


def test_the_basket_that_names_a_lot_goes_before_the_one_for_all():
    scheme = Scheme.from_content(
        changed(((*RULE, "baskets"), [{**BASKET, "method": "weighted-mean"},
                                      {**BASKET, "lots": ["F2"]}]))
    )  # fmt: skip
    assert scheme.check(SCALES, None, LOTS, RATE_CARD) == []
    assert scheme.price.basket_for("F1").method == "weighted-mean"
    assert scheme.price.basket_for("F2").method == "sum"


def test_a_lot_without_a_basket_is_refused():
    scheme = Scheme.from_content(changed(((*RULE, "baskets"), [{**BASKET, "lots": ["F2"]}])))
    with pytest.raises(RuleBroken) as refused:
        scheme.price.basket_for("F1")
    assert refused.value.code == "basket:none"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ((*RULE, "formula"), "guess", "scheme:formula"),
        ((*RULE, "formula"), None, "content:text"),
        ((*RULE, "ceiling_pence"), 10.5, "content:whole-number"),
        ((*RULE, "by_lot"), [], None),
        ((*RULE, "by_lot"), ["F1"], "content:part"),
        ((*RULE, "baskets", 0, "method"), "product", "scheme:basket-method"),
        ((*RULE, "baskets", 0, "items", 0, "weight"), 2.5, "scheme:basket-weight"),
        ((*RULE, "baskets", 0, "items", 0, "weight"), "-1", "scheme:basket-weight"),
        ((*RULE, "baskets", 0, "items", 0, "weight"), True, "scheme:basket-weight"),
        ((*RULE, "baskets", 0, "lots"), "F1", "content:list"),
        ((*RULE, "discounts", "compounding"), None, "scheme:discounts-order"),
        ((*RULE, "discounts", "compounding"), "yes", "content:yes-no"),
        ((*AWARD, "tie_breaks"), [{"by": "lottery"}], "scheme:tie-break"),
        ((*AWARD, "tie_breaks"), [{"by": "question"}], "content:text"),
        ((*AWARD, "tie_at_cap"), "toss", "scheme:tie-at-cap"),
        ((*AWARD, "lots_per_bidder"), {"cap": 1}, "scheme:lots-cap-without-mechanism"),
        ((*AWARD, "lots_per_bidder"), {"cap": 1, "mechanism": "x"}, "scheme:lots-mechanism"),
        ((*AWARD, "lots_per_bidder"), {"mechanism": "lot-order"}, "content:whole-number"),
        ((*CARE, "agreeing"), "median", "scheme:agreeing"),
        ((*CARE, "kind"), "care", "scheme:kind"),
        (("stated_in",), "percent", "scheme:stated-in"),
        (("stated_in",), "points", "content:whole-number"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_refused(path, value, code):
    if code is None:
        assert Scheme.from_content(changed((path, value)))
        return
    with pytest.raises(RuleBroken) as refused:
        Scheme.from_content(changed((path, value)))
    assert refused.value.code == code


def nested(levels):
    inner = {
        "key": "k0", "title": "T", "weight_bp": 10_000,
        "questions": [{"question": "q", "weight_bp": 10_000}],
    }  # fmt: skip
    for level in range(1, levels):
        inner = {"key": f"k{level}", "title": "T", "weight_bp": 10_000, "criteria": [inner]}
    return {
        "key": "deep",
        "title": "Deep",
        "award": {"mechanism": "all-over-thresholds"},
        "criteria": [{**inner, "panel": "officers", "scale": "officers-0-5"}],
    }


def test_criteria_lie_four_deep_at_most():
    assert Scheme.from_content(nested(4)).check(SCALES) == []
    with pytest.raises(RuleBroken) as refused:
        Scheme.from_content(nested(5))
    assert refused.value.code == "scheme:too-deep"


class TestPoints:
    def content(self, *changes):
        plain = {
            "key": "points", "title": "In points", "stated_in": "points",
            "award": {"mechanism": "all-over-thresholds"},
            "criteria": [{
                "key": "a", "title": "A", "points": 60, "panel": "officers",
                "scale": "officers-0-5", "questions": [
                    {"question": "one", "points": 45}, {"question": "two", "points": 15},
                ],
            }],
        }  # fmt: skip
        return changed(*changes, of=plain)

    def found(self, *changes):
        return [one.code for one in Scheme.from_content(self.content(*changes)).check(SCALES)]

    def test_the_total_need_not_be_a_hundred(self):
        assert self.found() == []

    @pytest.mark.parametrize(
        ("path", "value", "codes"),
        [
            (("criteria", 0, "points"), 61, ["points-do-not-sum"]),
            (("criteria", 0, "questions", 0, "points"), 44, ["points-do-not-sum"]),
            (("criteria",), [], ["no-points"]),
        ],
    )
    def test_parts_sum_to_the_whole(self, path, value, codes):
        assert self.found((path, value)) == [f"scheme:{code}" for code in codes]

    def test_points_below_zero(self):
        minus = [(("criteria", 0, "questions", 0, "points"), 75),
                 (("criteria", 0, "questions", 1, "points"), -15)]  # fmt: skip
        assert self.found(*minus) == ["scheme:weight-negative"]


@settings(max_examples=40)
@given(st.lists(st.integers(-1000, 12_000), min_size=4, max_size=4))
def test_weights_that_do_not_sum_are_always_found(weights):
    changes = [(("criteria", number, "weight_bp"), one) for number, one in enumerate(weights)]
    codes = found(*changes)
    assert ("scheme:weights-do-not-sum" in codes) == (sum(weights) != 10_000)
    assert ("scheme:weight-negative" in codes) == (min(weights) < 0)
