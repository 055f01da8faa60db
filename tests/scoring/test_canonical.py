import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from scoring.canonical import canonical_json, fraction_text, read_fraction, sha256_of
from scoring.rules import RuleBroken

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers() | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


class Colour(StrEnum):
    RED = "red"


def test_keys_are_sorted_and_no_space_is_left():
    assert (
        canonical_json({"b": [1, True, None], "a": {"é": "ü"}})
        == '{"a":{"é":"ü"},"b":[1,true,null]}'
    )


def test_exact_numbers_dates_and_moments_have_one_form():
    noon_in_summer = datetime(2027, 6, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    values = [Fraction(6, 4), Fraction(5), date(2027, 3, 4), noon_in_summer, Colour.RED]
    assert canonical_json(values) == (
        '["3/2","5/1","2027-03-04","2027-06-01T11:00:00.000000Z","red"]'
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, "canonical:float"),
        ({"a": [0.0]}, "canonical:float"),
        (float("nan"), "canonical:float"),
        ({1: "a"}, "canonical:key"),
        ({None: "a"}, "canonical:key"),
        ({"a"}, "canonical:type"),
        (b"a", "canonical:type"),
        (Decimal("1.5"), "canonical:type"),
        (object(), "canonical:type"),
        (datetime(2027, 3, 4), "canonical:naive-time"),  # noqa: DTZ001 – the very mistake
        ("\ud800", "canonical:text"),
        ({"\ud800": 1}, "canonical:text"),
    ],
)
def test_whatever_is_doubtful_is_refused(value, code):
    with pytest.raises(RuleBroken) as refusal:
        canonical_json(value)
    assert refusal.value.code == code


def test_a_refusal_says_where():
    with pytest.raises(RuleBroken, match=r"\$\.rates\[1\]\.core is a float"):
        canonical_json({"rates": [{"core": 1}, {"core": 1.5}]})


@given(VALUES)
def test_it_reads_back_as_what_was_written(value):
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(TEXTS, SCALARS))
def test_the_order_in_which_keys_were_set_changes_nothing(value):
    turned = dict(reversed(value.items()))
    assert canonical_json(turned) == canonical_json(value)


@given(VALUES, VALUES)
def test_different_content_has_a_different_text(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (canonical_json(one) == canonical_json(other)) == same


@given(st.fractions())
def test_a_fraction_reads_back(value):
    assert read_fraction(fraction_text(value)) == value


@pytest.mark.parametrize(
    "text", ["", "5", "2/4", "1/0", "-0/1", "+1/2", "1/-2", "01/2", "1/2 ", "1.5", "٣/٤"]
)
def test_a_fraction_in_another_form_is_refused(text):
    with pytest.raises(RuleBroken) as refusal:
        read_fraction(text)
    assert refusal.value.code == "canonical:fraction"


def test_a_hash_is_of_the_utf8_bytes():
    known = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert sha256_of("hello") == sha256_of(b"hello") == known
    assert sha256_of("é") == sha256_of("é".encode())


def test_the_moment_is_the_same_in_every_zone():
    summer = timezone(timedelta(hours=1))
    there, here = datetime(2027, 6, 1, 13, tzinfo=summer), datetime(2027, 6, 1, 12, tzinfo=UTC)
    assert canonical_json(there) == canonical_json(here)
