"""The moderation board: opened when every sheet is in, agreed question by question, locked once."""

import pytest

from portal import settings
from portal.access import Role
from portal.audit import AuditEntry, AuditValues, Event
from portal.db import db
from portal.edits import EditConflict
from portal.evaluation import actions, queries
from portal.evaluation.models import Consensus, Part, Result
from portal.evaluation.moderation.actions_lock import lock_findings
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RoundStage, SheetStage
from scoring.terms import Panel
from tests.factories.counting import counted
from tests.factories.evaluation import AGREED, SCORING, an_evaluation
from tests.factories.people import a_person, viewer


def refusal(act, *args, **how):
    with pytest.raises(RuleBroken) as refused:
        act(*args, **how)
    return refused.value.code


def asked_of(bid, key="safeguarding"):
    return next(one for one in queries.asked_of(bid, Panel.OFFICERS) if one.question == key)


def board(story, more=""):
    return f"/council/rounds/{story.round.ref}/moderation{more}"


# --- The verb ------------------------------------------------------------------------------------


def test_a_bid_is_agreed_when_every_sheet_for_it_is_in():
    story = an_evaluation(bids=1)
    bid = story.bids[0]
    for person in story.evaluators[:2]:
        story.give(bid, person)
        story.submit(bid, person)
    assert refusal(story.agree, bid, asked_of(bid)) == "consensus:sheets-missing"
    story.give(bid, story.evaluators[2])
    story.submit(bid, story.evaluators[2])
    assert story.agree(bid, asked_of(bid)).value == 3


def test_what_an_agreed_score_must_be():
    story = an_evaluation(bids=1)
    bid = story.bids[0]
    story.with_all_sheets_in({"safeguarding": 3})
    asked = asked_of(bid)
    there = story.officers
    assert refusal(story.agree, bid, asked, 6) == "score:not-on-scale"
    assert refusal(story.agree, bid, asked, reason="Too short.") == "reason:too-short"
    assert refusal(story.agree, bid, asked, reason="") == "reason:missing"
    assert refusal(story.agree, bid, asked, present=there[:1]) == "consensus:no-quorum"
    assert refusal(story.agree, bid, asked, present=there[:1] * 2) == "consensus:no-quorum"
    assert refusal(story.agree, bid, asked, 4) == "consensus:outside-range"
    assert refusal(story.agree, bid, asked, 4, why_outside="No.") == "consensus:outside-range"
    stranger = a_person(Role.EVALUATOR)
    there = [*story.officers, stranger]
    assert refusal(story.agree, bid, asked, present=there) == "consensus:stranger"
    young = [*story.officers, story.young[0]]
    assert refusal(story.agree, bid, asked, present=young) == "consensus:stranger"
    why = "The panel looked again together and found evidence on the second page."
    kept = story.agree(bid, asked, 4, why_outside=why)
    assert (kept.value, kept.why_outside) == (4, why)


def test_only_the_moderator_of_this_round_records():
    story, other = an_evaluation(bids=1).with_all_sheets_in(), an_evaluation(bids=1)
    bid = story.bids[0]
    for person in (*story.evaluators, story.supporter, other.moderator):
        code = refusal(story.agree, bid, asked_of(bid), by=person)
        assert code == "consensus:not-allowed"


def test_every_version_is_in_the_trail():
    story = an_evaluation(bids=1).with_all_sheets_in()
    bid = story.bids[0]
    story.agree(bid, asked_of(bid))
    story.agree(
        bid, asked_of(bid), reason="The panel put its reason into better words than before."
    )
    db.session.commit()
    entries = db.session.query(AuditEntry).filter_by(event=Event.CONSENSUS_RECORDED.value).all()
    assert len(entries) == 2
    assert all("panel" in entry.detail and "reason" not in entry.detail for entry in entries)
    values = db.session.get_one(AuditValues, entries[1].id).values
    assert values["before"]["reason"] == AGREED
    assert values["after"]["score"] == 3


def test_two_moderators_at_once_see_each_others_saves(by):
    story = an_evaluation(names=["Oak House"]).with_all_sheets_in()
    second = a_person(Role.MODERATOR)
    actions.add_member(story.round, second, Part.MODERATOR, actor=story.lead, now=SCORING)
    story.declare_none(second)
    bid = story.bids[0]
    address = board(story, f"/{bid.ref}/safeguarding")
    one = by(story.moderator)
    old = one.page(address)
    story.agree(
        bid, asked_of(bid), by=second, reason="What the second moderator wrote down first of all."
    )
    mine = {
        "value": "3",
        "reason": "What the first moderator wrote only a little later.",
        "present": [person.ref for person in story.officers],
    }
    refused = one.sends(old, mine, button="Record", status=422)
    assert "What the second moderator wrote down first of all." in refused.text
    assert "What the first moderator wrote only a little later." in refused.text
    assert db.session.query(Consensus).one().recorded_by_id == second.id
    one.sends(refused, mine, button="Record", status=302)
    db.session.expire_all()
    kept = db.session.query(Consensus).one()
    assert (kept.recorded_by_id, kept.revision) == (story.moderator.id, 2)
    with pytest.raises(EditConflict):
        actions.record_consensus(
            bid,
            "safeguarding",
            "",
            value=3,
            reason="And somebody with a page from this morning.",
            present=story.officers,
            seen_revision=1,
            actor=viewer(second),
            now=SCORING,
        )


# --- The board -----------------------------------------------------------------------------------


def test_the_board_shows_numbers_of_sheets_until_all_are_in(by):
    story = an_evaluation(names=["Oak House"])
    bid = story.bids[0]
    secret = "A reason that nobody but its writer has seen so far."
    story.give(bid, story.evaluators[0], 5, reason=secret)
    story.submit(bid, story.evaluators[0])
    browser = by(story.moderator)
    for more in ("", f"?bid={bid.ref}", "?question=safeguarding", f"/{bid.ref}/safeguarding"):
        shown = browser.page(board(story, more))
        assert "1 of 3" in shown.text or more == "?question=safeguarding"
        assert secret not in shown.text
        assert "portal-dots" not in shown.text
    for person in story.evaluators[1:]:
        story.give(bid, person)
        story.submit(bid, person)
    for more in (f"?bid={bid.ref}", "?question=safeguarding", f"/{bid.ref}/safeguarding"):
        shown = browser.page(board(story, more))
        assert secret in shown.text
        assert "2 points apart" in shown.text


def test_the_largest_disagreement_comes_first(by):
    story = an_evaluation(names=["Oak House", "Elm House"])
    for at, person in enumerate(story.evaluators):
        for bid in story.bids:
            story.give(bid, person, {"staffing": at * 2, "social-value": at})
            story.submit(bid, person)
    rows = queries.agenda(story.round, Panel.OFFICERS)
    assert [(row.name, row.asked.question, row.spread) for row in rows[:4]] == [
        ("Elm House", "staffing", 4),
        ("Oak House", "staffing", 4),
        ("Elm House", "social-value", 2),
        ("Oak House", "social-value", 2),
    ]
    shown = by(story.moderator).page(board(story))
    elm = next(bid for bid in story.bids if bid.provider.name == "Elm House")
    assert f"{elm.ref}/staffing" in shown.text.split("Agree the next score")[0]


def test_recording_goes_on_to_the_next_open_one(by):
    story = an_evaluation(names=["Oak House", "Elm House"])
    for at, person in enumerate(story.evaluators):
        for bid in story.bids:
            story.give(bid, person, {"staffing": at * 2, "social-value": at})
            story.submit(bid, person)
    oak, elm = story.bids
    browser = by(story.moderator)
    there = [person.ref for person in (story.moderator, story.evaluators[0])]
    typed = {"value": "2", "reason": AGREED, "present": there}
    # by question: the same question of the other bid
    shown = browser.page(board(story, f"/{oak.ref}/staffing?turn=question%3Dstaffing"))
    after = browser.sends(shown, typed, button="Record", to=board(story, f"/{elm.ref}/staffing"))
    assert "Staffing of Oak House: agreed." in after.text
    assert after.request.args["turn"] == "question=staffing"
    # who was there is remembered
    assert after.text.count("checked") == 2
    # by bid: the next disagreement of the same bid
    shown = browser.page(board(story, f"/{elm.ref}/staffing"))
    after = browser.sends(
        shown, typed, button="Record", to=board(story, f"/{elm.ref}/social-value")
    )
    kept = queries.consensus_of([oak.id])[oak.id, ("staffing", "")]
    assert kept.present == sorted(there)


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(by):
    story = an_evaluation(names=["Oak House"]).with_all_sheets_in()
    bid = story.bids[0]
    browser = by(story.moderator)
    shown = browser.page(board(story, f"/{bid.ref}/safeguarding"))
    typed = {"value": None, "reason": "Something typed", "present": []}
    refused = browser.sends(shown, typed, button="Record", status=422)
    assert "Choose the score that the panel agreed" in refused.text
    assert "Tick who is here" in refused.text
    assert "Something typed" in refused.text
    typed = {"value": "3", "reason": "Something typed", "present": [story.moderator.ref]}
    refused = browser.sends(shown, typed, button="Record", status=422)
    assert "At least 2 must be here" in refused.text
    assert not db.session.query(Consensus).count()


def test_a_reason_that_names_a_price_or_another_bidder_is_looked_at_twice(by):
    story = an_evaluation(names=["Oak House Ltd", "Elm House Ltd"]).with_all_sheets_in()
    oak = story.bids[0]
    browser = by(story.moderator)
    there = [person.ref for person in story.officers]
    reason = "Clearer than Elm House, and at £900 a week it is a fair answer."
    typed = {"value": "3", "reason": reason, "present": there}
    shown = browser.page(board(story, f"/{oak.ref}/safeguarding"))
    warned = browser.sends(shown, typed, button="Record", status=200)
    assert "It names another bidder (“Elm House”)" in warned.text
    assert "It names a price (“£900”)" in warned.text
    assert "In the letter" in warned.text
    assert not db.session.query(Consensus).count()
    # another text is looked at again
    changed = typed | {"reason": "Much clearer than Elm House on every point it makes."}
    warned = browser.sends(warned, changed, button="Record", status=200)
    assert not db.session.query(Consensus).count()
    browser.sends(warned, changed, button="Record", status=302)
    assert db.session.query(Consensus).one().reason == changed["reason"]


def test_how_it_will_read_is_shown_and_nothing_is_saved(by):
    story = an_evaluation(names=["Oak House"]).with_all_sheets_in()
    bid = story.bids[0]
    browser = by(story.moderator)
    shown = browser.page(board(story, f"/{bid.ref}/safeguarding"))
    typed = {"value": "4", "reason": AGREED}
    preview = browser.sends(shown, typed, button="See how it will read", status=200)
    assert "Score: 4 out of 5: Good" in preview.text
    assert not db.session.query(Consensus).count()


def test_a_sheet_is_given_back_and_the_board_waits_again(by):
    story = an_evaluation(names=["Oak House"]).with_all_sheets_in()
    bid, ada = story.bids[0], story.evaluators[0]
    story.agree(bid, asked_of(bid))
    sheet = story.sheet(bid, ada)
    browser = by(story.moderator)
    assert "Give back" in browser.page(board(story, f"?bid={bid.ref}")).text
    shown = browser.page(board(story, f"/sheets/{sheet.ref}/give-back"))
    browser.sends(shown, {"reason": " "}, status=422)
    after = browser.sends(shown, {"reason": "Please look at lot 1A again."}, to=board(story))
    assert "2 of 3 sheets in" in after.text
    assert "portal-dots" not in after.text
    db.session.expire_all()
    assert sheet.stage is SheetStage.DRAFT
    assert "lock:sheets-missing" in {one.code for one in lock_findings(story.round)}
    browser.page(board(story, f"/sheets/{sheet.ref}/give-back"))  # the page; the act is refused
    again = browser.page(board(story, f"/sheets/{sheet.ref}/give-back"))
    refused = browser.sends(again, {"reason": "And once more."}, status=422)
    assert "There is a problem" in refused.text


def test_strangers_are_told_why_or_find_nothing(by):
    story, other = an_evaluation(bids=1).with_all_sheets_in(), an_evaluation(bids=1)
    bid = story.bids[0]
    shown = by(other.moderator).page(board(story))
    assert "Only the moderator of this round sees its moderation." in shown.text
    assert bid.provider.name not in shown.text
    by(other.moderator).page(board(story, f"/{bid.ref}/safeguarding"), status=404)
    assert bid.provider.name not in by(other.moderator).page(board(story, f"?bid={bid.ref}")).text
    away = a_person(Role.MODERATOR, "hertfordshire")
    by(away).page(board(story), status=404)
    for person in (story.evaluators[0], story.supporter, story.young[0]):
        by(person).page(board(story), status=403)
    by(story.lead).page(board(story), status=403)
    browser = by(story.moderator)
    for wrong in (
        f"/{bid.ref}/young-home",
        f"/{bid.ref}/legal-name",
        f"/{other.bids[0].ref}/safeguarding",
        "?question=young-home",
        "?bid=APP-NONE",
    ):
        browser.page(board(story, wrong), status=404)


def test_somebody_who_scores_and_moderates_sees_nothing_before_their_own_is_in(by):
    story = an_evaluation(names=["Oak House"])
    both = a_person([Role.EVALUATOR, Role.MODERATOR])
    for part in (Part.EVALUATOR, Part.MODERATOR):
        actions.add_member(story.round, both, part, actor=story.lead, now=SCORING)
    story.declare_none(both)
    bid = story.bids[0]
    secret = "A reason that somebody else wrote and kept to themselves."
    for person in story.evaluators:
        story.give(bid, person, reason=secret)
        story.submit(bid, person)
    browser = by(both)
    for more in ("", f"?bid={bid.ref}", "?question=safeguarding", f"/{bid.ref}/safeguarding"):
        assert secret not in browser.page(board(story, more)).text
    story.give(bid, both)
    story.submit(bid, both)
    assert secret in browser.page(board(story, f"?bid={bid.ref}")).text


# --- The lock ------------------------------------------------------------------------------------


def codes(bid_round):
    return [one.code for one in lock_findings(bid_round)]


def test_quality_is_locked_when_nothing_is_missing(by):
    story = an_evaluation(names=["Oak House"])
    bid = story.bids[0]
    who = {"actor": viewer(story.moderator), "now": SCORING}
    assert codes(story.round) == ["lock:sheets-missing", "lock:consensus-missing"]
    assert refusal(actions.lock_quality, story.round, **who) == "lock:sheets-missing"
    story.with_all_sheets_in()
    for asked in queries.asked_of(bid)[:-1]:
        story.agree(bid, asked)
    browser = by(story.moderator)
    shown = browser.page(board(story, "/lock"))
    assert "Oak House: 1 of 12 questions have no agreed score." in shown.text
    assert "The panel has finished" not in shown.text
    assert refusal(actions.lock_quality, story.round, **who) == "lock:consensus-missing"
    story.agree(bid, queries.asked_of(bid)[-1])
    assert refusal(actions.lock_quality, story.round, **who) == "lock:sign-off-missing"
    actions.sign_off_young(bid, actor=viewer(story.supporter), now=SCORING)
    for person in (story.evaluators[0], story.supporter):
        code = refusal(actions.lock_quality, story.round, actor=viewer(person), now=SCORING)
        assert code == "lock:not-allowed"
    assert "Lock quality" in browser.page("/").text
    shown = browser.page(board(story, "/lock"))
    browser.sends(shown, {}, status=422)
    after = browser.sends(
        shown,
        {"confirmed": "yes"},
        button="Lock",
        to=f"/council/rounds/{story.round.ref}/results",
    )
    assert "Quality is locked" in after.text
    db.session.expire_all()
    assert story.round.stage is RoundStage.MODERATED
    assert story.round.quality_locked_at == SCORING
    assert bid.stage is ApplicationStage.EVALUATED
    assert db.session.query(Result).count() == 1


def test_after_the_lock_nothing_is_agreed_or_given_back(by):
    story = an_evaluation(names=["Oak House"])
    story.locked()
    bid = story.bids[0]
    assert refusal(story.agree, bid, asked_of(bid)) == "consensus:not-allowed"
    young = queries.asked_of(bid, Panel.YOUNG)[0]
    assert refusal(story.agree, bid, young) == "consensus:not-allowed"
    who = {"actor": viewer(story.moderator), "now": SCORING}
    sheet = story.sheet(bid, story.evaluators[0])
    assert refusal(actions.give_back, sheet, "Again.", **who) == "sheet:not-allowed"
    assert refusal(actions.lock_quality, story.round, **who) == "lock:not-allowed"
    browser = by(story.moderator)
    assert "Quality is locked." in browser.page(board(story)).text
    assert "Agree this score" not in browser.page(board(story, f"?bid={bid.ref}")).text
    browser.goes(board(story, f"/{bid.ref}/safeguarding"), to=board(story))
    results = f"/council/rounds/{story.round.ref}/results"
    browser.goes(board(story, "/lock"), to=results)  # a second press finds what the first did


def test_a_quorum_that_was_raised_meanwhile_holds():
    story = an_evaluation(bids=1).with_all_sheets_in()
    settings.change("moderation_quorum", 5)
    assert refusal(story.agree, story.bids[0], asked_of(story.bids[0])) == "consensus:no-quorum"


def test_the_statements_of_the_board_do_not_grow(by):
    def statements(bids, evaluators):
        story = an_evaluation(bids=bids, evaluators=evaluators, lots=["1A", "2A"][:evaluators])
        story.with_all_sheets_in()
        story.agree(story.bids[0], asked_of(story.bids[0]))
        browser, found = by(story.moderator), []
        bid = story.bids[0].ref
        for more in ("", f"?bid={bid}", "?question=safeguarding", f"/{bid}/safeguarding", "/lock"):
            browser.page(board(story, more))
            with counted() as sent:
                browser.page(board(story, more))
            found.append(sent.number)
        browser.page("/")
        with counted() as sent:
            browser.page("/")
        return [*found, sent.number]

    assert statements(1, 1) == statements(3, 2)


def test_an_agreement_that_its_scores_have_left_is_agreed_again():
    story = an_evaluation(bids=1, evaluators=1).with_consensus()
    bid, ada = story.bids[0], story.evaluators[0]
    who = {"actor": viewer(story.moderator), "now": SCORING}
    actions.give_back(story.sheet(bid, ada), "Please look again.", **who)
    story.give(bid, ada, 5)
    story.submit(bid, ada)
    assert codes(story.round) == ["lock:outside-range"]
    assert refusal(actions.lock_quality, story.round, **who) == "lock:outside-range"
    for asked in queries.asked_of(bid, Panel.OFFICERS):
        story.agree(bid, asked, 5)
    assert codes(story.round) == []


def test_a_pairs_sheet_that_goes_back_takes_the_sign_off_with_it():
    story = an_evaluation(bids=1, evaluators=1).with_consensus()
    bid, comet = story.bids[0], story.young[0]
    who = {"actor": viewer(story.supporter), "now": SCORING}
    actions.give_back(story.sheet(bid, comet), "One of you was ill.", **who)
    assert codes(story.round) == ["lock:sheets-missing", "lock:sign-off-missing"]
    assert refusal(actions.sign_off_young, bid, **who) == "young:not-agreed"
    story.submit(bid, comet)
    assert actions.sign_off_young(bid, **who)
    assert codes(story.round) == []
