"""From the plan to the closing of a visit: who may do what, and what cannot be."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.followups import actions as followups, queries as followup_queries
from portal.mail import Mail
from portal.visits import (
    actions,
    actions_final,
    actions_report,
    actions_sheets,
    actions_young,
    frameworks,
    policy,
    queries,
    report,
)
from portal.visits.models_entries import CheckOutcome
from portal.visits.models_report import FactOutcome
from portal.visits.team import Team
from scoring.rules import RuleBroken
from scoring.sheets import Mark
from scoring.stages import VisitStage
from tests.factories.people import a_council, a_person, a_viewer, viewer
from tests.factories.providers import a_setting, an_administering_viewer
from tests.factories.visits import AFTER, DAY, PLANNED, a_visit, a_young_person, the_framework

pytestmark = pytest.mark.usefixtures("session")


def mails(message):
    return [one.address for one in db.session.scalars(select(Mail).where(Mail.message == message))]


# --- Planning --------------------------------------------------------------------------------


def test_an_announced_visit_is_put_to_the_provider_and_confirmed(session):
    told = a_visit()
    assert mails("visit-proposed") == [told.admin.email]
    told.confirmed()
    assert told.visit.stage is VisitStage.CONFIRMED
    assert mails("visit-answered") == [told.lead.email]


def test_an_unannounced_visit_is_no_business_of_the_provider_before_the_report(session):
    told = a_visit(announced=False)
    assert mails("visit-proposed") == []
    admin = told.by(told.admin)
    assert queries.provider_visit(told.visit.ref, admin) is None
    with pytest.raises(RuleBroken):
        actions.answer(told.visit, suits=True, actor=admin, now=PLANNED)
    assert told.begun().visit.stage is VisitStage.UNDER_WAY
    assert queries.provider_visit(told.visit.ref, admin) is None


def test_a_provider_asks_for_another_day_and_is_asked_again(session):
    told = a_visit()
    admin = told.by(told.admin)
    with pytest.raises(RuleBroken, match="which days"):
        actions.answer(told.visit, suits=False, actor=admin, now=PLANNED)
    actions.answer(told.visit, suits=False, note="We move house.", actor=admin, now=PLANNED)
    assert not policy.may_confirm(admin, told.visit)
    later = DAY + timedelta(days=3)
    actions.change(
        told.visit,
        starts_at=later,
        announced=True,
        purpose="",
        actor=told.by(told.lead),
        now=PLANNED,
    )
    assert told.visit.declined_note == ""
    assert policy.may_confirm(admin, told.visit)


def test_what_cannot_be_planned(session):
    the_framework()
    lead = a_person(Role.COMMISSIONER)
    home, council = a_setting(), a_council()
    plain = {"starts_at": DAY, "announced": True, "actor": viewer(lead), "now": PLANNED}
    silent = a_young_person("Nova", consent=False)
    supporter = a_person(Role.PARTICIPATION_OFFICER)
    for team, words in (
        (Team(lead, [lead]), "twice"),
        (Team(lead, young={"Nova": [silent]}), "Participation Officer"),
        (Team(lead, [], supporter, {"Nova": [silent]}), "No consent"),
        (Team(lead, [], supporter, {"Pair 1": []}), "pair is two"),
    ):
        with pytest.raises(RuleBroken, match=words):
            actions.plan(home, council, team, **plain)
    with pytest.raises(RuleBroken, match="today or a later day"):
        actions.plan(home, council, Team(lead), **{**plain, "now": AFTER})
    in_years = PLANNED + timedelta(days=732)
    with pytest.raises(RuleBroken, match="Is the year right"):
        actions.plan(home, council, Team(lead), **{**plain, "starts_at": in_years})
    for stranger in (a_viewer(Role.FINANCE), a_viewer(Role.COMMISSIONER, "bedford-borough")):
        with pytest.raises(RuleBroken, match="Only a commissioner"):
            actions.plan(home, council, Team(lead), **{**plain, "actor": stranger})


def test_a_team_changes_and_nobody_who_wrote_something_is_left_out(session):
    told = a_visit().begun()
    told.saves(told.officer, "score:1a", value=2, reason="Small kitchen.")
    by = told.by(told.lead)
    with pytest.raises(RuleBroken, match="has written something"):
        actions.change_team(told.visit, Team(told.lead), actor=by, now=DAY)
    other = a_young_person("River")
    team = Team(told.lead, [told.officer], told.supporter, {"Pair 1": [told.young[0], other]})
    actions.change_team(told.visit, team, actor=by, now=DAY)
    assert {one.title for one in told.visit.sheets} == {
        told.lead.name,
        told.officer.name,
        told.supporter.name,
        "Pair 1",
    }


def test_it_begins_on_its_day_by_somebody_of_the_team(session):
    told = a_visit()
    with pytest.raises(RuleBroken, match="not confirmed"):
        actions.begin(told.visit, actor=told.by(told.lead), now=DAY)
    told.confirmed()
    with pytest.raises(RuleBroken, match="on the day"):
        actions.begin(told.visit, actor=told.by(told.lead), now=PLANNED)
    with pytest.raises(RuleBroken, match="of the team"):
        actions.begin(told.visit, actor=a_viewer(Role.COMMISSIONER), now=DAY)


# --- Who sees it -----------------------------------------------------------------------------


def test_who_finds_a_visit(session):
    told = a_visit()
    inside = [told.by(told.lead), told.by(told.officer), told.by(told.supporter)]
    inside += [a_viewer(Role.AUDITOR), a_viewer(Role.COMMISSIONER)]
    outside = [told.by(told.young[0]), a_viewer(Role.COMMISSIONER, "bedford-borough")]
    outside += [told.by(told.admin), a_viewer(Role.EVALUATOR), a_viewer(Role.FINANCE)]
    assert all(queries.visit(told.visit.ref, one) for one in inside)
    assert not any(queries.visit(told.visit.ref, one) for one in outside)
    assert queries.own_visit(told.visit.ref, told.by(told.young[0])) is told.visit
    assert queries.provider_visit(told.visit.ref, an_administering_viewer()) is None


def test_a_partner_council_reads_the_report_when_it_is_final_and_shared(session):
    told = a_visit(young=())
    partner = a_viewer(Role.COMMISSIONER, "central-bedfordshire")
    other = a_viewer(Role.COMMISSIONER, "bedford-borough")
    told.sent()
    assert queries.report_visit(told.visit.ref, partner) is None
    admin = told.by(told.admin)
    actions_final.respond(told.visit, nothing_to_correct=True, actor=admin, now=AFTER)
    share = [a_council("central-bedfordshire")]
    actions_final.finish(told.visit, share, actor=told.by(told.lead), now=AFTER)
    assert queries.report_visit(told.visit.ref, partner) is told.visit
    assert queries.visit(told.visit.ref, partner) is None
    assert queries.report_visit(told.visit.ref, other) is None
    assert [one.ref for one in queries.visits_page(partner)[0].items] == [told.visit.ref]
    assert queries.visits_page(other)[0].items == []


# --- Sheets and agreeing ---------------------------------------------------------------------


def test_scores_come_together_when_every_sheet_is_in(session):
    told = a_visit().begun()
    told.scores(told.lead)
    with pytest.raises(RuleBroken, match=told.officer.name):
        actions_sheets.collect(told.visit, actor=told.by(told.lead), now=DAY)
    told.scores(told.officer)
    told.scores(told.young[0], reason="")  # young people need no reason
    actions_sheets.collect(told.visit, actor=told.by(told.lead), now=DAY)
    assert told.visit.stage is VisitStage.SCORES_IN  # the supporter may score, and need not


def test_a_sheet_is_handed_in_whole_and_given_back_with_a_reason(session):
    told = a_visit().begun()
    sheet, by = told.sheet_of(told.officer), told.by(told.officer)
    with pytest.raises(RuleBroken, match="Choose a score"):
        actions_sheets.submit_sheet(sheet, told.visit, actor=by, now=DAY)
    told.scores(told.officer)
    with pytest.raises(RuleBroken, match="Only a commissioner"):
        actions_sheets.give_back(sheet, told.visit, "Look again", actor=by, now=DAY)
    lead = told.by(told.lead)
    actions_sheets.give_back(sheet, told.visit, "1a has no reason", actor=lead, now=DAY)
    assert mails("visit-sheet-returned") == [told.officer.email]
    young = told.sheet_of(told.young[0])
    told.scores(told.young[0])
    with pytest.raises(RuleBroken, match="Participation Officer"):
        actions_sheets.give_back(young, told.visit, "Too low", actor=lead, now=DAY)


def test_young_peoples_words_wait_for_the_participation_officer(session):
    told = a_visit().collected()
    with pytest.raises(RuleBroken, match="still to read"):
        actions_young.sign_off(told.visit, actor=told.by(told.supporter), now=AFTER)
    from portal.visits import comments

    first = comments.of_visit(told.visit)[0]
    with pytest.raises(RuleBroken, match="Only the Participation"):
        actions_young.check_comment(
            first.entry, told.visit, CheckOutcome.CLEARED, actor=told.by(told.lead), now=AFTER
        )
    with pytest.raises(RuleBroken, match="why it is held"):
        actions_young.check_comment(
            first.entry, told.visit, CheckOutcome.HELD, actor=told.by(told.supporter), now=AFTER
        )
    told.signed_off()
    assert comments.sign_off_of(told.visit) is not None
    sheet = told.sheet_of(told.young[0])
    actions_sheets.give_back(
        sheet, told.visit, "A word is missing", actor=told.by(told.supporter), now=AFTER
    )
    assert comments.sign_off_of(told.visit) is None
    assert told.visit.stage is VisitStage.UNDER_WAY


def test_several_young_people_agree_among_themselves_and_no_adult_does_it_for_them(session):
    told = a_visit(young=("Comet", "River")).collected()
    first, second = told.young
    for adult in (told.lead, told.supporter):
        with pytest.raises(RuleBroken, match="Only the Young"):
            actions_young.agree(told.visit, "1a", Mark(4), actor=told.by(adult), now=AFTER)
    actions_young.agree(told.visit, "1a", Mark(4), actor=told.by(first), now=AFTER)
    with pytest.raises(RuleBroken, match="saved another version"):
        actions_young.agree(told.visit, "1a", Mark(1), actor=told.by(second), now=AFTER)
    with pytest.raises(RuleBroken, match="still to read"):
        actions_young.sign_off(told.visit, actor=told.by(told.supporter), now=AFTER)


def test_what_young_people_wrote_together_is_read_by_others_once_it_is_signed_off(session):
    told = a_visit(young=("Comet", "River")).collected()
    first = told.by(told.young[0])
    for matter in frameworks.framework(told.visit).matters:
        words = "We both felt safe." if matter == "1a" else ""
        actions_young.agree(told.visit, matter, Mark(3, words), actor=first, now=AFTER)

    def in_report():
        session.expire_all()
        return {one.key: list(one.young_words) for one in report.lines(told.visit)}["1a"]

    assert in_report() == []
    told.signed_off()
    assert in_report()[0] == "We both felt safe."
    actions_young.agree(
        told.visit, "1a", Mark(3, "We changed it."), seen_revision=1, actor=first, now=AFTER
    )
    assert not any(words in in_report() for words in ("We both felt safe.", "We changed it."))
    told.signed_off()
    assert in_report()[0] == "We changed it."


def test_nothing_is_agreed_while_something_is_missing(session):
    told = a_visit().collected()
    by = told.by(told.lead)
    found = {one.code for one in actions_report.missing(told.visit)}
    assert {"visit:no-judgement", "visit:no-care", "visit:not-signed-off"} <= found
    with pytest.raises(RuleBroken):
        actions_report.finish_agreeing(told.visit, actor=by, now=AFTER)
    with pytest.raises(RuleBroken, match="Only officers"):
        actions_report.agree_score(
            told.visit, "1a", Mark(3, "Fine as it is."), actor=told.by(told.young[0]), now=AFTER
        )


# --- The report ------------------------------------------------------------------------------


def test_a_report_becomes_final_and_its_recommendations_become_followups(session):
    told = a_visit(young=()).sent()
    admin, lead = told.by(told.admin), told.by(told.lead)
    with pytest.raises(RuleBroken, match="may comment until"):
        actions_final.finish(told.visit, actor=lead, now=AFTER)
    with pytest.raises(RuleBroken, match="Write a comment"):
        actions_final.respond(told.visit, nothing_to_correct=False, actor=admin, now=AFTER)
    fact = actions_final.comment_on_fact(
        told.visit, "It was mended in May.", actor=admin, now=AFTER
    )
    with pytest.raises(RuleBroken, match="leave the box empty"):
        actions_final.respond(told.visit, nothing_to_correct=True, actor=admin, now=AFTER)
    actions_final.respond(told.visit, nothing_to_correct=False, actor=admin, now=AFTER)
    with pytest.raises(RuleBroken, match="cannot be commented"):
        actions_final.comment_on_fact(told.visit, "One more", actor=admin, now=AFTER)
    with pytest.raises(RuleBroken, match="Answer each comment"):
        actions_final.finish(told.visit, actor=lead, now=AFTER)
    actions_final.answer_fact(fact, FactOutcome.ACCEPTED, "Corrected.", actor=lead, now=AFTER)
    actions_final.finish(told.visit, actor=lead, now=AFTER)
    [raised] = followup_queries.of_source("visit", told.visit.ref, admin)
    assert (raised.text, raised.setting_id) == ("Mend the back door.", told.visit.setting_id)
    with pytest.raises(RuleBroken, match="still open"):
        actions_final.close(told.visit, actor=lead, now=AFTER)
    followups.withdraw(raised, "The door is gone.", actor=lead, now=AFTER)
    actions_final.close(told.visit, actor=lead, now=AFTER)
    assert told.visit.stage is VisitStage.CLOSED


def test_without_an_answer_the_report_is_final_after_its_days(session):
    told = a_visit(young=()).sent()
    late = AFTER + timedelta(days=30)
    actions_final.finish(told.visit, actor=told.by(told.lead), now=late)
    assert told.visit.stage is VisitStage.ACTIONS_OPEN


def test_the_time_for_comments_ends_and_the_council_can_give_more(session):
    told = a_visit(young=()).sent()
    admin, lead = told.by(told.admin), told.by(told.lead)
    late = AFTER + timedelta(days=30)
    written = actions_final.comment_on_fact(told.visit, "Mended.", actor=admin, now=AFTER)
    assert actions_final.sent_facts(told.visit) == []  # theirs, until they send it
    for act in (
        lambda: actions_final.comment_on_fact(told.visit, "Late.", actor=admin, now=late),
        lambda: actions_final.respond(told.visit, nothing_to_correct=False, actor=admin, now=late),
    ):
        with pytest.raises(RuleBroken, match="The time for comments was over"):
            act()
    until = (late + timedelta(days=3)).date()
    for person, day, words in (
        (admin, until, "Only a commissioner"),
        (lead, AFTER.date(), "later than"),
    ):
        with pytest.raises(RuleBroken, match=words):
            actions_final.give_more_time(told.visit, day, actor=person, now=late)
    actions_final.give_more_time(told.visit, until, actor=lead, now=late)
    assert mails("visit-report-sent").count(told.admin.email) == 2
    actions_final.respond(told.visit, nothing_to_correct=False, actor=admin, now=late)
    assert actions_final.sent_facts(told.visit) == [written]


def test_comments_that_were_never_sent_are_in_no_report(session):
    told = a_visit(young=()).sent()
    admin, lead = told.by(told.admin), told.by(told.lead)
    actions_final.comment_on_fact(told.visit, "Mended.", actor=admin, now=AFTER)
    actions_final.finish(told.visit, actor=lead, now=AFTER + timedelta(days=30))
    assert report.told(told.visit, lead)["facts"] == report.told(told.visit, admin)["facts"] == []


def test_a_contributor_writes_and_only_an_administrator_sends(session):
    told = a_visit(young=()).sent()
    writer = viewer(a_person(Role.PROVIDER_CONTRIBUTOR, provider=told.visit.setting.provider))
    actions_final.comment_on_fact(told.visit, "The date is wrong.", actor=writer, now=AFTER)
    with pytest.raises(RuleBroken, match="Only an administrator"):
        actions_final.respond(told.visit, nothing_to_correct=False, actor=writer, now=AFTER)
