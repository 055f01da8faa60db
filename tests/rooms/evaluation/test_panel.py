"""Setting a panel: who may be on it, who scores with whom, and when the evaluation can start."""

import pytest

from portal import settings
from portal.access import Role
from portal.audit import AuditEntry, Event
from portal.db import db
from portal.evaluation import actions, queries
from portal.evaluation.actions_start import start_findings
from portal.evaluation.models import Part, Sheet
from portal.mail import Mail
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from scoring.terms import Panel
from tests.factories.counting import counted
from tests.factories.evaluation import (
    SCORING,
    a_panel,
    a_young_person,
    an_evaluation,
    an_opened_bid,
)
from tests.factories.people import a_person, viewer
from tests.factories.rounds import a_round, an_officer


def refusal(act, *args, **how):
    with pytest.raises(RuleBroken) as refused:
        act(*args, actor=how.pop("actor", an_officer()), now=SCORING, **how)
    return refused.value.code


def panel(bid_round, more=""):
    return f"/council/rounds/{bid_round.ref}/panel{more}"


# --- Who may be on it ----------------------------------------------------------------------------


def test_a_member_needs_the_role_at_a_council_of_the_round():
    bid_round = a_round()
    elsewhere = a_person(Role.EVALUATOR, "hertfordshire")
    finance = a_person(Role.FINANCE)
    gone = a_person(Role.EVALUATOR)
    gone.active = False
    for person in (elsewhere, finance, gone):
        assert refusal(actions.add_member, bid_round, person, Part.EVALUATOR) == "panel:wrong-role"
    partner = a_person(Role.EVALUATOR, "bedford-borough")
    assert actions.add_member(bid_round, partner, Part.EVALUATOR, actor=an_officer(), now=SCORING)
    again = refusal(actions.add_member, bid_round, partner, Part.EVALUATOR)
    assert again == "panel:already-there"


def test_a_young_commissioner_needs_consent():
    bid_round = a_round()
    without = a_person(Role.YOUNG_COMMISSIONER, name="Comet")
    code = refusal(actions.add_member, bid_round, without, Part.YOUNG_COMMISSIONER)
    assert code == "panel:no-consent"
    assert without not in queries.people_for(bid_round, Role.YOUNG_COMMISSIONER)


def test_nobody_scores_or_moderates_and_approves():
    bid_round = a_round()
    both = a_person([Role.EVALUATOR, Role.APPROVER, Role.MODERATOR])
    actions.add_member(bid_round, both, Part.APPROVER, actor=an_officer(), now=SCORING)
    for part in (Part.EVALUATOR, Part.MODERATOR):
        code = refusal(actions.add_member, bid_round, both, part)
        assert code == "panel:both-scoring-and-approving"


def test_only_the_lead_council_sets_the_panel():
    bid_round, person = a_round(), a_person(Role.EVALUATOR)
    for other in (an_officer("bedford-borough"), an_officer("hertfordshire")):
        code = refusal(actions.add_member, bid_round, person, Part.EVALUATOR, actor=other)
        assert code == "panel:not-allowed"
    finance_there = viewer(a_person(Role.FINANCE))
    code = refusal(actions.add_member, bid_round, person, Part.EVALUATOR, actor=finance_there)
    assert code == "panel:not-allowed"


def test_two_evaluators_of_one_name_are_told_apart():
    bid_round = a_round()
    for _ in range(2):
        person = a_person(Role.EVALUATOR, name="Ada Ash")
        actions.add_member(bid_round, person, Part.EVALUATOR, actor=an_officer(), now=SCORING)
    assert {one.label for one in queries.scorers(bid_round)} == {"Ada Ash", "Ada Ash (2)"}


# --- Pairs ---------------------------------------------------------------------------------------


def test_a_pair_is_two_people_of_the_panel_who_are_in_no_other_pair():
    story = a_panel(a_round(), evaluators=1, pairs=1)
    comet, river = story.pairs[0]
    sky, moon = a_young_person("Sky"), a_young_person("Moon")
    make = actions.make_scorer
    assert refusal(make, story.round, Panel.YOUNG, [sky], "Pair 2") == "scorer:not-a-pair"
    assert refusal(make, story.round, Panel.YOUNG, [sky, sky], "Pair 2") == "scorer:not-a-pair"
    assert refusal(make, story.round, Panel.YOUNG, [sky, moon], "Pair 2") == "scorer:not-on-panel"
    for person in (sky, moon):
        actions.add_member(
            story.round, person, Part.YOUNG_COMMISSIONER, actor=an_officer(), now=SCORING
        )
    taken = refusal(make, story.round, Panel.YOUNG, [sky, comet], "Pair 2")
    assert taken == "scorer:in-another-pair"
    assert refusal(make, story.round, Panel.YOUNG, [sky, moon], "pair 1") == "scorer:label-twice"
    assert refusal(make, story.round, Panel.YOUNG, [sky, moon], " ") == "scorer:label-missing"
    assert river


def test_a_pair_is_split_while_it_has_scored_nothing():
    story = an_evaluation(bids=1, evaluators=1)
    pair = next(one for one in queries.scorers(story.round) if one.panel is Panel.YOUNG)
    story.give(story.bids[0], story.young[0])
    code = refusal(actions.remove_scorer, pair)
    assert code == "panel:has-scored"
    fresh = an_evaluation(bids=1, evaluators=1)
    pair = next(one for one in queries.scorers(fresh.round) if one.panel is Panel.YOUNG)
    actions.remove_scorer(pair, actor=fresh.lead, now=SCORING)
    assert [one.panel for one in queries.scorers(fresh.round)] == [Panel.OFFICERS]
    assert not db.session.query(Sheet).filter_by(scorer_id=pair.id).count()


def test_who_has_scored_stays_on_the_panel():
    story = an_evaluation(bids=1)
    scored, fresh = story.evaluators[:2]
    story.give(story.bids[0], scored)
    member = queries.member(story.round, scored.ref, Part.EVALUATOR)
    assert refusal(actions.remove_member, member) == "panel:has-scored"
    member = queries.member(story.round, fresh.ref, Part.EVALUATOR)
    actions.remove_member(member, actor=story.lead, now=SCORING)
    assert fresh.id not in {one.person_id for one in queries.members(story.round)}


def test_who_joins_later_gets_a_sheet_for_each_bid():
    story = an_evaluation(bids=2, evaluators=1)
    late = a_person(Role.EVALUATOR)
    actions.add_member(story.round, late, Part.EVALUATOR, actor=story.lead, now=SCORING)
    assert all(story.sheet(bid, late) for bid in story.bids)


# --- Start ---------------------------------------------------------------------------------------


def codes(bid_round):
    return {one.code: one.level for one in start_findings(bid_round)}


def test_what_a_panel_needs_before_it_starts():
    bid_round = a_round(RoundStage.OPENED)
    assert codes(bid_round).keys() == {
        "evaluation:no-bids",
        "evaluation:no-moderator",
        "evaluation:no-evaluators",
        "evaluation:no-pairs",
        "evaluation:no-supporter",
    }
    assert refusal(actions.start_evaluation, bid_round) == "evaluation:no-bids"


def test_three_evaluators_one_moderator_and_one_pair_are_enough():
    story = an_evaluation(bids=1, evaluators=3, pairs=1, started=False)
    assert codes(story.round) == {}
    actions.start_evaluation(story.round, actor=story.lead, now=SCORING)
    assert story.round.stage is RoundStage.EVALUATION


def test_fewer_evaluators_are_a_warning_and_a_lonely_young_person_too():
    story = an_evaluation(bids=1, evaluators=1, started=False)
    alone = a_young_person("Sky")
    actions.add_member(story.round, alone, Part.YOUNG_COMMISSIONER, actor=story.lead, now=SCORING)
    assert codes(story.round) == {
        "evaluation:few-evaluators": "warning",
        "evaluation:not-paired": "warning",
    }


def test_a_panel_that_could_never_reach_the_quorum_does_not_start():
    story = an_evaluation(bids=1, evaluators=1, started=False)
    settings.change("moderation_quorum", 3)
    assert codes(story.round)["evaluation:no-quorum"] == "error"
    assert refusal(actions.start_evaluation, story.round) == "evaluation:no-quorum"


def test_the_evaluation_waits_for_the_compliance_check():
    story = an_evaluation(bids=1, started=False)
    from scoring.stages import ApplicationStage

    undecided = an_opened_bid(story.round, "Elm House")
    undecided.stage = ApplicationStage.OPENED
    assert "evaluation:compliance-open" in codes(story.round)


def test_the_evaluation_starts_once_and_after_the_opening():
    sealed = a_round()
    assert refusal(actions.start_evaluation, sealed) == "evaluation:not-allowed"
    story = an_evaluation(bids=1)
    assert refusal(actions.start_evaluation, story.round) == "evaluation:not-allowed"


# --- Pages ---------------------------------------------------------------------------------------


def test_the_lead_sets_a_panel_in_the_browser(by):
    bid_round = a_round(RoundStage.OPENED, lots=["1A"])
    an_opened_bid(bid_round, "Oak House")
    ada, ben = a_person(Role.EVALUATOR, name="Ada Ash"), a_person(Role.EVALUATOR, name="Ben Elm")
    moderator = a_person(Role.MODERATOR, name="Mod Fir")
    supporter = a_person(Role.PARTICIPATION_OFFICER, name="Pat Oak")
    young = [a_young_person("Comet"), a_young_person("River")]
    lead = by(an_officer())
    back = panel(bid_round)
    wanted = {
        "evaluator": [ada.ref, ben.ref],
        "moderator": [moderator.ref],
        "supporter": [supporter.ref],
        "young-commissioner": [person.ref for person in young],
    }
    for part, refs in wanted.items():
        shown = lead.page(panel(bid_round, f"/add/{part}"))
        after = lead.sends(shown, {"people": refs}, to=back)
    assert "Ada Ash" in after.text
    shown = lead.page(panel(bid_round, "/pair"))
    assert 'value="Pair 1"' in shown.text
    refused = lead.sends(shown, {"people": [young[0].ref]}, status=422)
    assert "A pair is two different people." in refused.text
    after = lead.sends(shown, {"people": [person.ref for person in young]}, to=back)
    assert "Comet and River" in after.text
    after = lead.sends(after, {"person": ben.ref}, button="Remove Ben Elm", to=back)
    assert "Ben Elm is no longer on the panel." in after.text
    shown = lead.page(panel(bid_round, "/start"))
    assert "8 by evaluators, 4 by pairs" in shown.text
    lead.sends(shown, {}, status=422)
    after = lead.sends(shown, {"confirmed": "yes"}, button="Start", to=back)
    assert "The evaluation has started" in after.text
    told = {mail.address for mail in db.session.query(Mail).filter_by(message="panel-joined")}
    assert {ada.email, moderator.email} <= told
    acts = db.session.query(AuditEntry).filter_by(event=Event.EVALUATION_STARTED.value).count()
    assert acts == 1


def test_others_at_the_councils_read_and_strangers_find_nothing(by):
    story = an_evaluation(bids=1)
    partner = by(an_officer("bedford-borough"))
    shown = partner.page(panel(story.round))
    assert "Only the lead council of this round sets its panel." in shown.text
    assert "Remove" not in shown.text
    partner.page(panel(story.round, "/add/evaluator"), status=409)
    by(an_officer("hertfordshire")).page(panel(story.round), status=404)
    by(story.evaluators[0]).page(panel(story.round), status=403)


def test_before_the_opening_the_page_tells_nothing_of_bids(by):
    story = a_panel(a_round(), evaluators=1, pairs=1)
    an_opened_bid(story.round, "Oak House")
    shown = by(story.lead).page(panel(story.round))
    assert "Oak House" not in shown.text
    assert "bid to score" not in shown.text
    assert "compliance" not in shown.text


def test_the_commissioner_sees_how_far_it_is_and_no_score(by):
    story = an_evaluation(names=["Oak House", "Elm House"])
    story.give(story.bids[0], story.evaluators[0], reason="A secret reason of eight words or more.")
    story.submit(story.bids[0], story.evaluators[0])
    shown = by(story.lead).page(panel(story.round))
    assert "1 of 3" in shown.text
    assert "secret reason" not in shown.text


def test_the_statements_of_the_page_do_not_grow(by):
    def statements(bids, evaluators):
        story = an_evaluation(bids=bids, evaluators=evaluators)
        lead = by(story.lead)
        lead.page(panel(story.round))
        with counted() as sent:
            lead.page(panel(story.round))
        return sent.number

    assert statements(1, 1) == statements(4, 4)
