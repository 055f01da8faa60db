"""Visits that come to no report, people who drop out, and what becomes of what was written."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.mail import Mail
from portal.people import actions as people
from portal.people.models import Consent
from portal.visits import (
    actions,
    actions_ending,
    actions_photos,
    actions_report,
    actions_sheets,
    actions_young,
    board,
    comments,
    picture,
    policy,
    queries,
    report,
    retention,
)
from portal.visits.models import EndedCause, MemberPart
from portal.visits.models_entries import CheckOutcome
from portal.visits.team import Team
from scoring.rules import RuleBroken
from scoring.stages import VisitStage
from scoring.terms import Panel
from scoring.visits import Verdict
from tests.client import HygieneClient
from tests.factories.people import a_person, as_person
from tests.factories.visits import AFTER, DAY, REASON, a_picture, a_visit, an_id

pytestmark = pytest.mark.usefixtures("session")
SOON, LATER = DAY + timedelta(hours=1), DAY + timedelta(hours=2)
WORDS = "The boiler burst, and we left."


def ends(told, person=None, cause=EndedCause.UNSAFE, reason=WORDS, now=SOON):
    by = told.by(person or told.lead)
    actions_ending.end(told.visit, cause, reason, actor=by, now=now)
    return told


def excuses(told, person, by=None, reason="Fell ill."):
    sheet = told.sheet_of(person)
    by = told.by(by or told.lead)
    actions_ending.excuse(sheet, told.visit, reason, actor=by, now=DAY)


def mailed(message):
    return {one.address for one in db.session.scalars(select(Mail).where(Mail.message == message))}


def withdraws(told, person):
    [consent] = db.session.scalars(select(Consent).where(Consent.person_id == person.id))
    people.withdraw_consent(consent, actor=told.by(told.supporter), now=DAY)


# --- Ending it -------------------------------------------------------------------------------


def test_a_visit_is_given_up_by_its_lead_and_whoever_knows_of_it_is_told(session):
    told = a_visit().begun()
    ends(told)
    visit = told.visit
    assert (visit.stage, visit.ended_cause, visit.ended_at) == (
        VisitStage.GIVEN_UP,
        EndedCause.UNSAFE,
        SOON,
    )
    assert {told.officer.email, told.supporter.email, told.admin.email} <= mailed("visit-given-up")
    assert mailed("visit-cancelled") == set()
    with pytest.raises(RuleBroken, match="over"):
        ends(told)


def test_a_visit_that_never_began_is_cancelled_whatever_the_cause(session):
    told = a_visit().confirmed()
    ends(told, cause=EndedCause.PROVIDER, now=DAY)
    assert told.visit.stage is VisitStage.CANCELLED
    assert told.admin.email in mailed("visit-cancelled")


def test_a_provider_that_was_not_told_of_a_visit_is_not_told_of_its_end(session):
    told = ends(a_visit(announced=False).begun())
    assert told.admin.email not in mailed("visit-given-up")
    assert queries.provider_visit(told.visit.ref, told.by(told.admin)) is None


def test_who_ends_no_visit_and_when_it_is_too_late(session):
    told = a_visit().begun()
    for person in (told.officer, told.supporter, told.young[0], told.admin):
        with pytest.raises(RuleBroken, match="Only a commissioner"):
            ends(told, person)
    with pytest.raises(RuleBroken, match="what happened"):
        ends(told, reason="  ")
    other = a_visit(young=()).agreed()
    with pytest.raises(RuleBroken, match="Open them again"):
        ends(other)
    actions_report.reopen(other.visit, actor=other.by(other.lead), now=AFTER)
    ends(other, now=AFTER)  # every stage has a way out
    sent = a_visit(young=()).sent()
    with pytest.raises(RuleBroken, match="provider has its report"):
        ends(sent, now=AFTER)


def test_a_provider_that_confirmed_says_that_it_cannot_after_all(session):
    told = a_visit().confirmed()
    admin = {"actor": told.by(told.admin), "now": DAY}
    actions.answer(told.visit, suits=True, **admin)  # pressed twice: nothing happens
    actions.answer(told.visit, suits=False, note="The manager is ill.", **admin)
    assert (told.visit.stage, told.visit.declined_note) == (
        VisitStage.PLANNED,
        "The manager is ill.",
    )
    assert not policy.may_begin(told.by(told.lead), told.visit, DAY)
    begun = a_visit().begun()
    with pytest.raises(RuleBroken, match="nothing to confirm"):
        actions.answer(
            begun.visit, suits=False, note="Too late.", actor=begun.by(begun.admin), now=DAY
        )


# --- What is still on a phone ----------------------------------------------------------------


def test_what_was_written_before_the_end_takes_its_place_when_the_phone_comes_back(session):
    told = ends(a_visit().begun())
    told.now = LATER
    before = {"written_at": DAY + timedelta(minutes=5)}
    saved = told.saves(told.officer, "score:1a", value=1, reason=REASON, **before)
    assert saved.verdict is Verdict.SAVE
    assert told.saves(told.young[0], "say", note="It was wet.", **before).verdict is Verdict.SAVE
    assert told.saves(told.lead, "place:kitchen", seen="yes", **before).verdict is Verdict.SAVE
    staged = actions_photos.stage_photo(a_picture())
    by = {"actor": told.by(told.lead), "now": LATER}
    actions_photos.add_photo(told.visit, staged, "The hall", client_id=an_id(), **by)


def test_what_was_written_after_the_end_is_kept_beside_it(session):
    told = ends(a_visit().begun())
    told.now = LATER
    saved = told.saves(told.lead, "place:kitchen", seen="yes", note="Water.")
    assert saved.verdict is Verdict.ASIDE
    told.saves(told.young[0], "score:1a", value=0, reason="I was cold.")
    [aside, _] = queries.waiting_asides(told.visit)
    assert not policy.may_choose(told.by(told.lead), told.visit, aside.sheet)
    shown = board._kept_beside(told.visit, told.by(told.lead))
    [(_, late)] = [one.versions[1] for one in shown]  # the young person's is not theirs
    assert late.said == "Looked at. Water."
    assert len(board._kept_beside(told.visit, told.by(told.supporter))) == 2


def test_photographs_of_a_visit_that_was_given_up_go_in_their_time(session):
    told = a_visit(young=()).begun()
    staged = actions_photos.stage_photo(a_picture())
    by = {"actor": told.by(told.lead), "now": DAY}
    photo = actions_photos.add_photo(told.visit, staged, "The hall", client_id=an_id(), **by)
    far = (AFTER + timedelta(days=4000)).date()
    assert retention.due(far, 10) == []
    ends(told)
    assert [one.ref for one in retention.due(far, 10)] == [photo.ref]


def test_young_peoples_words_are_read_though_there_is_no_report(session):
    told = a_visit().begun()
    told.saves(told.young[0], "say", note="Somebody shouted at me.")
    supporter = told.by(told.supporter)
    assert comments.to_read(told.visit) == []  # not sent yet: it is theirs
    ends(told)
    [one] = comments.to_read(told.visit)
    actions_young.check_comment(
        one.entry, told.visit, CheckOutcome.HELD, "For their care.", actor=supporter, now=LATER
    )
    with pytest.raises(RuleBroken, match="nothing to sign off"):
        actions_young.sign_off(told.visit, actor=supporter, now=LATER)


# --- Somebody drops out ----------------------------------------------------------------------


def test_a_sheet_of_somebody_who_fell_ill_is_waited_for_no_longer(session):
    told = a_visit(young=()).begun()
    told.saves(told.officer, "score:1a", value=2, reason=REASON)
    told.scores(told.lead)
    with pytest.raises(RuleBroken, match="not in yet"):
        actions_sheets.collect(told.visit, actor=told.by(told.lead), now=DAY)
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        excuses(told, told.officer, by=told.officer)
    excuses(told, told.officer)
    actions_sheets.collect(told.visit, actor=told.by(told.lead), now=AFTER)


def test_one_officer_is_needed_and_who_is_excused_may_still_hand_in(session):
    told = a_visit(young=()).begun()
    excuses(told, told.officer)
    with pytest.raises(RuleBroken, match="One officer’s sheet"):
        excuses(told, told.lead)
    told.scores(told.officer)
    assert told.sheet_of(told.officer).counts


def test_the_participation_officer_and_nobody_else_excuses_a_young_person(session):
    told = a_visit(young=("Comet", "River")).begun()
    comet, river = told.young
    told.saves(comet, "score:1a", value=0, reason="Cold.")
    with pytest.raises(RuleBroken, match="Participation Officer"):
        excuses(told, comet)
    excuses(told, comet, by=told.supporter)
    for person in (told.lead, told.officer, river):
        told.scores(person, 2)
    actions_sheets.collect(told.visit, actor=told.by(told.lead), now=AFTER)
    told.signed_off()
    assert report.lines(told.visit)[0].young.startswith("2 – ")  # River’s alone
    assert not any("Cold." in one.young_words for one in report.lines(told.visit))


# --- Consent is withdrawn --------------------------------------------------------------------


@pytest.mark.parametrize("until", ["begun", "scored", "collected", "agreed", "final"])
def test_consent_is_withdrawn_in_any_stage_and_no_alias_is_left(until):
    told = getattr(a_visit(), until)()
    if until == "begun":
        told.saves(told.young[0], "score:1a", value=1, reason="Cold.")
    gone = told.young[0]
    withdraws(told, gone)
    sheet = told.sheet_of(gone)
    assert "Comet" not in sheet.title + sheet.label
    lines = str(report.lines(told.visit)) + str(
        board.of(told.visit, told.by(told.supporter), AFTER)
    )
    assert "Comet" not in lines


def test_a_visit_goes_on_when_a_young_person_leaves_in_the_middle(session):
    told = a_visit(young=("Comet",)).begun()
    told.saves(told.young[0], "score:1a", value=1, reason="Cold.")
    withdraws(told, told.young[0])
    new = a_person(Role.EVALUATOR)
    team = Team(told.lead, [told.officer, new], told.supporter)
    actions.change_team(told.visit, team, actor=told.by(told.lead), now=DAY)
    for person in (told.lead, told.officer):
        told.scores(person)
    told._viewers.clear()
    told.scores(new)
    actions_sheets.collect(told.visit, actor=told.by(told.lead), now=AFTER)
    sheet = told.sheet_of(told.young[0])
    assert (sheet.counts, sheet.panel) == (False, Panel.YOUNG)  # what was said stays
    assert picture.seen([told.visit])[0].young == {}


def test_nobody_agrees_for_young_people_who_have_all_left(session):
    told = a_visit(young=("Comet", "River")).collected()
    supporter = {"actor": told.by(told.supporter), "now": AFTER}
    for one in comments.of_visit(told.visit):
        actions_young.check_comment(one.entry, told.visit, CheckOutcome.CLEARED, **supporter)
    withdraws(told, told.young[0])
    with pytest.raises(RuleBroken, match="have not agreed"):
        actions_young.sign_off(told.visit, **supporter)
    withdraws(told, told.young[1])
    told.agreed()
    assert told.visit.stage is VisitStage.AGREED


def test_of_a_pair_the_other_one_goes_on(session):
    told = a_visit(young=("Comet", "River"), pair=True).begun()
    comet, river = told.young
    told.saves(comet, "say", note="It was cold.")
    withdraws(told, comet)
    team = Team(told.lead, [told.officer], told.supporter, {"Pair 1": [river]})
    actions.change_team(told.visit, team, actor=told.by(told.lead), now=DAY)
    assert told.sheet_of(river).title == "Pair 1"
    told.scores(river, 2)
    parts = {one.person_id: one.part for one in told.visit.members}
    assert parts[river.id] is MemberPart.YOUNG


# --- Pages -----------------------------------------------------------------------------------


def test_the_pages_of_a_visit_that_was_given_up(app):
    told = a_visit().begun()
    told.saves(told.officer, "score:1a", value=1, reason="The stove was out.")
    told.saves(told.young[0], "score:1a", value=0, reason="I was cold.")
    db.session.commit()
    app.config["CLOCK"] = lambda: SOON
    ref = told.visit.ref
    ada = as_person(HygieneClient(app), told.lead)
    shown = ada.page(f"/visits/{ref}/end")
    refused = ada.sends(shown, {"reason": WORDS}, status=422)
    assert "Choose what happened" in refused.text
    ada.sends(shown, {"cause": "unsafe", "reason": WORDS}, to=f"/visits/{ref}")
    assert WORDS in ada.page(f"/visits/{ref}").text
    shown = ada.page(f"/visits/{ref}/agree/1a").text
    assert "The stove was out." in shown
    assert "I was cold." not in shown
    ada.page(f"/visits/{ref}/report", status=404)
    comet = as_person(HygieneClient(app), told.young[0])
    assert "stopped early. It was not safe." in comet.page("/").text
    shown = comet.page(f"/visits/phone/{ref}/at/score/1a").text
    assert "I was cold." in shown
    assert "Save and go on" not in shown
    assert "This visit stopped early. It was not safe." in comet.page("/you-said").text
    cox = as_person(HygieneClient(app), told.supporter)
    assert "given up: read what young people wrote" in cox.page("/").text
    beth = as_person(HygieneClient(app), told.admin)
    shown = beth.page(f"/visits/provider/{ref}").text
    assert "broken off" in shown
    assert WORDS not in shown


def test_a_day_that_went_by_is_put_before_the_lead(app):
    told = a_visit()
    db.session.commit()
    app.config["CLOCK"] = lambda: AFTER
    assert "has not begun. Start it, choose another day" in (
        as_person(HygieneClient(app), told.lead).page("/").text
    )
