from copy import deepcopy
from dataclasses import replace

import pytest

from scoring.eligibility import Asking, DocumentState, Submission, submission_findings
from scoring.rules import RuleBroken


def ask(key, kind="text", **more):
    return {
        "key": key,
        "kind": kind,
        "label": f"{key}?",
        "required": True,
        "role": "information",
        **more,
    }


QUESTIONS = {
    "sections": [
        {
            "key": "organisation",
            "questions": [
                ask("legal-name"),
                ask("trading-name", required=False),
                ask("registered", "yes-no", pass_value="yes", lots=["1A", "2A"]),
                ask("urn", when={"question": "registered", "is": "yes"}),
                ask("urn-history", when={"question": "urn", "is": "SC1"}),
                ask("method", "long-text", words=3),
            ],
        },
        {
            "key": "lots",
            "questions": [
                ask("places", "number", per_lot=True),
                ask(
                    "night-staff", per_lot=True, lots=["1A"], when={"question": "places", "is": "9"}
                ),
                ask("large-homes", when={"question": "places", "is": ["9", "10"]}),
            ],
        },
    ]
}
CHECKLIST = {
    "documents": [
        {"key": "policy", "title": "Policy", "required": True, "of": "organisation", "stage": "submission"},
        {"key": "extra", "title": "Extra", "required": False, "of": "organisation", "stage": "submission"},
        {
            "key": "certificate", "title": "Certificate", "required": True, "of": "organisation",
            "stage": "submission", "lots": ["1A"],
        },
        {"key": "gas", "title": "Gas record", "required": True, "of": "setting", "stage": "submission"},
        {"key": "insurance", "title": "Insurance", "required": True, "of": "organisation", "stage": "award"},
    ]
}  # fmt: skip
RATES = {
    "items": [
        {
            "key": "core",
            "title": "Core",
            "required": True,
            "minimum_pence": 10000,
            "maximum_pence": 500000,
        },
        {
            "key": "hour",
            "title": "Hour",
            "required": False,
            "minimum_pence": None,
            "maximum_pence": None,
        },
    ]
}
FULL = Submission(
    QUESTIONS,
    CHECKLIST,
    RATES,
    lots=("1B",),
    answers={
        ("legal-name", ""): "Ada House",
        ("method", ""): "one two three",
        ("places", "1B"): "4",
    },
    documents={("policy", ""): DocumentState.ACCEPTED},
    rates={("1B", "core"): 89500},
)


def found(**changes):
    whole = submission_findings(replace(FULL, **changes))
    return {lot: [(one.where, one.code) for one in findings] for lot, findings in whole.items()}


def answering(*lots, **answers):
    """Return the full answers with some changed; `places` is given for each lot."""
    changed = {
        (key.replace("_", "-"), ""): value for key, value in answers.items() if key != "places"
    }
    places = {("places", lot): answers.get("places", "4") for lot in lots}
    return FULL.answers | changed | places


def test_a_full_application_has_no_findings():
    assert found() == {}


def test_everything_missing_is_listed_lot_by_lot():
    empty = found(answers={}, documents={}, rates={}, lots=("1B", "2B"))
    assert empty == {
        "": [
            ("legal-name", "answer:missing"),
            ("method", "answer:missing"),
            ("policy", "document:missing"),
        ],
        "1B": [("places", "answer:missing"), ("core", "rate:missing")],
        "2B": [("places", "answer:missing"), ("core", "rate:missing")],
    }


def test_no_lot_is_a_finding():
    assert found(lots=())[""][0] == ("lots", "lot:none")


@pytest.mark.parametrize("empty", [None, "", []])
def test_an_empty_answer_is_missing(empty):
    assert found(answers=answering(legal_name=empty)) == {"": [("legal-name", "answer:missing")]}


def test_a_text_over_its_limit_is_found():
    over = answering(method="one two three four")
    assert found(answers=over) == {"": [("method", "answer:too-many-words")]}


class TestConditions:
    lots = ("1A",)
    rest = {
        "lots": lots,
        "documents": FULL.documents | {("certificate", ""): DocumentState.ACCEPTED},
        "rates": {("1A", "core"): 89500},
    }

    def found(self, **answers):
        return found(answers=answering("1A", **answers), **self.rest)

    def test_a_question_of_a_lot_is_asked_with_that_lot_only(self):
        assert found() == {}
        assert self.found() == {"": [("registered", "answer:missing")]}

    def test_a_question_appears_after_its_answer(self):
        assert self.found(registered="yes") == {"": [("urn", "answer:missing")]}
        assert self.found(registered="yes", urn="SC2") == {}

    def test_a_question_stays_hidden_behind_a_hidden_one(self):
        assert found(answers=answering("1B", registered="yes", urn="SC1")) == {}
        again = self.found(registered="yes", urn="SC1")
        assert again == {"": [("urn-history", "answer:missing")]}

    def test_another_answer_than_asked_for_warns_and_stops_nothing(self):
        whole = submission_findings(
            replace(FULL, answers=answering("1A", registered="no"), **self.rest)
        )
        assert [(one.code, one.level) for one in whole[""]] == [("answer:not-as-asked", "warning")]

    def test_a_question_for_each_lot_may_wait_for_that_lots_answer(self):
        nine = self.found(registered="yes", urn="SC2", places="9", large_homes="two")
        assert nine == {"1A": [("night-staff", "answer:missing")]}

    def test_a_question_for_the_whole_may_wait_for_any_lots_answer(self):
        assert found(answers=answering("1B", places="10")) == {
            "": [("large-homes", "answer:missing")]
        }

    def test_a_bare_yes_of_yaml_is_yes(self):
        turned = deepcopy(QUESTIONS)
        turned["sections"][0]["questions"][3]["when"]["is"] = True
        asking = Asking(turned, ("1A",), {("registered", ""): "yes"})
        assert "urn" in [question["key"] for question in asking.questions()]

    def test_a_choice_among_many_counts(self):
        content = {"sections": [{"questions": [
            ask("offers", "many-of"), ask("nights", when={"question": "offers", "is": "nights"}),
        ]}]}  # fmt: skip
        asking = Asking(content, ("1B",), {("offers", ""): ["days", "nights"]})
        assert [question["key"] for question in asking.questions()] == ["offers", "nights"]

    @pytest.mark.parametrize(
        ("when", "code"),
        [({"question": "gone", "is": "x"}, "content:unknown-question"),
         ({"question": "b", "is": "x"}, "content:circle")],
    )  # fmt: skip
    def test_a_condition_that_cannot_be_met_is_refused(self, when, code):
        content = {"sections": [{"questions": [
            ask("a", when=when), ask("b", when={"question": "a", "is": "x"}),
        ]}]}  # fmt: skip
        with pytest.raises(RuleBroken) as refused:
            Asking(content, ("1B",), {("a", ""): "x", ("b", ""): "x"}).questions()
        assert refused.value.code == code


class TestDocuments:
    def found(self, state, key="policy", **changes):
        return found(documents=FULL.documents | {(key, ""): state}, **changes).get("", [])

    @pytest.mark.parametrize(
        "state", ["waiting-for-scan", "waiting-for-check", "accepted", "expiring"]
    )
    def test_what_is_on_its_way_may_be_submitted(self, state):
        assert self.found(DocumentState(state)) == []

    @pytest.mark.parametrize("state", ["missing", "infected", "rejected", "expired"])
    def test_what_does_not_hold_stops(self, state):
        assert self.found(DocumentState(state)) == [("policy", f"document:{state}")]

    def test_an_optional_one_may_be_missing_but_not_infected(self):
        assert self.found(DocumentState.MISSING, "extra") == []
        assert self.found(DocumentState.INFECTED, "extra") == [("extra", "document:infected")]

    def test_each_setting_needs_its_own(self):
        papers = FULL.documents | {("gas", "SET1"): DocumentState.ACCEPTED}
        assert found(settings=("SET1", "SET2"), documents=papers) == {
            "": [("gas/SET2", "document:missing")]
        }

    def test_papers_for_the_time_after_the_award_are_not_asked(self):
        assert "insurance" not in str(found(documents={}))


class TestRates:
    @pytest.mark.parametrize(
        ("pence", "code"),
        [
            (None, "missing"),
            (0, "not-positive"),
            (-1, "not-positive"),
            (9999, "too-low"),
            (500001, "too-high"),
        ],
    )
    def test_a_price_that_cannot_stand_is_found(self, pence, code):
        assert found(rates={("1B", "core"): pence}) == {"1B": [("core", f"rate:{code}")]}

    def test_each_lot_has_its_own(self):
        assert found(lots=("1B", "2B"), answers=answering("1B", "2B")) == {
            "2B": [("core", "rate:missing")]
        }

    def test_an_optional_price_may_be_left_out_but_is_never_zero(self):
        assert found(rates=FULL.rates | {("1B", "hour"): 0}) == {
            "1B": [("hour", "rate:not-positive")]
        }
