"""Text as it is kept."""

import pytest

from scoring.rules import RuleBroken
from scoring.text import cleaned


def test_a_limit_of_many_characters_is_told_with_a_comma():
    with pytest.raises(RuleBroken, match="Use 100,000 characters or fewer"):
        cleaned("x" * 100_001)
