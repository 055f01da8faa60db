"""The pages on which the council answers what bidders ask."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.rounds import actions_clarifications as actions
from portal.rounds.models_clarifications import Clarification
from scoring.stages import QuestionStage
from tests.factories.clarifications import a_draft_answer, a_question, an_answer
from tests.factories.people import a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import (
    DEADLINE,
    WHILE_OPEN,
    a_round,
    an_officer,
    at,
    open_it,
)
from tests.rooms.rounds.question_places import by, council, file_of, own, public, text_of
from tests.sweeps.hunting import text_of as words_in
from tests.sweeps.walking import Step


@pytest.fixture
def bid_round(app, session):
    at(app, WHILE_OPEN)
    return a_round(lots=["1A", "2A"])


@pytest.fixture
def ada(bid_round):
    return a_provider_admin(a_provider("Oak House"), name="Ada Ash")


# --- The council answers --------------------------------------------------------------------------


def looked_at(client, form, typed):
    """Save a draft; the page on which it is looked at before it is published."""
    saved = client.sends(form, typed, button="Save and look", status=302)
    assert "/answers/CLA-" in saved.location
    return client.page(saved.location)


def test_a_commissioner_answers_two_that_ask_the_same(app, bid_round, ada):
    cyd = a_provider_admin(a_provider("Elm House"))
    one = a_question(bid_round, by=ada, text="May Oak House offer two homes?", about="lot:1A")
    other = a_question(bid_round, by=cyd, text="Are two homes allowed?")
    client = by(app, an_officer())
    queue = client.page(council(bid_round))
    assert "2 questions to answer" in text_of(client.page(f"/council/rounds/{bid_round.ref}"))
    assert "May Oak House offer two homes?" in queue.text
    address = council(bid_round, f"/questions/{one.ref}")
    assert "Write the answer" in client.page(address).text
    typed = {
        "wording": "May Oak House offer two homes?",
        "answer": "Yes. Ask us on 01582 546000.",
        "others": [other.ref],
    }
    shown = looked_at(client, client.page(f"{address}/answer"), typed)
    assert "“Oak House” is the name of a provider." in text_of(shown)
    assert "looks like a telephone number" in text_of(shown)
    assert "As it was asked, 2 times" in text_of(shown)
    typed = {"wording": "May one provider offer two homes?", "answer": "Yes."}
    shown = looked_at(client, client.page(f"{address}/answer"), typed)
    assert "Does this tell who asked?" not in shown.text
    answer = client.sends(shown, {"checked": None}, button="Publish", status=422)
    assert "Tick the box when you have read both" in answer.text
    done = client.sends(shown, {"checked": "yes"}, button="Publish", to=council(bid_round))
    assert "Q1 is published" in done.text
    public_page = text_of(by(app).page(public(bid_round)))
    assert "Q1: May one provider offer two homes?" in public_page
    assert "Oak House" not in public_page
    for question in (one, other):
        db.session.refresh(question)
        assert question.stage is QuestionStage.ANSWERED
    assert "Are two homes allowed?" in text_of(client.page(address))


def test_a_draft_can_be_saved_for_later_and_thrown_away(app, bid_round, ada):
    question = a_question(bid_round, by=ada)
    client = by(app, an_officer())
    address = council(bid_round, f"/questions/{question.ref}")
    form = client.page(f"{address}/answer")
    empty = client.sends(form, {"answer": " "}, button="Save and look", status=422)
    assert "Write the answer" in empty.text
    saved = client.sends(form, {"answer": ""}, button="Save the draft", to=address)
    assert "No answer is written yet" in saved.text
    back = client.sends(saved, button="Throw the draft away", to=council(bid_round))
    assert "thrown away" in back.text
    assert not db.session.scalars(select(Clarification)).all()


def test_the_second_to_save_sees_both_drafts(app, bid_round, ada):
    question = a_question(bid_round, by=ada)
    client = by(app, an_officer())
    address = council(bid_round, f"/questions/{question.ref}")
    form = client.page(f"{address}/answer")
    a_draft_answer(question, answer="Theirs.", by=an_officer(name="Second Officer"))
    both = client.sends(form, {"answer": "Mine."}, button="Save the draft", status=422)
    assert "Second Officer saved another version" in both.text
    assert "Theirs." in both.text
    assert "Mine." in both.text
    client.sends(both, button="Keep theirs", to=address)
    assert db.session.scalars(select(Clarification)).one().answer == "Theirs."
    client.sends(both, button="Keep mine", status=302)
    db.session.expire_all()
    assert db.session.scalars(select(Clarification)).one().answer == "Mine."


def test_a_correction_that_tells_something_is_looked_at_first(app, bid_round, ada):
    published = an_answer(a_question(bid_round, by=ada))
    client = by(app, an_officer())
    form = client.page(council(bid_round, f"/answers/{published.ref}/correct"))
    typed = {"answer": "Write to ada@oak.example.", "note": "An address.", "checked": "yes"}
    looked = client.sends(form, typed, status=422)
    assert "“ada@oak.example” looks like an email address." in text_of(looked)
    assert "Then press again" in looked.text
    client.sends(looked, {"checked": "yes"}, to=public(bid_round))
    assert "ada@oak.example" in by(app).page(public(bid_round)).text


def test_declining_and_pointing_to_an_answer(app, bid_round, ada):
    published = an_answer(a_question(bid_round, by=ada, text="Published?"))
    declined = a_question(bid_round, by=ada, text="Declined?")
    again = a_question(bid_round, by=ada, text="Asked again?")
    client = by(app, an_officer())
    form = client.page(council(bid_round, f"/questions/{declined.ref}/decline"))
    assert "Say why it is not answered" in client.sends(form, {"reason": ""}, status=422).text
    client.sends(form, {"reason": "It is no question."}, to=council(bid_round))
    form = client.page(council(bid_round, f"/questions/{again.ref}/answered-already"))
    assert "Q1: Published?" in form.text
    client.sends(form, {"answer": published.ref}, to=council(bid_round))
    shown = text_of(client.page(council(bid_round, "?state=answered")))
    assert "Asked again?" in shown
    assert "Declined?" not in shown
    for question in (declined, again):
        client.page(council(bid_round, f"/questions/{question.ref}/answer"), status=409)


def test_the_queue_is_paged_searched_and_filtered(app, bid_round, ada):
    for number in range(23):
        a_question(
            bid_round,
            by=ada,
            text=f"Question no {number:02d}?",
            about="lot:1A" if number % 2 else "",
            at=WHILE_OPEN + timedelta(minutes=number),
        )
    client = by(app, an_officer())
    first = client.page(council(bid_round))
    assert "Question no 19?" in first.text
    assert "Question no 20?" not in first.text
    assert "Waiting for an answer (23)" in text_of(first)
    (following,) = re.findall(r'href="([^"]+)" rel="next"', first.text)
    assert "Question no 22?" in client.page(following.replace("&amp;", "&")).text
    assert "Question no 02?" not in client.page(council(bid_round, "?about=lot:1A")).text
    assert "Question no 07?" in client.page(council(bid_round, "?words=no+07")).text
    assert "No question fits" in client.page(council(bid_round, "?state=declined")).text
    assert "Question no 00?" in client.page(council(bid_round, "?state=everything")).text
    assert "Question no 22?" in file_of(client, council(bid_round, ".csv"))
    assert "Question no 22?" in file_of(client, council(bid_round, ".pdf"))


def test_partners_and_auditors_read_and_change_nothing(app, bid_round, ada):
    question = a_question(bid_round, by=ada)
    draft = a_draft_answer(question, answer="A draft for us.")
    for someone in (an_officer("bedford-borough"), an_officer(role=Role.AUDITOR)):
        client = by(app, someone)
        assert question.text in client.page(council(bid_round)).text
        shown = client.page(council(bid_round, f"/questions/{question.ref}"))
        assert "A draft for us." in shown.text
        assert "Go on with the draft" not in shown.text
        for address in (
            f"/questions/{question.ref}/answer",
            f"/questions/{question.ref}/decline",
            f"/questions/{question.ref}/answered-already",
            f"/answers/{draft.ref}/publish",
        ):
            assert client.get(council(bid_round, address)).status_code in {403, 409}


@pytest.mark.parametrize(
    "role",
    [
        Role.EVALUATOR,
        Role.MODERATOR,
        Role.APPROVER,
        Role.FINANCE,
        Role.ADMINISTRATOR,
        Role.PARTICIPATION_OFFICER,
        Role.YOUNG_COMMISSIONER,
    ],
)
def test_other_posts_find_no_questions(app, bid_round, ada, role):
    question = a_question(bid_round, by=ada, text="Quillfeather?")
    client = by(app, a_person(role))
    for more in ("", ".csv", f"/questions/{question.ref}", f"/questions/{question.ref}/answer"):
        answer = client.get(council(bid_round, more))
        assert answer.status_code in {403, 404}
        assert "Quillfeather" not in answer.text
    assert client.get(own(bid_round)).status_code == 403


def test_another_council_and_providers_find_no_questions(app, bid_round, ada):
    question = a_question(bid_round, by=ada, text="Quillfeather?")
    outside = by(app, an_officer("hertfordshire"))
    other = by(app, a_provider_admin(a_provider("Elm House")))
    for more in ("", ".csv", f"/questions/{question.ref}", f"/questions/{question.ref}/answer"):
        outside.page(council(bid_round, more), status=404)
        other.page(council(bid_round, more), status=403)
        by(app).goes(council(bid_round, more), to="/sign-in")
    assert "Quillfeather" not in other.page(own(bid_round)).text


def test_a_question_of_one_round_is_not_found_in_another(app, bid_round, ada):
    elsewhere = a_question(a_round(title="Another"), by=ada)
    published = an_answer(a_question(a_round(title="A third"), by=ada))
    client = by(app, an_officer())
    client.page(council(bid_round, f"/questions/{elsewhere.ref}"), status=404)
    client.page(council(bid_round, f"/answers/{published.ref}/correct"), status=404)
    by(app, ada).page(own(bid_round, f"/{elsewhere.ref}/withdraw"), status=404)


def test_a_withdrawn_question_is_nobody_s_business(app, bid_round, ada):
    question = a_question(bid_round, by=ada, text="Quillfeather?")
    actions.withdraw(question, actor=viewer(ada), now=WHILE_OPEN)
    client = by(app, an_officer())
    assert "Quillfeather" not in client.page(council(bid_round)).text
    client.page(council(bid_round, f"/questions/{question.ref}"), status=404)


def test_after_the_opening_it_stands_who_asked(app, bid_round, ada):
    waiting = a_question(bid_round, by=ada, text="Never answered?")
    an_answer(a_question(bid_round, by=ada, text="Answered?"))
    open_it(bid_round)
    at(app, DEADLINE + timedelta(days=1))
    for someone in (an_officer(), an_officer("bedford-borough"), an_officer(role=Role.AUDITOR)):
        client = by(app, someone)
        shown = text_of(client.page(council(bid_round)))
        assert "Oak House" in shown
        assert "Not answered" in shown
        question = client.page(council(bid_round, f"/questions/{waiting.ref}"))
        assert "Asked by Oak House" in text_of(question)
        for kind in ("csv", "pdf", "xlsx"):
            assert "Oak House" in file_of(client, council(bid_round, f".{kind}"))
    for client in (by(app), by(app, a_person(Role.EVALUATOR))):
        for more in ("", ".csv", ".pdf"):
            answer = client.page(public(bid_round, more))
            assert "Oak House" not in words_in(Step("", answer))
