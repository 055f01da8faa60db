import pickle

import pytest

from scoring.rules import Finding, RuleBroken, errors, refuse_errors

STOPS = Finding("rate:missing", "Enter a price.", "core")
TELLS = Finding("answer:not-as-asked", "The round asks for yes.", "open", level="warning")


def test_a_refusal_carries_its_code_words_and_field():
    refusal = RuleBroken("rate:missing", "Enter a price.", field="core")
    assert (refusal.code, str(refusal), refusal.field) == ("rate:missing", "Enter a price.", "core")


def test_a_refusal_survives_the_way_to_another_process():
    refusal = pickle.loads(pickle.dumps(RuleBroken("rate:missing", "Enter a price.", "core")))
    assert (refusal.code, refusal.message, refusal.field) == (
        "rate:missing",
        "Enter a price.",
        "core",
    )


def test_the_first_error_is_raised_with_its_place():
    with pytest.raises(RuleBroken) as refusal:
        refuse_errors([TELLS, STOPS])
    assert (refusal.value.code, refusal.value.field) == ("rate:missing", "core")


def test_warnings_stop_nothing():
    refuse_errors([TELLS])
    assert errors([TELLS, STOPS]) == [STOPS]
