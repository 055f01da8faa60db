"""What is collected for a young person: nothing of it is kept, and nobody else reads it."""

from datetime import date

import pytest

from portal.access import Role
from portal.evaluation.models import Result
from portal.evaluation.young import said
from portal.people.models import Person
from portal.young import part
from scoring.terms import Panel
from tests.factories.people import a_council, a_person, viewer
from tests.factories.providers import a_provider_admin

pytestmark = pytest.mark.usefixtures("session")


def result(admitted, meets_minimum=True):
    young = {"panel": Panel.YOUNG.value, "available": "30/1", "meets_minimum": meets_minimum}
    officers = {"panel": Panel.OFFICERS.value, "available": "70/1", "meets_minimum": True}
    return Result(admitted=admitted, content={"criteria": [officers, young]})


def test_it_is_told_whether_their_scores_decided():
    assert said._weight([result(True)]) == "Your scores counted for 30 of 100 points."
    assert said._outcome("Oak", [result(False), result(True)]).startswith("Oak is on the list")
    assert "Your scores were too low" in said._outcome("Oak", [result(False, False)])
    assert said._outcome("Oak", [result(False)]) == "Oak is not on the list."
    assert said._outcome("Oak", []) == "Oak did not get to the end."
    assert said._listed(["3"]) == "3"
    assert said._listed(["3", "4", "5"]) == "3, 4 and 5"


def test_a_name_is_printed_and_not_kept(by, session):
    luton = a_council()
    comet = a_person(Role.YOUNG_COMMISSIONER, luton, name="Comet")
    officer = by(a_person(Role.PARTICIPATION_OFFICER, luton))
    shown = officer.page(f"/young-people/{comet.ref}/certificate")
    assert "<strong>Comet</strong>" in shown.text
    answer = officer.sends(shown, {"name": "Alex Example"}, status=200)
    assert answer.data.startswith(b"%PDF")
    assert session.query(Person).filter(Person.name == "Alex Example").count() == 0
    assert part.certificate(comet, luton.name, " Alex Example ").name == "Alex Example"
    elsewhere = by(a_person(Role.PARTICIPATION_OFFICER, a_council("elsewhere")))
    elsewhere.page(f"/young-people/{comet.ref}/certificate", status=404)


def test_a_young_person_has_pages_of_their_own(by):
    luton = a_council()
    person = a_person(Role.YOUNG_COMMISSIONER, luton, name="Comet")
    comet = by(person)
    assert "Nothing is decided yet" in comet.page("/you-said").text
    assert "Comet" in comet.page("/your-certificate").text
    assert comet.get("/your-certificate.pdf").data.startswith(b"%PDF")
    assert part.you_said(viewer(person)) == []
    by(a_provider_admin()).page("/you-said", status=403)


def test_the_date_of_a_certificate_is_the_day_of_the_account(by):
    comet = a_person(Role.YOUNG_COMMISSIONER, name="Comet")
    assert part.certificate(comet, "Luton").since == date(2026, 1, 5)
