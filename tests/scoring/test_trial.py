from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from scoring.criteria import Scheme
from scoring.rules import RuleBroken
from scoring.terms import Formula
from scoring.trial import Reversal, Sample, Shift, leave_one_out, try_scheme, weight_shifts

from . import schemes
from .tenders import SCALES, a_tender, awarding, changed, scored

FEW = settings(max_examples=20)


def plain(formula="relative-to-lowest", quality=6000, **price):
    """Return a scheme of one question and price, so that a sum can be done by hand."""
    return Scheme.from_content(
        {
            "key": "plain",
            "title": "Plain",
            "award": {"mechanism": "all-over-thresholds", "ranked": True},
            "criteria": [
                {
                    "key": "quality", "title": "Quality", "weight_bp": quality,
                    "panel": "officers", "scale": "officers-0-5",
                    "questions": [{"question": "q", "weight_bp": 10_000}],
                },
                {"key": "price", "title": "Price", "kind": "price", "weight_bp": 10_000 - quality},
            ],
            "price": {"formula": formula, **price},
        }
    )  # fmt: skip


def sample(scheme, **bids):
    """Return sample bids: name=(score, price)."""
    return Sample(
        scheme,
        SCALES,
        {bid: schemes.BidScores({"q": score}) for bid, (score, _) in bids.items()},
        {bid: price for bid, (_, price) in bids.items()},
    )


class TestWeights:
    # 48 + 40 × 100 ÷ 200 = 68, against 24 + 40 = 64
    close = sample(plain(), A=(4, 200), B=(2, 100))

    def test_the_smallest_move_that_changes_the_winner(self):
        trial = try_scheme(self.close)
        assert trial.result.winners == ("A",)
        # at x % of quality: 0.8 x + 0.5 (100 − x) = 0.4 x + (100 − x), so x = 500 ÷ 9
        assert trial.shifts == (
            Shift("quality", "price", 500, 500, ("B",)),
            Shift("price", "quality", 1000, None),
        )

    def test_a_tie_at_the_top_is_a_change(self):
        even = sample(plain(quality=5000), A=(5, 200), B=(2, 80))
        # 50 + 20 = 70 against 20 + 50 = 70 …
        result = even.result()
        assert result.winners == ("A", "B")
        first, second = weight_shifts(even, result)
        assert (first.changes_at, first.winners) == (100, ("B",))
        assert (second.changes_at, second.winners) == (100, ("A",))

    def test_the_step_and_the_reach_can_be_chosen(self):
        (first, _) = weight_shifts(self.close, self.close.result(), step=10, most=400)
        assert (first.tried, first.changes_at) == (400, None)
        (first, _) = weight_shifts(self.close, self.close.result(), step=5, most=500)
        assert first.changes_at == 445  # at 444.4 they would be equal

    def test_points_move_too_and_stay_whole(self):
        inner = [{"question": "a", "points": 7}, {"question": "b", "points": 2}]
        scheme = Scheme.from_content(
            {
                "key": "points", "title": "Points", "stated_in": "points",
                "award": {"mechanism": "all-over-thresholds", "ranked": True},
                "criteria": [
                    {"key": "one", "title": "One", "points": 9, "panel": "officers",
                     "scale": "officers-0-5", "questions": inner},
                    {"key": "two", "title": "Two", "points": 8, "panel": "officers",
                     "scale": "officers-0-5", "questions": [{"question": "c", "points": 8}]},
                ],
            }
        )  # fmt: skip
        bids = {
            "A": schemes.BidScores({"a": 5, "b": 0, "c": 0}),
            "B": schemes.BidScores({"a": 0, "b": 0, "c": 4}),
        }
        one = Sample(scheme, SCALES, bids)
        first, second = weight_shifts(one, one.result(), step=1, most=5)
        assert one.result().winners == ("A",)  # 7 against 6.4
        assert (first.changes_at, first.winners) == (1, ("B",))  # 8 × 7 ÷ 9 against 9 × 4 ÷ 5
        assert second.changes_at is None

    def test_on_a_list_who_is_admitted_is_what_may_change(self):
        scheme = schemes.a_scheme(thresholds={"total_share_bp": 6000})
        bids = {"A": schemes.scores(3, 3, 3), "B": schemes.scores(4, 3, 1)}
        one = Sample(scheme, schemes.SCALES, bids)
        assert one.result().winners == ("A", "B")
        shifts = {(one.giver, one.taker): one for one in weight_shifts(one, one.result())}
        assert shifts["quality", "young"].winners == ("A",)


class TestLeavingOneOut:
    def test_the_formula_against_the_mean_can_turn_two_others_round(self):
        # Without the dear bid the mean falls, and a cheap price is worth more.
        scheme = plain("deviation-from-the-mean")
        found = try_scheme(sample(scheme, A=(4, 150), B=(3, 110), C=(0, 1000)))
        assert Reversal("C", "A", "B") in found.left_out

    def test_a_tie_that_opens_is_no_reversal(self):
        scheme = plain("deviation-from-the-mean", quality=0)
        # both far under the mean, both held at all points: equal, until the dear one goes
        one = sample(scheme, A=(3, 10), B=(3, 12), C=(3, 1000))
        result = one.result()
        assert result.of("A").rank == result.of("B").rank
        assert one.without("C").result().of("A").rank < one.without("C").result().of("B").rank
        assert list(leave_one_out(one, result)) == []

    def test_a_line_to_a_maximum_never_does(self):
        scheme = plain("linear-to-a-maximum", optimal_pence=0, maximum_pence=2000)
        found = try_scheme(sample(scheme, A=(4, 150), B=(3, 110), C=(0, 1000)))
        assert found.left_out == found.outliers == ()

    def test_a_list_has_no_order_to_reverse(self):
        one = Sample(
            schemes.a_scheme(),
            schemes.SCALES,
            {"A": schemes.scores(4, 4, 4), "B": schemes.scores(3, 3, 3)},
        )
        assert try_scheme(one).left_out == ()


class TestOutliers:
    def test_one_price_can_turn_two_others_round(self):
        # A: 48 + 40 × 100 ÷ 160 = 73, B: 36 + 40 = 76; at a lowest of 50 it is 60.5 and 56
        found = try_scheme(sample(plain(), A=(4, 160), B=(3, 100), C=(0, 400)))
        assert found.outliers == (Reversal("C", "B", "A", Fraction(50)),)

    def test_without_prices_there_are_none(self):
        one = Sample(
            schemes.ranked(),
            schemes.SCALES,
            {"A": schemes.scores(4, 4, 4), "B": schemes.scores(3, 3, 3)},
        )
        assert try_scheme(one).outliers == ()


def test_a_whole_tender_can_be_tried():
    bids = {"A": scored(4, 4, 4, 4, 3, 3), "B": scored(3, 4, 3, 3, 3, 2),
            "C": scored(2, 5, 5, 5, 4, 4)}  # fmt: skip
    found = try_scheme(Sample(a_tender(*awarding(cap=3)), SCALES, bids, {"A": 60_000, "B": 50_000}))
    assert found.result.winners == ("A",)
    assert {(one.giver, one.taker) for one in found.shifts} >= {("quality", "price")}
    assert all(one.bid != "C" for one in found.outliers)  # below a threshold, so without a price


def test_an_unsound_scheme_is_refused():
    broken = Scheme.from_content(changed((("criteria", 0, "weight_bp"), 1)))
    with pytest.raises(RuleBroken):
        try_scheme(Sample(broken, SCALES, {"A": scored(4, 4, 4, 4, 3, 3)}, {"A": 1}))


lots = st.dictionaries(
    st.sampled_from("ABCD"), st.tuples(st.integers(0, 5), st.integers(1, 500)), min_size=2
)


class TestProperties:
    @FEW
    @given(lots, st.sampled_from(["linear-to-a-maximum", "against-a-ceiling"]))
    def test_no_bid_matters_to_others_where_the_formula_is_not_relative(self, bids, formula):
        terms = {"optimal_pence": 1, "maximum_pence": 500, "ceiling_pence": 500}
        one = sample(plain(formula, **terms), **bids)
        assert list(leave_one_out(one, one.result())) == []

    @FEW
    @given(lots, st.sampled_from(Formula))
    def test_a_reversal_is_one(self, bids, formula):
        if formula in ("linear-to-a-maximum", "against-a-ceiling", "price-per-quality-point"):
            return
        one = sample(plain(str(formula)), **bids)
        before = one.result()
        for found in leave_one_out(one, before):
            after = one.without(found.bid).result()
            assert before.of(found.first).total > before.of(found.second).total
            assert after.of(found.first).total < after.of(found.second).total

    @FEW
    @given(lots)
    def test_moving_weight_back_restores_the_winner(self, bids):
        one = sample(plain(), **bids)
        for shift in weight_shifts(one, one.result(), step=500, most=1000):
            if shift.giver == "quality" and shift.changes_at:
                moved = replace(one, scheme=plain(quality=6000 - shift.changes_at))
                assert moved.result().winners == shift.winners != one.result().winners
