"""A mark for requests for information: a reason that says something, and a day where it fades."""

from datetime import date

import pytest

from scoring.confidentiality import Exemption, check_until, checked_reason
from scoring.rules import RuleBroken

TODAY = date(2027, 1, 20)
GOOD = "Rivals could copy how we set our rates."


@pytest.mark.parametrize("text", ["", "Secret", "It is secret", ". . . . . .", "word " * 151])
def test_a_reason_says_which_harm(text):
    with pytest.raises(RuleBroken, match="words"):
        checked_reason(text)


def test_a_reason_is_kept_as_it_was_meant():
    assert checked_reason(f"  {GOOD}\r\n") == GOOD


@pytest.mark.parametrize("exemption", list(Exemption))
def test_business_reasons_fade_and_others_need_no_day(exemption):
    if not exemption.fades:
        check_until(exemption, None, TODAY)
        return
    with pytest.raises(RuleBroken) as refused:
        check_until(exemption, None, TODAY)
    assert refused.value.code == "mark:until-missing"


@pytest.mark.parametrize(
    ("until", "code"),
    [(TODAY, "past"), (date(2020, 1, 1), "past"), (date(2048, 1, 1), "too-far")],
)
def test_a_last_day_lies_ahead_and_not_too_far(until, code):
    with pytest.raises(RuleBroken) as refused:
        check_until(Exemption.SAFETY, until, TODAY)
    assert refused.value.code == f"mark:until-{code}"


def test_each_exemption_names_its_section():
    assert {one.section for one in Exemption} == {
        f"section {number}" for number in ("38", "40", "41", "43(1)", "43(2)")
    }
    assert all(one.words for one in Exemption)
