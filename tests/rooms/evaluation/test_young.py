"""Young Commissioners score in pairs, agree among themselves, and nobody adds anything to it."""

import pytest
from flask import current_app

from portal import settings
from portal.access import Role
from portal.db import db
from portal.edits import EditConflict
from portal.evaluation import actions, queries
from portal.evaluation.models import Consensus, Part, Score, SheetSubmission, YoungSignOff
from portal.evaluation.waiting import young_cards
from scoring.rules import RuleBroken
from scoring.stages import SheetStage
from scoring.terms import Panel
from tests.factories.evaluation import SCORING, YOUNG_REASON, an_evaluation
from tests.factories.people import a_person, viewer


def refusal(act, *args, **how):
    with pytest.raises(RuleBroken) as refused:
        act(*args, **how)
    return refused.value.code


def cards_of(person):
    """The cards on somebody's home page, by title."""
    with current_app.test_request_context("/"):
        return {card.title: card for card in young_cards(viewer(person))}


def young_asked(bid):
    return queries.asked_of(bid, Panel.YOUNG)


def question(sheet, key="young-home"):
    return f"/your-scores/{sheet.ref}/question/{key}"


# --- Scoring in a pair ---------------------------------------------------------------------------


def test_one_question_has_five_faces_with_words_and_numbers(by):
    story = an_evaluation(names=["Oak House"])
    comet = story.young[0]
    sheet = story.sheet(story.bids[0], comet)
    shown = by(comet).page(question(sheet))
    assert "Oak House on young-home." in shown.text
    for face, words in enumerate(
        ("Really not OK", "Not great", "It&#39;s OK", "Good", "Really good"), start=1
    ):
        assert f"faces/{face}.svg" in shown.text
        assert words in shown.text
    assert "I’d rather not say" in shown.text
    assert "Things get fixed" in shown.text
    for other in ("Oak House on safeguarding", "Oak House on young-staff", "Oak House on staffing"):
        assert other not in shown.text


def test_they_see_their_own_questions_only(by):
    story = an_evaluation(names=["Oak House"])
    comet = story.young[0]
    sheet = story.sheet(story.bids[0], comet)
    browser = by(comet)
    for key in ("safeguarding", "home-and-location", "legal-name"):
        browser.page(question(sheet, key), status=404)
    officers = story.sheet(story.bids[0], story.evaluators[0])
    browser.page(f"/your-scores/{officers.ref}", status=404)
    browser.page(f"/scoring/sheets/{officers.ref}", status=403)
    code = refusal(
        actions.save_score,
        sheet,
        "safeguarding",
        "",
        value=1,
        abstained=False,
        reason="x",
        seen_revision=None,
        actor=viewer(comet),
        now=SCORING,
    )
    assert code == "score:not-asked"


def test_a_pair_fills_one_sheet_from_the_first_face_to_sending_it(by):
    story = an_evaluation(names=["Oak House"])
    comet, river = story.pairs[0]
    sheet = story.sheet(story.bids[0], comet)
    browser = by(comet)
    home = browser.page("/your-scores/")
    assert question(sheet) in home.text
    shown = browser.page(question(sheet))
    refused = browser.sends(shown, {"value": "3", "reason": "Good"}, button="Save", status=422)
    assert "Say why, in 3 words or more." in refused.text
    first = {"value": "3", "reason": "It sounds like a real home"}
    second = browser.sends(shown, first, button="Save", to=question(sheet, "young-staff"))
    third = browser.sends(
        second, {"value": "rather-not", "reason": ""}, button="Save", to="/your-*"
    )
    assert third.request.path == question(sheet, "young-growing-up")
    other = by(river)
    fourth = other.sends(
        other.page(question(sheet, "young-growing-up")), first, button="Save", to="/your-*"
    )
    whole = other.sends(fourth, first, button="Save", to=f"/your-scores/{sheet.ref}")
    assert "I’d rather not say" in whole.text
    sent = browser.sends(
        browser.page(f"/your-scores/{sheet.ref}"), {}, button="Send", to="/your-scores/*"
    )
    assert "You sent your scores. Well done!" in sent.text
    db.session.expire_all()
    assert sheet.stage is SheetStage.SUBMITTED
    abstained = db.session.query(Score).filter_by(question_key="young-staff").one()
    assert (abstained.value, abstained.abstained) == (None, True)
    browser.goes(question(sheet), to=f"/your-scores/{sheet.ref}")


def test_the_other_half_of_the_pair_may_press_send_too(by):
    story = an_evaluation(names=["Oak House"])
    comet, river = story.pairs[0]
    sheet = story.give(story.bids[0], comet)
    browser = by(river)
    shown = browser.page(f"/your-scores/{sheet.ref}")
    story.submit(story.bids[0], comet)
    after = browser.sends(shown, {}, button="Send", to=f"/your-scores/{sheet.ref}")
    assert "These scores were sent already." in after.text
    assert "Oak House on young-home." in after.text
    assert len(db.session.query(SheetSubmission).all()) == 1


def test_a_sheet_with_something_missing_is_not_sent(by):
    story = an_evaluation(names=["Oak House"])
    comet = story.young[0]
    sheet = story.sheet(story.bids[0], comet)
    shown = by(comet).page(f"/your-scores/{sheet.ref}")
    assert shown.text.count("Not done yet") == 4
    assert "Send our scores" not in shown.text
    code = refusal(actions.submit_sheet, sheet, actor=viewer(comet), now=SCORING)
    assert code == "score:missing"


def test_both_halves_of_a_pair_save_the_same_question(by):
    story = an_evaluation(names=["Oak House"])
    comet, river = story.pairs[0]
    sheet = story.sheet(story.bids[0], comet)
    mine, other = by(comet), by(river)
    old = mine.page(question(sheet))
    first = {"value": "1", "reason": "River thinks it is cold"}
    other.sends(other.page(question(sheet)), first, button="Save", to="/your-scores/*")
    refused = mine.sends(
        old, {"value": "4", "reason": "Comet thinks it is great"}, button="Save", status=422
    )
    assert "River thinks it is cold" in refused.text
    assert "Comet thinks it is great" in refused.text
    assert f"{river.name} saved another version" in refused.text
    kept = {"value": "4", "reason": "We talked and it is great"}
    mine.sends(refused, kept, button="Save", to="/your-scores/*")
    db.session.expire_all()
    score = db.session.query(Score).one()
    assert (score.value, score.revision, score.saved_by_id) == (4, 2, comet.id)


def test_the_cards_say_what_is_next():
    story = an_evaluation(names=["Oak House", "Elm House"], pairs=2, declared=False)
    comet = story.young[0]
    assert list(cards_of(comet)) == ["Do you know anybody there?"]
    story.declare_none()
    cards = cards_of(comet)
    assert cards["Oak House"].text == "0 of 4 questions done."
    story.give(story.bids[0], comet)
    story.submit(story.bids[0], comet)
    cards = cards_of(comet)
    assert cards["Oak House"].done
    assert not cards["Elm House"].done
    story.give(story.bids[0], story.pairs[1][0])
    story.submit(story.bids[0], story.pairs[1][0])
    cards = cards_of(comet)
    assert cards["Oak House"].tag == "Agree"
    for asked in young_asked(story.bids[0]):
        story.agree(story.bids[0], asked)
    assert cards_of(comet)["Oak House"].text == "You agreed your scores. Thank you."
    assert cards_of(story.evaluators[0]) == {}


# --- Agreeing ------------------------------------------------------------------------------------


def test_a_single_pair_agrees_with_its_own_scores(by):
    story = an_evaluation(names=["Oak House"])
    comet, river = story.pairs[0]
    bid = story.bids[0]
    sheet = story.give(bid, comet, {"young-home": 4})
    by(comet).page(f"/your-scores/agree/{bid.ref}", status=404)
    story.submit(bid, comet)
    browser = by(comet)
    browser.goes(f"/your-scores/agree/{bid.ref}", to=f"/your-scores/agree/{bid.ref}/young-home")
    shown = browser.page(f"/your-scores/agree/{bid.ref}/young-home")
    assert "We agree with our scores" in shown.text
    assert 'value="4" checked' in shown.text
    assert YOUNG_REASON in shown.text
    refused = browser.sends(shown, {"present": [comet.ref]}, button="We agree", status=422)
    assert "More of you need to be here to agree. Tick everybody who is here." in refused.text
    assert "Oak House on young-home." in refused.text  # what was written stays in sight
    both = {"present": [comet.ref, river.ref]}
    for key in ("young-home", "young-staff", "young-growing-up", "young-listening"):
        shown = browser.page(f"/your-scores/agree/{bid.ref}/{key}")
        answer = browser.sends(shown, both, button="We agree", status=302)
        assert answer.location == f"/your-scores/agree/{bid.ref}"
    agreed = browser.page(f"/your-scores/agree/{bid.ref}")
    assert "No adult can change them." in agreed.text
    kept = queries.consensus_of([bid.id], Panel.YOUNG)
    assert {one.value for one in kept.values()} == {3, 4}
    assert all(one.present == sorted([comet.ref, river.ref]) for one in kept.values())
    assert all(one.recorded_by_id == comet.id for one in kept.values())
    assert sheet.stage is SheetStage.SUBMITTED


def test_a_single_pair_says_once_that_all_its_scores_stand(by):
    story = an_evaluation(names=["Oak House"])
    comet, river = story.pairs[0]
    bid = story.bids[0]
    story.give(bid, comet, {"young-home": 4})
    story.submit(bid, comet)
    browser = by(comet)
    shown = browser.page(f"/your-scores/agree/{bid.ref}/young-home")
    both = {"present": [comet.ref, river.ref]}
    refused = browser.sends(
        shown, {"present": [comet.ref]}, button="We agree with all our scores (4)", status=422
    )
    assert "More of you need to be here to agree." in refused.text
    assert queries.consensus_of([bid.id], Panel.YOUNG) == {}, "nothing by halves"
    agreed = browser.sends(
        refused, both, button="We agree with all our scores (4)", to=f"/your-scores/agree/{bid.ref}"
    )
    assert "No adult can change them." in agreed.text
    kept = queries.consensus_of([bid.id], Panel.YOUNG)
    assert sorted(one.value for one in kept.values()) == [3, 3, 3, 4]
    assert {one.reason for one in kept.values()} == {YOUNG_REASON}


def test_two_pairs_agree_question_by_question(by):
    story = an_evaluation(names=["Oak House"], pairs=2)
    bid = story.bids[0]
    for pair in story.pairs:
        story.give(bid, pair[0])
        story.submit(bid, pair[0])
    shown = by(story.pairs[0][0]).page(f"/your-scores/agree/{bid.ref}/young-home")
    assert "all our scores" not in shown.text


def test_who_was_here_is_remembered(by):
    story = an_evaluation(names=["Oak House"])
    comet, river = story.pairs[0]
    bid = story.bids[0]
    story.give(bid, comet)
    story.submit(bid, comet)
    story.agree(bid, young_asked(bid)[0], by=river)
    shown = by(river).page(f"/your-scores/agree/{bid.ref}/young-staff")
    assert f'value="{comet.ref}" checked' in shown.text
    assert f'value="{river.ref}" checked' in shown.text


def test_pairs_agree_after_all_are_in_and_see_each_other_then(by):
    story = an_evaluation(names=["Oak House"], pairs=2)
    bid = story.bids[0]
    first, second = story.pairs
    story.give(bid, first[0], 1, reason="The first pair did not like it")
    story.submit(bid, first[0])
    asked = young_asked(bid)[0]
    assert refusal(story.agree, bid, asked) == "consensus:sheets-missing"
    by(first[0]).page(f"/your-scores/agree/{bid.ref}", status=404)
    story.give(bid, second[0], 4, reason="The second pair liked it a lot")
    assert "did not like it" not in by(second[0]).page("/your-scores/").text
    story.submit(bid, second[0])
    browser = by(second[1])
    shown = browser.page(f"/your-scores/agree/{bid.ref}/young-home")
    assert "The first pair did not like it" in shown.text
    assert "The second pair liked it a lot" in shown.text
    typed = {"value": "0", "reason": "We talked a lot about it", "why_outside": ""}
    everybody = {"present": [person.ref for person in story.young]}
    refused = browser.sends(shown, typed | everybody, button="We agree", status=422)
    assert "Nobody picked this face before." in refused.text
    typed["value"] = "2"
    browser.sends(shown, typed | everybody, button="We agree", status=302)
    assert db.session.query(Consensus).one().value == 2


def test_nobody_chose_a_face_so_their_officer_gives_the_sheet_back(by):
    story = an_evaluation(names=["Oak House"])
    comet = story.young[0]
    bid = story.bids[0]
    sheet = story.give(bid, comet, {"young-home": None})
    story.submit(bid, comet)
    asked = young_asked(bid)[0]
    assert refusal(story.agree, bid, asked) == "consensus:too-few-pairs"
    shown = by(comet).page(f"/your-scores/agree/{bid.ref}/young-home")
    assert "Nobody chose a face for this one." in shown.text
    assert "We agree" not in shown.text
    who = {"actor": viewer(story.moderator), "now": SCORING}
    assert refusal(actions.give_back, sheet, "Look again.", **who) == "sheet:not-allowed"
    officer = by(story.supporter)
    page = f"/sign-off/{story.round.ref}/{bid.ref}"
    assert "Give back" in officer.page(page).text
    give_back = officer.page(f"{page}/give-back/{sheet.ref}")
    after = officer.sends(give_back, {"reason": "Talk about the first one."}, to=page)
    assert "The sheet is given back to Pair 1." in after.text
    assert "Talk about the first one." in by(comet).page(f"/your-scores/{sheet.ref}").text
    assert cards_of(comet)["Oak House"].tag == "Look again"


def test_no_adult_records_or_changes_what_young_people_agreed():
    story = an_evaluation(bids=1).with_all_sheets_in()
    bid = story.bids[0]
    asked = young_asked(bid)[0]
    for adult in (story.moderator, story.supporter, story.evaluators[0]):
        assert refusal(story.agree, bid, asked, by=adult) == "consensus:not-allowed"
    story.agree(bid, asked)
    for adult in (story.moderator, story.supporter, story.evaluators[0]):
        assert refusal(story.agree, bid, asked, 0, by=adult) == "consensus:not-allowed"
    officers = queries.asked_of(bid, Panel.OFFICERS)[0]
    young = refusal(story.agree, bid, officers, by=story.young[0], present=story.officers)
    assert young == "consensus:not-allowed"
    adults = [*story.young, story.supporter]
    assert refusal(story.agree, bid, asked, present=adults) == "consensus:stranger"


def test_the_quorum_counts_people_not_pairs():
    story = an_evaluation(bids=1).with_all_sheets_in()
    bid = story.bids[0]
    asked = young_asked(bid)[0]
    alone = refusal(story.agree, bid, asked, present=[story.young[0]])
    assert alone == "consensus:no-quorum"
    assert story.agree(bid, asked, present=story.young)
    settings.change("moderation_quorum", 3)
    assert refusal(story.agree, bid, asked, 2) == "consensus:no-quorum"


def test_two_at_once_agree_different_scores():
    story = an_evaluation(bids=1).with_all_sheets_in()
    bid = story.bids[0]
    asked = young_asked(bid)[0]
    story.agree(bid, asked)
    with pytest.raises(EditConflict):
        actions.record_consensus(
            bid,
            asked.question,
            asked.lot_code,
            value=3,
            reason="Something else was written meanwhile",
            present=story.young,
            seen_revision=None,
            actor=viewer(story.young[1]),
            now=SCORING,
        )


# --- The Participation Officer -------------------------------------------------------------------


def test_the_officer_signs_off_what_they_agreed_and_changes_nothing(by):
    story = an_evaluation(names=["Oak House"]).with_all_sheets_in()
    bid = story.bids[0]
    who = {"actor": viewer(story.supporter), "now": SCORING}
    assert refusal(actions.sign_off_young, bid, **who) == "young:not-agreed"
    page = f"/sign-off/{story.round.ref}/{bid.ref}"
    officer = by(story.supporter)
    assert "You can sign off when every score is agreed." in officer.page(page).text
    for asked in young_asked(bid):
        story.agree(bid, asked, reason="We liked how they listen")
    shown = officer.page(page)
    assert shown.text.count("We liked how they listen") == 4
    assert "<textarea" not in shown.text
    assert 'name="value"' not in shown.text
    officer.sends(shown, {}, button="Sign off", status=422)
    after = officer.sends(
        shown, {"confirmed": "yes"}, button="Sign off", to=f"/sign-off/{story.round.ref}"
    )
    assert "Signed off" in after.text
    assert refusal(actions.sign_off_young, bid, **who) == "young:signed-off"
    # what changes afterwards is signed anew
    story.agree(bid, young_asked(bid)[0], reason="We thought about it again")
    assert not db.session.query(YoungSignOff).count()


def test_nobody_else_signs_off(by):
    story = an_evaluation(bids=1).with_all_sheets_in()
    bid = story.bids[0]
    for asked in young_asked(bid):
        story.agree(bid, asked)
    outsider = a_person(Role.PARTICIPATION_OFFICER)
    for person in (story.moderator, story.young[0], story.evaluators[0], outsider):
        code = refusal(actions.sign_off_young, bid, actor=viewer(person), now=SCORING)
        assert code == "young:not-allowed"
    by(outsider).page(f"/sign-off/{story.round.ref}", status=404)
    by(outsider).page(f"/sign-off/{story.round.ref}/{bid.ref}", status=404)
    by(story.moderator).page(f"/sign-off/{story.round.ref}", status=403)


def test_an_interest_of_the_officer_closes_the_bid_to_them(by):
    from portal.evaluation.models import Interest

    story = an_evaluation(names=["Oak House", "Elm House"]).with_all_sheets_in()
    oak = story.bids[0]
    for asked in young_asked(oak):
        story.agree(oak, asked)
    story.declare(story.supporter, oak, Interest.PERSONAL)
    who = {"actor": viewer(story.supporter), "now": SCORING}
    assert refusal(actions.sign_off_young, oak, **who) == "young:conflict"
    officer = by(story.supporter)
    officer.page(f"/sign-off/{story.round.ref}/{oak.ref}", status=404)
    shown = officer.page(f"/sign-off/{story.round.ref}")
    assert "Oak House" not in shown.text
    assert "One bid is closed to you" in shown.text
    second = a_person(Role.PARTICIPATION_OFFICER)
    actions.add_member(story.round, second, Part.SUPPORTER, actor=story.lead, now=SCORING)
    story.declare_none(second)
    assert actions.sign_off_young(oak, actor=viewer(second), now=SCORING)


def test_young_people_of_another_round_find_nothing(by):
    story, other = an_evaluation(bids=1).with_all_sheets_in(), an_evaluation(bids=1)
    bid = story.bids[0]
    sheet = story.sheet(bid, story.young[0])
    for address in (
        f"/your-scores/{sheet.ref}",
        question(sheet),
        f"/your-scores/agree/{bid.ref}",
        f"/your-scores/agree/{bid.ref}/young-home",
    ):
        by(other.young[0]).page(address, status=404)
        by(story.evaluators[0]).page(address, status=403)
