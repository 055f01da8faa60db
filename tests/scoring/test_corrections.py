import pytest

from scoring.corrections import Correction, check_correction
from scoring.rules import RuleBroken

from .schemes import OFFICERS

WHY = "The second page of the answer had been overlooked."


def correct(new=4, reason=WHY, *, by="PER-1", second="PER-2"):
    return check_correction(
        3, new, reason, OFFICERS, by=by, second=second, prices_open=True, minimum_words=5
    )


def test_it_keeps_the_old_value_the_reason_two_people_and_whether_prices_were_open():
    assert correct(reason=f"  {WHY} ") == Correction(3, 4, WHY, "PER-1", "PER-2", True)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"new": 6}, "score:not-on-scale", "new"),
        ({"new": None}, "score:not-on-scale", "new"),
        ({"new": 3}, "correction:same", "new"),
        ({"second": "PER-1"}, "correction:alone", "second"),
        ({"second": ""}, "correction:alone", "second"),
        ({"reason": ""}, "reason:missing", "reason"),
        ({"reason": "A slip."}, "reason:too-short", "reason"),
    ],
)
def test_what_is_refused(change, code, field):
    with pytest.raises(RuleBroken) as refused:
        correct(**change)
    assert (refused.value.code, refused.value.field) == (code, field)
