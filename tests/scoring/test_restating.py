"""A scheme said in points, or in shares: it means the same, and gives the same results."""

import pytest
from hypothesis import given, settings, strategies as st

from scoring.awards import BidScores, Place
from scoring.criteria import Scheme
from scoring.restating import in_points, in_shares, same, summed
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.trial import Sample, try_scheme

SCALE = Scale.from_content(
    {
        "key": "officers-0-5",
        "title": "0 to 5",
        "points": [{"value": value, "label": str(value)} for value in range(6)],
    }
)
PARTS = ((4_500, (6_000, 4_000)), (1_500, (10_000,)), (4_000, None))


def a_scheme(parts=PARTS):
    criteria = []
    for number, (weight, asked) in enumerate(parts):
        one = {"key": f"c{number}", "title": f"Part {number}", "weight_bp": weight}
        if asked is None:
            one["kind"] = "price"
        else:
            one |= {"panel": "officers", "scale": "officers-0-5"}
            one["questions"] = [
                {"question": f"q{number}-{at}", "weight_bp": own} for at, own in enumerate(asked)
            ]
        criteria.append(one)
    return {
        "key": "tender",
        "title": "Tender",
        "award": {"mechanism": "ranked-top", "ranked": True, "cap": 2, "tie_at_cap": "admit-all"},
        "criteria": criteria,
        "price": {
            "formula": "relative-to-lowest",
            "baskets": [{"method": "sum", "items": [{"item": "week", "weight": 1}]}],
        },
    }


def shares(whole=10_000, most=4):
    """Whole numbers above zero that make the whole."""
    cuts = st.sets(st.integers(1, whole - 1), max_size=most - 1).map(sorted)
    return cuts.map(lambda at: tuple(b - a for a, b in zip([0, *at], [*at, whole], strict=True)))


def schemes():
    return st.tuples(shares(most=2), shares(), shares()).map(
        lambda drawn: a_scheme(
            (
                (drawn[0][0], drawn[1]),
                *(((drawn[0][1], None),) if len(drawn[0]) > 1 else ((0, None),)),
            )
        )
    )


def ranked(body):
    scheme = Scheme.from_content(body)
    assert scheme.check({SCALE.key: SCALE}) == []
    bids = {
        name: BidScores({one.question: score for leaf in scheme.leaves for one in leaf.questions})
        for name, score in (("Oak", 5), ("Elm", 3), ("Ash", 4))
    }
    prices = {"Oak": 120_000, "Elm": 80_000, "Ash": 100_000}
    result = try_scheme(Sample(scheme, {SCALE.key: SCALE}, bids, prices, Place("F1"))).result
    return {one.bid: (one.rank, one.total / scheme.total_points) for one in result.bids}


def test_points_of_a_round_number_make_one_hundred():
    said = in_points(a_scheme())
    assert [one["points"] for one in said["criteria"]] == [45, 15, 40]
    assert [one["points"] for one in said["criteria"][0]["questions"]] == [27, 18]
    assert "weight_bp" not in str(said)


def test_what_is_no_whole_point_of_a_hundred_takes_more_of_them():
    said = in_points(a_scheme(((1_250, (5_000, 5_000)), (8_750, None))))
    assert sum(one["points"] for one in said["criteria"]) == 400
    assert [one["points"] for one in said["criteria"][0]["questions"]] == [25, 25]


@settings(max_examples=60, deadline=None)
@given(body=schemes())
def test_it_means_the_same_and_comes_back(body):
    said = in_points(body)
    assert same(body, said)
    assert in_shares(said) == body
    assert in_points(said) == said
    assert in_shares(body) == body


def test_the_results_are_the_same():
    assert ranked(in_points(a_scheme())) == ranked(a_scheme())


def test_criteria_of_criteria_are_said_too():
    body = a_scheme()
    inner = {**body["criteria"][0], "weight_bp": 10_000}
    body["criteria"][0] = {"key": "top", "title": "Top", "weight_bp": 4_500, "criteria": [inner]}
    said = in_points(body)
    assert said["criteria"][0]["criteria"][0]["points"] == 45
    assert same(body, said)
    assert in_shares(said) == body


def test_points_that_make_no_whole_shares_stay_points():
    body = in_points(a_scheme())
    body["criteria"][0]["questions"][0]["points"] = 28
    whole = {**body, "criteria": [summed(one) for one in body["criteria"]]}
    assert whole["criteria"][0]["points"] == 46
    with pytest.raises(RuleBroken) as refused:
        in_shares(whole)
    assert refused.value.code == "scheme:no-whole-shares"
