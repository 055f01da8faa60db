"""The pages of questions and answers: as anybody, as who asks, as who answers, as a stranger."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db import db
from portal.providers.models import Provider
from portal.rounds import actions_clarifications as actions
from portal.rounds.models_clarifications import ClarificationQuestion
from scoring.stages import QuestionStage, RoundStage
from tests.factories.clarifications import a_draft_answer, a_question, an_answer
from tests.factories.counting import counted
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.rounds import (
    DEADLINE,
    QUESTIONS_UNTIL,
    WHILE_OPEN,
    a_round,
    an_officer,
    at,
    open_it,
)
from tests.rooms.rounds.question_places import by, council, file_of, own, public, text_of


@pytest.fixture
def bid_round(app, session):
    at(app, WHILE_OPEN)
    return a_round(lots=["1A", "2A"])


@pytest.fixture
def ada(bid_round):
    return a_provider_admin(a_provider("Oak House"), name="Ada Ash")


# --- Asking ---------------------------------------------------------------------------------------


def test_a_provider_asks_and_follows_the_question_to_its_answer(app, bid_round, ada):
    client = by(app, ada)
    shown = client.page(f"/rounds/{bid_round.ref}")
    assert "How to ask a question" in shown.text
    asked = client.sends(
        client.page(own(bid_round, "/ask")),
        {"about": "lot:1A", "question": "May Oak House offer two homes?"},
        to=own(bid_round),
    )
    assert "published to all, without saying who asked" in text_of(asked)
    assert "Waiting for an answer" in text_of(asked)
    assert "Lot 1A: Self-contained" in text_of(asked)

    question = db.session.scalars(select(ClarificationQuestion)).one()
    an_answer(question, wording="May one provider offer two homes?", answer="Yes, it may.")
    answered = text_of(client.page(own(bid_round)))
    assert "Q1: May one provider offer two homes?" in answered
    assert "May Oak House offer two homes?" in answered
    shown = text_of(client.page(public(bid_round)))
    assert "Yes, it may." in shown
    assert "Oak House offer" not in shown


def test_somebody_of_two_organisations_says_for_which(app, bid_round, ada):
    elm = a_provider("Elm House")
    membership = next(iter(a_provider_admin(elm).memberships))
    membership.person_id = ada.id
    client = by(app, ada)
    shown = client.page(own(bid_round, "/ask"))
    assert "Which organisation asks?" in shown.text
    client.sends(shown, {"provider": elm.ref, "question": "May we?"}, to=own(bid_round))
    assert db.session.scalars(select(ClarificationQuestion)).one().provider_id == elm.id


def test_after_the_last_moment_the_page_says_so(app, bid_round, ada):
    at(app, QUESTIONS_UNTIL)
    client = by(app, ada)
    for address in (own(bid_round), own(bid_round, "/ask"), public(bid_round)):
        assert "The time for questions is over" in client.page(address).text


def test_the_button_and_its_door_agree_at_the_last_moment(app, bid_round, ada):
    at(app, QUESTIONS_UNTIL - timedelta(seconds=1))
    client = by(app, ada)
    page = client.page(own(bid_round, "/ask"))
    app.config["CLOCK"] = lambda: QUESTIONS_UNTIL
    late = client.sends(page, {"question": "Is it too late for us?"}, status=422)
    assert "The time for questions is over" in late.text
    assert "Is it too late for us?" in late.text
    assert not db.session.scalars(select(ClarificationQuestion)).all()


def test_an_empty_question_is_not_sent(app, bid_round, ada):
    client = by(app, ada)
    answer = client.sends(client.page(own(bid_round, "/ask")), {"question": " "}, status=422)
    assert "Write your question" in answer.text


def test_withdrawing_is_a_page_of_its_own(app, bid_round, ada):
    question = a_question(bid_round, by=ada)
    client = by(app, ada)
    assert "/withdraw" in client.page(own(bid_round)).text
    shown = client.page(own(bid_round, f"/{question.ref}/withdraw"))
    assert "Withdrawn" in text_of(client.sends(shown, button="Withdraw", to=own(bid_round)))
    assert client.page(own(bid_round, f"/{question.ref}/withdraw"), status=409)
    db.session.refresh(question)
    assert question.stage is QuestionStage.WITHDRAWN


def test_a_declined_question_says_why_to_its_own_organisation_alone(app, bid_round, ada):
    question = a_question(bid_round, by=ada)
    actions.decline(question, "Ask your own adviser.", actor=an_officer(), now=WHILE_OPEN)
    ben = a_contributor(db.session.get_one(Provider, question.provider_id))
    assert "Ask your own adviser." in by(app, ben).page(own(bid_round)).text
    other = by(app, a_provider_admin(a_provider("Elm House")))
    assert "Ask your own adviser." not in other.page(own(bid_round)).text
    assert "Ask your own adviser." not in by(app).page(public(bid_round)).text
    other.page(own(bid_round, f"/{question.ref}/withdraw"), status=404)


# --- What everybody reads -------------------------------------------------------------------------


def test_anybody_reads_answers_with_number_date_and_what_they_are_about(app, bid_round, ada):
    an_answer(a_question(bid_round, by=ada, about="lot:1A"))
    for client in (by(app), by(app, ada), by(app, an_officer("hertfordshire"))):
        shown = text_of(client.page(public(bid_round)))
        assert "Q1: May one home be offered in two lots?" in shown
        assert "Lot 1A: Self-contained, 16 and 17. Published on 20 January 2027." in shown
    assert "Q1: May one home" in text_of(by(app).page(f"/rounds/{bid_round.ref}"))


def test_drafts_and_waiting_questions_are_not_public(app, bid_round, ada):
    a_question(bid_round, by=ada, text="Waiting Quillfeather?")
    a_draft_answer(a_question(bid_round, by=ada, text="Drafted Quillfeather?"))
    for address in (public(bid_round), f"/rounds/{bid_round.ref}", public(bid_round, ".csv")):
        assert "Quillfeather" not in by(app).page(address).text


def test_a_correction_stands_with_what_stood_before_and_both_dates(app, bid_round, ada):
    published = an_answer(a_question(bid_round, by=ada))
    actions.correct(
        published,
        wording=published.question,
        answer="No, in one lot only.",
        note="The first answer was wrong.",
        checked=True,
        seen_revision=1,
        actor=an_officer(),
        now=WHILE_OPEN + timedelta(days=2),
    )
    shown = text_of(by(app).page(public(bid_round)))
    for words in (
        "Published on 20 January 2027, corrected on 22 January 2027.",
        "The first answer was wrong.",
        "No, in one lot only.",
        "What was published before",
        "Yes, once in each lot.",
    ):
        assert words in shown
    sheet = file_of(by(app), public(bid_round, ".csv"))
    assert sheet.index("Yes, once in each lot.") < sheet.index("No, in one lot only.")
    printed = file_of(by(app), public(bid_round, ".pdf"))
    assert "Yes, once in each lot." in printed
    assert "No, in one lot only." in printed


def test_long_lists_page_search_and_filter_by_address(app, bid_round, ada):
    for number in range(23):
        about = "lot:1A" if number % 2 else "section:rates" if number == 2 else ""
        about = about if about != "section:rates" else "rates"
        an_answer(a_question(bid_round, by=ada, text=f"Question no {number:02d}?", about=about))
    anybody = by(app)
    first = anybody.page(public(bid_round))
    assert "Showing 20 of 23 answers" in first.text
    (following,) = re.findall(r'href="([^"]+)" rel="next"', first.text)
    assert "Q23: Question no 22?" in text_of(anybody.page(following.replace("&amp;", "&")))
    assert "11 answers" in anybody.page(public(bid_round, "?about=lot:1A")).text
    assert "1 answer<" in anybody.page(public(bid_round, "?words=QUESTION+07")).text
    assert "No answer fits" in anybody.page(public(bid_round, "?words=%25")).text
    assert "23 answers" in anybody.page(public(bid_round, "?about=lot:9Z")).text
    sheet = file_of(anybody, public(bid_round, ".csv?about=rates"))
    assert "Question no 02?" in sheet
    assert "Question no 03?" not in sheet
    for kind in ("pdf", "xlsx"):
        assert "Question no 22?" in file_of(anybody, public(bid_round, f".{kind}"))
    anybody.page(public(bid_round, ".doc"), status=404)


def test_what_starts_a_formula_does_not_in_a_file(app, bid_round, ada):
    an_answer(a_question(bid_round, by=ada), answer='=HYPERLINK("x")')
    assert "'=HYPERLINK" in by(app).page(public(bid_round, ".csv")).text


def test_a_very_long_answer_can_be_printed(app, bid_round, ada):
    an_answer(a_question(bid_round, by=ada), answer="Word and word. " * 660)
    assert "Word and word." in file_of(by(app), public(bid_round, ".pdf"))


def test_the_clarifications_of_a_draft_round_are_nobody_s(app, bid_round):
    draft = a_round(RoundStage.DRAFT, title="Spring draft")
    for address in (public(draft), public(draft, ".csv"), council(draft), own(draft)):
        assert by(app).get(address).status_code in {302, 404}
        assert by(app, an_officer("hertfordshire")).get(address).status_code in {403, 404}
    by(app, an_officer()).page(council(draft), status=404)


# --- What a page costs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "address"),
    [
        (None, public),
        (None, lambda bid_round: f"/rounds/{bid_round.ref}"),
        ("ada", own),
        ("officer", council),
        ("officer", lambda bid_round: council(bid_round, ".csv")),
    ],
)
def test_statements_do_not_grow_with_the_questions(app, bid_round, ada, who, address):
    an_answer(a_question(bid_round, by=ada, text="One?"))
    a_draft_answer(a_question(bid_round, by=ada, text="Two?"))
    client = by(app, {"ada": ada, "officer": an_officer()}.get(who))
    where = address(bid_round)
    client.get(where)
    with counted() as few:
        client.get(where)
    for number in range(4):
        asker = a_provider_admin(a_provider(f"Provider {number}"))
        an_answer(a_question(bid_round, by=asker, text=f"More {number}?"))
        a_question(bid_round, by=asker, text=f"Waiting {number}?")
    client.get(where)
    with counted() as many:
        client.get(where)
    assert many.number == few.number, "\n".join(many.statements)
    assert many.number <= 12


def test_statements_do_not_grow_after_the_opening_either(app, bid_round, ada):
    a_question(bid_round, by=ada)
    for number in range(4):
        asker = a_provider_admin(a_provider(f"Provider {number}"))
        a_question(bid_round, by=asker, text=f"Waiting {number}?")
    open_it(bid_round)
    at(app, DEADLINE + timedelta(days=1))
    client = by(app, an_officer())
    client.get(council(bid_round))
    with counted() as statements:
        client.get(council(bid_round))
    assert statements.number <= 12, "\n".join(statements.statements)
