"""Declaring interests: before any bid is seen, on the whole list; and what an interest closes."""

import pytest

from portal.access import Role
from portal.audit import AuditEntry, Event
from portal.db import db
from portal.evaluation import actions, queries
from portal.evaluation.models import ConflictDeclaration, Interest, Part, Score
from portal.mail import Mail
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RoundStage
from scoring.terms import Panel
from tests.factories.evaluation import SCORING, a_panel, an_evaluation, an_opened_bid
from tests.factories.people import a_person, viewer
from tests.factories.rounds import a_round


def refusal(story, person, bid, interest=Interest.NONE, detail=""):
    with pytest.raises(RuleBroken) as refused:
        story.declare(person, bid, interest, detail)
    return refused.value.code


def interests(story):
    return f"/rounds/{story.round.ref}/interests"


# --- The verb ------------------------------------------------------------------------------------


def test_an_interest_needs_words_and_is_never_taken_back():
    story = an_evaluation(bids=1, declared=False)
    ada, bid = story.evaluators[0], story.bids[0]
    assert refusal(story, ada, bid, Interest.PERSONAL, " ") == "conflict:detail-missing"
    story.declare(ada, bid, Interest.NONE)
    story.declare(ada, bid, Interest.FINANCIAL, "I own shares.")
    for other, detail in ((Interest.NONE, ""), (Interest.PERSONAL, "No")):
        assert refusal(story, ada, bid, other, detail) == "conflict:cannot-be-taken-back"
    kept = db.session.query(ConflictDeclaration).one()
    assert (kept.interest, kept.detail) == (Interest.FINANCIAL, "I own shares.")


def test_words_about_a_bidder_are_never_dropped_as_no_interest():
    story = an_evaluation(bids=1, declared=False)
    ada, bid = story.evaluators[0], story.bids[0]
    code = refusal(story, ada, bid, Interest.NONE, "My cousin works there.")
    assert code == "conflict:interest-missing"
    assert not db.session.query(ConflictDeclaration).count()


def test_nobody_declares_who_is_not_on_the_panel():
    story = an_evaluation(bids=1, declared=False)
    stranger = a_person(Role.EVALUATOR)
    assert refusal(story, stranger, story.bids[0]) == "conflict:not-now"


def test_the_list_of_bidders_must_be_whole():
    story = an_evaluation(bids=1, started=False)
    undecided = an_opened_bid(story.round, "Elm House")
    undecided.stage = ApplicationStage.OPENED
    assert refusal(story, story.moderator, story.bids[0]) == "conflict:not-now"
    undecided.stage = ApplicationStage.NOT_COMPLIANT
    story.declare(story.moderator, story.bids[0], Interest.NONE)
    assert refusal(story, story.moderator, undecided) == "conflict:not-now"


# --- The page ------------------------------------------------------------------------------------


def test_declarations_are_saved_together_or_not_at_all(by):
    story = an_evaluation(names=["Oak House", "Elm House"], declared=False)
    oak, elm = story.bids
    ada = by(story.evaluators[0])
    ada.goes("/scoring/", to=interests(story))
    shown = ada.page(interests(story))
    wrong = {
        f"interest-{oak.ref}": "personal",
        f"detail-{oak.ref}": "",
        f"interest-{elm.ref}": None,
    }
    refused = ada.sends(shown, wrong, status=422)
    assert "Say in a few words what your interest in Oak House is" in refused.text
    assert "Choose an answer for Elm House" in refused.text
    assert 'value="personal" checked' in refused.text
    assert not db.session.query(ConflictDeclaration).count()
    right = {
        f"interest-{oak.ref}": "personal",
        f"detail-{oak.ref}": "My sister works there.",
        f"interest-{elm.ref}": "none",
    }
    after = ada.sends(refused, right, to=f"/scoring/rounds/{story.round.ref}")
    assert "Elm House" in after.text
    assert "Oak House" not in after.text
    assert "One bid is closed to you" in after.text


def test_words_with_no_interest_are_asked_about_beside_the_bidder_and_kept(by):
    story = an_evaluation(names=["Oak House", "Elm House"], declared=False)
    oak, elm = story.bids
    ada = by(story.evaluators[0])
    typed = {
        f"interest-{oak.ref}": "none",
        f"detail-{oak.ref}": "My cousin works there.",
        f"interest-{elm.ref}": "personal",
        f"detail-{elm.ref}": "",
    }
    refused = ada.sends(ada.page(interests(story)), typed, status=422)
    assert "You wrote something about Oak House. Choose what kind of interest it is" in refused.text
    assert "Say in a few words what your interest in Elm House is" in refused.text
    assert "My cousin works there." in refused.text
    assert not db.session.query(ConflictDeclaration).count()
    mended = {f"detail-{oak.ref}": "", f"interest-{elm.ref}": "none"}
    ada.sends(refused, mended, to="/scoring/*")
    assert {one.interest for one in db.session.query(ConflictDeclaration)} == {Interest.NONE}


def test_an_interest_can_be_added_later(by):
    story = an_evaluation(names=["Oak House", "Elm House"])
    oak = story.bids[0]
    ada = by(story.evaluators[0])
    shown = ada.page(interests(story))
    added = {f"interest-{oak.ref}": "financial", f"detail-{oak.ref}": "I lent them money."}
    ada.sends(shown, added, to="/scoring/*")
    again = ada.page(interests(story))
    assert f"interest-{oak.ref}" not in again.text
    assert "Oak House: financial interest" in again.text


def test_young_people_are_asked_in_plain_words(by):
    story = an_evaluation(names=["Oak House"], declared=False)
    oak = story.bids[0]
    comet = by(story.young[0])
    shown = comet.page(interests(story))
    assert "Do you know anybody who lives or works at Oak House?" in shown.text
    assert "professional" not in shown.text.lower()
    refused = comet.sends(shown, {}, status=422)
    assert "Say yes or no for Oak House" in refused.text
    comet.sends(shown, {f"interest-{oak.ref}": "lived"}, to="/your-scores/*")
    kept = db.session.query(ConflictDeclaration).one()
    assert (kept.interest, kept.detail) == (Interest.PERSONAL, "Yes, I have lived there")


def test_strangers_and_sealed_bidders(by):
    story = an_evaluation(bids=1)
    by(a_person(Role.EVALUATOR)).page(interests(story), status=404)
    sealed = a_panel(a_round(), evaluators=1, pairs=1)
    an_opened_bid(sealed.round, "Sealed House")
    shown = by(sealed.evaluators[0]).page(f"/rounds/{sealed.round.ref}/interests")
    assert "The list of bidders is not ready yet" in shown.text
    assert "Sealed House" not in shown.text


# --- What it closes ------------------------------------------------------------------------------


def test_before_declaring_no_bid_is_open_to_anybody(by):
    story = an_evaluation(names=["Oak House"], declared=False)
    sheet = story.sheet(story.bids[0], story.evaluators[0])
    ada = by(story.evaluators[0])
    for address in (
        f"/scoring/sheets/{sheet.ref}",
        f"/scoring/sheets/{sheet.ref}/submit",
        f"/scoring/sheets/{sheet.ref}/questions/safeguarding",
    ):
        ada.page(address, status=404)
    pair = story.sheet(story.bids[0], story.young[0])
    by(story.young[0]).page(f"/your-scores/{pair.ref}", status=404)
    board = f"/council/rounds/{story.round.ref}/moderation"
    by(story.moderator).goes(board, to=interests(story))
    by(story.moderator).page(f"{board}/{story.bids[0].ref}/safeguarding", status=404)
    by(story.supporter).goes(f"/sign-off/{story.round.ref}", to=interests(story))
    by(story.supporter).page(f"/sign-off/{story.round.ref}/{story.bids[0].ref}", status=404)
    assert queries.my_sheets(viewer(story.evaluators[0])) == []


def test_an_interest_closes_the_bid_to_its_evaluator_everywhere(by):
    story = an_evaluation(names=["Oak House", "Elm House"])
    oak, elm = story.bids
    ada = story.evaluators[0]
    story.give(oak, ada)
    story.declare(ada, oak, Interest.PERSONAL)
    sheet = story.sheet(oak, ada)
    browser = by(ada)
    shown = browser.page("/scoring/")
    assert "Oak House" not in shown.text
    assert "0 of 8 questions scored, 0 of 1 sheets" in shown.text
    for more in ("", "/submit", "/questions/safeguarding"):
        browser.page(f"/scoring/sheets/{sheet.ref}{more}", status=404)
    assert [one.application.ref for one in queries.my_sheets(viewer(ada))] == [elm.ref]
    with pytest.raises(RuleBroken):
        story.give(oak, ada)
    with pytest.raises(RuleBroken):
        story.submit(oak, ada)
    assert "Score 1 bid" in browser.page("/").text


def test_one_half_of_a_pair_closes_the_bid_to_both(by):
    story = an_evaluation(names=["Oak House", "Elm House"], pairs=2)
    oak = story.bids[0]
    comet, river = story.pairs[0]
    story.declare(river, oak, Interest.PERSONAL, "I lived there.")
    sheet = story.sheet(oak, comet)
    for person in (comet, river):
        by(person).page(f"/your-scores/{sheet.ref}", status=404)
        assert "Oak House" not in by(person).page("/your-scores/").text
    story.with_all_sheets_in()
    by(comet).page(f"/your-scores/agree/{oak.ref}", status=404)
    # the other pair agrees without them
    rows = queries.agenda(story.round, Panel.YOUNG, application_id=oak.id)
    assert [one.scorer for one in rows[0].given] == ["Pair 2"]
    asked = rows[0].asked
    with pytest.raises(RuleBroken, match="leave the meeting"):
        story.agree(oak, asked, by=story.pairs[1][0], present=[*story.pairs[1], comet])
    assert story.agree(oak, asked, by=story.pairs[1][0], present=story.pairs[1])


def test_an_interest_closes_the_bid_to_its_moderator(by):
    story = an_evaluation(names=["Oak House", "Elm House"]).with_all_sheets_in()
    oak = story.bids[0]
    story.declare(story.moderator, oak, Interest.PROFESSIONAL)
    board = f"/council/rounds/{story.round.ref}/moderation"
    browser = by(story.moderator)
    shown = browser.page(board)
    assert "Oak House" not in shown.text
    assert "0 of 8 questions agreed" in shown.text
    assert "One bid is closed to you" in shown.text
    browser.page(f"{board}?bid={oak.ref}", status=404)
    browser.page(f"{board}/{oak.ref}/safeguarding", status=404)
    assert "Oak House" not in browser.page(f"{board}?question=safeguarding").text
    assert "Oak House" not in browser.page(f"{board}/lock").text
    sheet = story.sheet(oak, story.evaluators[0])
    browser.page(f"{board}/sheets/{sheet.ref}/give-back", status=404)
    with pytest.raises(RuleBroken, match="closes this bid"):
        story.agree(oak, queries.asked_of(oak, Panel.OFFICERS)[0])
    second = a_person(Role.MODERATOR)
    actions.add_member(story.round, second, Part.MODERATOR, actor=story.lead, now=SCORING)
    story.declare_none(second)
    there = [*story.evaluators, second]
    assert story.agree(oak, queries.asked_of(oak, Panel.OFFICERS)[0], by=second, present=there)


def test_whoever_declared_an_interest_was_not_at_the_meeting():
    story = an_evaluation(bids=1).with_all_sheets_in()
    (oak,) = story.bids
    ada = story.evaluators[0]
    asked = queries.asked_of(oak, Panel.OFFICERS)[0]
    story.agree(oak, asked)
    story.declare(ada, oak, Interest.PERSONAL)
    from portal.evaluation.moderation.actions_lock import lock_findings

    met = [one for one in lock_findings(story.round) if one.code == "lock:met-with-interest"]
    assert ada.name in met[0].message
    story.agree(oak, asked, present=[one for one in story.officers if one is not ada])
    assert "lock:met-with-interest" not in {one.code for one in lock_findings(story.round)}


def test_an_interest_closes_the_results_too(by):
    story = an_evaluation(names=["Oak House", "Elm House"])
    approver = a_person([Role.APPROVER, Role.AUDITOR])
    actions.add_member(story.round, approver, Part.APPROVER, actor=story.lead, now=SCORING)
    other = a_person(Role.APPROVER)
    actions.add_member(story.round, other, Part.APPROVER, actor=story.lead, now=SCORING)
    story.locked()
    oak = story.bids[0]
    story.declare(other, oak, Interest.FINANCIAL)
    results = f"/council/rounds/{story.round.ref}/results"
    browser = by(other)
    for more in ("", "/1A"):
        shown = browser.page(results + more)
        assert "Oak House" not in shown.text
        assert "left out here, because you declared an interest" in shown.text
    browser.page(f"{results}/1A/{oak.ref}", status=404)
    assert "Oak House" not in browser.page(f"{results}/1A/table.csv").text
    assert [one.application.ref for one in queries.results(story.round, viewer(other))] == [
        story.bids[1].ref
    ]
    assert story.round.stage is RoundStage.MODERATED


def test_what_was_declared_reaches_the_moderator_and_young_words_only_their_officer(by):
    story = an_evaluation(names=["Oak House"])
    oak = story.bids[0]
    story.declare(story.evaluators[0], oak, Interest.PROFESSIONAL, "I worked there in 2024.")
    story.declare(story.young[0], oak, Interest.PERSONAL, "Yes, I have lived there")
    panel = f"/council/rounds/{story.round.ref}/panel"
    for person in (story.moderator, db.session.merge(story.moderator)):
        shown = by(person).page(panel)
        assert "I worked there in 2024." in shown.text
        assert "I have lived there" not in shown.text
    shown = by(story.supporter).page(f"/sign-off/{story.round.ref}")
    assert "Yes, I have lived there" in shown.text


# --- What comes up later -------------------------------------------------------------------------


def test_what_was_declared_first_stays_on_record():
    story = an_evaluation(bids=1)
    ada, bid = story.evaluators[0], story.bids[0]
    story.declare(ada, bid, Interest.FINANCIAL, "I inherited shares.")
    kept = db.session.query(ConflictDeclaration).filter_by(person_id=ada.id).one()
    assert [one["interest"] for one in kept.earlier] == ["none"]


def test_a_late_interest_sets_scores_aside_and_keeps_them():
    story = an_evaluation(bids=2).with_all_sheets_in()
    ada, bid = story.evaluators[0], story.bids[0]
    before = db.session.query(Score).count()
    story.declare(ada, bid, Interest.PERSONAL, "My sister began to work there.")
    db.session.commit()
    assert db.session.query(Score).count() == before
    rows = queries.agenda(story.round, Panel.OFFICERS, application_id=bid.id)
    assert {len(row.given) for row in rows} == {2}
    entry = db.session.query(AuditEntry).filter_by(event=Event.CONFLICT_DECLARED.value)
    detail = entry.order_by(AuditEntry.id.desc()).first().detail
    assert detail["late"]
    assert detail["set_aside"] == len(rows)
    told = db.session.query(Mail).filter_by(message="interest-came-up").one()
    assert told.address == story.moderator.email
    assert ada.name not in told.body
    assert bid.provider.name not in told.body


def test_the_interest_of_half_a_pair_undoes_the_sign_off():
    story = an_evaluation(bids=1, pairs=2).with_consensus()
    bid = story.bids[0]
    assert queries.sign_offs([bid.id])
    story.declare(story.young[0], bid, Interest.PERSONAL, "Lived there.")
    assert not queries.sign_offs([bid.id])


def test_the_moderator_sees_what_was_set_aside_and_notes_what_is_done(by):
    story = an_evaluation(names=["Oak House", "Elm House"]).with_all_sheets_in()
    oak = next(bid for bid in story.bids if bid.provider.name == "Oak House")
    ada = story.evaluators[0]
    story.declare(ada, oak, Interest.PERSONAL, "My sister began to work there.")
    address = f"/council/rounds/{story.round.ref}/declared-interests"
    chair = by(story.moderator)
    shown = chair.page(address)
    assert "My sister began to work there." in shown.text
    assert "Came up later" in shown.text
    assert "2 scorers are left" in shown.text
    form = chair.page(f"{address}/{oak.ref}/{ada.ref}")
    chair.sends(form, {"words": ""}, status=422)
    after = chair.sends(form, {"words": "Ben Elm scores it instead."}, to=address)
    assert "Ben Elm scores it instead." in after.text


def test_nobody_looks_at_their_own_interest_or_at_a_closed_bid(by):
    story = an_evaluation(names=["Oak House", "Elm House"], declared=False)
    oak = next(bid for bid in story.bids if bid.provider.name == "Oak House")
    story.declare(story.evaluators[0], oak, Interest.PERSONAL, "A friend of mine.")
    story.declare(story.moderator, oak, Interest.FINANCIAL, "I rent to them.")
    address = f"/council/rounds/{story.round.ref}/declared-interests"
    shown = by(story.moderator).page(address)
    assert "Oak House" not in shown.text
    own = db.session.query(ConflictDeclaration).filter_by(person_id=story.moderator.id).one()
    assert by(story.moderator).get(f"{address}/{oak.ref}/{story.moderator.ref}").status_code == 404
    with pytest.raises(RuleBroken) as refused:
        actions.note_mitigation(own, "Fine.", actor=viewer(story.moderator), now=SCORING)
    assert refused.value.code == "conflict:own"
    assert by(a_person(Role.COMMISSIONER, "hertfordshire")).get(address).status_code == 404


def test_what_a_young_person_said_is_not_for_the_council(by):
    story = an_evaluation(names=["Oak House"], declared=False)
    story.declare(story.young[0], story.bids[0], Interest.PERSONAL, "a secret reason")
    shown = by(story.lead).page(f"/council/rounds/{story.round.ref}/declared-interests")
    assert "a secret reason" not in shown.text
    assert story.young[0].name in shown.text
