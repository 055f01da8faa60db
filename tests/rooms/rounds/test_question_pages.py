"""The pages of questions and answers: as anybody, as who asks, as who answers, as a stranger."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.people.models import Person
from portal.providers.models import Provider
from portal.rounds import actions_clarifications as actions
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from scoring.stages import QuestionStage, RoundStage
from tests.client import HygieneClient
from tests.factories.clarifications import a_draft_answer, a_question, an_answer
from tests.factories.counting import counted
from tests.factories.people import a_person, as_person, viewer
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
from tests.sweeps.hunting import text_of as words_in
from tests.sweeps.walking import Step


@pytest.fixture
def bid_round(app, session):
    at(app, WHILE_OPEN)
    return a_round(lots=["1A", "2A"])


@pytest.fixture
def ada(bid_round):
    return a_provider_admin(a_provider("Oak House"), name="Ada Ash")


def by(app, somebody=None):
    """A browser of this person, a Viewer or a Person; of nobody without one."""
    client = HygieneClient(app, app.response_class)
    if somebody is None:
        return client
    person = somebody
    if not isinstance(somebody, Person):
        person = db.session.get_one(Person, somebody.person_id)
    return as_person(client, person)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def public(bid_round, more=""):
    return f"/rounds/{bid_round.ref}/clarifications{more}"


def own(bid_round, more=""):
    return f"/rounds/{bid_round.ref}/your-questions{more}"


def council(bid_round, more=""):
    return f"/council/rounds/{bid_round.ref}/clarifications{more}"


def file_of(client, address):
    """The words of a file to take away."""
    answer = client.page(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return words_in(Step(address, answer))


# --- Asking -----------------------------------------------------------------------------------


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


# --- What everybody reads ---------------------------------------------------------------------


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


# --- The council answers ----------------------------------------------------------------------


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


# --- What a page costs ------------------------------------------------------------------------


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
