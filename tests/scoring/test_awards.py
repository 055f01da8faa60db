from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from scoring.awards import ALL_POINTS, BidScores, compute_lot, printed
from scoring.criteria import WHOLE_BP, Scheme
from scoring.rules import RuleBroken

from .schemes import SCALES, a_scheme, content, lots, ranked, scores

FEW = settings(max_examples=40)


def compute(scheme, **bids):
    return compute_lot(scheme, SCALES, bids)


def refusal(scheme, **bids):
    with pytest.raises(RuleBroken) as refused:
        compute(scheme, **bids)
    return refused.value


def codes(result):
    return [finding.code for finding in result.findings]


class TestWorkedExample:
    """Quality 80 points (60/40 on 0–5), young people 20 points (0–4)."""

    result = compute(a_scheme(), A=scores(4, 3, 3)).of("A")

    def test_the_points_of_each_question(self):
        assert [line.points for line in self.result.lines] == [
            Fraction(192, 5),  # 4 ÷ 5 × 48
            Fraction(96, 5),  # 3 ÷ 5 × 32
            Fraction(15),  # 3 ÷ 4 × 20
        ]

    def test_criteria_and_total(self):
        quality, young = self.result.criteria
        assert (quality.points, quality.available, quality.share) == (
            Fraction(288, 5),
            Fraction(80),
            Fraction(18, 25),
        )
        assert (young.points, young.share) == (Fraction(15), Fraction(3, 4))
        assert self.result.total == Fraction(363, 5)
        assert printed(self.result.total, 2) == "72.60"

    def test_it_is_admitted_without_a_rank(self):
        assert self.result.admitted
        assert self.result.rank is None

    def test_every_number_opens_its_working(self):
        line = self.result.lines[0]
        assert (line.score, line.highest, line.criterion_weight_bp, line.question_weight_bp) == (
            4, 5, 8000, 6000,
        )  # fmt: skip
        assert (line.criterion, line.scale, line.minimum_score) == ("quality", "officers-0-5", 3)
        assert line.available == Fraction(48)
        assert line.working == "4 ÷ 5 × 48 = 192/5"


class TestThresholds:
    def test_a_minimum_score_met_exactly_passes(self):
        assert compute(a_scheme(), A=scores(3, 5, 4)).of("A").admitted

    def test_below_a_minimum_score_is_not_admitted_whatever_the_total(self):
        result = compute(a_scheme(), A=scores(2, 5, 4)).of("A")
        assert result.total == Fraction(356, 5)
        assert codes(result) == ["threshold:question"]
        assert not result.admitted

    def test_the_finding_says_why(self):
        bids = {"A": scores(2, 5, 4)}
        lot = compute_lot(a_scheme(), SCALES, bids, {"safeguarding": "Keeping young people safe"})
        (finding,) = lot.of("A").findings
        assert finding.where == "safeguarding"
        assert finding.message == "Keeping young people safe: the score is 2. At least 3 is needed."

    def test_a_share_met_exactly_passes(self):
        tight = deepcopy(content())
        tight["criteria"][0]["minimum_share_bp"] = 6000
        result = compute(Scheme.from_content(tight), A=scores(3, 3, 4)).of("A")
        assert result.criteria[0].share == Fraction(3, 5)
        assert result.admitted

    def test_a_section_below_its_share_is_not_admitted(self):
        result = compute(a_scheme(thresholds={}), A=scores(3, 1, 4)).of("A")
        (finding,) = result.findings
        assert (finding.code, finding.where) == ("threshold:criterion", "quality")
        assert finding.message == "Quality: 44.00% of the points. At least 50% is needed."

    def test_a_total_met_exactly_passes_and_just_under_does_not(self):
        exact = a_scheme(thresholds={"total_share_bp": 7260})
        above = a_scheme(thresholds={"total_share_bp": 7261})
        assert compute(exact, A=scores(4, 3, 3)).of("A").admitted
        result = compute(above, A=scores(4, 3, 3)).of("A")
        assert codes(result) == ["threshold:total"]
        assert result.findings[0].message == (
            "Total: 72.60% of the points. At least 72.61% is needed."
        )

    def test_a_share_that_only_prints_as_enough_is_just_under(self):
        coarse = a_scheme(decimals=0, thresholds={"total_share_bp": 7300})
        (finding,) = compute(coarse, A=scores(4, 3, 3)).of("A").findings
        assert finding.message == "Total: just under 73% of the points. At least 73% is needed."

    def test_every_shortfall_is_told(self):
        result = compute(a_scheme(), A=scores(1, 0, 0)).of("A")
        assert codes(result) == ["threshold:question", "threshold:criterion", "threshold:total"]

    def test_a_section_without_weight_still_has_its_minimum(self):
        free = deepcopy(content())
        free["criteria"][0]["weight_bp"], free["criteria"][1]["weight_bp"] = 0, 10000
        result = compute(Scheme.from_content(free), A=scores(3, 0, 4)).of("A")
        assert result.total == 100
        assert codes(result) == ["threshold:criterion"]


class TestRanking:
    def test_the_best_is_first_and_equal_totals_have_equal_ranks(self):
        lot = compute(
            ranked(), A=scores(3, 3, 3), B=scores(5, 5, 4), C=scores(3, 3, 3), D=scores(3, 3, 2)
        )
        assert [(bid.bid, bid.rank) for bid in lot.bids] == [("B", 1), ("A", 2), ("C", 2), ("D", 4)]

    def test_who_is_not_admitted_has_no_rank_and_stands_last(self):
        lot = compute(ranked(), A=scores(2, 5, 4), B=scores(3, 3, 3))
        assert [(bid.bid, bid.rank) for bid in lot.bids] == [("B", 1), ("A", None)]

    def test_equal_totals_from_different_scores_are_a_tie(self):
        # 2 ÷ 5 × 48 = 3 ÷ 5 × 32: exact arithmetic sees it, floats may not.
        lot = compute(ranked(), A=scores(5, 1, 2), B=scores(3, 4, 2))
        assert lot.of("A").total == lot.of("B").total
        assert lot.of("A").rank == lot.of("B").rank == 1

    def test_totals_that_only_print_alike_are_no_tie(self):
        near = deepcopy(
            content(award={"mechanism": "all-over-thresholds", "ranked": True}, decimals=0)
        )
        near["criteria"][0]["questions"] = [
            {"question": "safeguarding", "weight_bp": 5001},
            {"question": "homes", "weight_bp": 4999},
        ]
        lot = compute(Scheme.from_content(near), A=scores(4, 5, 4), B=scores(5, 4, 4))
        assert printed(lot.of("A").total, 0) == printed(lot.of("B").total, 0)
        assert (lot.of("A").rank, lot.of("B").rank) == (2, 1)

    def test_a_list_has_no_ranks(self):
        lot = compute(a_scheme(), B=scores(5, 5, 4), A=scores(3, 3, 3))
        assert [(bid.bid, bid.rank) for bid in lot.bids] == [("A", None), ("B", None)]
        assert lot.admitted == lot.bids


class TestRefusals:
    def test_a_missing_score_is_never_a_zero(self):
        refused = refusal(a_scheme(), A=BidScores({"safeguarding": 4, "voice": 3}))
        assert (refused.code, refused.field) == ("score:missing", "homes")

    def test_one_missing_score_stops_the_whole_lot(self):
        refused = refusal(a_scheme(), A=scores(4, 4, 4), B=scores(4, None, 4))
        assert refused.code == "score:missing"
        assert "bid B" in refused.message

    @pytest.mark.parametrize("score", [-1, 6, 2.5, "4", True])
    def test_a_score_off_the_scale(self, score):
        assert refusal(a_scheme(), A=scores(4, score, 4)).code == "score:not-on-scale"

    def test_a_score_without_a_weight(self):
        extra = BidScores({"safeguarding": 4, "homes": 4, "voice": 4, "price": 4})
        assert refusal(a_scheme(), A=extra).code == "score:not-in-scheme"

    def test_a_scheme_that_is_not_sound(self):
        broken = replace(a_scheme(), criteria=a_scheme().criteria[:1])
        assert refusal(broken, A=scores(4, 4, 4)).code == "scheme:weights-do-not-sum"

    def test_a_scheme_whose_scale_is_not_handed_in(self):
        with pytest.raises(RuleBroken) as refused:
            compute_lot(a_scheme(), {}, {"A": scores(4, 4, 4)})
        assert refused.value.code == "scheme:no-scale"

    def test_a_bid_that_is_not_there(self):
        with pytest.raises(RuleBroken) as refused:
            compute(a_scheme()).of("A")
        assert refused.value.code == "award:unknown-bid"

    def test_no_bids_are_no_results(self):
        assert compute(a_scheme()).bids == ()


class TestProperties:
    @FEW
    @given(lots())
    def test_points_stay_within_bounds_and_add_up(self, lot):
        scheme, bids = lot
        for result in compute_lot(scheme, SCALES, bids).bids:
            assert all(0 <= line.points <= line.available for line in result.lines)
            assert all(0 <= part.share <= 1 for part in result.criteria)
            assert sum(line.points for line in result.lines) == result.total
            assert sum(line.available for line in result.lines) == ALL_POINTS
            assert 0 <= result.total <= ALL_POINTS

    @FEW
    @given(lots(least=2), st.randoms())
    def test_the_order_of_the_bids_changes_nothing(self, lot, chance):
        scheme, bids = lot
        turned = list(bids.items())
        chance.shuffle(turned)
        assert compute_lot(scheme, SCALES, dict(turned)) == compute_lot(scheme, SCALES, bids)

    @FEW
    @given(lots(least=2))
    def test_rounding_never_makes_or_breaks_a_tie(self, lot):
        scheme, bids = lot
        results = compute_lot(scheme, SCALES, bids)
        for one, other in combinations(results.admitted, 2):
            assert (one.rank == other.rank) == (one.total == other.total)
            assert (one.rank < other.rank) == (one.total > other.total)
        coarse = compute_lot(replace(scheme, decimals=0), SCALES, bids)
        assert [bid.rank for bid in coarse.bids] == [bid.rank for bid in results.bids]

    @FEW
    @given(lots(least=2), st.data())
    def test_another_bid_changes_no_points(self, lot, data):
        scheme, bids = lot
        left = data.draw(st.sampled_from(sorted(bids)))
        rest = {bid: scores for bid, scores in bids.items() if bid != left}
        whole = compute_lot(scheme, SCALES, bids)
        for result in compute_lot(scheme, SCALES, rest).bids:
            same = whole.of(result.bid)
            assert (same.total, same.criteria, same.admitted) == (
                result.total, result.criteria, result.admitted,
            )  # fmt: skip

    @FEW
    @given(lots(), st.data())
    def test_a_missing_score_is_always_refused(self, lot, data):
        scheme, bids = lot
        bid = data.draw(st.sampled_from(sorted(bids)))
        gone = data.draw(st.sampled_from(sorted(bids[bid].consensus)))
        kept = {key: score for key, score in bids[bid].consensus.items() if key != gone}
        with pytest.raises(RuleBroken) as refused:
            compute_lot(scheme, SCALES, {**bids, bid: BidScores(kept)})
        assert refused.value.code == "score:missing"

    @FEW
    @given(lots(), st.data())
    def test_a_better_score_never_costs_points(self, lot, data):
        scheme, bids = lot
        bid = data.draw(st.sampled_from(sorted(bids)))
        question = data.draw(st.sampled_from(sorted(bids[bid].consensus)))
        highest = SCALES[scheme.criterion_of(question).scale].highest
        better = BidScores({**bids[bid].consensus, question: highest})
        before, after = (
            compute_lot(scheme, SCALES, {bid: one}).of(bid) for one in (bids[bid], better)
        )
        assert after.total >= before.total
        assert after.admitted or not before.admitted

    @FEW
    @given(lots(), st.integers(0, WHOLE_BP))
    def test_the_total_minimum_compares_exact_values(self, lot, least_bp):
        scheme, bids = lot
        bare = replace(
            scheme,
            total_share_bp=least_bp,
            criteria=tuple(
                replace(
                    part,
                    minimum_share_bp=None,
                    questions=tuple(replace(one, minimum_score=None) for one in part.questions),
                )
                for part in scheme.criteria
            ),
        )
        for result in compute_lot(bare, SCALES, bids).bids:
            assert result.admitted == (result.total * 100 >= least_bp)
