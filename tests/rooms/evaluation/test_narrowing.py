"""The moderation board narrowed by its address: by bidder, question, lot, status and what was agreed."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from portal.evaluation import queries
from portal.evaluation.moderation.board import Known
from portal.evaluation.moderation.narrowed import lines
from portal.evaluation.moderation.narrowing import Narrowing, Only, Order, Status
from scoring.terms import Panel
from tests.factories.counting import counted
from tests.factories.evaluation import AGREED, an_evaluation
from tests.factories.people import viewer
from tests.rooms.evaluation.test_moderation import asked_of, board


def narrowed(**address):
    return Narrowing.of(MultiDict(address))


def test_an_address_is_read_and_written_again():
    wanted = narrowed(bidder=" oak ", status="open", apart="2", only=["mine", "dissent"])
    assert (wanted.bidder, wanted.status, wanted.apart) == ("oak", Status.OPEN, 2)
    assert wanted.only == {Only.MINE, Only.DISSENT}
    assert Narrowing.of(MultiDict(wanted.address)) == wanted
    assert Narrowing.kept(wanted.text) == wanted


@pytest.mark.parametrize(
    "nonsense",
    [{"status": "x"}, {"apart": "-1"}, {"apart": "9999"}, {"only": ["x"]}, {"sort": "x"}],
)
def test_nonsense_narrows_nothing(nonsense):
    assert narrowed(**nonsense).address == {}


@pytest.fixture
def story():
    """Oak is scored by all, far apart on staffing; a sheet for Elm is missing."""
    story = an_evaluation(names=["Oak House", "Elm House"])
    oak, elm = story.bids
    for at, person in enumerate(story.evaluators):
        story.give(oak, person, {"staffing": at * 2, "social-value": at})
        story.submit(oak, person)
    for person, score in zip(story.evaluators[:2], (0, 5), strict=True):
        story.give(elm, person, {"staffing": score})
        story.submit(elm, person)
    return story


def found(story, by=None, **address):
    known = Known(queries.bids_in_brief(story.round), frozenset())
    reader = viewer(by or story.moderator)
    told = lines(story.round, Panel.OFFICERS, reader, known, narrowed(**address))
    return [(line.name, line.asked.question) for line in told]


def test_what_fits_is_found_and_no_score_is_told_before_its_time(story, by):
    oak, _ = story.bids
    everything = len(found(story, sort="bidder"))
    assert found(story, bidder="oAK", apart="4") == [("Oak House", "staffing")]
    assert found(story, apart="2") == [("Oak House", "staffing"), ("Oak House", "social-value")]
    assert not found(story, bidder="elm", apart="1")  # two sheets differ by five; one is not in
    assert found(story)[0] == ("Oak House", "staffing")
    assert len(found(story, status="waiting")) * 2 == everything
    assert {name for name, _ in found(story, status="open")} == {"Oak House"}
    assert {what for _, what in found(story, question="staffing")} == {"staffing"}
    assert found(story, lot="2A") == []  # nobody applied for it
    assert len(found(story, lot="1A")) == everything
    assert [name for name, _ in found(story, sort="question")][:2] == ["Elm House", "Oak House"]
    assert narrowed(sort="question").sort is Order.QUESTION

    asked = asked_of(oak, "staffing")
    why = "The panel looked again together and found evidence on the second page."
    story.agree(
        oak, asked, 5, why_outside=why, dissent="One of us would have given less than that."
    )
    story.agree(oak, asked_of(oak))
    assert found(story, only=["dissent"]) == [("Oak House", "staffing")]
    assert found(story, only=["outside", "mine"]) == [("Oak House", "staffing")]
    assert len(found(story, only=["mine"], status="agreed")) == 2
    assert found(story, by=story.evaluators[0], only=["mine"]) == []

    browser = by(story.moderator)
    shown = browser.page(board(story, "?status=open&apart=2"))
    assert "Social value" in shown.text
    assert "Waiting" not in shown.text.split("<table")[1]
    (link,) = re.findall(rf'href="([^"]*{oak.ref}/social-value[^"]*)"', unescape(shown.text))
    assert parse_qs(urlsplit(link).query) == {"turn": ["status=open&apart=2"]}
    typed = {"value": "1", "reason": AGREED, "present": [one.ref for one in story.officers]}
    # nothing else fits the list: the next one comes from the whole board
    after = browser.sends(browser.page(link), typed, button="Record", status=302)
    assert oak.ref in after.location
    assert "Nothing fits" in browser.page(board(story, "?status=open&apart=2")).text
    waits = browser.page(board(story, "?status=waiting&bidder=elm"))
    assert "Waiting for sheets" in waits.text
    assert "–" in waits.text
    browser.page(board(story, "?lot=9Z"), status=404)
    # turned to one bid, or to one question, it narrows in the same way
    rest = browser.page(board(story, f"?bid={oak.ref}&status=agreed&only=dissent"))
    assert rest.text.count('class="portal-row"') == 1
    assert "Somebody dissented" in rest.text
    turned = browser.page(board(story, "?question=staffing&status=agreed"))
    assert turned.text.count('class="portal-row"') == 1
    assert browser.page(board(story, "?question=staffing")).text.count('class="portal-row"') == 2
    assert "Nothing fits" in browser.page(board(story, "?question=staffing&apart=5")).text
    with counted() as narrowed_page:
        browser.page(board(story, "?question=staffing&status=agreed"))
    with counted() as whole_page:
        browser.page(board(story, "?question=staffing"))
    assert narrowed_page.number == whole_page.number
