"""A bidder asks, withdraws; the council drafts, groups, publishes, corrects, declines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit, queue
from portal.access import Role
from portal.audit import AuditEntry, AuditValues
from portal.db import db
from portal.edits import EditConflict
from portal.mail import Mail
from portal.providers.models import Provider
from portal.rounds import actions as rounds
from portal.rounds import actions_clarifications as actions
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from scoring.rules import RuleBroken
from scoring.stages import ClarificationStage, QuestionStage
from tests.factories.applications import an_application
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

INSTANT = timedelta(microseconds=1)


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2A"])


@pytest.fixture
def ada(bid_round):
    return viewer(a_provider_admin(a_provider("Oak House"), name="Ada Ash"))


@pytest.fixture
def cyd(bid_round):
    return viewer(a_provider_admin(a_provider("Elm House"), name="Cyd Cedar"))


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def entries(*events):
    db.session.commit()
    wanted = select(AuditEntry).order_by(AuditEntry.id)
    return db.session.scalars(wanted.where(AuditEntry.event.in_(events))).all()


# --- Asking -----------------------------------------------------------------------------------


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


# --- Withdrawing ------------------------------------------------------------------------------


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


# --- Drafting and grouping --------------------------------------------------------------------


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


# --- Publishing -------------------------------------------------------------------------------


def publish(draft, *, checked=True, seen=None, actor=None, now=WHILE_OPEN):
    return actions.publish(
        draft,
        checked=checked,
        seen_revision=draft.revision if seen is None else seen,
        actor=actor or an_officer(),
        now=now,
    )


def test_answers_are_numbered_in_the_order_in_which_they_are_published(bid_round, ada):
    later = a_draft_answer(a_question(bid_round, by=ada, text="First asked?"))
    assert publish(a_draft_answer(a_question(bid_round, by=ada, text="Asked next?"))).number == 1
    assert publish(later).number == 2
    assert an_answer(a_question(a_round(title="Another"), by=ada)).number == 1


def test_publishing_answers_every_question_of_the_group(bid_round, ada, cyd):
    one, other = a_question(bid_round, by=ada), a_question(bid_round, by=cyd)
    published = publish(a_draft_answer(one, others=[other]))
    assert {one.stage, other.stage} == {QuestionStage.ANSWERED}
    (version,) = published.versions
    assert (version.number, version.answer) == (1, "Yes, once in each lot.")
    (entry,) = entries("clarification:published")
    assert entry.detail["questions"] == sorted([one.ref, other.ref])
    assert entry.detail["number"] == 1
    assert "Oak House" not in str(entry.detail)


def test_publishing_needs_the_tick_and_the_version_that_was_looked_at(bid_round, ada):
    question = a_question(bid_round, by=ada)
    draft = a_draft_answer(question)
    assert refusal(lambda: publish(draft, checked=False)).code == "clarification:not-checked"
    a_draft_answer(question, answer="Changed.", seen=1)
    assert refusal(lambda: publish(draft, seen=1)).code == "clarification:changed-meanwhile"
    publish(draft)
    assert refusal(lambda: publish(draft)).code == "clarification:published"


def test_what_is_answered_is_not_answered_or_declined_again(bid_round, ada):
    question = a_question(bid_round, by=ada)
    an_answer(question)
    for attempt in (
        lambda: a_draft_answer(question),
        lambda: actions.decline(question, "No.", actor=an_officer(), now=WHILE_OPEN),
    ):
        assert refusal(attempt).code == "question:decided"


def test_answers_are_published_until_the_deadline(bid_round, ada):
    draft = a_draft_answer(a_question(bid_round, by=ada), at=QUESTIONS_UNTIL)
    assert "could act on" in refusal(lambda: publish(draft, now=DEADLINE)).message
    assert publish(draft, now=DEADLINE - INSTANT).number == 1


@pytest.mark.parametrize(
    "someone",
    [
        lambda: an_officer("bedford-borough"),
        lambda: an_officer("hertfordshire"),
        lambda: an_officer(role=Role.EVALUATOR),
        lambda: an_officer(role=Role.MODERATOR),
        lambda: a_viewer([Role.COMMISSIONER, Role.AUDITOR]),
        lambda: viewer(a_provider_admin()),
    ],
)
def test_only_the_leads_commissioners_answer(bid_round, ada, someone):
    actor = someone()
    question, published = a_question(bid_round, by=ada), None
    draft = a_draft_answer(a_question(bid_round, by=ada, text="A draft?"))
    published = an_answer(a_question(bid_round, by=ada, text="Published?"))
    for attempt in (
        lambda: a_draft_answer(question, by=actor),
        lambda: publish(draft, actor=actor),
        lambda: actions.discard(draft, actor=actor, now=WHILE_OPEN),
        lambda: actions.decline(question, "No.", actor=actor, now=WHILE_OPEN),
        lambda: actions.join_answer(question, published, actor=actor, now=WHILE_OPEN),
        lambda: correct(published, actor=actor),
    ):
        refused = refusal(attempt)
        assert refused.code == "clarification:not-allowed"
        assert "Only a commissioner of the lead council" in refused.message


# --- Correcting, declining, pointing to an answer ---------------------------------------------


def correct(
    published, *, answer="No, in one lot only.", note="It was wrong.", seen=None, actor=None
):
    return actions.correct(
        published,
        wording=published.question,
        answer=answer,
        note=note,
        checked=True,
        seen_revision=published.revision if seen is None else seen,
        actor=actor or an_officer(),
        now=WHILE_OPEN + timedelta(days=1),
    )


def test_a_correction_is_another_version_and_the_first_stays(bid_round, ada):
    published = correct(an_answer(a_question(bid_round, by=ada)))
    assert [version.answer for version in published.versions] == [
        "Yes, once in each lot.",
        "No, in one lot only.",
    ]
    assert (published.number, published.published_at) == (1, WHILE_OPEN)
    assert published.corrected_at == WHILE_OPEN + timedelta(days=1)
    assert [entry.detail["version"] for entry in entries("clarification:corrected")] == [2]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"answer": "Yes, once in each lot."}, "clarification:no-change"),
        ({"note": " . "}, "clarification:no-note"),
        ({"answer": " "}, "answer:empty"),
        ({"seen": 9}, "clarification:changed-meanwhile"),
    ],
)
def test_a_correction_says_what_changes(bid_round, ada, words, code):
    published = an_answer(a_question(bid_round, by=ada))
    assert refusal(lambda: correct(published, **words)).code == code
    assert len(published.versions) == 1


def test_a_draft_is_not_corrected(bid_round, ada):
    draft = a_draft_answer(a_question(bid_round, by=ada))
    assert refusal(lambda: correct(draft)).code == "clarification:correct:not-allowed"


def test_declining_tells_whoever_asked_and_nobody_else(bid_round, ada, cyd):
    an_application(bid_round, by=cyd)
    question = a_question(bid_round, by=ada)
    a_draft_answer(question)
    actions.decline(question, "It is about another round.", actor=an_officer(), now=WHILE_OPEN)
    assert (question.stage, question.clarification) == (QuestionStage.DECLINED, None)
    assert question.reason == "It is about another round."
    (entry,) = entries("question:declined")
    assert entry.detail == {}
    assert "another round" in str(db.session.get(AuditValues, entry.id).values)
    told = db.session.scalars(select(Mail).where(Mail.message == "question-decided")).all()
    assert [mail.address for mail in told] == [email_of(ada)]
    assert "another round" not in told[0].body


def test_declining_needs_a_reason(bid_round, ada):
    question = a_question(bid_round, by=ada)
    for reason in ("", " - "):
        refused = refusal(
            lambda reason=reason: actions.decline(
                question, reason, actor=an_officer(), now=WHILE_OPEN
            )
        )
        assert (refused.code, refused.field) == ("question:no-reason", "reason")


def test_a_question_is_pointed_to_an_answer_that_is_there(bid_round, ada, cyd):
    published = an_answer(a_question(bid_round, by=ada))
    again = a_question(bid_round, by=cyd, text="Asked again?")
    actions.join_answer(again, published, actor=an_officer(), now=WHILE_OPEN)
    assert (again.stage, again.clarification) == (QuestionStage.ANSWERED, published)
    assert len(published.versions) == 1
    told = db.session.scalars(select(Mail).where(Mail.message == "question-decided")).all()
    assert [mail.address for mail in told] == [email_of(cyd)]


def test_a_question_is_not_pointed_to_a_draft_nor_to_another_round(bid_round, ada, cyd):
    draft = a_draft_answer(a_question(bid_round, by=ada))
    elsewhere = an_answer(a_question(a_round(title="Another"), by=ada))
    question = a_question(bid_round, by=cyd)
    for there in (draft, elsewhere):
        refused = refusal(
            lambda there=there: actions.join_answer(
                question, there, actor=an_officer(), now=WHILE_OPEN
            )
        )
        assert refused.code == "clarification:no-answer"


# --- Who is told ------------------------------------------------------------------------------


def email_of(somebody):
    from portal.people.models import Person

    return db.session.get_one(Person, somebody.person_id).email


def told(now):
    import portal.jobs  # noqa: F401  registers the handlers

    db.session.commit()
    queue.run_all(now)
    wanted = select(Mail).where(Mail.message == "clarification-published")
    return db.session.scalars(wanted).all()


def test_everybody_who_takes_part_gets_one_mail_however_much_is_published(bid_round, ada, cyd):
    ben = viewer(a_contributor(db.session.get_one(Provider, min(ada.provider_ids))))
    an_application(bid_round, by=ada)
    fay = viewer(a_provider_admin(a_provider("Fir House")))  # takes no part
    an_answer(a_question(bid_round, by=cyd, text="One?"))
    an_answer(a_question(bid_round, by=cyd, text="Two?"), at=WHILE_OPEN + timedelta(minutes=3))
    assert told(WHILE_OPEN + timedelta(minutes=4)) == []
    sent = told(WHILE_OPEN + timedelta(minutes=16))
    assert sorted(mail.address for mail in sent) == sorted(map(email_of, (ada, ben, cyd)))
    assert email_of(fay) not in {mail.address for mail in sent}
    for mail in sent:
        assert f"/rounds/{bid_round.ref}/clarifications" in mail.body
        for word in ("One?", "Two?", "once in each lot", "Elm House", "Oak House"):
            assert word not in mail.subject + mail.body


def test_what_is_published_later_is_told_later(bid_round, ada):
    an_application(bid_round, by=ada)
    an_answer(a_question(bid_round, by=ada, text="One?"))
    assert len(told(WHILE_OPEN + timedelta(hours=1))) == 1
    an_answer(a_question(bid_round, by=ada, text="Two?"), at=WHILE_OPEN + timedelta(hours=2))
    assert len(told(WHILE_OPEN + timedelta(hours=3))) == 2


def test_an_answer_to_a_round_that_was_cancelled_is_not_told(bid_round, ada):
    an_answer(a_question(bid_round, by=ada))
    rounds.cancel(bid_round, "Not needed.", actor=an_officer(), now=WHILE_OPEN)
    assert told(WHILE_OPEN + timedelta(hours=1)) == []


def test_whoever_has_left_is_not_written_to(bid_round):
    provider = a_provider("Oak House")
    gone, stays = a_contributor(provider), a_provider_admin(provider)
    question = a_question(bid_round, by=gone)
    gone.active = False
    actions.decline(question, "No.", actor=an_officer(), now=WHILE_OPEN)
    addresses = db.session.scalars(select(Mail.address)).all()
    assert addresses == [stays.email]


# --- Due --------------------------------------------------------------------------------------


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
