"""Price beside quality, against comparing everybody with everybody."""

from fractions import Fraction

from hypothesis import given, settings, strategies as st

from scoring.value import quality_share, unbeaten

numbers = st.none() | st.integers(0, 4).map(Fraction)
offers = st.dictionaries(st.sampled_from("abcdefg"), st.tuples(numbers, numbers))


def beats(one, other):
    as_good = one[0] <= other[0] and one[1] >= other[1]
    return as_good and one != other


@settings(max_examples=300, deadline=None)
@given(offers)
def test_whom_nobody_beats_is_found_by_asking_everybody(offers):
    known = {name: one for name, one in offers.items() if None not in one}
    slowly = {
        name
        for name, one in known.items()
        if not any(beats(other, one) for other in known.values())
    }
    assert unbeaten(offers) == slowly


def test_quality_is_a_share_of_what_was_to_be_had_and_price_is_no_part_of_it():
    criteria = [
        {"available": "60/1", "points": "45/1"},
        {"available": "20/1", "points": "5/3"},
        {"available": "20/1", "points": "20/1", "kind": "price"},
    ]
    assert quality_share(criteria) == Fraction(140, 3) / 80
    assert quality_share(criteria[2:]) is None
