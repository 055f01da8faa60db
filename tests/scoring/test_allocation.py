"""Caps on awards and on lots, ties at a cap, and what people decided."""

import pytest
from hypothesis import given, settings, strategies as st

from scoring.awards import Entry, Place, compute_lot, compute_round
from scoring.rules import RuleBroken

from .tenders import SCALES, a_tender, awarding, scored

FEW = settings(max_examples=30)
LOTS = ("F1", "F2", "F3")
FIRST = Place("F1")


def bid(level):
    """A bid whose quality is the higher the level is (0 to 25), and nothing else differs."""
    matching, young = divmod(level, 5)
    return scored(4, 4, matching, 4, young, 0)


def entry(**levels):
    return Entry({name: bid(level) for name, level in levels.items()}, dict.fromkeys(levels, 100))


def lot(scheme, decided=(), place=FIRST, **levels):
    one = entry(**levels)
    return compute_lot(scheme, SCALES, one.bids, prices=one.prices, place=place, decided=decided)


def outcome(result):
    return {
        one.bid: "awarded" if one.admitted else one.award_findings[0].code.partition(":")[2]
        for one in result.bids
    }


def awarded(result):
    return [one.bid for one in result.admitted]


class TestTheCapOfALot:
    def test_the_best_are_awarded_and_the_others_told_why(self):
        found = lot(a_tender(), A=9, B=8, C=7)
        assert awarded(found) == ["A", "B"]
        (finding,) = found.of("C").award_findings
        assert finding.message == "Rank 3: this lot has 2 awards."
        assert found.of("C").passed
        assert found.findings == ()

    def test_a_lot_may_have_a_cap_of_its_own(self):
        own = a_tender(*awarding(cap_by_lot={"F1": 1}))
        assert awarded(lot(own, A=9, B=8, C=7)) == ["A"]
        assert awarded(lot(own, place=Place("F2"), A=9, B=8, C=7)) == ["A", "B"]

    def test_a_single_winner(self):
        single = a_tender(*awarding(mechanism="single-winner", cap=None))
        assert awarded(lot(single, A=9, B=8)) == ["A"]

    def test_fewer_bids_than_awards(self):
        assert awarded(lot(a_tender(), A=9)) == ["A"]

    def test_all_over_the_thresholds_however_they_rank(self):
        every = a_tender(*awarding(mechanism="all-over-thresholds", cap=None))
        assert awarded(lot(every, A=9, B=8, C=7)) == ["A", "B", "C"]


class TestTiesAtTheCap:
    def test_all_of_them_where_the_round_says_so(self):
        every = a_tender(*awarding(tie_at_cap="admit-all"))
        assert awarded(lot(every, A=9, B=8, C=8, D=7)) == ["A", "B", "C"]

    def test_otherwise_people_must_decide_first(self):
        found = lot(a_tender(), A=9, B=8, C=8, D=7)
        assert outcome(found) == {
            "A": "awarded",
            "B": "tie-at-cap",
            "C": "tie-at-cap",
            "D": "beyond-the-cap",
        }
        (finding,) = found.findings
        assert finding.code == "award:tie-at-cap"
        assert finding.message.startswith("B, C are equal, and lot F1 has 2 awards.")

    def test_what_they_decided_is_followed(self):
        found = lot(a_tender(), decided=("C", "B"), A=9, B=8, C=8)
        assert awarded(found) == ["A", "C"]
        assert found.findings == ()
        assert found.of("B").rank == found.of("C").rank == 2  # the rank stays equal

    def test_a_tie_that_fits_under_the_cap_needs_nobody(self):
        assert awarded(lot(a_tender(), A=8, B=8, C=7)) == ["A", "B"]

    @pytest.mark.parametrize(
        "decided", [("A", "B"), ("B",), ("B", "Z"), ("B", "B"), ("B", "C", "A")]
    )
    def test_a_decision_about_other_bids_is_refused(self, decided):
        with pytest.raises(RuleBroken) as refused:
            lot(a_tender(), decided=decided, A=9, B=8, C=8)
        assert refused.value.code == "award:decided-not-tied"


def in_order(cap=1, order=LOTS, **award):
    lots = {"cap": cap, "mechanism": "lot-order", "order": list(order)}
    return a_tender(*awarding(cap=1, lots_per_bidder=lots, **award))


def by_wish(most=1, **award):
    lots = {"cap": most, "mechanism": "bidder-preference"}
    return a_tender(*awarding(**{"cap": 1, "lots_per_bidder": lots, **award}))


def whole_round(scheme, lots, **more):
    entries = {Place(code): entry(**levels) for code, levels in lots.items()}
    found = compute_round(scheme, SCALES, entries, **more)
    return {place.lot: result for place, result in found.items()}


class TestLotsInOrder:
    lots = {"F1": {"A": 9, "B": 8}, "F2": {"A": 9, "B": 8, "C": 7}, "F3": {"A": 9, "C": 7}}

    def test_who_has_its_lots_stands_back_in_the_next(self):
        found = whole_round(in_order(), self.lots)
        assert {code: awarded(one) for code, one in found.items()} == {
            "F1": ["A"], "F2": ["B"], "F3": ["C"],
        }  # fmt: skip
        assert outcome(found["F2"])["A"] == "lots-cap"
        assert found["F2"].of("A").rank == 1  # the rank is not touched

    def test_the_order_is_the_rounds(self):
        found = whole_round(in_order(order=("F3", "F2", "F1")), self.lots)
        assert awarded(found["F3"]) == ["A"]
        assert awarded(found["F1"]) == []

    def test_a_cap_of_two(self):
        found = whole_round(in_order(cap=2), self.lots)
        assert [awarded(found[code]) for code in LOTS] == [["A"], ["A"], ["C"]]

    def test_a_lot_outside_the_order_is_refused(self):
        with pytest.raises(RuleBroken) as refused:
            whole_round(in_order(order=("F1", "F2")), self.lots)
        assert (refused.value.code, refused.value.field) == ("award:lot-order-missing", "F3")

    def test_other_lots_wait_for_a_decision(self):
        found = whole_round(in_order(), {"F1": {"A": 9, "B": 9}, "F2": {"A": 9, "C": 7}})
        assert [one.code for one in found["F1"].findings] == ["award:tie-at-cap"]
        assert [one.code for one in found["F2"].findings] == ["award:waits-for-another-lot"]
        decided = whole_round(
            in_order(),
            {"F1": {"A": 9, "B": 9}, "F2": {"A": 9, "C": 7}},
            decided={Place("F1"): ("B", "A")},
        )
        assert awarded(decided["F1"]) == ["B"]
        assert awarded(decided["F2"]) == ["A"]
        assert not decided["F2"].findings


class TestLotsByWish:
    lots = {"F1": {"A": 9, "B": 8, "C": 7}, "F2": {"A": 9, "B": 8, "C": 7}}

    def test_each_keeps_what_it_wants_most(self):
        found = whole_round(by_wish(), self.lots, preferences={"A": ["F2", "F1"], "B": ["F1"]})
        assert awarded(found["F2"]) == ["A"]
        assert awarded(found["F1"]) == ["B"]

    def test_what_is_given_up_goes_on_from_hand_to_hand(self):
        lots = {"F1": {"A": 9, "B": 8}, "F2": {"A": 9, "B": 8, "C": 7}, "F3": {"B": 9, "C": 7}}
        wishes = {"A": ["F1", "F2"], "B": ["F2", "F3"], "C": ["F3", "F2"]}
        found = whole_round(by_wish(), lots, preferences=wishes)
        assert {code: awarded(one) for code, one in found.items()} == {
            "F1": ["A"], "F2": ["B"], "F3": ["C"],
        }  # fmt: skip

    def test_who_wins_no_more_than_it_may_needs_no_wish(self):
        found = whole_round(by_wish(most=2), self.lots)
        assert awarded(found["F1"]) == awarded(found["F2"]) == ["A"]

    @pytest.mark.parametrize("wishes", [{}, {"A": []}, {"A": ["F1"]}])
    def test_a_missing_wish_is_refused(self, wishes):
        with pytest.raises(RuleBroken) as refused:
            whole_round(by_wish(), self.lots, preferences=wishes)
        assert (refused.value.code, refused.value.field) == ("award:preference-missing", "A")

    def test_on_a_list_too(self):
        every = by_wish(mechanism="all-over-thresholds", cap=None, ranked=False, tie_breaks=None)
        found = whole_round(every, {"F1": {"A": 9, "B": 1}, "F2": {"A": 9}},
                            preferences={"A": ["F2", "F1"]})  # fmt: skip
        assert awarded(found["F1"]) == ["B"]
        assert awarded(found["F2"]) == ["A"]

    def test_for_each_council_a_lot_counts_once(self):
        entries = {
            Place(code, council): entry(A=9, B=8) for code in LOTS[:2] for council in ("x", "y")
        }
        found = compute_round(
            by_wish(), SCALES, entries, preferences={"A": ["F1", "F2"], "B": ["F2", "F1"]}
        )
        assert {tuple(vars(place).values()): awarded(one) for place, one in found.items()} == {
            ("F1", "x"): ["A"], ("F1", "y"): ["A"], ("F2", "x"): ["B"], ("F2", "y"): ["B"],
        }  # fmt: skip


levels = st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 24), min_size=1)
wishes = st.permutations(LOTS)


class TestProperties:
    @FEW
    @given(levels, st.integers(1, 5), st.sampled_from(["decide", "admit-all"]))
    def test_nobody_is_awarded_past_somebody_better(self, bids, cap, tie):
        found = lot(a_tender(*awarding(cap=cap, tie_at_cap=tie, tie_breaks=[])), **bids)
        left = [one.rank for one in found.bids if not one.admitted]
        assert all(one.rank < min(left) for one in found.admitted if left)
        if tie == "admit-all":
            assert len(found.admitted) >= min(cap, len(bids))
        else:
            assert len(found.admitted) <= cap
            assert bool(found.findings) == (len(found.admitted) < min(cap, len(bids)))

    @FEW
    @given(st.fixed_dictionaries(dict.fromkeys(LOTS, levels)), st.integers(1, 2), st.data())
    def test_nobody_has_too_much_and_nobody_would_rather_have_what_the_lot_would_give(
        self, lots, cap, data
    ):
        scheme = by_wish(most=cap, tie_at_cap="admit-all")
        names = {name for one in lots.values() for name in one}
        order = {name: data.draw(wishes) for name in sorted(names)}
        found = whole_round(scheme, lots, preferences=order)
        won = {
            name: {code for code, one in found.items() if name in awarded(one)} for name in names
        }
        for name in names:
            assert len(won[name]) <= cap
            for code, one in found.items():
                if name not in lots[code] or code in won[name]:
                    continue
                held = [one.of(other).rank for other in awarded(one)]
                would_be_taken = not held or one.of(name).rank < max(held)
                full_of_better = len(won[name]) == cap and all(
                    order[name].index(kept) < order[name].index(code) for kept in won[name]
                )
                assert full_of_better or not would_be_taken

    @FEW
    @given(st.fixed_dictionaries(dict.fromkeys(LOTS, levels)), st.data())
    def test_the_order_of_the_lots_handed_in_changes_nothing(self, lots, data):
        names = {name for one in lots.values() for name in one}
        order = {name: data.draw(wishes) for name in sorted(names)}
        turned = dict(reversed(lots.items()))
        scheme = by_wish(tie_at_cap="admit-all")
        assert whole_round(scheme, turned, preferences=order) == whole_round(
            scheme, lots, preferences=order
        )
