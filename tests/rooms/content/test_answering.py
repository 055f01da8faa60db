"""The shipped questions, documents and prices can be answered, and ask each provider no more than needed."""

import pytest

from portal.content.loading import defaults
from scoring.answers import parse_answer
from scoring.eligibility import Asking, DocumentState, Submission, submission_findings
from scoring.rows import ROW_KINDS
from tests.factories.identifiers import a_number_for
from tests.factories.rows import rows_typed

SHIPPED = {
    content.kind.value: content.body for content in defaults() if content.key == "apl-16plus"
}
LOTS = tuple(lot["code"] for lot in SHIPPED["round-template"]["lots"])
USUAL = {
    "text": "As we say",
    "long-text": "What we do, who does it, and how we know that it works.",
    "number": "4",
    "yes-no": "no",
}


def answer(question):
    if question["options"]:
        first = question["options"][0]["value"]
        return [first] if question["kind"] == "many-of" else first
    if question["kind"] in ROW_KINDS:
        return parse_answer(question, rows_typed(question))
    return question["pass_value"] or a_number_for(question) or USUAL[question["kind"]]


def answered(lots, **other):
    """Answers of somebody who has nothing to confess, question by question as each appears."""
    answers = {}
    for lot in ("", *lots):
        while True:
            asking = Asking(SHIPPED["question-set"], lots, answers)
            new = [
                question
                for question in asking.questions(lot)
                if (question["key"], lot) not in answers
            ]
            if not new:
                break
            for question in new:
                answers[question["key"], lot] = other.get(
                    question["key"].replace("-", "_"), answer(question)
                )
    return answers


def application(lots, answers=None):
    lines = [line for line in SHIPPED["checklist"]["documents"] if line["stage"] == "submission"]
    return Submission(
        question_set=SHIPPED["question-set"],
        checklist=SHIPPED["checklist"],
        rate_card=SHIPPED["rate-card"],
        lots=lots,
        answers=answered(lots) if answers is None else answers,
        documents={
            (line["key"], ""): DocumentState.ACCEPTED for line in lines if asked_of(line, lots)
        },
        rates={(lot, "core-weekly-price"): 89_500 for lot in lots}
        | {(lot, "extra-support-hour"): 2_450 for lot in lots},
    )


def asked_of(line, lots):
    return not line["lots"] or set(line["lots"]) & set(lots)


@pytest.mark.parametrize("lots", [("1A",), ("3B",), ("1A", "2B"), LOTS])
def test_a_whole_application_has_nothing_missing(lots):
    assert submission_findings(application(lots)) == {}


def test_who_only_supports_adults_is_not_asked_about_ofsted():
    asked = {key for key, _ in answered(("1B", "2B"))}
    assert not [key for key in asked if key.startswith("ofsted")]
    assert "safeguarding" in asked


def test_who_has_nothing_to_confess_answers_few_questions_about_exclusion():
    asked = {key for key, _ in answered(("1A",))}
    grounds = [key for key in asked if key.startswith(("mandatory", "discretionary", "debarment"))]
    assert sorted(grounds) == [
        "debarment",
        "discretionary-connected",
        "discretionary-organisation",
        "mandatory-connected",
        "mandatory-organisation",
    ]


def test_a_yes_to_a_ground_asks_what_happened_and_stops_no_submission():
    answers = answered(("1A",), mandatory_connected="yes")
    assert ("mandatory-connected-put-right", "") in answers
    findings = submission_findings(application(("1A",), answers))
    assert {finding.level for found in findings.values() for finding in found} == {"warning"}


def test_outcome_3_asks_what_was_done_since():
    answers = answered(("2A",), ofsted_outcome="3")
    assert ("ofsted-outcome-3-action", "") in answers
    assert ("ofsted-outcome-3-action", "") not in answered(("2A",))


def test_homes_are_told_for_each_lot():
    answers = answered(("1A", "3B"))
    assert {lot for key, lot in answers if key == "home-and-location"} == {"1A", "3B"}
    assert {lot for key, lot in answers if key == "safeguarding"} == {""}


@pytest.mark.parametrize("pence", [9_999, 500_001, None])
def test_a_slip_of_the_finger_in_a_price_is_caught(pence):
    spoiled = application(("1A",))
    spoiled.rates["1A", "core-weekly-price"] = pence
    [finding] = submission_findings(spoiled)["1A"]
    assert finding.where == "core-weekly-price"
