"""What a record of a placement choice must say."""

from datetime import date, timedelta

import pytest

from scoring.choices import Considered, check_choice, check_day, check_reference
from scoring.rules import RuleBroken

WHY = "It is near her college and has a worker who speaks Tigrinya"
OAK, ELM = Considered("OAK"), Considered("ELM", "too far from college")
TODAY = date(2027, 5, 3)


def code_of(act, *arguments, **more):
    with pytest.raises(RuleBroken) as broken:
        act(*arguments, **more)
    return broken.value.code


@pytest.mark.parametrize("reference", ["PL-2027/0031", "10234", "a1", " P.7 "])
def test_a_reference_has_a_number(reference):
    assert check_reference(reference) == reference.strip()


@pytest.mark.parametrize("reference", ["", "Amy", "Amy Smith", "Amy 7", "1", "7" * 41, "x\n1"])
def test_a_name_is_no_reference(reference):
    assert code_of(check_reference, reference) == "choice:reference"


def test_a_choice_is_recorded_while_its_facts_are_known():
    check_day(TODAY, TODAY)
    check_day(TODAY - timedelta(days=14), TODAY)
    assert code_of(check_day, TODAY + timedelta(days=1), TODAY) == "choice:later"
    assert code_of(check_day, TODAY - timedelta(days=15), TODAY) == "choice:long-ago"


def test_a_whole_record_passes():
    check_choice([OAK, ELM], "OAK", WHY)
    check_choice([OAK], "OAK", WHY, why_alone="No other home of the list has a place free today")


@pytest.mark.parametrize(
    ("considered", "chosen", "why", "code"),
    [
        ([], "OAK", WHY, "choice:nobody"),
        ([OAK, OAK], "OAK", WHY, "choice:twice"),
        ([OAK, ELM], "ASH", WHY, "choice:not-considered"),
        ([Considered("OAK", may_be_chosen=False), ELM], "OAK", WHY, "choice:may-not"),
        ([OAK, ELM], "OAK", "It is good", "choice:no-reason"),
        ([OAK, ELM], "OAK", ". " * 20, "choice:no-reason"),
        ([OAK], "OAK", WHY, "choice:alone"),
        ([OAK, Considered("ELM", "far")], "OAK", WHY, "choice:no-why-not"),
        ([Considered("OAK", distance_tenths=-1), ELM], "OAK", WHY, "choice:distance"),
    ],
)
def test_what_does_not_tell_how_it_was_made_is_refused(considered, chosen, why, code):
    assert code_of(check_choice, considered, chosen, why) == code
