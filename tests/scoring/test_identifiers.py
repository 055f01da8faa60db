"""Numbers of registers in an answer: what can be one is taken, what cannot is told, “none” is an answer."""

import pytest

from scoring.answers import check_answer, read_answer
from scoring.identifiers import REGISTERS
from scoring.rules import RuleBroken

COMPANY = "company-or-charity"


def asked(identifier):
    return {"key": "number", "kind": "text", "identifier": identifier}


@pytest.mark.parametrize(
    ("identifier", "typed"),
    [
        (COMPANY, "01234567"),
        (COMPANY, "oc 123456"),
        (COMPANY, "1123456"),
        (COMPANY, "SC012345"),
        (COMPANY, "01234567, 1123456"),
        (COMPANY, "01234567 and 1123456"),
        (COMPANY, "None"),
        ("ppon", "PABC-1234-DEFG"),
        ("ppon", "GB-PPON-PABC-1234-DEFG"),
        ("ppon", "pabc1234defg"),
        ("ppon", "none"),
        ("urns", "2712345"),
        ("urns", "2712345, SC123456"),
    ],
)
def test_a_number_that_can_be_one_is_taken_as_it_was_typed(identifier, typed):
    assert read_answer(asked(identifier), typed) == typed


@pytest.mark.parametrize(
    ("identifier", "typed", "code"),
    [
        (COMPANY, "6", "answer:not-a-company-or-charity"),
        (COMPANY, "01234567,", "answer:not-a-company-or-charity"),
        (COMPANY, "Harbour Lane Homes", "answer:not-a-company-or-charity"),
        ("ppon", "Some words", "answer:not-a-ppon"),
        ("ppon", "PABC-1234-DEF", "answer:not-a-ppon"),
        ("urns", "none", "answer:not-a-urn"),
        ("urns", "2712345, we wait for the other", "answer:not-a-urn"),
    ],
)
def test_what_cannot_be_one_is_refused_beside_its_question(identifier, typed, code):
    with pytest.raises(RuleBroken) as broken:
        check_answer(asked(identifier), typed)
    assert (broken.value.code, broken.value.field) == (code, "number")
    assert broken.value.message == REGISTERS[identifier][2]


def test_a_question_that_names_no_register_takes_any_words():
    assert read_answer({"key": "name", "kind": "text", "identifier": None}, "6") == "6"
