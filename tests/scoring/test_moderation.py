from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.criteria import Panel
from scoring.moderation import (
    AgendaItem,
    agenda,
    check_consensus,
    check_quorum,
    outside_range,
    spread,
)
from scoring.rules import RuleBroken

from .schemes import FACES, OFFICERS

REASON = "The panel agreed that the answer meets the whole requirement."
SCORES = st.lists(st.none() | st.integers(0, 5), max_size=6)


def consensus(value=3, reason=REASON, scores=(2, 3, 4), scale=OFFICERS, **changes):
    how = {
        "panel": Panel.OFFICERS,
        "minimum_words": 5,
        "present": ["P1", "P2", "P3"],
        "quorum": 3,
        **changes,
    }
    return check_consensus(value, reason, scores, scale, **how)


def refusal(*args, **kwargs):
    with pytest.raises(RuleBroken) as refused:
        consensus(*args, **kwargs)
    return refused.value.code


class TestAgenda:
    def test_the_spread_leaves_abstentions_out(self):
        assert spread([2, 5, None, 3]) == 3
        assert spread([4]) == 0
        assert spread([None, None]) is None
        assert spread([]) is None

    def test_the_largest_disagreement_comes_first_across_scales(self):
        homes = AgendaItem("A", "homes", (1, 4), OFFICERS)  # 3 of 5
        voice = AgendaItem("A", "voice", (0, 3), FACES)  # 3 of 4
        calm = AgendaItem("B", "homes", (3, 3), OFFICERS)
        silent = AgendaItem("A", "quiet", (None,), FACES)
        assert agenda([calm, silent, homes, voice]) == [voice, homes, silent, calm]
        assert voice.disagreement == Fraction(3, 4)
        assert silent.disagreement == 0

    @given(
        st.permutations(
            [AgendaItem(b, q, (0, s), OFFICERS) for b in "AB" for q in "xy" for s in (1, 2)]
        )
    )
    def test_the_order_handed_in_changes_nothing(self, items):
        assert [(one.scores[1], one.bid, one.question) for one in agenda(items)] == [
            (2, "A", "x"), (2, "A", "y"), (2, "B", "x"), (2, "B", "y"),
            (1, "A", "x"), (1, "A", "y"), (1, "B", "x"), (1, "B", "y"),
        ]  # fmt: skip

    @given(SCORES)
    def test_disagreement_is_a_share(self, scores):
        assert 0 <= AgendaItem("A", "x", tuple(scores), OFFICERS).disagreement <= 1


class TestConsensus:
    def test_within_the_range_may_stand(self):
        agreed = consensus()
        assert (agreed.value, agreed.reason, agreed.whole_reason) == (3, REASON, REASON)

    def test_a_zero_may_stand(self):
        assert consensus(0, scores=(0, 1)).value == 0

    def test_is_never_empty(self):
        assert refusal(None) == "consensus:empty"
        assert refusal(None, scale=FACES, panel=Panel.YOUNG) == "consensus:empty"

    @pytest.mark.parametrize("value", [6, -1, 2.5, True, "3"])
    def test_is_on_the_scale(self, value):
        assert refusal(value) == "score:not-on-scale"

    @pytest.mark.parametrize(
        ("reason", "code"), [("", "reason:missing"), ("Agreed.", "reason:too-short")]
    )
    def test_has_a_reason_that_can_be_sent(self, reason, code):
        assert refusal(reason=reason) == code

    def test_needs_individual_scores(self):
        assert refusal(scores=()) == "consensus:no-scores"
        assert refusal(scores=(None, None)) == "consensus:no-scores"

    def test_needs_a_quorum_of_different_people(self):
        assert refusal(present=["P1", "P2"]) == "consensus:no-quorum"
        assert refusal(present=["P1", "P1", "P2"]) == "consensus:no-quorum"
        check_quorum({"P1", "P2", "P3"}, 3)


class TestOutsideTheRange:
    why = "The answer to another question shows what this one left out."

    def test_says_why(self):
        agreed = consensus(5, why_outside=self.why)
        assert agreed.why_outside == self.why
        assert (
            agreed.whole_reason
            == f"{REASON}\n\nWhy it is outside the panel's own scores: {self.why}"
        )

    @pytest.mark.parametrize("why", ["", "Because."])
    @pytest.mark.parametrize("value", [1, 5])
    def test_is_refused_without(self, value, why):
        assert refusal(value, why_outside=why) == "consensus:outside-range"

    def test_is_not_asked_for_within(self):
        assert consensus(4, why_outside=self.why).why_outside == ""

    @given(SCORES, st.integers(0, 5))
    def test_is_above_or_below_every_score(self, scores, value):
        values = [score for score in scores if score is not None]
        assert outside_range(value, scores) == (
            bool(values) and (value < min(values) or value > max(values))
        )


class TestYoungPanel:
    def young(self, value, scores, **changes):
        return consensus(value, scores=scores, scale=FACES, panel=Panel.YOUNG, **changes)

    def test_agrees_whatever_single_pairs_abstained_from(self):
        assert self.young(3, (3, None)).value == 3

    @pytest.mark.parametrize("scores", [(), (None, None), (3, None)])
    def test_is_refused_with_too_few_pairs(self, scores):
        with pytest.raises(RuleBroken) as refused:
            self.young(3, scores, least_pairs=2)
        assert refused.value.code == "consensus:too-few-pairs"
