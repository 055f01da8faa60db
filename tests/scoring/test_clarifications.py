"""What may be asked, until when, what tells who asked, and what a bidder owes in reply."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from scoring.clarifications import (
    FieldKind,
    Reply,
    answering_refusal,
    askable_kind,
    asking_refusal,
    check_reply_date,
    checked_answer,
    checked_question,
    decision_refusal,
    label,
    question_stage_at,
    refuse_empty_request,
    refuse_second_request,
    reply_findings,
    reply_refusal,
    request_stage_at,
    telling_findings,
)
from scoring.rules import RuleBroken
from scoring.stages import (
    CLARIFICATION,
    CLARIFICATION_REQUEST,
    QUESTION,
    ClarificationStage,
    QuestionStage,
    RequestStage,
    RoundFacts,
    RoundStage,
    move,
    verbs_from,
)

INSTANT = timedelta(microseconds=1)
OPENS = datetime(2027, 1, 11, 9, tzinfo=UTC)
UNTIL = datetime(2027, 1, 29, 12, tzinfo=UTC)
DEADLINE = datetime(2027, 2, 15, 12, tzinfo=UTC)
FACTS = RoundFacts(RoundStage.PUBLISHED, OPENS, UNTIL, DEADLINE)


def code(refusal):
    return refusal.code if refusal else ""


def refused(act):
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.code


# --- When ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_at", "expected"),
    [
        (OPENS - INSTANT, "question:too-early"),
        (OPENS, ""),
        (UNTIL - INSTANT, ""),
        (UNTIL, "question:late"),
        (UNTIL + INSTANT, "question:late"),
        (DEADLINE, "question:late"),
    ],
)
def test_a_question_exactly_at_the_last_moment_is_late(received_at, expected):
    assert code(asking_refusal(FACTS, received_at)) == expected


def test_without_a_last_moment_questions_are_taken_until_the_deadline():
    facts = RoundFacts(RoundStage.PUBLISHED, OPENS, None, DEADLINE)
    assert asking_refusal(facts, DEADLINE - INSTANT) is None
    assert code(asking_refusal(facts, DEADLINE)) == "question:late"


@pytest.mark.parametrize("refusal", [asking_refusal, answering_refusal])
@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (RoundStage.DRAFT, "question:too-early"),
        (RoundStage.CANCELLED, "question:round-cancelled"),
    ],
)
def test_a_draft_and_a_cancelled_round_take_nothing(refusal, stage, expected):
    facts = RoundFacts(stage, OPENS, UNTIL, DEADLINE)
    assert code(refusal(facts, OPENS + INSTANT)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - INSTANT, "question:too-early"),
        (UNTIL, ""),
        (DEADLINE - INSTANT, ""),
        (DEADLINE, "question:after-deadline"),
    ],
)
def test_answers_are_published_while_bidders_can_act_on_them(now, expected):
    assert code(answering_refusal(FACTS, now)) == expected


def test_an_opened_round_answers_nothing_more():
    facts = RoundFacts(RoundStage.OPENED, OPENS, UNTIL, DEADLINE)
    assert code(answering_refusal(facts, DEADLINE)) == "question:after-deadline"


def test_only_a_waiting_question_lapses():
    waiting = QuestionStage.WAITING
    assert question_stage_at(waiting, DEADLINE, DEADLINE - INSTANT) is waiting
    assert question_stage_at(waiting, DEADLINE, DEADLINE) is QuestionStage.LAPSED
    assert question_stage_at(waiting, None, DEADLINE) is waiting
    for stage in (QuestionStage.ANSWERED, QuestionStage.DECLINED, QuestionStage.WITHDRAWN):
        assert question_stage_at(stage, DEADLINE, DEADLINE) is stage


# --- Lives --------------------------------------------------------------------------------------


def test_a_question_ends_once():
    assert verbs_from(QUESTION, QuestionStage.WAITING) == ("answer", "decline", "withdraw")
    for stage in set(QuestionStage) - {QuestionStage.WAITING}:
        assert verbs_from(QUESTION, stage) == ()
    assert refused(lambda: move(QUESTION, QuestionStage.ANSWERED, "withdraw")) == (
        "question:withdraw:not-allowed"
    )


def test_a_published_answer_is_corrected_and_never_taken_back():
    assert verbs_from(CLARIFICATION, ClarificationStage.DRAFT) == ("publish",)
    assert verbs_from(CLARIFICATION, ClarificationStage.PUBLISHED) == ("correct",)


def test_a_request_is_sent_once_and_replied_to_once():
    sent = move(CLARIFICATION_REQUEST, RequestStage.DRAFT, "send")
    assert move(CLARIFICATION_REQUEST, sent, "reply") is RequestStage.REPLIED
    assert refused(lambda: move(CLARIFICATION_REQUEST, sent, "send")) == (
        "clarification-request:send:not-allowed"
    )


# --- Texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "\n?\n", "… . -"])
def test_a_question_and_an_answer_have_words(text):
    assert refused(lambda: checked_question(text)) == "question:empty"
    assert refused(lambda: checked_answer(text)) == "answer:empty"


def test_a_question_and_an_answer_have_a_limit():
    assert checked_question(" a" * 1_000) == ("a " * 1_000).strip()
    assert refused(lambda: checked_question("a" * 2_001)) == "question:too-long"
    assert len(checked_answer("a" * 10_000)) == 10_000
    assert refused(lambda: checked_answer("a" * 10_001)) == "answer:too-long"


def test_answers_are_called_by_their_number():
    assert [label(number) for number in (1, 20)] == ["Q1", "Q20"]


# --- What tells who asked -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to ada.ash@oak.example, please.", "telling:email"),
        ("See www.oak.example/homes", "telling:web"),
        ("Ring 01582 546 000 about it.", "telling:telephone"),
        ("Ring +44 7700 900123.", "telling:telephone"),
        ("Our home at LU1 2BQ is new.", "telling:postcode"),
        ("We are registered as SC123456.", "telling:urn"),
        ("Our number is 01234567.", "telling:company"),
        ("At OAK   house we do it so.", "telling:name"),
    ],
)
def test_what_may_tell_who_asked_is_shown(text, expected):
    found = telling_findings([text, ""], ["Oak House Ltd", "Elm Homes"])
    assert [one.code for one in found] == [expected]
    assert {one.level for one in found} == {"warning"}


@pytest.mark.parametrize(
    "text",
    [
        "May a home of 12 places be offered in lots 1A and 2A from 4 March 2027?",
        "Is £1,200.00 a week for 5 hours right, or 2027/S 000-001234?",
        "Oak is a tree and a house is a house.",
        "",
    ],
)
def test_plain_questions_raise_nothing(text):
    assert telling_findings([text], ["Oak House Ltd", "ABC", "", "Ltd"]) == []


def test_a_name_is_found_whoever_asked_and_once():
    names = ["Elm Homes", "Elm Homes Limited", "Oak House"]
    found = telling_findings(["Elm Homes said", "that elm homes"], names)
    assert [one.message for one in found] == ["“Elm Homes” is the name of a provider."]


@given(st.text(), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_can_be_looked_at(text, names):
    for found in telling_findings([text], names):
        assert found.level == "warning"


# --- The council's request ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "role", "kind"),
    [
        ("document:accounts", "", FieldKind.DOCUMENT),
        ("ground:debarment", "pass-fail", FieldKind.GROUND),
        ("question:open-now", "pass-fail", FieldKind.QUESTION),
        ("ofsted:SC123456", "", FieldKind.OFSTED),
        ("answer:legal-name", "information", FieldKind.ANSWER),
    ],
)
def test_documents_pass_or_fail_items_and_information_can_be_asked_about(key, role, kind):
    assert askable_kind(key, role) is kind


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("prices", ""),
        ("price:core-weekly-price", ""),
        ("integrity", ""),
        ("", ""),
        ("answer:", "information"),
        ("answer:safeguarding", "scored"),
        ("question:safeguarding", "scored"),
        ("answer:open-now", "pass-fail"),
        ("documents:accounts", ""),
    ],
)
def test_prices_scored_answers_and_anything_else_cannot(key, role):
    assert refused(lambda: askable_kind(key, role)) == "clarification-request:not-askable"


def test_a_bidder_is_asked_once():
    refuse_second_request(RequestStage.DRAFT)
    for stage in set(RequestStage) - {RequestStage.DRAFT}:
        code_of = refused(lambda stage=stage: refuse_second_request(stage))
        assert code_of == "clarification-request:once"


def test_the_date_leaves_time_to_reply():
    check_reply_date(OPENS, OPENS + timedelta(days=2), 2)
    early = OPENS + timedelta(days=2) - INSTANT
    assert refused(lambda: check_reply_date(OPENS, early, 2)) == "clarification-request:too-soon"
    assert refused(lambda: check_reply_date(OPENS, None, 2)) == "clarification-request:no-date"


def test_a_request_names_something():
    refuse_empty_request(1)
    assert refused(lambda: refuse_empty_request(0)) == "clarification-request:nothing-asked"


def test_a_reply_exactly_at_its_date_is_late():
    assert reply_refusal(RequestStage.SENT, UNTIL, UNTIL - INSTANT) is None
    assert code(reply_refusal(RequestStage.SENT, UNTIL, UNTIL)) == "clarification-reply:late"
    assert request_stage_at(RequestStage.SENT, UNTIL, UNTIL) is RequestStage.EXPIRED
    assert request_stage_at(RequestStage.REPLIED, UNTIL, UNTIL) is RequestStage.REPLIED


def test_a_reply_that_was_sent_is_not_written_again():
    for moment in (UNTIL - INSTANT, UNTIL):
        assert (
            code(reply_refusal(RequestStage.REPLIED, UNTIL, moment)) == "clarification-reply:sent"
        )


def test_every_field_is_replied_to_in_words_or_with_a_document():
    replies = [
        Reply("a", "Accounts", "", has_document=True),
        Reply("b", "Legal name", "Oak House Ltd"),
        Reply("c", "Debarment", " … "),
    ]
    (found,) = reply_findings(replies)
    assert (found.code, found.where) == ("clarification-reply:missing", "c")
    assert "Debarment" in found.message


@pytest.mark.parametrize(
    ("stage", "listed", "asks", "expected"),
    [
        (None, False, True, ""),
        (RequestStage.DRAFT, True, True, ""),
        (RequestStage.DRAFT, True, False, ""),
        (RequestStage.SENT, False, False, ""),
        (RequestStage.SENT, True, False, "clarification-request:waits"),
        (RequestStage.SENT, False, True, "clarification-request:once"),
        (RequestStage.REPLIED, True, False, ""),
        (RequestStage.EXPIRED, True, False, ""),
        (RequestStage.EXPIRED, True, True, "clarification-request:once"),
        (RequestStage.REPLIED, False, True, "clarification-request:once"),
    ],
)
def test_what_was_asked_is_decided_when_the_reply_is_there_or_its_date_has_passed(
    stage, listed, asks, expected
):
    assert code(decision_refusal(stage, listed=listed, asks=asks)) == expected
