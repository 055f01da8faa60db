"""Small lines of values: whole, told in words, and the same each time."""

from fractions import Fraction

from hypothesis import given, strategies as st
from lxml import html

from portal.sparks import spark

VALUES = st.lists(st.none() | st.fractions(-100, 200), min_size=1, max_size=14)


@given(VALUES, st.none() | st.fractions(0, 100))
def test_everything_stands_inside_the_picture(values, target):
    drawn = str(spark(values, "Values", target=target))
    if not any(one is not None for one in values):
        assert not drawn
        return
    picture = html.fragment_fromstring(drawn)
    places = [
        pair.split(",") for line in picture.iter("polyline") for pair in line.get("points").split()
    ]
    places += [(one.get("cx"), one.get("cy")) for one in picture.iter("circle")]
    assert all(0 <= int(x) <= 120 and 0 <= int(y) <= 34 for x, y in places)


def test_it_is_told_in_words_and_text_is_no_markup():
    drawn = str(spark([Fraction(1)], "Up & <b>away</b>"))
    assert 'role="img" aria-label="Up &amp; &lt;b&gt;away&lt;/b&gt;"' in drawn
    assert "style" not in drawn


def test_a_gap_is_a_gap():
    one, two = Fraction(1), Fraction(2)
    assert str(spark([one, two, None, two, one], "")).count("<polyline") == 2
