"""A whole lot of a tender: nested quality, thresholds, price among those that passed, order."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from scoring.awards import BidScores, Place, compute_lot
from scoring.criteria import Scheme
from scoring.rules import RuleBroken
from scoring.terms import Formula, Panel

from .tenders import QUESTIONS, SCALES, a_tender, awarding, changed, scored

FEW = settings(max_examples=40)
GOOD = scored(4, 4, 4, 4, 3, 3)
FAIR = scored(3, 4, 3, 3, 3, 2)
WEAK = scored(2, 5, 5, 5, 4, 4)  # below the minimum of safeguarding


def compute(scheme, bids, prices=None, **more):
    return compute_lot(scheme, SCALES, bids, prices=prices, **more)


def codes(findings):
    return [finding.code for finding in findings]


class TestWorkedExample:
    """Good at £600 and fair at £500 a week: 4/5 of quality and 3/4 of the young people's."""

    lot = compute(a_tender(), {"A": GOOD, "B": FAIR}, {"A": 60_000, "B": 50_000})

    def test_weights_multiply_down_the_levels(self):
        lines = {line.question: line.available for line in self.lot.of("A").lines}
        assert lines == {
            "safeguarding": 21, "stability": 14, "matching": 15, "jobs": 10,
            "young-home": 5, "young-voice": 5,
        }  # fmt: skip

    def test_each_level_has_its_points(self):
        parts = {one.criterion: one.points for one in self.lot.of("A").every}
        assert parts == {
            "quality": 40, "care": 28, "placing": 12, "social": 8,
            "young": Fraction(15, 2), "price": 25,
        }  # fmt: skip

    def test_quality_and_total(self):
        best = self.lot.of("A")
        assert best.quality == Fraction(111, 2)
        assert best.total == Fraction(161, 2)
        assert self.lot.of("B").total == Fraction(
            1501, 20
        )  # 12.6 + 11.2 + 9 + 6 + 3.75 + 2.5, and 30 of price

    def test_price_opens_its_working(self):
        price = self.lot.of("A").price
        assert price.working == "30 × £500.00 ÷ £600.00 = 25"
        assert self.lot.of("A").criteria[-1].price == price
        assert self.lot.reference.lowest == 50_000

    def test_the_best_is_first(self):
        assert [(one.bid, one.rank) for one in self.lot.bids] == [("A", 1), ("B", 2)]


class TestWhoSetsThePrices:
    def test_a_bid_below_a_threshold_sets_no_lowest_and_needs_no_price(self):
        lot = compute(a_tender(), {"A": GOOD, "B": WEAK}, {"A": 60_000})
        assert lot.of("A").price.points == 30
        assert lot.of("B").price is None
        assert lot.of("B").total == lot.of("B").quality
        assert not lot.of("B").admitted

    def test_its_price_is_not_looked_at_even_when_it_is_there(self):
        bids = {"A": GOOD, "B": WEAK}
        with_it = compute(a_tender(), bids, {"A": 60_000, "B": 1})
        assert with_it == compute(a_tender(), bids, {"A": 60_000})

    def test_nor_one_that_a_decision_set_aside(self):
        lot = compute(
            a_tender(),
            {"A": GOOD, "B": GOOD},
            {"A": 60_000, "B": 10_000},
            set_aside={"B": "The price was not explained."},
        )
        assert lot.of("A").price.points == 30
        assert codes(lot.of("B").findings) == ["award:set-aside"]
        assert not lot.of("A").flags

    @pytest.mark.parametrize(
        ("price", "code"),
        [(None, "price:missing"), (0, "price:zero"), (-1, "price:negative")],
    )
    def test_a_bid_that_passed_needs_its_price(self, price, code):
        with pytest.raises(RuleBroken) as refused:
            compute(a_tender(), {"A": GOOD, "B": FAIR}, {"A": 60_000, "B": price})
        assert (refused.value.code, refused.value.field) == (code, "B")

    def test_a_price_of_nobody(self):
        with pytest.raises(RuleBroken) as refused:
            compute(a_tender(), {"A": GOOD}, {"A": 1, "Z": 1})
        assert refused.value.code == "price:unknown-bid"

    def test_over_the_ceiling_is_not_awarded_and_says_so(self):
        ceiling = a_tender(
            (("price", "formula"), "against-a-ceiling"), (("price", "ceiling_pence"), 80_000)
        )
        lot = compute(ceiling, {"A": GOOD, "B": FAIR}, {"A": 80_001, "B": 20_000})
        (finding,) = lot.of("A").findings
        assert finding.message == "The price of £800.01 is over the ceiling of £800.00."
        assert lot.of("A").rank is None
        assert lot.of("B").price.points == Fraction(45, 2)
        assert not lot.of("B").flags  # there is no other bid that passed

    def test_amounts_may_be_a_lots_own(self):
        ceiling = a_tender(
            (("price", "formula"), "against-a-ceiling"),
            (("price", "ceiling_pence"), 80_000),
            (("price", "by_lot"), {"F2": {"ceiling_pence": 40_000}}),
        )
        prices = {"A": 20_000}
        first, second = (
            compute(ceiling, {"A": GOOD}, prices, place=Place(lot)) for lot in ("F1", "F2")
        )
        assert first.of("A").price.points == Fraction(45, 2)
        assert second.of("A").price.points == 15

    def test_a_price_far_below_the_others_is_flagged_and_stays(self):
        lot = compute(a_tender(), {"A": GOOD, "B": FAIR}, {"A": 40_000, "B": 50_000})
        (flag,) = lot.of("A").flags
        assert flag.level == "warning"
        assert flag.message == (
            "The price of £400.00 is 20.00% under the mean of the other bids, £500.00. "
            "Ask the bidder to explain it."
        )
        assert lot.of("A").rank == 1
        assert lot.of("A").admitted


class TestThresholds:
    def test_of_a_question_a_section_a_criterion_and_the_total(self):
        lot = compute(a_tender(), {"A": scored(1, 2, 0, 1, 1, 0)}, {})
        assert [(one.code, one.where) for one in lot.of("A").findings] == [
            ("threshold:question", "safeguarding"),
            ("threshold:criterion", "care"),
            ("threshold:criterion", "quality"),
            ("threshold:total", "fostering"),
        ]

    def test_the_total_is_of_quality_and_met_exactly_passes(self):
        scheme = a_tender((("thresholds", "total_share_bp"), 7500))
        # 0.75 of 70 points: all of quality (50), a quarter of the young people's (2.5)
        assert compute(scheme, {"A": scored(5, 5, 5, 0, 1, 1)}, {"A": 1}).of("A").passed
        (finding,) = compute(scheme, {"A": scored(5, 5, 5, 0, 1, 0)}, {}).of("A").findings
        assert finding.message == (
            "Total of quality: 73.21% of the points. At least 75% is needed."
        )


class TestPassOrFail:
    def gated(self):
        gate = {
            "key": "gate", "title": "Gate", "weight_bp": 0, "panel": "officers",
            "scale": "pass-fail", "questions": [{"question": "insured", "weight_bp": 10000}],
        }  # fmt: skip
        whole = changed()
        whole["criteria"].append(gate)
        return Scheme.from_content(whole)

    def test_who_fails_is_out_whatever_it_weighs(self):
        good = {**GOOD.consensus}
        bids = {"A": BidScores({**good, "insured": 1}), "B": BidScores({**good, "insured": 0})}
        lot = compute(self.gated(), bids, {"A": 1})
        assert lot.of("A").passed
        assert codes(lot.of("B").findings) == ["threshold:question"]


class TestPoints:
    """A scheme of 130 points: sections of 60 and 40, and price of 30."""

    scheme = Scheme.from_content(
        {
            "key": "points",
            "title": "In points",
            "stated_in": "points",
            "award": {"mechanism": "all-over-thresholds", "ranked": True},
            "thresholds": {"total_share_bp": 5000},
            "criteria": [
                {
                    "key": "one", "title": "One", "points": 100,
                    "panel": "officers", "scale": "officers-0-5",
                    "criteria": [
                        {
                            "key": "a", "title": "A", "points": 60,
                            "questions": [
                                {"question": "safeguarding", "points": 45},
                                {"question": "stability", "points": 15},
                            ],
                        },
                        {
                            "key": "b", "title": "B", "points": 40, "minimum_share_bp": 2000,
                            "questions": [{"question": "matching", "points": 40}],
                        },
                    ],
                },
                {"key": "price", "title": "Price", "kind": "price", "points": 30},
            ],
            "price": {"formula": "relative-to-lowest"},
        }
    )  # fmt: skip

    def bid(self, *values):
        return BidScores(dict(zip(("safeguarding", "stability", "matching"), values, strict=True)))

    def test_they_need_not_sum_to_a_hundred(self):
        assert self.scheme.check(SCALES) == []
        lot = compute(self.scheme, {"A": self.bid(5, 5, 5)}, {"A": 1})
        assert lot.available == lot.of("A").total == 130

    def test_each_is_worth_its_points(self):
        result = compute(self.scheme, {"A": self.bid(4, 2, 1)}, {"A": 1}).of("A")
        assert [line.points for line in result.lines] == [36, 6, 8]
        assert next(line.working for line in result.lines) == "4 ÷ 5 × 45 = 36"
        assert result.total == 80
        assert result.passed  # b: exactly 20 %; the total: exactly 50 of 100

    def test_minimums_are_shares_of_the_available_points(self):
        result = compute(self.scheme, {"A": self.bid(4, 2, 0)}, {}).of("A")
        assert codes(result.findings) == ["threshold:criterion", "threshold:total"]


class TestYoungPeople:
    def bids(self, **pairs):
        return {
            "A": scored(4, 4, 4, 4, 3, 1, pairs={"young-home": 3, "young-voice": 3, **pairs}),
            "B": scored(4, 4, 4, 4, 1, 3, pairs={"young-home": 3, "young-voice": 3}),
        }

    prices = {"A": 1, "B": 1}

    def test_enough_pairs_count(self):
        lot = compute(a_tender(), self.bids(), self.prices)
        assert lot.left_out == ()
        assert lot.of("A").total == lot.of("B").total

    def test_a_question_with_too_few_pairs_leaves_the_lot_for_every_bid(self):
        lot = compute(a_tender(), self.bids(**{"young-voice": 1}), self.prices)
        assert lot.left_out == ("young-voice",)
        young = {one.bid: one.every[4] for one in lot.bids}
        assert young["A"].available == 10  # the weight of the criterion stays
        assert (young["A"].points, young["B"].points) == (Fraction(15, 2), Fraction(5, 2))
        assert [line.question for line in young["A"].lines] == ["young-home"]

    def test_or_nothing_is_computed_when_the_round_says_so(self):
        refuse = a_tender((("young", "below_least"), "refuse"))
        with pytest.raises(RuleBroken) as refused:
            compute(refuse, self.bids(**{"young-voice": 1}), self.prices)
        assert (refused.value.code, refused.value.field) == ("score:too-few-pairs", "young-voice")

    def test_nothing_left_is_refused(self):
        with pytest.raises(RuleBroken) as refused:
            compute(a_tender(), self.bids(**{"young-voice": 0, "young-home": 0}), self.prices)
        assert refused.value.code == "score:nothing-left"

    def test_each_panel_has_its_questions_at_any_depth(self):
        scheme = a_tender()
        assert [one.question for one in scheme.questions_for(Panel.OFFICERS)] == list(QUESTIONS[:4])
        assert scheme.criterion_of("matching").key == "placing"


class TestMeans:
    def mean(self):
        whole = changed()
        whole["criteria"][1]["agreeing"] = "mean"
        return Scheme.from_content(whole)

    def with_jobs(self, score):
        return {"A": BidScores({**GOOD.consensus, "jobs": score})}

    def test_a_mean_is_never_rounded_on_the_way(self):
        result = compute(self.mean(), self.with_jobs(Fraction(11, 3)), {"A": 1}).of("A")
        line = next(one for one in result.lines if one.question == "jobs")
        assert line.points == Fraction(22, 3)
        assert line.working == "11/3 ÷ 5 × 10 = 22/3"

    @pytest.mark.parametrize("score", [Fraction(16, 3), Fraction(-1, 3), 3.5, True])
    def test_it_lies_between_the_scores_it_is_of(self, score):
        with pytest.raises(RuleBroken) as refused:
            compute(self.mean(), self.with_jobs(score), {"A": 1})
        assert refused.value.code == "score:not-on-scale"

    def test_only_where_the_round_said_so(self):
        with pytest.raises(RuleBroken) as refused:
            compute(a_tender(), self.with_jobs(Fraction(11, 3)), {"A": 1})
        assert refused.value.code == "score:not-on-scale"


class TestTies:
    def tied(self, *steps):
        return a_tender(*awarding(tie_breaks=list(steps)))

    def ranks(self, scheme, bids, prices):
        return {one.bid: one.rank for one in compute(scheme, bids, prices).bids}

    def test_quality_then_a_question_then_price(self):
        # equal totals: 65 of quality and 25 of price, against 60 and 30
        bids = {"A": scored(5, 5, 5, 5, 2, 2), "B": scored(5, 5, 5, 5, 0, 0)}
        prices = {"A": 60_000, "B": 50_000}
        lot = compute(self.tied({"by": "quality"}), bids, prices)
        assert lot.of("A").total == lot.of("B").total == 90
        assert [(one.bid, one.rank) for one in lot.bids] == [("A", 1), ("B", 2)]
        (tie,) = lot.ties
        assert (tie.value, tie.bids, tie.broken_by, tie.still_equal) == (
            90, ("A", "B"), ("quality",), (),
        )  # fmt: skip
        assert self.ranks(self.tied({"by": "price"}), bids, prices) == {"A": 2, "B": 1}
        assert self.ranks(self.tied({"by": "criterion", "key": "young"}), bids, prices) == {
            "A": 1, "B": 2,
        }  # fmt: skip

    def test_a_named_question_decides_when_quality_does_not(self):
        # 5 × 21 + 2 × 14 = 3 × 21 + 5 × 14
        bids = {"A": scored(3, 5, 4, 4, 2, 2), "B": scored(5, 2, 4, 4, 2, 2)}
        lot = compute(
            self.tied({"by": "quality"}, {"by": "question", "key": "safeguarding"}),
            bids,
            {"A": 1, "B": 1},
        )
        assert lot.of("A").quality == lot.of("B").quality
        assert [(one.bid, one.rank) for one in lot.bids] == [("B", 1), ("A", 2)]
        assert lot.ties[0].broken_by == ("question:safeguarding",)

    def test_a_tie_that_survives_is_shown_as_equal(self):
        bids = {"C": GOOD, "A": GOOD, "B": GOOD, "D": FAIR}
        prices = dict.fromkeys("ABCD", 100)
        lot = compute(a_tender(*awarding(cap=4)), bids, prices)
        assert [(one.bid, one.rank) for one in lot.bids] == [
            ("A", 1), ("B", 1), ("C", 1), ("D", 4),
        ]  # fmt: skip
        assert lot.ties[0].still_equal == (("A", "B", "C"),)
        assert lot.winners == ("A", "B", "C")

    def test_two_and_then_the_third(self):
        bids = {"A": GOOD, "B": GOOD, "C": FAIR}
        assert self.ranks(a_tender(*awarding(cap=3)), bids, dict.fromkeys("ABC", 7)) == {
            "A": 1, "B": 1, "C": 3,
        }  # fmt: skip


class TestPricePerQualityPoint:
    def scheme(self):
        whole = changed(
            (("price", "formula"), "price-per-quality-point"),
            (("criteria", 3), ...),
            (("criteria", 0, "weight_bp"), 8000),
            (("criteria", 0, "minimum_share_bp"), None),
            (("criteria", 0, "criteria", 0, "minimum_share_bp"), None),
            (("criteria", 0, "criteria", 0, "questions", 0, "minimum_score"), None),
            (("thresholds", "total_share_bp"), None),
        )
        return Scheme.from_content(whole)

    def test_the_lowest_wins(self):
        lot = compute(self.scheme(), {"A": GOOD, "B": FAIR}, {"A": 60_000, "B": 50_000})
        assert [one.bid for one in lot.bids] == ["A", "B"]
        assert lot.of("A").price.per_point == 60_000 / lot.of("A").quality
        assert lot.of("A").total == lot.of("A").quality

    def test_no_quality_points_no_rank(self):
        nothing = scored(0, 0, 0, 0, 0, 0)
        lot = compute(self.scheme(), {"A": GOOD, "B": nothing}, {"A": 60_000, "B": 1})
        assert lot.of("B").rank is None
        assert codes(lot.of("B").award_findings) == ["award:no-rank"]
        assert not lot.of("B").admitted

    def test_equal_ratios_are_a_tie(self):
        bids = {"A": scored(4, 4, 4, 4, 4, 4), "B": scored(2, 2, 2, 2, 2, 2)}
        bare = replace(self.scheme(), award=replace(self.scheme().award, tie_breaks=()))
        lot = compute(bare, bids, {"A": 18_000, "B": 9_000})  # ÷ 82, and ÷ 41
        assert lot.of("A").rank == lot.of("B").rank == 1
        assert compute(bare, bids, {"A": 18_001, "B": 9_000}).of("A").rank == 2


scores_of = st.tuples(*[st.integers(0, 5)] * 4, *[st.integers(0, 4)] * 2).map(
    lambda values: scored(*values)
)
bids_of = st.dictionaries(st.sampled_from("ABCDEF"), scores_of, min_size=2)
pence = st.integers(1, 10**7)


def open_scheme(formula):
    """Return the tender without thresholds, so that every bid is priced."""
    worth = {
        Formula.LINEAR_TO_MAXIMUM: {"optimal_pence": 100, "maximum_pence": 10**7},
        Formula.AGAINST_CEILING: {"ceiling_pence": 10**7},
    }
    return a_tender(
        (("criteria", 0, "minimum_share_bp"), None),
        (("criteria", 0, "criteria", 0, "minimum_share_bp"), None),
        (("criteria", 0, "criteria", 0, "questions", 0, "minimum_score"), None),
        (("thresholds", "total_share_bp"), None),
        (("price",), {"formula": str(formula), **worth.get(formula, {})}),
        *awarding(cap=99),
    )


WEIGHED = sorted(set(Formula) - {Formula.PRICE_PER_QUALITY_POINT})
RELATIVE = {
    Formula.RELATIVE_TO_LOWEST,
    Formula.DEVIATION_FROM_MEAN,
    Formula.DIFFERENCE_FROM_LOWEST,
}


class TestProperties:
    @FEW
    @given(st.sampled_from(WEIGHED), bids_of, st.data())
    def test_totals_stay_within_bounds_and_add_up(self, formula, bids, data):
        prices = {bid: data.draw(pence) for bid in bids}
        for one in compute(open_scheme(formula), bids, prices).bids:
            assert 0 <= one.total <= 100
            assert one.total == one.quality + one.price.points
            assert one.total == sum(part.points for part in one.criteria)
            assert all(0 <= part.points <= part.available for part in one.every)

    @FEW
    @given(st.sampled_from(WEIGHED), bids_of, st.data(), st.randoms())
    def test_the_order_of_the_bids_changes_nothing(self, formula, bids, data, chance):
        prices = {bid: data.draw(pence) for bid in bids}
        turned = list(bids.items())
        chance.shuffle(turned)
        scheme = open_scheme(formula)
        assert compute(scheme, dict(turned), prices) == compute(scheme, bids, prices)

    @FEW
    @given(st.sampled_from(sorted(RELATIVE)), bids_of, st.data(), st.integers(2, 1000))
    def test_scaling_all_prices_changes_no_total(self, formula, bids, data, factor):
        prices = {bid: data.draw(pence) for bid in bids}
        larger = {bid: price * factor for bid, price in prices.items()}
        scheme = open_scheme(formula)
        before, after = (compute(scheme, bids, one) for one in (prices, larger))
        assert [(one.bid, one.rank, one.total) for one in before.bids] == [
            (one.bid, one.rank, one.total) for one in after.bids
        ]

    @FEW
    @given(st.sampled_from(sorted(set(WEIGHED) - RELATIVE)), bids_of, st.data())
    def test_another_bid_changes_no_order_where_the_formula_is_not_relative(
        self, formula, bids, data
    ):
        prices = {bid: data.draw(pence) for bid in bids}
        scheme = open_scheme(formula)
        more = compute(scheme, {**bids, "Z": data.draw(scores_of)}, {**prices, "Z": 9_999_999})
        order = [one.bid for one in more.bids if one.bid != "Z"]
        assert order == [one.bid for one in compute(scheme, bids, prices).bids]

    @FEW
    @given(st.sampled_from(WEIGHED), bids_of, st.data())
    def test_rounding_never_makes_or_breaks_a_tie(self, formula, bids, data):
        prices = {bid: data.draw(st.integers(1, 5)) for bid in bids}
        scheme = open_scheme(formula)
        bare = replace(scheme, award=replace(scheme.award, tie_breaks=()))
        lot = compute(bare, bids, prices)
        for one in lot.bids:
            for other in lot.bids:
                assert (one.rank < other.rank) == (one.total > other.total)
        coarse = compute(replace(bare, decimals=0), bids, prices)
        assert [(one.bid, one.rank) for one in coarse.bids] == [
            (one.bid, one.rank) for one in lot.bids
        ]

    @FEW
    @given(st.sampled_from(WEIGHED), bids_of, st.data())
    def test_a_missing_score_is_always_refused(self, formula, bids, data):
        bid = data.draw(st.sampled_from(sorted(bids)))
        gone = data.draw(st.sampled_from(QUESTIONS))
        kept = {key: value for key, value in bids[bid].consensus.items() if key != gone}
        with pytest.raises(RuleBroken) as refused:
            compute(open_scheme(formula), {**bids, bid: BidScores(kept)}, dict.fromkeys(bids, 1))
        assert refused.value.code == "score:missing"
