from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from scoring.agreement import Level, agreement, alpha, by_question, leanings
from scoring.rounding import printed

FEW = settings(max_examples=40)


def units(*observers):
    """Turn the rows of observers, as they are published, into units; a dot is missing."""
    rows = [
        [None if value == "." else int(value) for value in observer.split()]
        for observer in observers
    ]
    return list(zip(*rows, strict=True))


FOUR_OBSERVERS = units(
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
THREE_CODERS = units(
    ". . . . . 3 4 1 2 1 1 3 3 . 3",
    "1 . 2 1 3 3 4 3 . . . . . . .",
    ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
)


class TestPublishedExamples:
    """Krippendorff (2011), and the example of the encyclopaedias."""

    @pytest.mark.parametrize(
        ("level", "value"),
        [(Level.NOMINAL, "0.743"), (Level.ORDINAL, "0.815"), (Level.INTERVAL, "0.849")],
    )
    def test_four_observers_and_twelve_units(self, level, value):
        assert printed(alpha(FOUR_OBSERVERS, level), 3) == value

    @pytest.mark.parametrize(
        ("level", "value"), [(Level.NOMINAL, "0.691"), (Level.INTERVAL, "0.811")]
    )
    def test_three_coders_and_fifteen_units(self, level, value):
        assert printed(alpha(THREE_CODERS, level), 3) == value


class TestOneQuestion:
    """Three scorers, four bids; one abstained once."""

    bids = ((3, 3, 4), (2, 2, 2), (5, 1, 3), (4, None, 4))
    found = agreement(bids)

    def test_what_pairs_of_scorers_did(self):
        assert (self.found.bids, self.found.pairs) == (4, 10)
        assert self.found.exact == Fraction(5, 10)  # 1 + 3 + 0 + 1
        assert self.found.within_one == Fraction(7, 10)
        assert self.found.mean_difference == Fraction(2 + 0 + 8 + 0, 10)
        assert self.found.widest == 4

    def test_an_abstention_is_no_score(self):
        assert agreement([*self.bids, (5, None, None), (None, None, None)]) == self.found

    def test_without_two_scores_there_is_nothing_to_say(self):
        assert agreement([(3,), (None, 4)]) is None
        assert agreement([]) is None
        assert alpha([]) is None

    def test_where_all_scores_are_the_same_chance_would_agree_too(self):
        found = agreement([(3, 3), (3, 3)])
        assert (found.exact, found.alpha) == (1, None)


def test_the_least_agreement_comes_first():
    scores = {
        "calm": [(3, 3), (4, 4)], "stormy": [(0, 5), (1, 4)], "breezy": [(3, 4)], "empty": [(1,)],
    }  # fmt: skip
    assert [question for question, _ in by_question(scores)] == [
        "stormy", "breezy", "calm", "empty",
    ]  # fmt: skip


values = st.none() | st.integers(0, 5)
tables = st.lists(st.lists(values, min_size=1, max_size=5), min_size=1, max_size=6)


class TestProperties:
    @FEW
    @given(tables)
    def test_measures_stay_within_bounds(self, table):
        found = agreement(table)
        if found is None:
            return
        assert 0 <= found.exact <= found.within_one <= 1
        assert 0 <= found.mean_difference <= found.widest <= 5
        assert found.alpha is None or found.alpha <= 1
        assert (found.alpha == 1) == (found.exact == 1 and found.alpha is not None)

    @FEW
    @given(tables, st.randoms(), st.sampled_from(Level))
    def test_the_order_of_scorers_and_bids_changes_nothing(self, table, chance, level):
        turned = [list(unit) for unit in table]
        for unit in turned:
            chance.shuffle(unit)
        chance.shuffle(turned)
        assert agreement(turned, level) == agreement(table, level)

    @FEW
    @given(tables, st.integers(1, 9))
    def test_ranks_do_not_hang_on_the_height_of_the_scale(self, table, factor):
        higher = [[None if one is None else one * factor for one in unit] for unit in table]
        assert alpha(higher, Level.ORDINAL) == alpha(table, Level.ORDINAL)
        assert alpha(higher, Level.INTERVAL) == alpha(table, Level.INTERVAL)


scores_of_three = st.lists(
    st.fixed_dictionaries({name: st.none() | st.integers(0, 5) for name in "ABC"}), max_size=8
)


class TestLeanings:
    def test_the_harshest_stands_first(self):
        found = leanings([{"A": 1, "B": 3, "C": 5}, {"A": 2, "B": 3, "C": 4}])
        assert [(one.scorer, one.mean_difference) for one in found] == [
            ("A", Fraction(-9, 4)),
            ("B", Fraction(0)),
            ("C", Fraction(9, 4)),
        ]
        assert found[0].alone == Fraction(1, 2)

    def test_a_score_with_nobody_beside_it_says_nothing(self):
        found = leanings([{"A": 1, "B": None}, {"B": 4, "A": None}])
        assert [(one.answers, one.mean_difference) for one in found] == [(0, None), (0, None)]

    @FEW
    @given(scores_of_three)
    def test_moving_every_score_changes_nothing(self, units):
        moved = [
            {name: None if value is None else value + 7 for name, value in unit.items()}
            for unit in units
        ]
        assert leanings(units) == leanings(moved)

    @FEW
    @given(scores_of_three)
    def test_turning_the_scale_round_turns_the_leanings_round(self, units):
        turned = [
            {name: None if value is None else 5 - value for name, value in unit.items()}
            for unit in units
        ]
        there = {one.scorer: one.mean_difference for one in leanings(units)}
        back = {one.scorer: one.mean_difference for one in leanings(turned)}
        assert all(value is None or back[scorer] == -value for scorer, value in there.items())
