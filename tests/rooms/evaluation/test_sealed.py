"""Nobody sees another's scores before their own are in: every page, table and answer is tried."""

import re

import pytest

from portal.access import Role
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.moderation.board import Known
from portal.evaluation.moderation.summary import summary
from portal.people.models import Person
from scoring.terms import Panel
from tests.factories.evaluation import an_evaluation
from tests.factories.people import a_person, viewer
from tests.factories.replay import replayed
from tests.factories.rounds import an_officer

SECRET = "Xylophone reason of one scorer that nobody else may read yet."
LINK = re.compile(r'<a [^>]*href="([^"#]+)')
OURS = ("/scoring/", "/your-scores/", "/moderation/", "/sign-off/")


def everything(browser, start, ref):
    """Every page of the round that somebody reaches by links from some addresses, with its text."""
    waiting, seen = list(start), {}
    while waiting:
        address = waiting.pop()
        if address in seen or not (address in start or address.startswith(OURS) or ref in address):
            continue
        answer = browser.get(address)
        seen[address] = answer.text if answer.mimetype.startswith("text") else str(answer.data)
        if answer.status_code in {301, 302, 303}:
            waiting.append(answer.location)
        elif answer.mimetype == "text/html" and answer.status_code == 200:
            waiting += LINK.findall(answer.text)
    return seen


def starts(story):
    ref, bid = story.round.ref, story.bids[0].ref
    board, results = f"/council/rounds/{ref}/moderation", f"/council/rounds/{ref}/results"
    sheets = [story.sheet(story.bids[0], person) for person in (*story.evaluators, story.young[0])]
    return [
        "/",
        "/scoring/",
        "/scoring/?by=question",
        f"/scoring/rounds/{ref}",
        "/your-scores/",
        f"/your-scores/agree/{bid}",
        f"/your-scores/agree/{bid}/young-home",
        "/moderation/",
        board,
        f"{board}?bid={bid}",
        f"{board}?question=safeguarding",
        f"{board}/{bid}/safeguarding",
        f"{board}/lock",
        results,
        f"{results}/1A",
        f"{results}/1A/{bid}",
        f"{results}/1A/table.csv",
        "/sign-off/",
        f"/sign-off/{ref}",
        f"/sign-off/{ref}/{bid}",
        f"/council/rounds/{ref}/panel",
        f"/council/rounds/{ref}",
        f"/rounds/{ref}/interests",
        *(f"/scoring/sheets/{one.ref}" for one in sheets),
        *(f"/scoring/sheets/{one.ref}/questions/safeguarding" for one in sheets),
        *(f"/your-scores/{one.ref}" for one in sheets),
        *(f"/your-scores/{one.ref}/question/young-home" for one in sheets),
    ]


@pytest.fixture
@replayed
def story():
    """One evaluator and one of two pairs are in; all the others have not begun."""
    story = an_evaluation(names=["Oak House"], pairs=2)
    bid = story.bids[0]
    for person in (story.evaluators[0], story.young[0]):
        story.give(bid, person, 4, reason=SECRET)
        story.submit(bid, person)
    db.session.commit()
    return story


def everybody_else(story):
    others = [story.evaluators[1], story.pairs[1][0], story.moderator, story.supporter]
    others += [db.session.get_one(Person, story.lead.person_id)]
    roles = (Role.AUDITOR, Role.APPROVER, Role.MODERATOR)
    return others + [a_person(role) for role in roles]


def test_no_page_shows_a_score_that_is_not_ones_own(by, story):
    for person in everybody_else(story):
        pages = everything(by(person), starts(story), story.round.ref)
        leaks = [address for address, text in pages.items() if "Xylophone" in text]
        assert leaks == [], (person.name, leaks)
    own = everything(by(story.evaluators[0]), starts(story), story.round.ref)
    assert any("Xylophone" in text for text in own.values())


def test_the_reads_of_the_room_show_nothing_either(story):
    for person in everybody_else(story):
        for panel in Panel:
            for row in queries.agenda(story.round, panel, viewer(person)):
                assert row.given == ()
                assert row.spread is None
            known = Known(queries.bids_in_brief(story.round), ())
            assert summary(story.round, panel, viewer(person), known).apart == []
        assert SECRET not in str([one.scores for one in queries.my_sheets(viewer(person))])
        assert queries.results(story.round, viewer(person)) == []


def test_numbers_and_order_tell_nothing_of_the_scores(by, story):
    """The same pages, whether the one sheet that is in is all fives or all zeros."""

    def pages(value):
        made = an_evaluation(names=["Oak House", "Elm House"])
        for bid, given in zip(made.bids, (value, 3), strict=True):
            made.give(bid, made.evaluators[0], given)
            made.submit(bid, made.evaluators[0])
        texts = []
        for person in (made.moderator, made.lead):
            browser = by(person)
            for address in (
                f"/council/rounds/{made.round.ref}/moderation",
                f"/council/rounds/{made.round.ref}/panel",
            ):
                if person is made.lead and address.endswith("moderation"):
                    continue
                main = browser.page(address).text.split("<main", 1)[1].split("</main", 1)[0]
                rows = _without_names(main, made).split("<tr")
                # the panel stands by name, and names differ from story to story
                texts.append(sorted(rows) if address.endswith("panel") else rows)
        return texts

    assert pages(5) == pages(0)


def _without_names(text, made):
    """What differs between two stories for other reasons: references and people."""
    text = re.sub(r"\b[A-Z]{3}-[A-Z0-9]{5}-[A-Z0-9]{5}\b", "REF", text)
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", text)
    for name in sorted((one.name for one in made.panel), key=len, reverse=True):
        text = text.replace(name, "PERSON")
    return text


def test_councils_that_take_no_part_find_nothing(by, story):
    outsiders = [
        a_person(role, "hertfordshire")
        for role in (Role.COMMISSIONER, Role.MODERATOR, Role.EVALUATOR, Role.AUDITOR)
    ]
    for person in outsiders:
        browser = by(person)
        for address in starts(story)[1:]:
            answer = browser.get(address)
            assert "Oak House" not in answer.text, (person.name, address)
            assert "Xylophone" not in answer.text
    assert an_officer("hertfordshire")
