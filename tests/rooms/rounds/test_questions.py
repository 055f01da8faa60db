"""A bidder asks, withdraws; the council drafts, groups, publishes, corrects, declines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit
from portal.access import Role
from portal.db import db
from portal.edits import EditConflict
from portal.providers.models import Provider
from portal.rounds import actions as rounds, actions_clarifications as actions
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from scoring.stages import ClarificationStage, QuestionStage
from tests.factories.clarifications import a_draft_answer, a_question, an_answer
from tests.factories.people import a_person, a_viewer, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.rounds import (
    DEADLINE,
    OPENS,
    QUESTIONS_UNTIL,
    WHILE_OPEN,
    a_round,
    an_officer,
    open_it,
)
from tests.rooms.rounds.asking import INSTANT, entries, publish, refusal


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2A"])


@pytest.fixture
def ada(bid_round):
    return viewer(a_provider_admin(a_provider("Oak House"), name="Ada Ash"))


@pytest.fixture
def cyd(bid_round):
    return viewer(a_provider_admin(a_provider("Elm House"), name="Cyd Cedar"))


# --- Asking ---------------------------------------------------------------------------------------


def test_a_question_waits_as_it_was_asked_and_stands_in_the_trail(bid_round, ada):
    question = a_question(bid_round, by=ada, text="  May we \r\noffer two homes? ", about="lot:1A")
    assert (question.stage, question.text) == (QuestionStage.WAITING, "May we \noffer two homes?")
    assert (question.about, question.asked_at) == ("lot:1A", WHILE_OPEN)
    (entry,) = entries("question:asked")
    assert (entry.chain, entry.subject_ref) == (bid_round.audit_chain, question.ref)
    assert set(entry.detail) == {"received_at", "sha256"}
    assert list(audit.verify()) == []


def test_whoever_works_for_a_provider_asks_without_an_application(bid_round):
    ben = viewer(a_contributor(a_provider("Oak House")))
    assert a_question(bid_round, by=ben).asked_by_id == ben.person_id


@pytest.mark.parametrize(
    ("received_at", "words"),
    [
        (OPENS - INSTANT, "not open for questions yet"),
        (QUESTIONS_UNTIL, "at its last moment or after it"),
        (QUESTIONS_UNTIL + INSTANT, "at its last moment or after it"),
        (DEADLINE, "at its last moment or after it"),
    ],
)
def test_the_clock_decides_and_the_last_moment_itself_is_late(bid_round, ada, received_at, words):
    refused = refusal(lambda: a_question(bid_round, by=ada, at=received_at))
    assert refused.code == "question:ask-refused"
    assert words in refused.message
    assert not db.session.scalars(select(ClarificationQuestion)).all()


def test_a_moment_before_the_last_is_in_time(bid_round, ada):
    assert a_question(bid_round, by=ada, at=QUESTIONS_UNTIL - INSTANT)


def test_the_clock_of_receipt_counts_and_not_when_it_was_stored(bid_round, ada):
    provider = db.session.get_one(Provider, min(ada.provider_ids))
    question = actions.ask(
        bid_round,
        provider,
        "May we?",
        "",
        received_at=QUESTIONS_UNTIL - INSTANT,
        actor=ada,
        now=QUESTIONS_UNTIL + timedelta(seconds=2),
    )
    assert question.asked_at == QUESTIONS_UNTIL - INSTANT


def test_a_second_click_asks_once_and_another_provider_asks_again(bid_round, ada, cyd):
    first = a_question(bid_round, by=ada)
    assert a_question(bid_round, by=ada).id == first.id
    assert a_question(bid_round, by=cyd).id != first.id


@pytest.mark.parametrize("text", ["", " \n", "?"])
def test_a_question_has_words(bid_round, ada, text):
    refused = refusal(lambda: a_question(bid_round, by=ada, text=text))
    assert (refused.code, refused.field) == ("question:empty", "question")


@pytest.mark.parametrize("about", ["lot:3A", "section:nothing", "prices", "1A"])
def test_a_question_is_about_a_part_of_this_round(bid_round, ada, about):
    assert refusal(lambda: a_question(bid_round, by=ada, about=about)).code == "question:about"


@pytest.mark.parametrize(
    "someone",
    [
        an_officer,
        lambda: a_viewer(Role.EVALUATOR),
        lambda: a_viewer(Role.AUDITOR),
        lambda: viewer(a_provider_admin(a_provider("Elm House"))),
    ],
)
def test_nobody_asks_for_another_organisation(bid_round, ada, someone):
    provider = db.session.get_one(Provider, min(ada.provider_ids))
    refused = refusal(
        lambda: actions.ask(
            bid_round,
            provider,
            "May we?",
            "",
            received_at=WHILE_OPEN,
            actor=someone(),
            now=WHILE_OPEN,
        )
    )
    assert "Only people of a provider" in refused.message


def test_a_cancelled_round_takes_no_question(bid_round, ada):
    rounds.cancel(bid_round, "Not needed.", actor=an_officer(), now=WHILE_OPEN)
    assert "cancelled" in refusal(lambda: a_question(bid_round, by=ada)).message


# --- Withdrawing ----------------------------------------------------------------------------------


def test_a_colleague_withdraws_what_nobody_answered(bid_round, ada):
    question = a_question(bid_round, by=ada)
    provider = db.session.get_one(Provider, min(ada.provider_ids))
    actions.withdraw(question, actor=viewer(a_contributor(provider)), now=WHILE_OPEN)
    assert question.stage is QuestionStage.WITHDRAWN
    assert [entry.subject_ref for entry in entries("question:withdrawn")] == [question.ref]
    assert a_question(bid_round, by=ada).id != question.id


def test_what_is_answered_declined_or_withdrawn_is_not_withdrawn(bid_round, ada):
    answered, declined, gone = (
        a_question(bid_round, by=ada, text=f"Question {word}?") for word in ("a", "b", "c")
    )
    an_answer(answered)
    actions.decline(declined, "It is no question.", actor=an_officer(), now=WHILE_OPEN)
    actions.withdraw(gone, actor=ada, now=WHILE_OPEN)
    for one in (answered, declined, gone):
        refused = refusal(lambda one=one: actions.withdraw(one, actor=ada, now=WHILE_OPEN))
        assert refused.code == "question:withdraw-refused"


def test_nothing_is_withdrawn_after_the_deadline_nor_by_others(bid_round, ada, cyd):
    question = a_question(bid_round, by=ada)
    for actor in (cyd, an_officer()):
        refused = refusal(
            lambda actor=actor: actions.withdraw(question, actor=actor, now=WHILE_OPEN)
        )
        assert "Only people of the provider that asked" in refused.message
    assert (
        "deadline" in refusal(lambda: actions.withdraw(question, actor=ada, now=DEADLINE)).message
    )


def test_a_question_that_is_withdrawn_leaves_its_draft(bid_round, ada, cyd):
    one, other = a_question(bid_round, by=ada), a_question(bid_round, by=cyd)
    draft = a_draft_answer(one, others=[other])
    actions.withdraw(one, actor=ada, now=WHILE_OPEN)
    assert draft.questions == [other]
    actions.withdraw(other, actor=cyd, now=WHILE_OPEN)
    assert not db.session.scalars(select(Clarification)).all(), "a draft without a question is none"


# --- Drafting and grouping ------------------------------------------------------------------------


def test_a_draft_keeps_the_original_and_groups_what_asks_the_same(bid_round, ada, cyd):
    one = a_question(bid_round, by=ada, text="May Oak House offer two?")
    other = a_question(bid_round, by=cyd, text="Two homes?")
    draft = a_draft_answer(one, wording="May one provider offer two?", others=[other])
    assert (draft.stage, draft.number, draft.revision) == (ClarificationStage.DRAFT, None, 1)
    assert {question.id for question in draft.questions} == {one.id, other.id}
    assert one.text == "May Oak House offer two?"
    again = a_draft_answer(one, wording="May one provider offer two?", answer="No.", seen=1)
    assert (again.id, again.revision, again.questions) == (draft.id, 2, [one])
    assert other.clarification_id is None


def test_a_draft_may_be_saved_without_an_answer_and_not_published(bid_round, ada):
    draft = a_draft_answer(a_question(bid_round, by=ada), answer="")
    refused = refusal(lambda: publish(draft))
    assert (refused.code, refused.field) == ("answer:empty", "answer")


def test_two_officers_do_not_overwrite_each_other(bid_round, ada):
    question = a_question(bid_round, by=ada)
    a_draft_answer(question, answer="Yes.")
    with pytest.raises(EditConflict) as conflict:
        a_draft_answer(question, answer="No.", by=an_officer(name="Second Officer"))
    assert conflict.value.theirs.value == (question.text, "Yes.")
    assert conflict.value.theirs.by == "Luton Commissioner"
    assert a_draft_answer(question, answer="No.", seen=1).answer == "No."


def test_a_question_stands_in_one_draft_only(bid_round, ada, cyd):
    one, other = a_question(bid_round, by=ada), a_question(bid_round, by=cyd)
    a_draft_answer(one)
    refused = refusal(lambda: a_draft_answer(other, others=[one]))
    assert (refused.code, refused.field) == ("clarification:other-draft", "others")


def test_a_question_of_another_round_is_not_grouped(bid_round, ada, cyd):
    elsewhere = a_question(a_round(title="Another"), by=cyd)
    refused = refusal(lambda: a_draft_answer(a_question(bid_round, by=ada), others=[elsewhere]))
    assert refused.code == "clarification:other-draft"


def test_a_draft_that_is_thrown_away_lets_its_questions_wait(bid_round, ada):
    question = a_question(bid_round, by=ada)
    actions.discard(a_draft_answer(question), actor=an_officer(), now=WHILE_OPEN)
    assert (question.stage, question.clarification) == (QuestionStage.WAITING, None)
    assert a_draft_answer(question).revision == 1
    published = an_answer(a_question(bid_round, by=ada, text="Another?"))
    refused = refusal(lambda: actions.discard(published, actor=an_officer(), now=WHILE_OPEN))
    assert refused.code == "clarification:published"


# --- Due ------------------------------------------------------------------------------------------


def dues(app, someone, now=WHILE_OPEN):
    from portal.rounds import queries_clarifications

    db.session.commit()
    with app.test_request_context():
        return [
            (one.title, one.count, one.due_at) for one in queries_clarifications.due(someone, now)
        ]


def test_unanswered_questions_are_due_for_the_lead_by_the_last_moment(app, bid_round, ada):
    an_answer(a_question(bid_round, by=ada, text="Answered?"))
    a_question(bid_round, by=ada)
    a_draft_answer(a_question(bid_round, by=ada, text="Drafted?"))
    title = f"Answer 2 questions on {bid_round.title}"
    assert dues(app, an_officer()) == [(title, 2, QUESTIONS_UNTIL)]
    assert dues(app, an_officer(), QUESTIONS_UNTIL) == [(title, 2, QUESTIONS_UNTIL)]
    assert dues(app, an_officer(), DEADLINE) == []
    for other in (
        an_officer("bedford-borough"),
        an_officer(role=Role.AUDITOR),
        an_officer(role=Role.EVALUATOR),
        viewer(a_person(Role.PROVIDER_ADMIN)),
    ):
        assert dues(app, other) == []


def test_after_the_opening_what_was_not_answered_stays_so(bid_round, ada):
    question = a_question(bid_round, by=ada)
    open_it(bid_round)
    after = DEADLINE + timedelta(days=1)
    for attempt in (
        lambda: a_draft_answer(question, at=after),
        lambda: actions.decline(question, "Too late.", actor=an_officer(), now=after),
        lambda: actions.withdraw(question, actor=ada, now=after),
    ):
        assert "deadline" in refusal(attempt).message
    assert question.stage is QuestionStage.WAITING
