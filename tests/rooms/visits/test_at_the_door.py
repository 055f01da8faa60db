"""A house without reception: the first thing that is written begins the visit, and one choice is asked for."""

from datetime import timedelta

import pytest

from portal.db import db
from portal.people import actions_young, young
from portal.visits import actions_photos, queries, telling
from portal.visits.models_entries import ChoiceMade
from scoring.rules import RuleBroken
from scoring.stages import VisitStage
from tests.factories.visits import DAY, PLANNED, a_picture, a_visit, an_id

pytestmark = pytest.mark.usefixtures("session")
EARLIER = DAY - timedelta(minutes=50)
KEEPING = {"X-Requested-With": "visit-keep"}


def test_what_is_written_at_the_door_begins_the_visit_when_it_arrives():
    told = a_visit(young=()).confirmed()
    told.saves(told.officer, "document:fire", seen="yes", note="", written_at=EARLIER)
    assert (told.visit.stage, told.visit.begun_at) == (VisitStage.UNDER_WAY, EARLIER)


def test_a_photograph_begins_it_too():
    told = a_visit(young=()).confirmed()
    staged, officer = actions_photos.stage_photo(a_picture()), told.by(told.officer)
    actions_photos.add_photo(told.visit, staged, "", client_id=an_id(), actor=officer, now=DAY)
    assert told.visit.stage is VisitStage.UNDER_WAY


def test_nothing_begins_a_visit_before_its_day_or_before_it_is_confirmed():
    told = a_visit(young=()).confirmed()
    told.now = PLANNED
    with pytest.raises(RuleBroken, match="on the day"):
        told.saves(told.officer, "document:fire", seen="yes", note="")
    other = a_visit(young=())
    with pytest.raises(RuleBroken, match="not confirmed"):
        other.saves(other.officer, "document:fire", seen="yes", note="")
    assert {told.visit.stage, other.visit.stage} == {VisitStage.CONFIRMED, VisitStage.PLANNED}


def test_a_clock_that_is_days_wrong_does_not_begin_a_visit_before_its_day():
    told = a_visit(young=()).confirmed()
    told.saves(told.officer, "care", answer="no", note="", written_at=DAY - timedelta(days=9))
    assert told.visit.begun_at == DAY


def test_a_phone_keeps_pages_to_write_on_the_evening_before(browser):
    told = a_visit(young=()).confirmed()
    db.session.commit()
    at, entry = f"/visits/phone/{told.visit.ref}", "data-visit-entry"
    officer = browser(told.officer, DAY - timedelta(days=1))
    assert entry in officer.get(f"{at}/at/document/fire", headers=KEEPING).text
    assert "data-visit-photo" in officer.get(f"{at}/photos", headers=KEEPING).text
    assert "on the day of the visit" in officer.page(at).text
    assert entry not in officer.page(f"{at}/at/document/fire").text


def test_a_phone_asks_one_thing_mine_or_theirs(browser):
    told = a_visit(young=()).begun()
    told.saves(told.lead, "place:kitchen", seen="no", note="It was locked.")
    told.saves(told.officer, "place:kitchen", seen="yes", note="Clean and warm.")
    db.session.commit()
    at, officer = f"/visits/phone/{told.visit.ref}", browser(told.officer)
    assert "data-visit-entry" not in officer.page(f"{at}/at/place/kitchen").text
    assert "data-visit-entry" in officer.get(f"{at}/at/place/kitchen", headers=KEEPING).text
    [aside] = queries.waiting_asides(told.visit)
    asked = officer.get(f"{at}/choices")
    assert asked.location.endswith(f"{at}/choices/{aside.ref}")
    shown = officer.page(asked.location).text
    assert shown.index("Mine: Looked at. Clean and warm.") < shown.index("Theirs: Not looked at")
    assert told.lead.name in shown
    assert told.officer.name in shown


def test_one_person_with_two_phones_is_not_called_two():
    told = a_visit(young=()).begun()
    told.saves(told.lead, "place:kitchen", seen="no", note="")
    told.saves(told.lead, "place:kitchen", seen="yes", note="")
    waiting = queries.waiting_asides(told.visit)
    [choice] = telling.choices(told.visit, waiting, told.by(told.lead))
    assert [one.whose for _, one in choice.versions] == ["Kept now", "The other one"]
    assert [made for made, _ in choice.versions] == [ChoiceMade.STANDING, ChoiceMade.OTHER]


def test_only_who_withdrew_consent_is_told_that_the_phone_lets_go(app):
    told = a_visit(young=("Comet",)).begun()
    comet, client = told.young[0], app.test_client()
    asked = f"/visits/phone/farewell?person={comet.ref}"
    db.session.commit()
    assert client.get(asked).json == {"left": False, "words": []}
    consent = young.standing_consent(comet)
    actions_young.withdraw_consent(consent, actor=told.by(told.supporter), now=DAY)
    db.session.commit()
    answer = client.get(asked).json
    assert answer["left"]
    assert "Thank you" in " ".join(answer["words"])
    for stranger in (told.lead.ref, "PER-NOBODY", ""):
        assert not client.get(f"/visits/phone/farewell?person={stranger}").json["left"]
