"""How well the scorers agree, and the history of a question: for the moderator, when every sheet is in."""

import pytest

from portal.access import Role
from portal.db import db
from portal.evaluation import actions, queries
from portal.evaluation.models import Interest
from portal.evaluation.moderation.agreement_figures import figures
from portal.evaluation.moderation.board import Known
from portal.evaluation.moderation.history import handed_in, versions
from scoring.terms import Panel
from tests.factories.counting import counted
from tests.factories.evaluation import SCORING, an_evaluation
from tests.factories.people import a_person, viewer

PAGE = "/moderation/agreement"
SAFE = ("safeguarding", "")


def measured(story, closed=()):
    known = Known(queries.bids(story.round), closed)
    return figures(story.round, Panel.OFFICERS, known, SCORING)


def of(story, more):
    return f"/council/rounds/{story.round.ref}{more}"


def a_split_panel(bids=2):
    story = an_evaluation(bids=bids)
    for person, value in zip(story.evaluators, (1, 4, 4), strict=True):
        for bid in story.bids:
            story.give(bid, person, {"safeguarding": value})
            story.submit(bid, person)
    return story


def test_where_scorers_differ_stands_first_and_who_is_harsh_is_told():
    story = a_split_panel()
    found = measured(story)
    first = found.questions.rows[0]
    assert (first["widest"], first["bids"]) == (3, 2)
    assert "Often disagree" in first["words"]
    harsh = found.scorers.rows[0]
    assert harsh["scorer"] == story.evaluators[0].name
    assert "harsh" in harsh["words"]
    assert harsh["leans"] < 0


def test_a_bid_with_a_sheet_out_and_a_closed_bid_say_nothing():
    story = a_split_panel()
    assert measured(story, closed={story.bids[0].id}).bids == 1
    sheet = story.sheet(story.bids[1], story.evaluators[0])
    actions.give_back(sheet, "Look at it again.", actor=viewer(story.moderator), now=SCORING)
    assert measured(story, closed={story.bids[0].id}).bids == 0


def test_scores_that_were_set_aside_are_left_out():
    story = a_split_panel(bids=1)
    story.declare(story.evaluators[0], story.bids[0], Interest.PERSONAL, "A friend.")
    found = measured(story)
    assert {row["scorer"] for row in found.scorers.rows} == {
        person.name for person in story.evaluators[1:]
    }


def test_the_page_and_its_files(by):
    story = a_split_panel()
    chair = by(story.moderator)
    shown = chair.page(of(story, PAGE))
    assert "Often disagree" in shown.text
    file = chair.get(of(story, f"{PAGE}/by-scorer.csv"))
    assert story.evaluators[0].name in file.text
    assert chair.get(of(story, f"{PAGE}/nothing.csv")).status_code == 404
    assert chair.get(of(story, f"{PAGE}/by-scorer.exe")).status_code == 404


@pytest.mark.parametrize("more", [PAGE, f"{PAGE}/by-scorer.csv"])
def test_nobody_else_reads_it(by, more):
    story = a_split_panel(bids=1)
    assert by(story.evaluators[0]).get(of(story, more)).status_code == 403
    assert by(story.lead).get(of(story, more)).status_code == 403
    assert by(story.young[0]).get(of(story, more)).status_code == 403
    other = a_person(Role.MODERATOR)  # of the council, and not on this panel
    assert by(other).get(of(story, more)).status_code == 404


def test_the_statements_do_not_grow():
    def statements(bids):
        story = a_split_panel(bids)
        known = Known(queries.bids(story.round), ())
        with counted() as sent:
            figures(story.round, Panel.OFFICERS, known, SCORING)
        return sent.number

    assert statements(1) == statements(3) <= 4


# --- History -------------------------------------------------------------------------------------


def test_every_score_stays_whatever_happens_to_its_sheet():
    story = a_split_panel(bids=1)
    bid, person = story.bids[0], story.evaluators[0]
    sheet = story.sheet(bid, person)
    actions.give_back(sheet, "Read the answer again.", actor=viewer(story.moderator), now=SCORING)
    story.give(bid, person, {"safeguarding": 3})
    story.submit(bid, person)
    kept = [one for one in handed_in(bid, Panel.OFFICERS, SAFE) if one.scorer == person.name]
    assert [(one.value, one.state) for one in kept] == [(1, "Handed in again later"), (3, "Counts")]
    story.declare(person, bid, Interest.PERSONAL, "A friend.")
    kept = [one for one in handed_in(bid, Panel.OFFICERS, SAFE) if one.scorer == person.name]
    assert {one.state for one in kept} == {"Set aside for a declared interest"}


def test_every_version_of_a_consensus_is_told(by):
    story = a_split_panel(bids=1)
    bid = story.bids[0]
    asked = next(one for one in queries.asked_of(bid, Panel.OFFICERS) if one.key == SAFE)
    story.agree(bid, asked, 4)
    story.agree(bid, asked, 3, reason="The panel read it once more and found less than before.")
    db.session.commit()
    assert [one.value for one in versions(bid, SAFE)] == [4, 3]
    shown = by(story.moderator).page(of(story, f"/moderation/history/{bid.ref}/safeguarding"))
    assert "found less than before" in shown.text
    assert story.evaluators[0].name in shown.text


def test_the_history_opens_when_every_sheet_is_in_and_to_nobody_with_an_interest(by):
    story = an_evaluation(bids=1)
    bid = story.bids[0]
    address = of(story, f"/moderation/history/{bid.ref}/safeguarding")
    story.give(bid, story.evaluators[0])
    story.submit(bid, story.evaluators[0])
    assert by(story.moderator).get(address).status_code == 404
    story.declare(story.moderator, bid, Interest.PERSONAL, "A friend.")
    for person in story.evaluators[1:]:
        story.give(bid, person)
        story.submit(bid, person)
    assert by(story.moderator).get(address).status_code == 404
    assert by(story.evaluators[0]).get(address).status_code == 403
