"""The whole way of an evaluation by its verbs: three evaluators, one pair, one moderator."""

from fractions import Fraction

from portal.evaluation.models import Part
from scoring.canonical import read_fraction
from scoring.stages import RoundStage
from tests.factories.evaluation import an_evaluation


def test_three_evaluators_one_pair_and_one_moderator_come_to_results():
    story = an_evaluation(bids=2, evaluators=3, pairs=1)
    results = story.with_all_sheets_in().with_consensus().locked()
    assert story.round.stage is RoundStage.MODERATED
    assert len(results) == 2
    # 3 of 5 for 70 points, 3 of 4 for 30 points
    assert {read_fraction(one.total) for one in results} == {Fraction(42) + Fraction(45, 2)}
    assert Part.MODERATOR
