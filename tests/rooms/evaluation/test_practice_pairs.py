"""Young Commissioners practise in pairs and rehearse their own meeting; nothing of it counts."""

import pytest
from sqlalchemy import func, select

from portal.access import Role
from portal.db import db
from portal.edits import EditConflict
from portal.evaluation.models import Consensus, Score, Sheet
from portal.evaluation.practice import (
    actions,
    actions_agreeing as agreeing_actions,
    actions_pairs as pair_actions,
    agreeing,
    pairs,
    queries,
)
from portal.evaluation.practice.models import PracticeAgreed
from scoring.rules import RuleBroken
from scoring.sheets import Mark
from scoring.terms import Panel
from tests.factories.evaluation import SCORING, YOUNG_REASON, an_evaluation
from tests.factories.people import a_person, viewer

MARKED_YOUNG = "The bids are made up"
COUNTED = (Sheet, Score, Consensus)


def refusal(act, *args, **how):
    with pytest.raises(RuleBroken) as refused:
        act(*args, now=SCORING, **how)
    return refused.value.code


def numbers():
    return [db.session.scalar(select(func.count()).select_from(kind)) for kind in COUNTED]


@pytest.fixture
def paired(session):
    """Two pairs on the panel of the round that is practised for."""
    story = an_evaluation(bids=1, pairs=2)
    made = actions.make_practice(story.round, "Zebra practice", actor=story.lead, now=SCORING)
    db.session.commit()
    return story, made


def scored_together(practice, person, value=3, seen=None, at=0):
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.YOUNG)[at]
    return pair_actions.save_together(
        bid,
        asked,
        Mark(value, YOUNG_REASON),
        seen_revision=seen,
        actor=viewer(person),
        now=SCORING,
    )


def test_a_pair_keeps_one_score_and_sees_the_others_once_its_own_is_in(paired):
    story, practice = paired
    (comet, maple), (river, _) = story.pairs
    before = numbers()
    mine = pairs.pair_of(practice, viewer(comet))
    assert set(mine.names) == {comet.name, maple.name}
    scored_together(practice, river, 1)
    assert pairs.compared(practice, mine) == []
    assert pairs.together(practice, mine) == {}
    kept = scored_together(practice, comet, 3)
    assert scored_together(practice, maple, 3, seen=1).id == kept.id
    (line,) = pairs.compared(practice, mine)
    assert (line.mine.value, [one.value for one in line.others]) == (3, [1])
    assert not line.is_agreed
    assert line.model.value == practice.bids[0].model[line.asked.question]["value"]
    scored_together(practice, river, 3, seen=1)
    assert pairs.compared(practice, mine)[0].is_agreed
    how = {"answer": "Another", "value": 3, "reason": YOUNG_REASON, "actor": story.lead}
    assert refusal(actions.change_answer, line.bid, line.asked, **how) == "practice:scored"
    assert numbers() == before


def test_the_second_half_of_a_pair_does_not_write_over_the_first(paired):
    story, practice = paired
    comet, maple = story.pairs[0]
    scored_together(practice, comet, 3)
    with pytest.raises(EditConflict) as refused:
        scored_together(practice, maple, 1)
    assert refused.value.theirs.by == comet.name
    assert scored_together(practice, maple, 1, seen=1).value == 1


def test_only_a_pair_practises_together_and_only_while_it_runs(paired):
    story, practice = paired
    comet, _ = story.pairs[0]
    alone = a_person(Role.YOUNG_COMMISSIONER)
    young = queries.asked_in(practice, Panel.YOUNG)[0]
    officers = queries.asked_in(practice, Panel.OFFICERS)[0]

    def code(person, asked=young):
        how = {"seen_revision": None, "actor": viewer(person)}
        mark = Mark(3, YOUNG_REASON)
        return refusal(pair_actions.save_together, practice.bids[0], asked, mark, **how)

    assert code(alone) == "practice:no-pair"
    assert code(story.evaluators[0]) == "practice:no-pair"
    assert code(comet, officers) == "practice:not-allowed"
    assert code(a_person(Role.YOUNG_COMMISSIONER, "hertfordshire")) == "practice:not-allowed"
    actions.close_practice(practice, actor=story.lead, now=SCORING)
    assert code(comet) == "practice:closed"


def test_a_pair_goes_from_its_first_face_to_how_it_compares(by, paired):
    story, practice = paired
    comet, river = story.pairs[0][0], story.pairs[1][0]
    place = f"/practice/{practice.ref}/together"
    scored_together(practice, river, 1)
    browser = by(comet)
    shown = browser.page(f"/practice/{practice.ref}")
    assert place in shown.text
    shown = browser.page(place)
    assert "Start together" in shown.text
    assert "portal-row" not in shown.text  # nothing of another pair before one's own is in
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.YOUNG)[0]
    form = browser.page(f"{place}/{bid.ref}/{asked.question}")
    browser.sends(form, {"value": "", "reason": ""}, status=422)
    browser.sends(form, {"value": "3", "reason": YOUNG_REASON}, status=302)
    shown = browser.page(place)
    assert "Pairs see it another way" in shown.text
    assert MARKED_YOUNG in shown.text
    assert by(story.evaluators[0]).get(place).status_code == 403
    assert by(a_person(Role.YOUNG_COMMISSIONER)).get(place).status_code == 404


# --- Agreeing with everybody -----------------------------------------------------------------


def agreed(practice, person, present, value=3, **told):
    told = {"reason": YOUNG_REASON, **told}
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.YOUNG)[0]
    return agreeing_actions.agree_together(
        bid, asked, value=value, present=present, actor=viewer(person), now=SCORING, **told
    )


def not_agreed(practice, person, present, **told):
    with pytest.raises(RuleBroken) as refused:
        agreed(practice, person, present, **told)
    return refused.value.code


def test_the_pairs_agree_one_face_by_the_rules_of_a_real_meeting(paired):
    story, practice = paired
    (comet, maple), (river, skye) = story.pairs
    all_of_them, before = [comet, maple, river, skye], numbers()
    assert not_agreed(practice, comet, all_of_them) == "practice:not-ready"
    scored_together(practice, comet, 3)
    assert not_agreed(practice, comet, all_of_them) == "practice:not-ready"
    scored_together(practice, river, 1)
    assert not_agreed(practice, comet, [comet]) == "consensus:no-quorum"
    assert not_agreed(practice, comet, all_of_them, value=None) == "consensus:empty"
    assert not_agreed(practice, comet, all_of_them, reason="") == "reason:missing"
    assert not_agreed(practice, comet, all_of_them, value=4) == "consensus:outside-range"
    stranger = a_person(Role.YOUNG_COMMISSIONER)
    assert not_agreed(practice, comet, [comet, stranger]) == "practice:stranger"
    assert not_agreed(practice, stranger, all_of_them) == "practice:no-pair"
    kept = agreed(practice, comet, all_of_them, dissent="River likes it less.")
    assert (kept.value, len(kept.present), kept.dissent) == (3, 4, "River likes it less.")
    assert numbers() == before


def test_what_was_agreed_is_not_written_over_unseen_and_holds_the_faces(paired):
    story, practice = paired
    (comet, _), (river, _) = story.pairs
    scored_together(practice, comet, 3)
    scored_together(practice, river, 1)
    agreed(practice, comet, [comet, river])
    with pytest.raises(EditConflict):
        agreed(practice, river, [comet, river], value=1)
    assert agreed(practice, river, [comet, river], value=1, seen_revision=1).revision == 2
    with pytest.raises(RuleBroken) as refused:
        scored_together(practice, comet, 2, seen=1)
    assert refused.value.code == "practice:agreed"
    actions.close_practice(practice, actor=story.lead, now=SCORING)
    assert not_agreed(practice, comet, [comet, river], seen_revision=2) == "practice:closed"


def test_where_no_pair_chose_a_face_there_is_nothing_to_agree(paired):
    story, practice = paired
    (comet, _), (river, _) = story.pairs
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.YOUNG)[0]
    for person in (comet, river):
        how = {"seen_revision": None, "actor": viewer(person), "now": SCORING}
        pair_actions.save_together(bid, asked, Mark(None, YOUNG_REASON, abstained=True), **how)
    (place,) = agreeing.rehearsed(practice, pairs.pair_of(practice, viewer(comet)))
    assert (place.is_ready, place.is_open) == (True, False)
    assert not_agreed(practice, comet, [comet, river]) == "consensus:too-few-pairs"


def test_the_pages_lead_from_one_answer_to_what_was_agreed(by, paired):
    story, practice = paired
    (comet, _), (river, _) = story.pairs
    place = f"/practice/{practice.ref}/agree"
    bid, asked = practice.bids[0], queries.asked_in(practice, Panel.YOUNG)[0]
    one = f"{place}/{bid.ref}/{asked.question}"
    browser = by(comet)
    assert browser.get(one).status_code == 404  # one's own pair has not scored it
    scored_together(practice, comet, 3)
    db.session.commit()
    assert browser.get(one).status_code == 302  # it waits for another pair
    scored_together(practice, river, 1)
    db.session.commit()
    assert "(1 to agree)" in browser.page(f"/practice/{practice.ref}/together").text
    form = browser.page(one)
    assert "What each pair said" in form.text
    refused = browser.sends(form, {"value": "4", "reason": YOUNG_REASON}, status=422)
    assert "Nobody picked this face before." in refused.text
    browser.sends(form, {"value": "3", "reason": YOUNG_REASON}, to=place)
    bare = {"value": "1", "reason": YOUNG_REASON, "_revision": None}
    conflict = browser.sends(browser.page(one), bare, status=422)  # it does not say what it showed
    assert "saved another version" in conflict.text
    shown = browser.page(place)
    assert "1 of 1 answers agreed" in shown.text
    shown = browser.page(f"/practice/{practice.ref}/together")
    assert "All of you agreed on this one." in shown.text
    assert "Change your face" not in shown.text
    assert MARKED_YOUNG in shown.text
    assert db.session.query(PracticeAgreed).one().value == 3
    assert by(story.evaluators[0]).get(place).status_code == 403
    assert by(a_person(Role.YOUNG_COMMISSIONER)).get(place).status_code == 404
    assert "agreed on one answer" in by(story.lead).page(f"/council/practice/{practice.ref}").text


def test_scorers_of_every_council_in_the_round_practise_and_only_the_lead_makes(by, paired):
    _, practice = paired
    partner = a_person(Role.EVALUATOR, "bedford-borough")
    assert practice.title in by(partner).page("/practice/").text
    assert queries.practice(practice.ref, viewer(partner)).id == practice.id
    officer = by(a_person(Role.COMMISSIONER, "bedford-borough"))
    assert officer.get(f"/council/practice/{practice.ref}").status_code == 404
    assert practice.title not in officer.page("/council/practice/").text
