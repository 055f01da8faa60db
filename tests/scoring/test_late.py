"""Late cases: when one may ask, what must be said, and what nobody may take."""

from datetime import UTC, datetime, timedelta

import pytest

from scoring.late import (
    Cause,
    asking_refusal,
    check_acceptance,
    checked_grounds,
    checked_story,
)
from scoring.rules import RuleBroken

DEADLINE = datetime(2027, 2, 15, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_one_asks_from_the_deadline_until_the_opening():
    assert asking_refusal(DEADLINE, None, DEADLINE - INSTANT).code == "late-case:not-late"
    assert asking_refusal(None, None, DEADLINE).code == "late-case:not-late"
    assert asking_refusal(DEADLINE, None, DEADLINE) is None
    assert asking_refusal(DEADLINE, DEADLINE, DEADLINE).code == "late-case:opened"


@pytest.mark.parametrize("text", ["", "It broke", "... " * 20, "word " * 401])
def test_a_story_says_something(text):
    with pytest.raises(RuleBroken) as refused:
        checked_story(text, "evidence")
    assert refused.value.field == "evidence"


def test_an_officer_gives_a_reason():
    with pytest.raises(RuleBroken, match="at least 5 words"):
        checked_grounds("No")
    assert checked_grounds(" The portal answered with an error. ") == (
        "The portal answered with an error."
    )


def test_lateness_of_one_s_own_is_never_taken():
    with pytest.raises(RuleBroken) as refused:
        check_acceptance(Cause.BIDDER, accept=True)
    assert refused.value.code == "late-case:own-fault"
    for cause in Cause:
        check_acceptance(cause, accept=False)
    check_acceptance(Cause.PORTAL, accept=True)
    check_acceptance(Cause.OTHER, accept=True)
