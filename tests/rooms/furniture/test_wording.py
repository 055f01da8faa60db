"""Titles within a sentence: small, but for what is a name."""

import pytest

from portal.wording import within


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Lot 1A", "lot 1A"),
        ("Name, purpose and contact", "name, purpose and contact"),
        ("A lot", "a lot"),
        ("What’s good", "what’s good"),
        ("URN", "URN"),
        ("1A", "1A"),
        ("I know them", "I know them"),
        ("Ofsted registration", "Ofsted registration"),
        ("Luton Council", "Luton Council"),
        ("Young Commissioner", "Young Commissioner"),
        ("", ""),
    ],
)
def test_only_the_first_letter_of_what_is_no_name_becomes_small(title, told):
    assert within(title) == told
