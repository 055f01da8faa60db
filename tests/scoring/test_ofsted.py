import pytest

from scoring.eligibility import Branch, OutcomeScale, ofsted_gate
from scoring.rules import RuleBroken


def a_scale(key, *outcomes, gate=()):
    parts = [
        {"value": value, "label": label, "position": position}
        for value, label, position in outcomes
    ]
    return {"key": key, "title": key, "provision": key, "outcomes": parts, "usual_gate": list(gate)}


SUPPORTED = OutcomeScale.from_content(
    a_scale(
        "supported-accommodation",
        ("not-yet-inspected", "Registered, not yet inspected", None),
        ("1", "Outcome 1", 1),
        ("2", "Outcome 2", 2),
        ("3", "Outcome 3", 3),
        gate=("not-yet-inspected", "1", "2"),
    )
)
FOSTERING = OutcomeScale.from_content(
    a_scale(
        "fostering",
        ("outstanding", "Outstanding", 1),
        ("good", "Good", 2),
        ("requires-improvement", "Requires improvement to be good", 3),
        ("inadequate", "Inadequate", 4),
        gate=("outstanding", "good"),
    )
)


def gate(scale, outcome, registered=True, accepted=None):
    branch = Branch("SC123456", registered, outcome)
    found = ofsted_gate(branch, scale, scale.usual_gate if accepted is None else accepted)
    return [(one.code, one.where) for one in found]


@pytest.mark.parametrize("outcome", ["not-yet-inspected", "1", "2"])
def test_supported_accommodation_passes_also_before_its_first_inspection(outcome):
    assert gate(SUPPORTED, outcome) == []


def test_serious_weaknesses_do_not_pass():
    assert gate(SUPPORTED, "3") == [("ofsted:below-gate", "SC123456")]


def test_a_round_may_ask_for_an_inspection():
    assert gate(SUPPORTED, "not-yet-inspected", accepted=["1"]) == [
        ("ofsted:below-gate", "SC123456")
    ]


@pytest.mark.parametrize(
    ("grade", "passes"),
    [("outstanding", True), ("good", True), ("requires-improvement", False), ("inadequate", False)],
)
def test_fostering_needs_good_or_better(grade, passes):
    assert (gate(FOSTERING, grade) == []) is passes


def test_the_finding_says_what_the_round_accepts():
    (finding,) = ofsted_gate(Branch("SC1", True, "inadequate"), FOSTERING, FOSTERING.usual_gate)
    assert finding.message == "Ofsted: Inadequate. The round accepts: Outstanding; Good."


def test_without_registration_no_outcome_helps():
    assert gate(SUPPORTED, "1", registered=False) == [("ofsted:not-registered", "SC123456")]


def test_an_unknown_outcome_is_not_a_pass():
    assert gate(SUPPORTED, "") == [("ofsted:no-outcome", "SC123456")]


@pytest.mark.parametrize(("outcome", "accepted"), [("good", None), ("1", ["good"])])
def test_words_of_another_scale_are_refused(outcome, accepted):
    with pytest.raises(RuleBroken) as refused:
        gate(SUPPORTED, outcome, accepted=accepted)
    assert refused.value.code == "ofsted:unknown-outcome"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_scale("s", ("1", "One", 1), ("1", "Uno", 2)), "ofsted:value-twice"),
        (a_scale("s", ("1", "One", 1), gate=("2",)), "ofsted:unknown-outcome"),
        (a_scale("s", (1, "One", 1)), "content:text"),
        (a_scale("s", ("1", "One", "first")), "content:whole-number"),
    ],
)
def test_an_unsound_scale_is_refused(content, code):
    with pytest.raises(RuleBroken) as refused:
        OutcomeScale.from_content(content)
    assert refused.value.code == code
