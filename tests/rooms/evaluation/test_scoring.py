"""Scoring alone: each score with a reason, kept as it is written, handed in once and locked."""

import pytest

from portal.db import db
from portal.edits import EditConflict
from portal.evaluation import actions, queries
from portal.evaluation.models import Score, SheetSubmission
from portal.mail import Mail
from portal.people.models import SensitiveRead
from scoring.rules import RuleBroken
from scoring.stages import SheetStage
from tests.client import filled, form_of
from tests.factories.counting import counted
from tests.factories.evaluation import PENCE, REASON, SCORING, an_evaluation
from tests.factories.people import viewer


def save(sheet, person, question="safeguarding", lot="", **changes):
    how = {"value": 3, "abstained": False, "reason": REASON, "seen_revision": None, **changes}
    return actions.save_score(sheet, question, lot, actor=viewer(person), now=SCORING, **how)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def question(sheet, key="safeguarding", lot=""):
    return f"/scoring/sheets/{sheet.ref}/questions/{key}{f'/{lot}' if lot else ''}"


# --- The verbs -----------------------------------------------------------------------------------


def test_a_score_is_on_the_scale_and_on_the_sheet():
    story = an_evaluation(bids=1)
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    for value in (6, -1):
        code = refusal(lambda value=value: save(sheet, ada, value=value))
        assert code == "score:not-on-scale"
    assert refusal(lambda: save(sheet, ada, "young-home")) == "score:not-asked"
    assert refusal(lambda: save(sheet, ada, "legal-name")) == "score:not-asked"
    assert refusal(lambda: save(sheet, ada, "home-and-location")) == "score:not-asked"
    assert refusal(lambda: save(sheet, ada, "home-and-location", "2A")) == "score:not-asked"
    abstention = refusal(lambda: save(sheet, ada, value=None, abstained=True))
    assert abstention == "score:no-abstention"
    assert save(sheet, ada, "home-and-location", "1A").value == 3
    assert db.session.query(Score).count() == 1


def test_nobody_fills_anothers_sheet():
    story = an_evaluation(bids=1)
    sheet = story.sheet(story.bids[0], story.evaluators[0])
    for person in (story.evaluators[1], story.moderator, story.supporter, story.young[0]):
        assert refusal(lambda person=person: save(sheet, person)) == "score:not-allowed"


def test_a_role_that_was_taken_away_scores_no_more():
    story = an_evaluation(bids=1)
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    for membership in ada.memberships:
        db.session.delete(membership)
    db.session.flush()
    assert refusal(lambda: save(sheet, ada)) == "score:not-allowed"


def test_a_draft_may_be_unfinished_and_a_submitted_sheet_not():
    story = an_evaluation(bids=1)
    ada, bid = story.evaluators[0], story.bids[0]
    sheet = story.sheet(bid, ada)
    save(sheet, ada, value=None, reason="")
    assert refusal(lambda: story.submit(bid, ada)) == "score:missing"
    story.give(bid, ada, reason="Too short a reason.")
    assert refusal(lambda: story.submit(bid, ada)) == "reason:too-short"
    story.give(bid, ada, reason="good " * 9)
    assert refusal(lambda: story.submit(bid, ada)) == "reason:too-short"
    story.give(bid, ada)
    story.submit(bid, ada)
    assert sheet.stage is SheetStage.SUBMITTED
    assert refusal(lambda: save(sheet, ada)) == "score:not-allowed"
    assert refusal(lambda: story.submit(bid, ada)) == "score:not-allowed"


def test_a_version_that_was_not_seen_is_not_overwritten():
    story = an_evaluation(bids=1)
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    first = save(sheet, ada)
    assert first.revision == 1
    with pytest.raises(EditConflict) as conflict:
        save(sheet, ada, value=4)
    assert conflict.value.theirs.value == (3, False, REASON)
    assert save(sheet, ada).revision == 2  # the same once more harms nobody
    assert save(sheet, ada, value=4, seen_revision=2).value == 4


def test_a_sheet_given_back_and_submitted_again_is_kept_both_times():
    story = an_evaluation(bids=1)
    ada, bid = story.evaluators[0], story.bids[0]
    sheet = story.give(bid, ada, 3)
    story.submit(bid, ada)
    give_back = {"actor": viewer(story.moderator), "now": SCORING}
    assert refusal(lambda: actions.give_back(sheet, " ", **give_back)) == "sheet:reason-missing"
    for other in (ada, story.evaluators[1], story.supporter):
        who = {"actor": viewer(other), "now": SCORING}
        code = refusal(lambda who=who: actions.give_back(sheet, "Look again at lot 1A.", **who))
        assert code == "sheet:not-allowed"
    actions.give_back(sheet, "Look again at lot 1A.", **give_back)
    assert sheet.stage is SheetStage.DRAFT
    story.give(bid, ada, 4)
    story.submit(bid, ada)
    kept = db.session.query(SheetSubmission).order_by(SheetSubmission.number).all()
    assert [one.number for one in kept] == [1, 2]
    assert [one.content["scores"][0]["score"] for one in kept] == [3, 4]
    assert kept[0].sha256 != kept[1].sha256
    assert db.session.query(Mail).filter_by(message="sheet-returned").one().address == ada.email


# --- Pages ---------------------------------------------------------------------------------------


def test_one_question_shows_its_answer_and_nothing_else_of_the_bid(by):
    story = an_evaluation(names=["Oak House"], lots=("1A", "2A"))
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    browser = by(ada)
    shown = browser.page(question(sheet))
    assert "Oak House on safeguarding." in shown.text
    assert "The whole question is answered and meets what we asked for" in shown.text
    assert "Who leads on safeguarding, who stands in" in shown.text
    assert "A score below 3 here keeps the bidder off the list." in shown.text
    for other in ("Oak House on staffing", "Oak House on young-home", "Oak House on legal-name"):
        assert other not in shown.text
    for_a_lot = browser.page(question(sheet, "home-and-location", "2A"))
    assert "Oak House on home-and-location for 2A." in for_a_lot.text
    assert "for 1A." not in for_a_lot.text
    for wrong in (
        question(sheet, "young-home"),
        question(sheet, "legal-name"),
        question(sheet, "home-and-location"),
        question(sheet, "home-and-location", "2B"),
    ):
        browser.page(wrong, status=404)
    read = db.session.query(SensitiveRead).filter_by(subject_ref=story.bids[0].ref).all()
    assert {one.person_id for one in read} == {ada.id}


def test_no_page_of_a_scorer_tells_a_price(by):
    story = an_evaluation(names=["Oak House"])
    ada, comet = story.evaluators[0], story.young[0]
    sheet, pair = story.sheet(story.bids[0], ada), story.sheet(story.bids[0], comet)
    pages = [(ada, "/"), (ada, "/scoring/"), (ada, f"/scoring/sheets/{sheet.ref}")]
    pages += [(ada, question(sheet, one.question, one.lot_code)) for one in queries.asked_on(sheet)]
    pages += [(comet, "/your-scores/"), (comet, f"/your-scores/{pair.ref}")]
    pages += [
        (comet, f"/your-scores/{pair.ref}/question/{one.question}")
        for one in queries.asked_on(pair)
    ]
    for person, address in pages:
        text = by(person).page(address).text
        assert str(PENCE) not in text
        assert f"{PENCE // 100:,}" not in text
        assert f"{PENCE // 100}" not in text


def test_a_score_is_saved_and_the_next_question_comes(by):
    story = an_evaluation(names=["Elm House", "Oak House"])
    ada = story.evaluators[0]
    elm, oak = (story.sheet(bid, ada) for bid in story.bids)
    browser = by(ada)
    start = browser.page("/scoring/")
    assert question(elm) in start.text
    shown = browser.page(question(elm))
    typed = {"value": "4", "reason": REASON}
    after = browser.sends(shown, typed, button="Save and next", to="/scoring/sheets/*")
    assert after.request.path == question(elm, "home-and-location", "1A")
    back = browser.page(question(elm))
    assert 'value="4" checked' in back.text
    assert REASON in back.text
    # question by question: the same one of the next bid
    shown = browser.page(f"{question(elm, 'staffing')}?by=question")
    after = browser.sends(shown, typed, button="Save and next", to=question(oak, "staffing"))
    assert after.request.args["by"] == "question"


def test_the_next_one_wraps_round_to_what_was_left_out(by):
    story = an_evaluation(names=["Elm House"])
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    browser = by(ada)
    shown = browser.page(question(sheet, "social-value"))
    typed = {"value": "2", "reason": REASON}
    browser.sends(shown, typed, button="Save and next", to=question(sheet))


def test_a_score_without_a_reason_is_refused_beside_the_field_and_kept_on_the_page(by):
    story = an_evaluation(names=["Elm House"])
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    browser = by(ada)
    shown = browser.page(question(sheet))
    refused = browser.sends(
        shown, {"value": "5", "reason": "Too short"}, button="Save and next", status=422
    )
    assert "Give your reason in at least 8 words." in refused.text
    assert 'value="5" checked' in refused.text
    assert "Too short" in refused.text
    refused = browser.sends(shown, {"reason": REASON}, button="Save and next", status=422)
    assert "Choose a score." in refused.text
    refused = browser.sends(shown, {"value": "9", "reason": REASON}, button="Save", status=422)
    assert "Choose one of the answers on the page" in refused.text
    assert not db.session.query(Score).count()
    # unfinished, but kept for later
    after = browser.sends(
        shown,
        {"value": "5", "reason": "Too short"},
        button="Save and come back later",
        to=f"/scoring/sheets/{sheet.ref}",
    )
    assert "Give your reason in at least 8 words." in after.text


def autosave(browser, shown, address, fields, **typed):
    kept = filled(form_of(shown, ["reason"]))
    hidden = {name: value for name, value in kept.items() if name[0] == "_" or "csrf" in name}
    return browser.post(
        address,
        data={**hidden, **typed, "autosave_field": fields},
        headers={"X-Requested-With": "autosave"},
    )


def test_what_is_typed_saves_itself(by):
    story = an_evaluation(names=["Elm House"])
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    browser, address = by(ada), question(sheet)
    shown = browser.page(address)
    answer = autosave(browser, shown, address, ["value"], value="4")
    assert answer.json["status"] == "saved"
    assert answer.json["hidden"] == {"_revision": "1"}
    # an old page knows nothing of it, so it does not overwrite it
    conflict = autosave(browser, shown, address, ["reason"], reason="Half a")
    assert (conflict.status_code, conflict.json["status"]) == (409, "conflict")
    assert conflict.json["hidden"] == {"_revision": "1"}
    shown = browser.page(address)
    answer = autosave(browser, shown, address, ["reason"], reason="Half a")
    assert answer.json["hidden"] == {"_revision": "2"}
    kept = db.session.query(Score).one()
    assert (kept.value, kept.reason) == (4, "Half a")
    shown = browser.page(address)
    long = autosave(browser, shown, address, ["reason"], reason="word " * 301)
    assert (long.status_code, long.json["status"]) == (422, "invalid")
    assert "300 words or fewer" in long.json["errors"]["reason"]
    story.give(story.bids[0], ada)
    story.submit(story.bids[0], ada)
    late = autosave(browser, shown, address, ["reason"], reason="Later")
    assert late.status_code == 302 or late.json["status"] == "refused"
    db.session.expire_all()
    assert db.session.query(Score).filter_by(question_key="safeguarding").one().reason == REASON


def test_two_saves_of_one_score_show_both_versions(by):
    story = an_evaluation(names=["Elm House"])
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    browser = by(ada)
    old = browser.page(question(sheet))
    save(sheet, ada, value=2, reason="The other version, written in another window of hers.")
    mine = {"value": "5", "reason": "My own version, which has eight words or more."}
    refused = browser.sends(old, mine, button="Save and next", status=422)
    assert "The other version" in refused.text
    assert "My own version" in refused.text
    browser.sends(refused, mine, button="Save and next", to="/scoring/sheets/*")
    db.session.expire_all()
    assert db.session.query(Score).one().value == 5


def test_a_sheet_is_submitted_when_nothing_is_missing(by):
    story = an_evaluation(names=["Elm House"])
    ada, bid = story.evaluators[0], story.bids[0]
    sheet = story.sheet(bid, ada)
    browser = by(ada)
    missing = browser.page(f"/scoring/sheets/{sheet.ref}/submit")
    assert missing.text.count("Choose a score.") == 8
    assert "I have scored this bid on my own" not in missing.text
    story.give(bid, ada, {"staffing": 2})
    shown = browser.page(f"/scoring/sheets/{sheet.ref}/submit")
    browser.sends(shown, {}, status=422)
    queue = f"/scoring/rounds/{story.round.ref}"
    after = browser.sends(shown, {"confirmed": "yes"}, button="Submit", to=queue)
    assert "1 of 1 sheets submitted" in after.text
    mine = browser.page(f"/scoring/sheets/{sheet.ref}")
    assert "This is what you submitted." in mine.text
    assert "2 – Below the standard" in mine.text
    assert REASON in mine.text
    assert "Elm House on staffing" in mine.text  # the meeting may ask what was written
    browser.goes(question(sheet), to=f"/scoring/sheets/{sheet.ref}")
    browser.goes(f"/scoring/sheets/{sheet.ref}/submit", to=f"/scoring/sheets/{sheet.ref}")


def test_before_it_is_in_a_sheet_shows_no_answers(by):
    story = an_evaluation(names=["Elm House"])
    sheet = story.sheet(story.bids[0], story.evaluators[0])
    assert "Elm House on" not in by(story.evaluators[0]).page(f"/scoring/sheets/{sheet.ref}").text


def test_ones_own_other_window_is_called_that():
    story = an_evaluation(bids=1)
    ada, bid = story.evaluators[0], story.bids[0]
    sheet = story.give(bid, ada, {"safeguarding": 3})
    with pytest.raises(EditConflict) as conflict:
        actions.save_score(
            sheet,
            "safeguarding",
            "",
            value=5,
            abstained=False,
            reason="Another view of it.",
            seen_revision=None,
            actor=viewer(ada),
            now=SCORING,
        )
    assert conflict.value.message.startswith("You, in another window, saved another version")


def test_a_sheet_that_was_given_back_says_why(by):
    story = an_evaluation(names=["Elm House"])
    ada, bid = story.evaluators[0], story.bids[0]
    sheet = story.give(bid, ada)
    story.submit(bid, ada)
    who = {"actor": viewer(story.moderator), "now": SCORING}
    actions.give_back(sheet, "Please look at staffing again.", **who)
    browser = by(ada)
    assert "Given back" in browser.page("/scoring/").text
    for address in (f"/scoring/sheets/{sheet.ref}", question(sheet, "staffing")):
        assert "Please look at staffing again." in browser.page(address).text


def sent_blindly(browser, address, **typed):
    """A form that the person was never shown."""
    token = filled(form_of(browser.get("/"), button="Sign out"))["csrf_token"]
    return browser.post(address, data={"csrf_token": token, **typed})


def test_strangers_and_colleagues_find_nothing(by):
    story, other = an_evaluation(bids=1), an_evaluation(bids=1)
    sheet = story.sheet(story.bids[0], story.evaluators[0])
    addresses = [f"/scoring/sheets/{sheet.ref}{more}" for more in ("", "/submit")]
    addresses.append(question(sheet))
    for person in (story.evaluators[1], other.evaluators[0]):
        for address in addresses:
            by(person).page(address, status=404)
        for address in addresses[1:]:
            answer = sent_blindly(by(person), address, value="3", reason=REASON, confirmed="yes")
            assert answer.status_code == 404
    by(other.evaluators[0]).page(f"/scoring/rounds/{story.round.ref}", status=404)
    for person in (story.moderator, story.supporter, story.young[0]):
        for address in addresses:
            by(person).page(address, status=403)
    pair = story.sheet(story.bids[0], story.young[0])
    by(story.evaluators[0]).page(f"/scoring/sheets/{pair.ref}", status=404)


def test_after_the_lock_a_sheet_is_read_and_not_changed(by):
    story = an_evaluation(names=["Elm House"])
    story.locked()
    ada = story.evaluators[0]
    sheet = story.sheet(story.bids[0], ada)
    browser = by(ada)
    assert (
        "Scoring of this round is closed."
        in browser.page(f"/scoring/rounds/{story.round.ref}").text
    )
    assert "This is what you submitted." in browser.page(f"/scoring/sheets/{sheet.ref}").text
    assert refusal(lambda: save(sheet, ada)) == "score:not-allowed"


def test_the_statements_of_the_pages_do_not_grow(by):
    def statements(bids):
        names = [f"{name} House" for name in ("Ash", "Elm", "Fir", "Oak", "Yew")[:bids]]
        story = an_evaluation(names=names, evaluators=1)
        ada = story.evaluators[0]
        sheet = story.sheet(story.bids[0], ada)
        browser, found = by(ada), []
        story.give(story.bids[0], ada)
        for address in ("/scoring/", f"/scoring/sheets/{sheet.ref}", question(sheet)):
            browser.page(address)
            with counted() as sent:
                browser.page(address)
            found.append(sent.number)
        return found

    assert statements(1) == statements(5)
