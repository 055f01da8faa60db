"""Practice on made-up bids: marked on every page, compared with model scores, and counted nowhere."""

import pytest
from sqlalchemy import func, select

from portal.access import Role
from portal.applications.models import Application
from portal.audit import AuditEntry
from portal.contracts.models import Contract, ListMembership
from portal.db import db
from portal.evaluation.models import Consensus, Score, Sheet
from portal.evaluation.practice import actions, queries
from portal.evaluation.practice.models import PracticeScore
from portal.evidence.collecting import collect
from portal.providers.models import Provider
from portal.rounds.models import Round
from scoring.rules import RuleBroken
from scoring.sheets import Mark
from scoring.terms import Panel
from tests.factories.evaluation import REASON, SCORING, YOUNG_REASON, an_evaluation
from tests.factories.people import a_person, viewer
from tests.factories.rounds import an_officer
from tests.hygiene import words_of
from tests.reading import errors_of, page_of

MARKED = "these bids are made up"
MARKED_YOUNG = "The bids are made up"
COUNTED = (Round, Application, Provider, Sheet, Score, Consensus, Contract, ListMembership)


@pytest.fixture
def story(session):
    return an_evaluation(bids=1)


@pytest.fixture
def practice(story):
    made = actions.make_practice(story.round, "Zebra practice", actor=story.lead, now=SCORING)
    db.session.commit()
    return made


def refusal(act, *args, **how):
    with pytest.raises(RuleBroken) as refused:
        act(*args, now=SCORING, **how)
    return refused.value.code


def practised(practice, person, value=3):
    who = viewer(person)
    panel = queries.panel_of(who)
    reason = YOUNG_REASON if panel is Panel.YOUNG else REASON
    for bid in practice.bids:
        for one in queries.asked_in(practice, panel):
            actions.save_practice(bid, one, Mark(value, reason), actor=who, now=SCORING)
    return who


def numbers():
    return [db.session.scalar(select(func.count()).select_from(kind)) for kind in COUNTED]


# --- Making and scoring --------------------------------------------------------------------------


def test_every_question_of_both_panels_gets_three_made_up_answers_with_model_scores(practice):
    assert [bid.label[-1] for bid in practice.bids] == ["A", "B", "C"]
    for panel in Panel:
        for one in queries.asked_in(practice, panel):
            values = [bid.model[one.question]["value"] for bid in practice.bids]
            assert values == sorted(values, reverse=True)
            assert all(value in one.scale.values for value in values)
            assert all(bid.answers[one.question] for bid in practice.bids)


def test_only_the_council_that_leads_makes_changes_and_closes(story, practice):
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.OFFICERS)[0]
    for actor in (an_officer("bedford-borough"), viewer(story.evaluators[0])):
        how = {"actor": actor}
        made = refusal(actions.make_practice, story.round, "Mine", **how)
        changed = refusal(
            actions.change_answer, bid, asked, answer="A", value=3, reason=REASON, **how
        )
        closed = refusal(actions.close_practice, practice, **how)
        assert {made, changed, closed} == {"practice:not-allowed"}


def test_what_a_practice_score_must_be(story, practice):
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.OFFICERS)[0]
    young = queries.asked_in(practice, Panel.YOUNG)[0]
    ada = viewer(story.evaluators[0])

    def code(mark, about=asked, actor=ada):
        return refusal(actions.save_practice, bid, about, mark, actor=actor)

    assert code(Mark(9, REASON)) == "score:not-on-scale"
    assert code(Mark(3, "")) == "reason:missing"
    assert code(Mark(None, REASON)) == "score:missing"
    assert code(Mark(3, REASON), young) == "practice:not-allowed"
    assert code(Mark(3, REASON), actor=an_officer("hertfordshire")) == "practice:not-allowed"
    actions.close_practice(practice, actor=story.lead, now=SCORING)
    assert code(Mark(3, REASON)) == "practice:closed"


def test_what_somebody_has_scored_stays_as_they_read_it(story, practice):
    practised(practice, story.evaluators[0])
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.OFFICERS)[0]
    how = {"answer": "Another", "value": 3, "reason": REASON, "actor": story.lead}
    assert refusal(actions.change_answer, bid, asked, **how) == "practice:scored"


def test_the_comparison_tells_harsh_from_lenient(story, practice):
    who = practised(practice, story.evaluators[0], value=0)
    found = queries.comparison(practice, Panel.OFFICERS, queries.scores_of(practice, who))
    assert found.left == 0
    assert found.mean < 0
    nobody = queries.comparison(practice, Panel.OFFICERS, {})
    assert (nobody.mean, nobody.lines) == (None, ())


def test_nobody_sees_what_others_practised(story, practice):
    practised(practice, story.evaluators[0])
    assert queries.scores_of(practice, viewer(story.evaluators[1])) == {}


# --- The pages -----------------------------------------------------------------------------------


def test_a_commissioner_makes_one_and_changes_an_answer(by, story):
    lead = by(story.lead)
    shown = lead.page("/council/practice/")
    after = lead.sends(
        shown, {"source": story.round.ref, "title": "Zebra practice"}, to="/council/practice/"
    )
    assert "Zebra practice" in after.text
    made = queries.practices(story.lead)[0]
    bid, asked = made.bids[0], queries.asked_in(made, Panel.OFFICERS)[0]
    address = f"/council/practice/{made.ref}/{bid.ref}/{asked.question}"
    form = lead.page(address)
    lead.sends(form, {"answer": "", "reason": ""}, status=422)
    typed = {"answer": "A giraffe looks after everybody.", "value": "1", "reason": REASON}
    lead.sends(form, typed, to=f"/council/practice/{made.ref}")
    db.session.expire_all()
    assert made.bids[0].model[asked.question]["value"] == 1


def test_scorers_practise_one_answer_after_the_other_and_compare(by, story, practice):
    ada = by(story.evaluators[0])
    start = f"/practice/{practice.ref}"
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.OFFICERS)
    form = ada.page(f"{start}/{bid.ref}/{asked[0].question}")
    ada.sends(form, {"value": "3", "reason": "No."}, status=422)
    ada.sends(form, {"value": "3", "reason": REASON}, to=f"{start}/{bid.ref}/{asked[1].question}")
    shown = ada.page(f"{start}/compare")
    assert "Model: 4" in shown.text


def test_young_commissioners_practise_with_faces(by, story, practice):
    comet = by(story.young[0])
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.YOUNG)[0]
    form = comet.page(f"/practice/{practice.ref}/{bid.ref}/{asked.question}")
    for typed, field in (({"value": None}, "value"), ({"value": "3", "reason": ""}, "reason")):
        wrong = comet.sends(form, typed, status=422)  # what is wrong leads to its field
        assert [address for _, address in errors_of(wrong)] == [f"#{field}"]
    comet.sends(form, {"value": "rather-not", "reason": ""}, status=302)
    officers = queries.asked_in(practice, Panel.OFFICERS)[0].question
    assert comet.get(f"/practice/{practice.ref}/{bid.ref}/{officers}").status_code == 404


def test_every_page_says_that_the_bids_are_made_up(by, story, practice):
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.OFFICERS)[0]
    young = queries.asked_in(practice, Panel.YOUNG)[0]
    start, made = f"/practice/{practice.ref}", f"/council/practice/{practice.ref}"
    pages = {
        story.evaluators[0]: (
            "/practice/",
            start,
            f"{start}/compare",
            f"{start}/{bid.ref}/{asked.question}",
        ),
        story.young[0]: (start, f"{start}/compare", f"{start}/{bid.ref}/{young.question}"),
    }
    for person, addresses in pages.items():
        browser = by(person)
        for address in addresses:
            text = browser.page(address).text
            assert MARKED in text or MARKED_YOUNG in text, address
    lead = by(story.lead)
    for address in ("/council/practice/", made, f"{made}/{bid.ref}/{asked.question}"):
        assert MARKED in lead.page(address).text, address


def test_strangers_find_nothing(by, practice):
    outside = by(a_person(Role.EVALUATOR, "hertfordshire"))
    assert "Zebra" not in outside.page("/practice/").text
    assert outside.get(f"/practice/{practice.ref}").status_code == 404
    other = by(an_officer("hertfordshire"))
    assert other.get(f"/council/practice/{practice.ref}").status_code == 404
    assert by(a_person(Role.FINANCE)).get("/practice/").status_code == 403
    assert by(a_person(Role.APPROVER)).get("/practice/").status_code == 403


# --- Never counted -------------------------------------------------------------------------------


def test_it_makes_no_round_no_bid_no_sheet_and_no_contract(story):
    before = numbers()
    made = actions.make_practice(story.round, "Zebra practice", actor=story.lead, now=SCORING)
    practised(made, story.evaluators[0])
    practised(made, story.young[0])
    actions.close_practice(made, actor=story.lead, now=SCORING)
    db.session.commit()
    assert numbers() == before
    assert db.session.query(PracticeScore).count()


SHELVES = {
    "public list of rounds": "/rounds/",
    "public list of providers": "/accredited-providers",
    "home": "/",
    "rounds of the council": "/council/rounds/",
    "register": "/register",
    "costs": "/costs/rates",
    "panel": "/council/rounds/{ref}/panel",
    "moderation": "/council/rounds/{ref}/moderation",
    "queue": "/scoring/rounds/{ref}",
    "notices": "/council/rounds/{ref}/notices",
}


@pytest.mark.parametrize("shelf", SHELVES)
def test_no_shelf_shows_or_counts_it(by, story, shelf):
    address = SHELVES[shelf].format(ref=story.round.ref)
    people = (story.lead, story.moderator, story.evaluators[0], a_person(Role.FINANCE))

    def seen():
        answers = [by(person).get(address, follow_redirects=True) for person in people]
        return [words_of(page_of(one)) if one.status_code == 200 else "" for one in answers]

    before = seen()
    assert any(before), "nobody is shown this shelf"
    made = actions.make_practice(story.round, "Zebra practice", actor=story.lead, now=SCORING)
    practised(made, story.evaluators[0])
    db.session.commit()
    assert seen() == before


def test_the_chain_of_the_round_does_not_know_of_it(story, practice):
    chain = db.session.query(AuditEntry).filter_by(chain=story.round.audit_chain)
    assert not [one for one in chain if "practice" in one.event]


def test_no_evidence_pack_holds_it(story):
    story.locked()
    before = collect(story.round)
    made = actions.make_practice(story.round, "Zebra practice", actor=story.lead, now=SCORING)
    practised(made, story.evaluators[0])
    db.session.commit()
    assert collect(story.round) == before
