"""Entries that come from a phone: once each, both kept where two differ, late ones not lost."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.visits import actions_choices, actions_sheets, queries
from portal.visits.models_entries import ChoiceMade, VisitArrival, VisitAside, VisitEntry
from scoring.rules import RuleBroken
from scoring.visits import Verdict
from tests.client import HygieneClient
from tests.factories.people import as_person
from tests.factories.visits import DAY, a_visit, a_young_person, an_id

pytestmark = pytest.mark.usefixtures("session")
YES, NO = {"seen": "yes"}, {"seen": "no"}


def standing(told, place):
    return {one.place: one for one in queries.entries(told.visit)}.get(place)


def number_of(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_the_same_entry_sent_again_is_one_entry_and_one_answer(session):
    told = a_visit(young=()).begun()
    sent = an_id()
    first = told.saves(told.lead, "document:fire", client_id=sent, **YES)
    told.saves(told.officer, "document:fire", shown=first.revision, **NO)
    again = told.saves(told.lead, "document:fire", client_id=sent, **YES)
    assert again == first
    assert standing(told, "document:fire").value["seen"] == "no"
    assert (number_of(VisitEntry), number_of(VisitArrival)) == (1, 2)


def test_where_two_differ_both_are_kept_with_who_wrote_them_until_somebody_chooses(session):
    told = a_visit(young=()).begun()
    told.saves(told.lead, "document:fire", **YES)
    late = told.saves(told.officer, "document:fire", **NO)
    assert (late.verdict, late.by, late.value["seen"]) == (Verdict.ASIDE, told.lead.name, "yes")
    [aside] = queries.waiting_asides(told.visit)
    assert (aside.written_by.name, aside.value["seen"]) == (told.officer.name, "no")
    with pytest.raises(RuleBroken, match="of the team"):
        actions_choices.choose(aside, ChoiceMade.OTHER, actor=told.by(told.admin), now=DAY)
    actions_choices.choose(aside, ChoiceMade.OTHER, actor=told.by(told.lead), now=DAY)
    entry = standing(told, "document:fire")
    assert (entry.value["seen"], entry.saved_by.name) == ("no", told.officer.name)
    assert (aside.value["seen"], aside.written_by_id) == ("yes", told.lead.id)
    with pytest.raises(RuleBroken, match="chose already"):
        actions_choices.choose(aside, ChoiceMade.STANDING, actor=told.by(told.lead), now=DAY)


def test_an_entry_after_the_sheet_was_handed_in_is_kept_aside_and_changes_nothing(session):
    told = a_visit(young=()).begun()
    told.scores(told.officer, 3)
    late = told.saves(told.officer, "score:1a", shown=1, value=0, reason="I saw mould.")
    assert late.verdict is Verdict.ASIDE
    assert standing(told, "score:1a").value["value"] == 3
    [aside] = queries.waiting_asides(told.visit)
    assert aside.late
    by = told.by(told.officer)
    with pytest.raises(RuleBroken, match="handed in"):
        actions_choices.choose(aside, ChoiceMade.OTHER, actor=by, now=DAY)
    lead = told.by(told.lead)
    sheet = told.sheet_of(told.officer)
    actions_sheets.give_back(sheet, told.visit, "Look at 1a again", actor=lead, now=DAY)
    with pytest.raises(RuleBroken, match="wait for your choice"):
        actions_sheets.submit_sheet(sheet, told.visit, actor=by, now=DAY)
    actions_choices.choose(aside, ChoiceMade.OTHER, actor=by, now=DAY)
    assert standing(told, "score:1a").value["value"] == 0


def test_scores_stand_on_ones_own_sheet_and_the_rest_is_the_teams(session):
    told = a_visit().begun()
    for person, value in ((told.lead, 1), (told.officer, 4)):
        told.saves(person, "score:1a", value=value, reason="As seen.")
    assert number_of(VisitAside) == 0
    with pytest.raises(RuleBroken, match="of the team"):
        told.saves(a_young_person("Nova"), "score:1a", value=1)
    with pytest.raises(RuleBroken, match="does not ask"):
        told.saves(told.lead, "score:9z", value=1)


def test_nothing_is_written_before_the_visit_may_begin(session):
    told = a_visit(young=())
    with pytest.raises(RuleBroken, match="not confirmed"):
        told.saves(told.lead, "document:fire", **YES)


def test_a_wrong_clock_on_a_phone_makes_no_entry_from_the_future(session):
    told = a_visit(young=()).begun()
    told.saves(told.lead, "care", answer="no", written_at=DAY + timedelta(days=400))
    assert standing(told, "care").written_at <= DAY + timedelta(minutes=5)


# --- The queue of a phone --------------------------------------------------------------------


@pytest.fixture
def phone(app):
    told = a_visit(young=("Comet", "River"), pair=True).begun()
    db.session.commit()
    app.config["CLOCK"] = lambda: DAY

    def by(person):
        client = as_person(app.test_client(), person)
        base = f"/visits/phone/{told.visit.ref}"
        state = client.get(f"{base}/state").json

        def send(*entries):
            return client.post(
                f"{base}/entries",
                json={"entries": list(entries)},
                headers={"X-CSRFToken": state["token"], "X-Requested-With": "visit-queue"},
            )

        return state, send

    return told, by


def an_entry(place, value, revision=None, client_id=None):
    return {
        "id": client_id or an_id(),
        "place": place,
        "value": value,
        "revision": revision,
        "written_at": DAY.isoformat(),
    }


def test_a_phone_sends_what_it_kept_and_each_entry_is_answered_for_itself(phone):
    told, by = phone
    state, send = by(told.lead)
    assert (state["person"], state["stage"]) == (told.lead.ref, "under-way")
    first = an_entry("place:kitchen", {"seen": "yes", "note": "Clean."})
    wrong = an_entry("spoken:staff", {"number": 1000})
    third = an_entry("spoken:staff", {"number": 4})
    for _ in range(2):  # the answer was lost, and it is all sent again
        answers = send(first, wrong, third).json["answers"]
        assert [one["status"] for one in answers] == ["save", "refused", "save"]
    assert number_of(VisitEntry) == 2
    state, _ = by(told.officer)
    assert state["entries"]["spoken:staff"]["value"] == {"number": 4}
    assert "score:1a" not in state["entries"]


def test_two_of_a_pair_come_back_from_the_same_cellar(phone):
    told, by = phone
    mine = {"value": 4, "abstained": False, "reason": "Warm."}
    theirs = {"value": 1, "abstained": False, "reason": "Cold."}
    assert by(told.young[0])[1](an_entry("score:1a", mine)).json["answers"][0]["status"] == "save"
    [answer] = by(told.young[1])[1](an_entry("score:1a", theirs)).json["answers"]
    assert (answer["status"], answer["by"]) == ("aside", told.young[0].name)
    assert by(told.young[1])[0]["choices"] == 1


@pytest.mark.parametrize(
    "body", [None, [], {"entries": "all"}, {"entries": [{}]}, {"entries": [{"id": 1}] * 60}]
)
def test_what_is_no_queue_is_refused_whole(app, phone, body):
    told, _ = phone
    client = as_person(app.test_client(), told.lead)
    token = client.get(f"/visits/phone/{told.visit.ref}/state").json["token"]
    headers = {"X-CSRFToken": token, "X-Requested-With": "visit-queue"}
    address = f"/visits/phone/{told.visit.ref}/entries"
    assert client.post(address, json=body, headers=headers).status_code == 409
    assert client.post(address, json=body).status_code in {400, 401}  # without the token
    assert number_of(VisitEntry) == 0


def test_a_strangers_queue_finds_no_visit(app, phone):
    told, _ = phone
    stranger = as_person(app.test_client(), a_young_person("Nova"))
    db.session.commit()
    assert stranger.get(f"/visits/phone/{told.visit.ref}/state").status_code == 404


def test_what_officers_wrote_is_not_for_a_young_persons_phone(app):
    told = a_visit().begun()
    comet = told.young[0]
    told.saves(told.officer, "place:kitchen", seen="yes", note="Dirty.")
    told.saves(told.lead, "place:kitchen", seen="yes", note="Clean.")
    told.saves(comet, "score:1a", value=3, reason="")
    with pytest.raises(RuleBroken, match="their own sheet"):
        told.saves(comet, "place:kitchen", seen="no")
    [aside] = queries.waiting_asides(told.visit)
    assert queries.waiting_asides(told.visit, told.by(comet)) == []
    with pytest.raises(RuleBroken, match="Only officers"):
        actions_choices.choose(aside, ChoiceMade.OTHER, actor=told.by(comet), now=DAY)
    db.session.commit()
    app.config["CLOCK"] = lambda: DAY
    phone = as_person(HygieneClient(app), comet)
    state = phone.get(f"/visits/phone/{told.visit.ref}/state").get_json()
    assert set(state["entries"]) == {"score:1a"}
    assert "Two versions" not in phone.page(f"/visits/phone/{told.visit.ref}").text
