import pytest

from scoring.rules import RuleBroken
from scoring.scales import Scale

from .schemes import FACES, OFFICERS


def a_scale(*values, **changes):
    points = [{"value": value, "label": f"L{value}"} for value in values]
    return {"key": "s", "title": "S", "points": points, **changes}


def test_a_scale_knows_its_ends_and_its_words():
    assert (OFFICERS.lowest, OFFICERS.highest, OFFICERS.values) == (0, 5, (0, 1, 2, 3, 4, 5))
    assert OFFICERS.label(4) == "Label 4"
    assert FACES.abstention
    assert not OFFICERS.abstention


def test_points_may_stand_in_any_order():
    assert Scale.from_content(a_scale(5, 0, 3)).values == (0, 3, 5)


@pytest.mark.parametrize("value", [-1, 6, None, "4", 4.0, True, "", []])
def test_what_is_not_on_the_scale_is_refused(value):
    with pytest.raises(RuleBroken) as refusal:
        OFFICERS.check(value, "homes")
    assert (refusal.value.code, refusal.value.field) == ("score:not-on-scale", "homes")
    assert "0, 1, 2, 3, 4, 5" in refusal.value.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_scale(3), "scale:too-short"),
        (a_scale(), "scale:too-short"),
        (a_scale(-1, 1), "scale:negative"),
        (a_scale(1, 2, 2), "scale:value-twice"),
        (a_scale(0, 1.5), "content:whole-number"),
        (a_scale(0, True), "content:whole-number"),
        (a_scale(0, 1, title=" "), "content:text"),
        (a_scale(0, 1, abstention="maybe"), "content:yes-no"),
        (a_scale(0, 1, points="0-5"), "content:list"),
        (a_scale(0, 1, points=[{"value": 1}, {"value": 2}]), "content:text"),
    ],
)
def test_an_unsound_scale_is_refused(content, code):
    with pytest.raises(RuleBroken) as refusal:
        Scale.from_content(content)
    assert refusal.value.code == code
