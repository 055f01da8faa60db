"""A blind round: who scores sees labels, in an order that tells nothing, until quality is locked."""

from flask import current_app

from portal.access import Role
from portal.evaluation import actions, queries
from portal.evaluation.models import Interest, Part
from scoring.terms import Panel
from tests.factories.evaluation import SCORING, an_evaluation
from tests.factories.people import a_person, viewer

NAMES = ["Aaa House", "Bbb House", "Ccc House", "Ddd House"]


def labels(story):
    return queries.labels_for(story.round)


def test_scorers_see_labels_and_moderators_names(by):
    story = an_evaluation(names=NAMES, blind=True)
    ada, comet = story.evaluators[0], story.young[0]
    sheet = story.sheet(story.bids[0], ada)
    pair = story.sheet(story.bids[0], comet)
    label = labels(story)[story.bids[0].id]
    for person, address in (
        (ada, "/scoring/"),
        (ada, f"/scoring/sheets/{sheet.ref}"),
        (ada, f"/scoring/sheets/{sheet.ref}/questions/safeguarding"),
        (comet, "/your-scores/"),
        (comet, f"/your-scores/{pair.ref}"),
    ):
        text = by(person).page(address).text
        assert label in text
        # the answers may give a bidder away, but the page does not
        assert "Aaa House" not in text.replace("Aaa House on safeguarding.", "")
    board = by(story.moderator).page(f"/council/rounds/{story.round.ref}/moderation")
    assert "Aaa House" in board.text


def test_names_are_shown_where_interests_are_declared(by):
    story = an_evaluation(names=NAMES, blind=True, declared=False)
    for person in (story.evaluators[0], story.young[0]):
        shown = by(person).page(f"/rounds/{story.round.ref}/interests")
        assert all(name in shown.text for name in NAMES)
        assert "Bid A" not in shown.text


def test_the_order_of_the_labels_is_not_that_of_the_names():
    orders = set()
    for _ in range(4):
        story = an_evaluation(names=NAMES, blind=True, evaluators=1)
        found = labels(story)
        assert sorted(found.values()) == ["Bid A", "Bid B", "Bid C", "Bid D"]
        assert found == labels(story)
        orders.add(tuple(found[bid.id] for bid in story.bids))
        mine = [one.application_id for one in queries.my_sheets(viewer(story.evaluators[0]))]
        assert mine == sorted(found, key=lambda key: found[key])
    assert len(orders) > 1
    assert current_app.config["AUDIT_KEY"]


def test_a_closed_bid_does_not_move_the_labels_of_the_others():
    story = an_evaluation(names=NAMES, blind=True, evaluators=1)
    before = labels(story)
    ada = story.evaluators[0]
    story.declare(ada, story.bids[1], Interest.PERSONAL)
    rows = queries.agenda(story.round, Panel.OFFICERS, viewer(ada))
    assert {row.application.id: row.name for row in rows} == {
        key: label for key, label in before.items() if key != story.bids[1].id
    }


def test_who_scores_and_moderates_sees_labels_on_the_board_too(by):
    story = an_evaluation(names=NAMES, blind=True, evaluators=1)
    both = a_person([Role.EVALUATOR, Role.MODERATOR, Role.COMMISSIONER])
    for part in (Part.EVALUATOR, Part.MODERATOR):
        actions.add_member(story.round, both, part, actor=story.lead, now=SCORING)
    story.declare_none(both)
    story.evaluators.append(both)
    story.with_all_sheets_in()
    browser = by(both)
    bid = story.bids[0].ref
    for more in ("moderation", f"moderation?bid={bid}", f"moderation/{bid}/staffing", "panel"):
        text = browser.page(f"/council/rounds/{story.round.ref}/{more}").text
        assert "Aaa House" not in text.replace("Aaa House on ", ""), more


def test_names_come_back_with_the_lock(by):
    story = an_evaluation(names=NAMES[:2], blind=True, evaluators=1)
    story.locked()
    assert "Aaa House" in by(story.evaluators[0]).page("/scoring/").text or (
        "Aaa House" in by(story.evaluators[0]).page(f"/scoring/rounds/{story.round.ref}").text
    )
