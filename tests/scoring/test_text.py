"""Text as it is kept."""

import pytest

from scoring.rules import RuleBroken
from scoring.text import cleaned, natural


def test_a_limit_of_many_characters_is_told_with_a_comma():
    with pytest.raises(RuleBroken, match="Use 100,000 characters or fewer"):
        cleaned("x" * 100_001)


def test_numbers_in_words_are_put_in_order_as_people_count():
    said = ["Age 10 to 15", "age 5 to 9", "16 or 17", "Age 0 to 4", "Alone", ""]
    assert sorted(said, key=natural) == [
        "",
        "16 or 17",
        "Age 0 to 4",
        "age 5 to 9",
        "Age 10 to 15",
        "Alone",
    ]
