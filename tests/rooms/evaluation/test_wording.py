"""A reason is written to be sent: what is noticed in it before it goes into a letter."""

import pytest

from portal.evaluation.wording import cautions

OTHERS = ["Elm House Ltd", "Willow Lodge Supported Living Limited", "Ash"]


def found(reason, own="Oak House Ltd"):
    return cautions(reason, own, OTHERS)


@pytest.mark.parametrize(
    "reason",
    [
        "At £895.50 a week this is sound.",
        "It costs 900 pounds more than it should.",
        "GBP 1,200 is a lot for it.",
        "They ask for £ 12 an hour.",
    ],
)
def test_a_price_is_noticed(reason):
    (caution,) = found(reason)
    assert "price" in caution


@pytest.mark.parametrize(
    "reason", ["Better than Elm House.", "elm house says it more clearly", "Elm House Ltd is ahead"]
)
def test_another_bidder_is_noticed_by_the_name_that_people_say(reason):
    (caution,) = found(reason)
    assert "Elm House" in caution
    assert "Ltd" not in caution


@pytest.mark.parametrize(
    "reason",
    [
        "Oak House says who leads, by day and at 3 in the morning.",
        "The answer names 3 of 5 steps and two examples.",
        "Ash trees in the garden are no answer.",  # too short a name to be told from a word
        "The elm house in the park is not meant, and neither is anybody else.".replace(
            "elm house", "elms"
        ),
    ],
)
def test_what_belongs_in_a_letter_is_left_alone(reason):
    assert found(reason) == []


def test_the_bidders_own_name_may_hold_another():
    assert cautions("Elm House North is clear.", "Elm House North Ltd", ["Elm House Ltd"]) == []
    assert cautions("Elm House is clearer.", "Elm House North Ltd", ["Elm House Ltd"])
