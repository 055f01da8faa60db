"""What waits for whom: on the home page of everybody who takes part."""

from flask import current_app

from portal.evaluation import actions, queries
from portal.evaluation.waiting import due
from scoring.terms import Panel
from tests.factories.evaluation import SCORING, an_evaluation
from tests.factories.people import viewer


def titles(someone):
    person = someone if hasattr(someone, "posts") else viewer(someone)
    with current_app.test_request_context("/"):
        return [one.title for one in due(person, SCORING)]


def test_what_waits_follows_the_evaluation():
    story = an_evaluation(names=["Oak House", "Elm House"], started=False)
    lead, ada, mod, pat = story.lead, story.evaluators[0], story.moderator, story.supporter
    comet = story.young[0]
    start, declare = "Set the panel and start the evaluation", "Say whether you have an interest"
    assert titles(lead) == [start]
    assert titles(ada) == titles(mod) == titles(comet) == []
    actions.start_evaluation(story.round, actor=lead, now=SCORING)
    assert titles(lead) == []
    for person in (ada, mod, pat):
        assert titles(person) == [f"{declare} in any bidder"]
    assert titles(comet) == ["Do you know anybody there?"]
    story.declare_none()
    assert titles(ada) == ["Score 2 bids"]
    assert titles(comet) == ["Elm House", "Oak House"]
    assert titles(mod) == titles(pat) == []
    story.with_all_sheets_in()
    assert titles(ada) == []
    assert titles(mod) == ["Agree 16 scores"]
    assert titles(comet) == ["Elm House", "Oak House"]
    for bid in story.bids:
        for asked in queries.asked_of(bid):
            story.agree(bid, asked)
    assert titles(comet) == []
    assert titles(mod) == []
    assert titles(pat) == ["Sign off the young people’s view on 2 bids"]
    for bid in story.bids:
        actions.sign_off_young(bid, actor=viewer(pat), now=SCORING)
    assert titles(pat) == []
    assert titles(mod) == ["Lock quality"]
    story.locked()
    for person in (ada, mod, pat, comet, lead):
        assert titles(person) == []


def test_what_an_interest_closes_waits_for_nobody():
    from portal.evaluation.models import Interest

    story = an_evaluation(names=["Oak House", "Elm House"])
    ada = story.evaluators[0]
    story.declare(ada, story.bids[0], Interest.PERSONAL)
    assert titles(ada) == ["Score 1 bid"]
    story.declare(story.young[0], story.bids[0], Interest.PERSONAL)
    assert titles(story.young[1]) == ["Elm House"]
    assert Panel.YOUNG
