"""Assigning answers to scorers: enough for each, nobody with an interest, nothing lost on a change."""

import pytest

from portal.audit import AuditEntry, Event
from portal.db import db
from portal.evaluation import actions, queries
from portal.evaluation.actions_start import start_findings
from portal.evaluation.desk import desk
from portal.evaluation.models import Assignment, Interest, Score, Sheet
from portal.evaluation.panels.assignments import hash_of, sharing, words_of
from scoring.assignment import Share, changed, suggest
from scoring.rules import RuleBroken
from scoring.stages import SheetStage
from scoring.terms import Panel
from tests.factories.counting import counted
from tests.factories.evaluation import SCORING, an_evaluation
from tests.factories.people import viewer
from tests.factories.rounds import an_officer


def shared_of(story, panel=Panel.OFFICERS):
    return sharing(story.round, panel, story.lead)


def assign(story, plan, each=1, panel=Panel.OFFICERS, **how):
    seen = how.pop("seen", hash_of(shared_of(story, panel).plan))
    by = how.pop("actor", story.lead)
    return actions.assign(story.round, panel, plan, each=each, seen=seen, actor=by, now=SCORING)


def refusal(*args, **how):
    with pytest.raises(RuleBroken) as refused:
        assign(*args, **how)
    return refused.value.code


def evenly(story, each=1, share=Share.BID):
    shared = shared_of(story)
    words = words_of(shared, story.lead)
    return suggest(words, list(shared.scorers), shared.closed, each=each, share=share)


def scorer_of(story, person):
    return next(
        one.ref
        for one in queries.scorers(story.round)
        if person.id in {who.person_id for who in one.people}
    )


def work(story, more="", panel="officers"):
    return f"/council/rounds/{story.round.ref}/panel/work/{panel}{more}"


# --- The verb ------------------------------------------------------------------------------------


def test_before_anything_is_assigned_everybody_scores_everything():
    shared = shared_of(an_evaluation(bids=2, started=False))
    assert all(places == set(shared.places) for places in shared.plan.values())
    assert shared.each == 3
    assert not shared.short


def test_bids_are_shared_out_before_the_start_and_queues_show_only_those():
    story = an_evaluation(bids=3, started=False)
    assign(story, evenly(story))
    story.declare_none()
    first = viewer(story.evaluators[0])
    assert desk(story.round, first).bids == ()  # assigned, and closed until the start
    assert queries.my_sheets(first, story.round) == []
    actions.start_evaluation(story.round, actor=story.lead, now=SCORING)
    for person in story.evaluators:
        assert len(desk(story.round, viewer(person)).bids) == 1
    young = desk(story.round, viewer(story.young[0]))
    assert len(young.bids) == 3  # nothing was assigned in their panel: they score everything


def test_questions_are_shared_out_and_sheets_ask_only_those():
    story = an_evaluation(bids=2)
    assign(story, evenly(story, share=Share.QUESTION))
    asked = [queries.asked_on(story.sheet(story.bids[0], one)) for one in story.evaluators]
    names = [one.name for each in asked for one in each]
    assert sorted(names) == sorted(
        one.name for one in queries.asked_of(story.bids[0], Panel.OFFICERS)
    )
    for person in story.evaluators:
        for bid in story.bids:
            story.give(bid, person)
            story.submit(bid, person)
    rows = queries.agenda(story.round, Panel.OFFICERS)
    assert all(row.is_ready and len(row.given) == 1 for row in rows)
    assert story.agree(story.bids[0], rows[0].asked).value == 3


def test_a_question_of_somebody_else_cannot_be_scored():
    story = an_evaluation(bids=1)
    assign(story, evenly(story, share=Share.QUESTION))
    mine, other = (story.sheet(story.bids[0], one) for one in story.evaluators[:2])
    theirs = queries.asked_on(other)[0]
    with pytest.raises(RuleBroken) as refused:
        story.give_one(mine, story.evaluators[0], theirs, 3)
    assert refused.value.code == "score:not-asked"


def test_what_is_refused():
    story = an_evaluation(bids=2, started=False)
    story_plan, one = evenly(story), scorer_of(story, story.evaluators[0])
    assert refusal(story, story_plan, each=2) == "assignment:too-few"
    assert refusal(story, story_plan, each=0) == "assignment:each"
    assert refusal(story, story_plan, each=4) == "assignment:each"
    assert refusal(story, story_plan, seen="0" * 64) == "assignment:changed"
    stranger = {**story_plan, "SCR-UNKNOWN": set()}
    assert refusal(story, stranger) == "assignment:unknown"
    elsewhere = {**story_plan, one: {("APP-UNKNOWN", "safeguarding|")}}
    assert refusal(story, elsewhere) == "assignment:unknown"
    partner = an_officer("bedford-borough")
    assert refusal(story, story_plan, actor=partner) == "assignment:not-allowed"
    evaluator = viewer(story.evaluators[0])
    assert refusal(story, story_plan, actor=evaluator) == "assignment:not-allowed"
    assert db.session.query(Assignment).count() == 0


def test_nobody_gets_a_bid_in_which_they_have_an_interest():
    story = an_evaluation(bids=2, declared=False)
    person, bid = story.evaluators[0], story.bids[0]
    story.declare(person, bid, Interest.PERSONAL)
    one = scorer_of(story, person)
    everything = {ref: set(shared_of(story).places) for ref in shared_of(story).scorers}
    assert refusal(story, everything) == "assignment:conflict"
    plan = evenly(story, each=2)
    assert all(place[0] != bid.ref for place in plan[one])
    assign(story, plan, each=2)


def test_pairs_are_never_fewer_than_was_published():
    story = an_evaluation(bids=1, pairs=2, started=False)
    shared = shared_of(story, Panel.YOUNG)
    assert refusal(story, shared.plan, each=0, panel=Panel.YOUNG) == "assignment:each"
    assign(story, shared.plan, each=2, panel=Panel.YOUNG)


def test_a_change_keeps_what_was_scored_and_counts_it_no_more():
    story = an_evaluation(bids=1).with_all_sheets_in({"safeguarding": 5})
    bid, person = story.bids[0], story.evaluators[0]
    before = db.session.query(Score).count()
    shared, one = shared_of(story), scorer_of(story, person)
    taken = [place for place in shared.places if place[1] == "safeguarding|"]
    kept = assign(story, changed(shared.plan, [one], taken, (), give=False), each=2)
    assert kept.set_aside == 1
    assert db.session.query(Score).count() == before
    sheet = story.sheet(bid, person)
    assert sheet.stage is SheetStage.SUBMITTED  # the rest of it stands
    row = next(
        row
        for row in queries.agenda(story.round, Panel.OFFICERS)
        if row.asked.question == "safeguarding"
    )
    assert len(row.given) == 2
    again = shared_of(story)
    assign(story, changed(again.plan, [one], taken, (), give=True), each=3)
    assert len([score for score in sheet.scores if score.set_aside_at]) == 0
    assert queries.agenda(story.round, Panel.OFFICERS)[0].is_ready


def test_a_whole_bid_taken_away_is_set_aside_and_an_empty_one_goes():
    story = an_evaluation(bids=2)
    person = story.evaluators[0]
    story.give(story.bids[0], person)
    one = scorer_of(story, person)
    shared = shared_of(story)
    assign(story, changed(shared.plan, [one], shared.places, (), give=False), each=2)
    kept = db.session.query(Sheet).filter(Sheet.set_aside_at.is_not(None)).one()
    assert kept.application_id == story.bids[0].id
    assert kept.scores
    assert desk(story.round, viewer(person)).bids == ()
    assert queries.sheet(kept.ref, viewer(person)) is None
    sheets = db.session.query(Sheet).filter_by(scorer_id=kept.scorer_id)
    assert sheets.count() == 1


def test_new_questions_open_a_submitted_sheet_again():
    story = an_evaluation(bids=1)
    assign(story, evenly(story, share=Share.QUESTION))
    bid, person = story.bids[0], story.evaluators[0]
    story.give(bid, person)
    story.submit(bid, person)
    shared = shared_of(story)
    one = scorer_of(story, person)
    assign(story, changed(shared.plan, [one], shared.places, (), give=True), each=1)
    sheet = story.sheet(bid, person)
    assert sheet.stage is SheetStage.DRAFT
    assert "More questions" in sheet.returned_reason


def test_somebody_new_gets_nothing_by_themselves_and_the_start_says_what_is_short():
    story = an_evaluation(bids=2, started=False)
    assign(story, evenly(story))
    plan = shared_of(story).plan
    person = next(one for one in story.evaluators if plan[scorer_of(story, one)])
    story.declare(person, story.bids[0], Interest.PERSONAL)
    story.declare(person, story.bids[1], Interest.PERSONAL)
    codes = {one.code for one in start_findings(story.round)}
    assert "evaluation:answers-short" in codes


def test_the_trail_tells_of_it_without_an_answer():
    story = an_evaluation(bids=1, started=False)
    assign(story, evenly(story))
    db.session.commit()
    entry = db.session.query(AuditEntry).filter_by(event=Event.WORK_ASSIGNED.value).one()
    assert "plan_sha256" in entry.detail


# --- The pages -----------------------------------------------------------------------------------


def test_an_even_share_is_shown_before_it_is_applied(by):
    story = an_evaluation(bids=2, started=False)
    lead = by(story.lead)
    shown = lead.page(work(story))
    assert "everybody scores everything" in shown.text
    form = lead.page(work(story, "/share"))
    seen = lead.sends(form, {"each": "1", "share": "bid"}, button="Show", status=200)
    assert "How it would be" in seen.text
    assert db.session.query(Assignment).count() == 0
    lead.sends(seen, {"each": "1", "share": "bid"}, button="Assign", status=302)
    assert db.session.query(Assignment).one().each == 1


def test_another_share_than_the_one_shown_is_shown_again(by):
    story = an_evaluation(bids=2, started=False)
    lead = by(story.lead)
    seen = lead.sends(
        lead.page(work(story, "/share")), {"each": "1", "share": "bid"}, button="Show", status=200
    )
    lead.sends(seen, {"each": "2", "share": "bid"}, button="Assign", status=200)
    assert db.session.query(Assignment).count() == 0


def test_answers_change_hands_in_bulk(by):
    story = an_evaluation(bids=2)
    lead, one = by(story.lead), scorer_of(story, story.evaluators[0])
    typed = {"scorers": [one], "act": "take", "bids": [story.bids[0].ref], "each": "3"}
    form = lead.page(work(story, "/change"))
    seen = lead.sends(form, typed, button="Show", status=200)
    assert "fewer than 3 scorers" in seen.text
    assert "Change it like this" not in seen.text
    typed["each"] = "2"
    seen = lead.sends(form, typed, button="Show", status=200)
    lead.sends(seen, typed, button="Change it", status=302)
    assert len(desk(story.round, viewer(story.evaluators[0])).bids) == 1


def test_the_statements_of_the_page_do_not_grow(by):
    def statements(bids):
        story = an_evaluation(bids=bids)
        lead = by(story.lead)
        lead.page(work(story, "/share"))
        with counted() as sent:
            lead.page(work(story, "/share"))
        return sent.number

    assert statements(1) == statements(4)


def test_strangers_and_closed_bids(by):
    story = an_evaluation(bids=2, declared=False)
    story.declare(story.moderator, story.bids[0], Interest.PERSONAL)
    shown = by(story.moderator).page(work(story))
    assert story.bids[0].provider.name not in shown.text
    stranger = an_officer("hertfordshire")
    assert by(stranger).get(work(story)).status_code == 404
    assert by(story.evaluators[0]).get(work(story)).status_code == 403
    assert by(story.lead).get(work(story, panel="nobody")).status_code == 404
